using System.Text;
using Sampan.CommandLine;
using Sampan.Linux.Cgroups;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Linux.Processes;
using Sampan.Runtime.State;

namespace Sampan.Oci.Commands;

internal static class PsCommand
{
    private static readonly string[] Folders = ["/usr/bin", "/bin"];

    public static Command Declare() => new("ps", "list the processes of a container")
    {
        Positionals = "ID [PS-ARGUMENT...]",
        MinPositionals = 1,
        StopsAtPositional = true,
        Flags = [Flag.Text("format", "FORMAT", "table, which ps(1) makes, or json", 'f') with { Default = "table", Choices = ["table", "json"] }],
        Handler = Run,
    };

    private static int Run(ParsedArguments arguments)
    {
        StateStore store = GlobalFlags.Store(arguments);
        ContainerState state = store.Read(arguments.Positionals[0]);
        IReadOnlyList<int> pids = state.CgroupPath is not null ? Cgroup.Open(state.CgroupPath).Processes()
            : throw new LifecycleException($"container {state.Id} has no cgroup: its processes are not known");
        // flags may also stand behind the id, as runc takes them
        string[] rest = [.. arguments.Positionals.Skip(1)];
        string? format = arguments.Text("format");
        if (rest is ["--format" or "-f", string late, ..]) (format, rest) = (late, rest[2..]);
        else if (rest is [string joined, ..] && joined.StartsWith("--format=", StringComparison.Ordinal)) (format, rest) = (joined["--format=".Length..], rest[1..]);
        switch (format)
        {
            case "json":
                Console.Out.WriteLine($"[{string.Join(',', pids.Order())}]");
                return 0;
            case "table":
                WriteTable([.. pids], rest.Length == 0 ? ["-ef"] : rest);
                return 0;
            default:
                throw new UsageException($"--format {format}: not table or json");
        }
    }

    // the title, and those lines whose PID column names a process of the container
    private static void WriteTable(HashSet<int> pids, string[] options)
    {
        string[] lines = RunPs(options);
        int column = Array.IndexOf(Words(lines[0]), "PID");
        if (column < 0) throw new UsageException($"ps {string.Join(' ', options)}: its output has no column PID");
        Console.Out.WriteLine(lines[0]);
        foreach (string line in lines.Skip(1))
        {
            string[] words = Words(line);
            if (words.Length > column && int.TryParse(words[column], out int pid) && pids.Contains(pid)) Console.Out.WriteLine(line);
        }
    }

    private static string[] RunPs(string[] options)
    {
        string program = Array.Find(Array.ConvertAll(Folders, folder => $"{folder}/ps"), File.Exists)
            ?? throw new LifecycleException("ps: executable file not found in /usr/bin and /bin; hint: --format json needs no ps");
        (Fd read, Fd write) = Streams.Pipe();
        using Fd ours = read;
        Child child;
        using (write) child = Spawn.Start(program, ["ps", .. options], ["PATH=/usr/bin:/bin", "LC_ALL=C"], new Dictionary<int, Fd> { [1] = write });
        using MemoryStream output = new();
        byte[] buffer = new byte[16 * 1024];
        int count;
        while ((count = Streams.Read(read, buffer)) > 0) output.Write(buffer, 0, count);
        ExitStatus status = child.Wait();
        if (!status.Success) throw new LifecycleException($"ps {string.Join(' ', options)}: {status}");
        return Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string[] Words(string line) => line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
}
