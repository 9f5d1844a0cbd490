using Sampan.Linux.Cgroups;
using Sampan.Linux.Cgroups.Devices;

namespace Sampan.Tests.Linux.Cgroups;

public sealed class DeviceProgramTests
{
    private const int Lists = 3000;
    private static readonly string[] s_accesses = ["r", "w", "m", "rw", "rm", "wm", "rwm"];

    [Fact]
    public void Compiled_rules_decide_as_the_specification_says_for_random_lists()
    {
        Random random = new(20);
        int allowed = 0;
        for (int i = 0; i < Lists; i++)
        {
            List<DeviceRule> rules = [];
            if (random.Next(2) == 0) rules.Add(new DeviceRule(false, 'a', null, null, "rwm"));
            for (int n = random.Next(8); n > 0; n--) rules.Add(RandomRule(random));
            EbpfInstruction[] program = DeviceProgram.Compile(rules);
            foreach ((char type, uint major, uint minor, DeviceAccess access) in Requests())
            {
                bool wanted = Model(rules, type, major, minor, access);
                uint kind = (uint)access << 16 | (type == 'b' ? 1u : 2u);
                bool got = EbpfMachine.Run(program, [kind, major, minor]) == 1;
                Assert.True(wanted == got, $"{string.Join("; ", rules.Select(r => $"{(r.Allow ? "allow" : "deny")} {r.Type} {r}"))}: {type} {major}:{minor} {access} is {got}");
                if (got) allowed++;
            }
        }

        Assert.InRange(allowed, Lists, Lists * Requests().Count() / 2); // both answers are met often
    }

    [Fact]
    public void No_instruction_is_out_of_reach_because_the_kernel_refuses_such_programs()
    {
        Random random = new(21);
        for (int i = 0; i < 500; i++)
        {
            List<DeviceRule> rules = [];
            for (int n = random.Next(8); n > 0; n--) rules.Add(RandomRule(random));
            EbpfInstruction[] program = DeviceProgram.Compile(rules);
            HashSet<int> reached = [0];
            for (int at = 0; at < program.Length; at++)
            {
                if (!reached.Contains(at) || program[at].Code == EbpfInstruction.Exit) continue;
                bool jumps = program[at].Code is EbpfInstruction.Jump or EbpfInstruction.JumpIfNot or EbpfInstruction.JumpIfAny;
                if (jumps) reached.Add(at + 1 + program[at].Offset);
                if (program[at].Code != EbpfInstruction.Jump) reached.Add(at + 1);
            }

            Assert.Equal(program.Length, reached.Count);
        }
    }

    /// <summary>Runtime-spec config-linux.md "Allowed Device list", each kind of access by itself: the last rule that fits decides, and none means no.</summary>
    private static bool Model(List<DeviceRule> rules, char type, uint major, uint minor, DeviceAccess access)
    {
        foreach (DeviceAccess bit in (DeviceAccess[])[DeviceAccess.Read, DeviceAccess.Write, DeviceAccess.Make])
        {
            if ((access & bit) == 0) continue;
            DeviceRule? last = rules.FindLast(r => (r.Type == 'a' || r.Type == type) && (r.Major ?? major) == major && (r.Minor ?? minor) == minor && (r.Bits & bit) != 0);
            if (last is not { Allow: true }) return false;
        }

        return true;
    }

    private static DeviceRule RandomRule(Random random) => new(
        random.Next(2) == 0, "abc"[random.Next(3)], random.Next(3) == 0 ? null : (uint)random.Next(1, 3), random.Next(3) == 0 ? null : (uint)random.Next(1, 3),
        s_accesses[random.Next(s_accesses.Length)]);

    private static IEnumerable<(char Type, uint Major, uint Minor, DeviceAccess Access)> Requests() =>
        from type in "bc"
        from major in (uint[])[1, 2, 3]
        from minor in (uint[])[1, 2, 3]
        from access in Enumerable.Range(1, 7)
        select (type, major, minor, (DeviceAccess)access);
}
