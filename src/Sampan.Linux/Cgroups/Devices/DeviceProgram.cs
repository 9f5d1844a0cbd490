namespace Sampan.Linux.Cgroups.Devices;

/// <summary>
/// Compiles device rules into an eBPF program (BPF_PROG_TYPE_CGROUP_DEVICE) that answers 1 for a device that may be used. It looks
/// at the rules from the last to the first: each decides on the kinds of access that no later one has decided on. What is left
/// undecided is denied.
/// </summary>
internal static class DeviceProgram
{
    // struct bpf_cgroup_dev_ctx, linux/bpf.h: access_type (type below, access in the upper 16 bits), major, minor
    [C("BPF_REG_0")] private const int Answer = 0;
    [C("BPF_REG_1")] private const int Context = 1;
    [C("BPF_REG_2")] private const int Type = 2;
    [C("BPF_REG_3")] private const int Access = 3;
    [C("BPF_REG_4")] private const int Major = 4;
    [C("BPF_REG_5")] private const int Minor = 5;
    [C("BPF_DEVCG_DEV_BLOCK")] private const int BlockType = 1;
    [C("BPF_DEVCG_DEV_CHAR")] private const int CharacterType = 2;

    public static EbpfInstruction[] Compile(IReadOnlyList<DeviceRule> rules)
    {
        List<EbpfInstruction> program =
        [
            new(EbpfInstruction.Load, Registers(Type, Context), 0, 0),
            new(EbpfInstruction.Copy, Registers(Access, Type), 0, 0),
            new(EbpfInstruction.ShiftRight, Access, 0, 16),
            new(EbpfInstruction.And, Type, 0, 0xFFFF),
            new(EbpfInstruction.Load, Registers(Major, Context), 4, 0),
            new(EbpfInstruction.Load, Registers(Minor, Context), 8, 0),
        ];
        for (int i = rules.Count - 1; i >= 0; i--)
        {
            program.AddRange(One(rules[i]));
            // nothing comes by here: the kernel refuses code that can not be reached
            if (rules[i].IsForAll) return [.. program];
        }

        program.AddRange(Return(0));
        return [.. program];
    }

    private static List<EbpfInstruction> One(DeviceRule rule)
    {
        List<(int Register, int Value)> conditions = [];
        if (rule.Type != 'a') conditions.Add((Type, rule.Type == 'b' ? BlockType : CharacterType));
        if (rule.Major is { } major) conditions.Add((Major, (int)major));
        if (rule.Minor is { } minor) conditions.Add((Minor, (int)minor));

        List<EbpfInstruction> decision = [];
        if (rule.IsForAll) decision.AddRange(Return(rule.Allow ? 1 : 0));
        else if (rule.Allow)
        {
            decision.Add(new(EbpfInstruction.And, Access, 0, (int)(DeviceAccess.All & ~rule.Bits)));
            decision.Add(new(EbpfInstruction.JumpIfNot, Access, 2, 0)); // more was asked for: the rules before decide on it
            decision.AddRange(Return(1));
        }
        else
        {
            decision.Add(new(EbpfInstruction.JumpIfAny, Access, 1, (int)rule.Bits));
            decision.Add(new(EbpfInstruction.Jump, 0, 2, 0));
            decision.AddRange(Return(0));
        }

        List<EbpfInstruction> code = [];
        foreach ((int register, int value) in conditions)
            code.Add(new(EbpfInstruction.JumpIfNot, (byte)register, (short)(conditions.Count - 1 - code.Count + decision.Count), value));
        return [.. code, .. decision];
    }

    private static EbpfInstruction[] Return(int answer) => [new(EbpfInstruction.Set, Answer, 0, answer), new(EbpfInstruction.Exit, 0, 0, 0)];

    private static byte Registers(int destination, int source) => (byte)(source << 4 | destination);
}
