using Sampan.CommandLine;
using Sampan.Linux.Files;
using Sampan.Linux.Terminals;

namespace Sampan.Oci.Commands;

/// <summary>The unix socket of a caller that wants the terminal's master, runc's <c>--console-socket</c>.</summary>
internal sealed class ConsoleSocket
{
    private readonly string _path;

    private ConsoleSocket(string path) => _path = path;

    /// <summary>Null when there is no terminal; one without a socket, or the reverse, is a mistake of the caller.</summary>
    public static ConsoleSocket? For(bool terminal, string? path) => (terminal, path) switch
    {
        (true, null or "") => throw new UsageException("cannot allocate tty if --console-socket is not given: process.terminal is true"),
        (false, not (null or "")) => throw new UsageException("--console-socket was given, but process.terminal is not true"),
        (true, _) => new ConsoleSocket(path!),
        _ => null,
    };

    public void Send(Fd master) => DescriptorPassing.SendTo(_path, master, "/dev/ptmx");
}
