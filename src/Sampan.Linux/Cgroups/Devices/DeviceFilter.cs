using System.Runtime.InteropServices;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Linux.Cgroups.Devices;

/// <summary>
/// The device filter of a v2 cgroup, bpf(2). Filters of others (systemd's) stay: a device may be used when all of them allow it.
/// </summary>
internal static unsafe partial class DeviceFilter
{
    [C("BPF_PROG_LOAD")] private const int ProgramLoad = 5;
    [C("BPF_PROG_ATTACH")] private const int ProgramAttach = 8;
    [C("BPF_PROG_DETACH")] private const int ProgramDetach = 9;
    [C("BPF_PROG_GET_FD_BY_ID")] private const int DescriptorById = 13;
    [C("BPF_OBJ_GET_INFO_BY_FD")] private const int Information = 15;
    [C("BPF_PROG_QUERY")] private const int Query = 16;
    [C("BPF_PROG_TYPE_CGROUP_DEVICE")] private const int CgroupDeviceProgram = 15;
    [C("BPF_CGROUP_DEVICE")] private const int CgroupDevice = 6;
    [C("BPF_F_ALLOW_MULTI")] private const uint AllowMulti = 2;
    [C("BPF_F_REPLACE")] private const uint ReplaceProgram = 4;
    [C("offsetof(struct bpf_prog_info, name)")] private const int NameOffset = 64;
    private const int ProgramsMax = 64;

    /// <summary>Tells our filters from those of others.</summary>
    private static ReadOnlySpan<byte> Name => "sampan_devices"u8;

    /// <summary>Puts these rules in the place of our earlier ones, in one step.</summary>
    /// <param name="cgroup">Its directory.</param>
    /// <exception cref="IOException">The kernel has no eBPF for cgroups, or forbids it to this user.</exception>
    public static void Replace(Fd cgroup, IReadOnlyList<DeviceRule> rules)
    {
        List<Fd> ours = Ours(cgroup);
        try
        {
            using Fd program = Load(DeviceProgram.Compile(rules));
            Attributes attach = new() { A = (uint)cgroup.Number, B = (uint)program.Number, C = CgroupDevice, D = AllowMulti };
            if (ours.Count == 1)
            {
                attach.D |= ReplaceProgram;
                attach.E = (uint)ours[0].Number;
            }

            if (Call(ProgramAttach, &attach) < 0) throw SyscallException.Last("bpf(PROG_ATTACH, device filter)");
            // never wider in between: old and new must both allow
            if (ours.Count > 1) foreach (Fd one in ours) Detach(cgroup, one);
        }
        finally
        {
            foreach (Fd one in ours) one.Dispose();
        }
    }

    private static Fd Load(EbpfInstruction[] program)
    {
        // both buffers are pinned or constant data while the call reads them
        fixed (EbpfInstruction* first = program)
        fixed (byte* license = "Apache-2.0\0"u8)
        {
            LoadAttributes load = new() { Type = CgroupDeviceProgram, Count = (uint)program.Length, Instructions = (ulong)first, License = (ulong)license };
            Name.CopyTo(new Span<byte>(load.Name, 16));
            int fd = (int)bpf(SyscallNumber.bpf, ProgramLoad, &load, sizeof(LoadAttributes));
            if (fd >= 0) return new Fd(fd);
            SyscallException error = SyscallException.Last($"bpf(PROG_LOAD, device filter of {program.Length} instructions)");
            throw error.Errno is Errno.EPERM ? new IOException(error.Message + "; hint: device rules on cgroup v2 need CAP_BPF or CAP_SYS_ADMIN", error) : error;
        }
    }

    private static List<Fd> Ours(Fd cgroup)
    {
        uint* ids = stackalloc uint[ProgramsMax];
        QueryAttributes query = new() { Target = (uint)cgroup.Number, Type = CgroupDevice, Ids = (ulong)ids, Count = ProgramsMax };
        if (bpf(SyscallNumber.bpf, Query, &query, sizeof(QueryAttributes)) < 0) throw SyscallException.Last("bpf(PROG_QUERY, device filters)");
        List<Fd> ours = [];
        for (int i = 0; i < query.Count; i++)
        {
            Attributes byId = new() { A = ids[i] };
            int fd = Call(DescriptorById, &byId);
            if (fd < 0) continue; // gone meanwhile
            Fd program = new(fd);
            if (IsOurs(program)) ours.Add(program);
            else program.Dispose();
        }

        return ours;
    }

    private static bool IsOurs(Fd program)
    {
        // the kernel fills as much of struct bpf_prog_info as there is room for
        byte* information = stackalloc byte[128];
        new Span<byte>(information, 128).Clear();
        Attributes query = new() { A = (uint)program.Number, B = 128, CD = (ulong)information };
        return Call(Information, &query) == 0 && new ReadOnlySpan<byte>(information + NameOffset, 16).TrimEnd((byte)0).SequenceEqual(Name);
    }

    private static void Detach(Fd cgroup, Fd program)
    {
        Attributes detach = new() { A = (uint)cgroup.Number, B = (uint)program.Number, C = CgroupDevice };
        if (Call(ProgramDetach, &detach) < 0) throw SyscallException.Last("bpf(PROG_DETACH, device filter)");
    }

    private static int Call(int command, Attributes* attributes) => (int)bpf(SyscallNumber.bpf, command, attributes, sizeof(Attributes));

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint bpf(nint number, nint command, void* attributes, nint size);

    /// <summary><c>union bpf_attr</c> of attach (target, program, type, flags, replaced), of an id, and of information (program, size, buffer).</summary>
    [StructLayout(LayoutKind.Explicit, Size = 32)]
    internal struct Attributes
    {
        [FieldOffset(0)] public uint A;
        [FieldOffset(4)] public uint B;
        [FieldOffset(8)] public uint C;
        [FieldOffset(12)] public uint D;
        [FieldOffset(8)] public ulong CD;
        [FieldOffset(16)] public uint E;
    }

    internal struct LoadAttributes
    {
        public uint Type;
        public uint Count;
        public ulong Instructions;
        public ulong License;
        public uint LogLevel;
        public uint LogSize;
        public ulong LogBuffer;
        public uint KernelVersion;
        public uint Flags;
        public fixed byte Name[16];
    }

    internal struct QueryAttributes
    {
        public uint Target;
        public uint Type;
        public uint Flags;
        public uint AttachFlags;
        public ulong Ids;
        public uint Count;
        public uint Padding;
    }
}
