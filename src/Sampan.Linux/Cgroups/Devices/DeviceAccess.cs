namespace Sampan.Linux.Cgroups.Devices;

/// <summary>BPF_DEVCG_ACC_*, linux/bpf.h.</summary>
[Flags]
internal enum DeviceAccess
{
    None = 0,
    Make = 1,
    Read = 2,
    Write = 4,
    All = 7,
}
