using Sampan.CommandLine;
using Sampan.Linux.Files;

namespace Sampan.Oci.Commands;

/// <summary>The descriptors from 3 on that a container gets: the sockets of sd_listen_fds(3), then those of <c>--preserve-fds</c>.</summary>
/// <param name="Count">All together.</param>
/// <param name="Environment">What tells the container about the sockets.</param>
internal sealed record PassedDescriptors(int Count, IReadOnlyList<string> Environment)
{
    private const int First = 3;

    public static PassedDescriptors From(ParsedArguments arguments)
    {
        int sockets = Sockets();
        long preserved = arguments.Integer("preserve-fds") ?? 0;
        if (preserved is < 0 or > 1024) throw new UsageException($"--preserve-fds {preserved}: not between 0 and 1024");
        for (int i = 0; i < preserved; i++)
        {
            int number = First + sockets + i;
            if (!InheritedDescriptors.Contains(number)) throw new UsageException($"--preserve-fds {preserved}: descriptor {number} is not open");
        }
        return new PassedDescriptors(sockets + (int)preserved, sockets == 0 ? [] : [$"LISTEN_FDS={sockets}", "LISTEN_PID=1"]);
    }

    // they are for the process that LISTEN_PID names, and for nobody who only inherited the variables
    private static int Sockets()
    {
        if (System.Environment.GetEnvironmentVariable("LISTEN_PID") != System.Environment.ProcessId.ToString()) return 0;
        if (!int.TryParse(System.Environment.GetEnvironmentVariable("LISTEN_FDS"), out int count)) return 0;
        int open = 0;
        while (open < count && InheritedDescriptors.Contains(First + open)) open++;
        return open;
    }
}
