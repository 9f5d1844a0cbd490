using Sampan.Linux.Capabilities;
using Sampan.Linux.Errors;
using Sampan.Linux.Seccomp;

namespace Sampan.Runtime.Spec;

/// <summary>
/// Reads a seccomp profile: the OCI form of <c>linux.seccomp</c> (runtime-spec config-linux.md "Seccomp"), and Docker's, which
/// adds <c>archMap</c> and rules that depend on capabilities, architecture and kernel (<c>includes</c>, <c>excludes</c>).
/// </summary>
internal static class SeccompReader
{
    /// <summary>Greatest errno that a filter can return: MAX_ERRNO of the kernel.</summary>
    private const uint ErrnoMax = 4095;

    // between loading a filter that notifies and the exec, these are made by this program, while nobody answers yet
    private static readonly string[] Unanswerable = ["write", "sendmsg", "read", "dup3", "close", "capset", "prctl"];

    public static SeccompProfile Read(SpecNode node, CapabilitySet capabilities)
    {
        SeccompAction action = node["defaultAction"].Choice("a seccomp action", Named(SeccompNames.Action));
        if (action == SeccompAction.Notify) throw node["defaultAction"].Error("can not be SCMP_ACT_NOTIFY: nobody could answer before the command is executed");
        uint errno = (uint)(node["defaultErrnoRet"].Integer(0, ErrnoMax) ?? (long)Errno.EPERM);
        SeccompFlags flags = SeccompFlags.None;
        foreach (SeccompFlags flag in node["flags"].List(static flag => flag.Choice("a flag of seccomp", Named(SeccompNames.Flag)))) flags |= flag;
        List<SeccompRule> rules = [];
        _ = node["syscalls"].List(rule =>
        {
            SeccompRule read = Rule(rule);
            if (Applies(rule, capabilities)) rules.Add(read);
            return 0;
        });
        return new SeccompProfile(action, (Errno)errno, Architectures(node), flags, rules);
    }

    /// <summary>Where notifications go; needed, and of use, only with a rule that notifies.</summary>
    public static SeccompListener? Listener(SpecNode node)
    {
        if (!node.Exists) return null;
        string? path = node["listenerPath"].Text();
        string metadata = node["listenerMetadata"].Text() ?? "";
        bool notifies = false;
        _ = node["syscalls"].List(rule => notifies |= rule["action"].Text() == "SCMP_ACT_NOTIFY");
        if (string.IsNullOrEmpty(path))
        {
            if (metadata.Length > 0) throw node["listenerMetadata"].Error("needs listenerPath");
            return notifies ? throw node["listenerPath"].Error("is missing, but a rule has SCMP_ACT_NOTIFY") : null;
        }
        return notifies ? new SeccompListener(node["listenerPath"].AbsolutePath(), metadata) : null;
    }

    private static List<SeccompArchitecture> Architectures(SpecNode node)
    {
        List<SeccompArchitecture> list = [.. node["architectures"].List(Architecture)];
        _ = node["archMap"].List(map =>
        {
            IReadOnlyList<SeccompArchitecture> below = map["subArchitectures"].List(Architecture);
            if (Architecture(map["architecture"]) == SeccompArchitecture.X8664) list.AddRange([SeccompArchitecture.X8664, .. below]);
            return 0;
        });
        return list;
    }

    private static SeccompArchitecture Architecture(SpecNode node) => node.Choice("a seccomp architecture", Named(SeccompNames.Architecture));

    private static SeccompRule Rule(SpecNode rule)
    {
        List<string> names = [.. rule["names"].Texts()];
        if (rule["name"].Text() is { Length: > 0 } single) names.Add(single);
        if (names.Count == 0) throw rule["names"].Error("is missing");
        SeccompAction action = rule["action"].Choice("a seccomp action", Named(SeccompNames.Action));
        if (action == SeccompAction.Notify && names.FirstOrDefault(Unanswerable.Contains) is { } own)
            throw rule["action"].Error($"can not be SCMP_ACT_NOTIFY for {own}: the runtime itself calls it before anybody could answer");
        return new SeccompRule(names, action, (uint?)rule["errnoRet"].Integer(0, ErrnoMax), rule["args"].List(static condition => new SeccompCondition(
            (uint)condition["index"].RequiredInteger(0, 5),
            condition["value"].Unsigned() ?? throw condition["value"].Error("is missing"),
            condition["valueTwo"].Unsigned() ?? 0,
            condition["op"].Choice("a seccomp operator", Named(SeccompNames.Operator)))));
    }

    private static bool Applies(SpecNode rule, CapabilitySet capabilities)
    {
        (bool includes, bool excludes) = (true, false);
        SpecNode node = rule["includes"];
        if (node["caps"].Texts().Any(name => !Holds(capabilities, name))) includes = false;
        if (node["arches"].Texts() is { Count: > 0 } only && !only.Contains("amd64")) includes = false;
        if (node["minKernel"].Text() is { } newest && !KernelIsAtLeast(newest)) includes = false;
        node = rule["excludes"];
        if (node["caps"].Texts().Any(name => Holds(capabilities, name))) excludes = true;
        if (node["arches"].Texts().Contains("amd64")) excludes = true;
        if (node["minKernel"].Text() is { } oldest && KernelIsAtLeast(oldest)) excludes = true;
        return includes && !excludes;
    }

    private static bool Holds(CapabilitySet capabilities, string name)
        => CapabilitySet.TryParse(name, out CapabilitySet set) && capabilities.Intersect(set) == set;

    private static bool KernelIsAtLeast(string version)
        => Version.TryParse(version, out Version? wanted) && Environment.OSVersion.Version >= wanted;

    private static Func<string, T?> Named<T>(Func<string, T> find)
        where T : struct => name =>
    {
        try
        {
            return find(name);
        }
        catch (FormatException)
        {
            return null;
        }
    };
}
