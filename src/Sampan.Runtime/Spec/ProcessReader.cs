using Sampan.Linux.Capabilities;

namespace Sampan.Runtime.Spec;

/// <summary>Reads <c>process</c>, runtime-spec config.md "Process".</summary>
internal static class ProcessReader
{
    private static readonly string[] Policies =
        ["SCHED_OTHER", "SCHED_FIFO", "SCHED_RR", "SCHED_BATCH", "SCHED_ISO", "SCHED_IDLE", "SCHED_DEADLINE"]; // by number; there is no SCHED_ISO in Linux

    public static ProcessSpec Read(SpecNode process, SpecNode seccomp)
    {
        IReadOnlyList<string> arguments = process["args"].Texts();
        if (arguments.Count == 0) throw process["args"].Error("is missing");
        SpecNode user = process["user"];
        return new ProcessSpec
        {
            Arguments = arguments,
            Environment = process["env"].Texts(),
            WorkingDirectory = process["cwd"].AbsolutePath(),
            Terminal = process["terminal"].Flag(),
            ConsoleSize = ((ushort)(process["consoleSize"]["height"].Integer(0, ushort.MaxValue) ?? 0),
                (ushort)(process["consoleSize"]["width"].Integer(0, ushort.MaxValue) ?? 0)),
            User = new UserSpec(user["uid"].Id(), user["gid"].Id())
            {
                AdditionalGids = user["additionalGids"].List(static gid => gid.Id()),
                Umask = (uint?)user["umask"].Integer(0, 0x1FF),
            },
            Capabilities = process["capabilities"].Exists ? Capabilities(process["capabilities"]) : null,
            ResourceLimits = Limits(process["rlimits"]),
            NoNewPrivileges = process["noNewPrivileges"].Flag(),
            OomScoreAdjustment = (int?)process["oomScoreAdj"].Integer(-1000, 1000),
            Scheduler = process["scheduler"].Exists ? Scheduler(process["scheduler"]) : null,
            IoPriority = process["ioPriority"].Exists ? Priority(process["ioPriority"]) : null,
            InitialCpus = Cpus(process["execCPUAffinity"]["initial"]),
            FinalCpus = Cpus(process["execCPUAffinity"]["final"]),
            AppArmorProfile = Given(process["apparmorProfile"]),
            SelinuxLabel = Given(process["selinuxLabel"]),
            Seccomp = seccomp.Exists ? SeccompReader.Read(seccomp, default) : null,
            SeccompListener = SeccompReader.Listener(seccomp),
        };
    }

    // unknown names are passed over with a warning, as the specification asks of runtimes
    private static CapabilitySets Capabilities(SpecNode sets)
    {
        List<string> unknown = [];
        return new CapabilitySets(Set("bounding"), Set("effective"), Set("permitted"), Set("inheritable"), Set("ambient")) { Unknown = unknown };

        CapabilitySet Set(string kind)
        {
            CapabilitySet set = CapabilitySet.Empty;
            foreach (string name in sets[kind].Texts())
            {
                if (CapabilitySet.TryParse(name, out CapabilitySet one)) set = set.With(one);
                else if (!unknown.Contains(name)) unknown.Add(name);
            }
            return set;
        }
    }

    private static IReadOnlyList<ResourceLimit> Limits(SpecNode limits)
    {
        HashSet<string> seen = [];
        return limits.List(limit =>
        {
            string type = limit["type"].RequiredText();
            if (!seen.Add(type)) throw limit["type"].Error($"is {type} for a second time");
            ulong soft = limit["soft"].Unsigned() ?? throw limit["soft"].Error("is missing");
            ulong hard = limit["hard"].Unsigned() ?? throw limit["hard"].Error("is missing");
            ResourceLimit named = ResourceLimit.Named(type, soft, hard) ?? throw limit["type"].Error($"is {type}, not a known resource limit");
            return soft <= hard ? named : throw limit["soft"].Error($"is {soft}, above the hard limit {hard}");
        });
    }

    private static SchedulerSpec Scheduler(SpecNode node)
    {
        uint policy = node["policy"].Choice("a scheduling policy", static name => Array.IndexOf(Policies, name) is var at and >= 0 and not 4 ? (uint?)at : null);
        ulong flags = 0;
        foreach (ulong flag in node["flags"].List(static flag => flag.Choice<ulong>("a flag of the scheduler", static name => name switch
        {
            "SCHED_FLAG_RESET_ON_FORK" => 0x01,
            "SCHED_FLAG_RECLAIM" => 0x02,
            "SCHED_FLAG_DL_OVERRUN" => 0x04,
            "SCHED_FLAG_KEEP_POLICY" => 0x08,
            "SCHED_FLAG_KEEP_PARAMS" => 0x10,
            "SCHED_FLAG_UTIL_CLAMP_MIN" => 0x20,
            "SCHED_FLAG_UTIL_CLAMP_MAX" => 0x40,
            _ => null,
        }))) flags |= flag;
        return new SchedulerSpec(Policies[policy], policy, (int)(node["nice"].Integer(-20, 19) ?? 0), (uint)(node["priority"].Integer(0, 99) ?? 0), flags,
            node["runtime"].Unsigned() ?? 0, node["deadline"].Unsigned() ?? 0, node["period"].Unsigned() ?? 0);
    }

    private static IoPriority Priority(SpecNode node) => new(
        node["class"].Choice<uint>("a class of I/O priorities", static name => name switch
        {
            "IOPRIO_CLASS_RT" => 1,
            "IOPRIO_CLASS_BE" => 2,
            "IOPRIO_CLASS_IDLE" => 3,
            _ => null,
        }),
        (uint)node["priority"].RequiredInteger(0, 7));

    private static ulong[]? Cpus(SpecNode node) => Given(node) is not { } text ? null
        : NumberList.Parse(text) ?? throw node.Error($"is {text}, not a list of CPUs such as 0-3,7");

    private static string? Given(SpecNode node) => node.Text() is { Length: > 0 } text ? text : null;
}
