using Sampan.Linux.Errors;

namespace Sampan.Linux.Seccomp;

/// <summary>Divides one architecture's system call numbers into ranges that are treated alike.</summary>
internal sealed class SeccompSegments(SeccompProfile profile, SeccompArchitecture architecture)
{
    private const int NumbersMax = 1024;

    // by number, without the bit of x32; nearly every call is in one rule only, and a profile has a thousand of them over all architectures
    private readonly SeccompRule?[] _first = new SeccompRule?[NumbersMax];
    private readonly Dictionary<uint, List<SeccompRule>> _several = [];

    /// <summary>Sorted, without gaps, the first one starts at 0.</summary>
    public List<SeccompSegment> Build()
    {
        foreach (SeccompRule rule in profile.Rules)
        {
            foreach (string name in rule.Names)
            {
                if (!SyscallTable.TryGetNumber(architecture, name, out uint number)) continue;
                ref SeccompRule? first = ref _first[number & ~SyscallTable.X32Bit];
                if (first is null) first = rule;
                else if (_several.TryGetValue(number, out List<SeccompRule>? rules)) rules.Add(rule);
                else _several[number] = [first, rule];
            }
        }

        uint otherwise = ReturnValue(profile.DefaultAction, (uint)profile.DefaultErrno);
        BpfInstruction[] byDefault = [Return(otherwise)];
        List<SeccompSegment> segments = [];
        uint next = 0;
        uint bit = architecture == SeccompArchitecture.X32 ? SyscallTable.X32Bit : 0;
        for (uint i = 0; i < NumbersMax; i++)
        {
            if (_first[i] is not { } only) continue;
            uint number = bit | i;
            if (number > next || segments.Count == 0 && number > 0) Append(segments, next, byDefault);
            Append(segments, number, Code(_several.GetValueOrDefault(number) ?? [only], otherwise));
            next = number + 1;
        }

        bool unknownIsMissing = profile.DefaultAction == SeccompAction.Errno && next > 0;
        Append(segments, next, unknownIsMissing ? [Return((uint)SeccompAction.Errno | (uint)Errno.ENOSYS)] : byDefault);
        return segments;
    }

    private static void Append(List<SeccompSegment> segments, uint start, BpfInstruction[] code)
    {
        // neighbours that are treated alike become one range: fewer comparisons
        if (segments.Count > 0 && segments[^1].Code.AsSpan().SequenceEqual(code)) return;
        segments.Add(new(start, code));
    }

    private static BpfInstruction[] Code(List<SeccompRule> rules, uint otherwise)
    {
        foreach (SeccompRule rule in rules)
        {
            // as in libseccomp: a rule without conditions replaces those with, before and after it
            if (rule.Conditions.Count == 0) return [Return(ReturnValue(rule.Action, rule.ErrnoReturn))];
        }

        List<BpfInstruction> code = [];
        foreach (SeccompRule rule in rules)
        {
            uint value = ReturnValue(rule.Action, rule.ErrnoReturn);
            if (HasAlternatives(rule.Conditions))
            {
                foreach (SeccompCondition condition in rule.Conditions) SeccompComparison.Add(code, [condition], value);
            }
            else
            {
                SeccompComparison.Add(code, rule.Conditions, value);
            }
        }

        code.Add(Return(otherwise));
        return [.. code];
    }

    private static bool HasAlternatives(IReadOnlyList<SeccompCondition> conditions)
    {
        uint seen = 0;
        foreach (SeccompCondition condition in conditions)
        {
            uint bit = 1u << (int)condition.Index;
            if ((seen & bit) != 0) return true;
            seen |= bit;
        }

        return false;
    }

    private static uint ReturnValue(SeccompAction action, uint? data) => action switch
    {
        SeccompAction.Errno or SeccompAction.Trace => (uint)action | ((data ?? (uint)Errno.EPERM) & 0xffff),
        _ => (uint)action,
    };

    private static BpfInstruction Return(uint value) => new(BpfInstruction.Return, 0, 0, value);
}
