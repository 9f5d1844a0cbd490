using Sampan.CommandLine;
using Sampan.Linux.Cgroups;
using Sampan.Runtime.Lifecycle;
using Sampan.Runtime.Spec;

namespace Sampan.Oci.Commands;

internal static class UpdateCommand
{
    public static Command Declare() => new("update", "change the limits of a container")
    {
        Positionals = "ID",
        MinPositionals = 1,
        MaxPositionals = 1,
        Flags =
        [
            Flag.Text("resources", "FILE", "linux.resources as JSON, or - for stdin; then all other flags are ignored", 'r'),
            Flag.Integer("blkio-weight", "WEIGHT", "share of block I/O, 10 to 1000"),
            Flag.Integer("cpu-period", "US", "period of the processor limit"),
            Flag.Integer("cpu-quota", "US", "processor time in a period, -1 for no limit"),
            Flag.Integer("cpu-burst", "US", "processor time saved up beyond the quota"),
            Flag.Integer("cpu-share", "SHARES", "processor time relative to other containers") with { Alias = "cpu-shares" },
            Flag.Integer("cpu-rt-period", "US", "period of the realtime limit"),
            Flag.Integer("cpu-rt-runtime", "US", "realtime processor time in a period"),
            Flag.Integer("cpu-idle", "0|1", "only processor time that nobody else wants"),
            Flag.Text("cpuset-cpus", "LIST", "processors, for example 0-3,6"),
            Flag.Text("cpuset-mems", "LIST", "memory nodes"),
            Flag.Text("memory", "BYTES", "memory limit, -1 for none"),
            Flag.Text("memory-reservation", "BYTES", "memory that is kept when it gets scarce"),
            Flag.Text("memory-swap", "BYTES", "limit of memory and swap together, -1 for none"),
            Flag.Text("kernel-memory", "BYTES", "accepted for callers that send it") with { Hidden = true },
            Flag.Text("kernel-memory-tcp", "BYTES", "accepted for callers that send it") with { Hidden = true },
            Flag.Integer("pids-limit", "N", "number of processes, -1 for no limit"),
            Flag.Text("l3-cache-schema", "TEXT", "Intel RDT: parts of the cache"),
            Flag.Text("mem-bw-schema", "TEXT", "Intel RDT: memory bandwidth"),
        ],
        Handler = static arguments =>
        {
            string? cache = arguments.Text("l3-cache-schema"), bandwidth = arguments.Text("mem-bw-schema");
            if (cache is not null || bandwidth is not null)
            {
                Limiting.UpdateSchemata(GlobalFlags.Store(arguments), arguments.Positionals[0], cache, bandwidth);
                if (arguments.Text("resources") is null && !ResourceFlags.AreIn(arguments)) return 0;
            }
            string json = arguments.Text("resources") switch
            {
                null => ResourceFlags.ToJson(arguments),
                "-" => Console.In.ReadToEnd(),
                string file => File.ReadAllText(file),
            };
            CgroupResources resources = SpecReader.ReadResources(System.Text.Encoding.UTF8.GetBytes(json));
            Limiting.Update(GlobalFlags.Store(arguments), arguments.Positionals[0], resources);
            return 0;
        },
    };
}
