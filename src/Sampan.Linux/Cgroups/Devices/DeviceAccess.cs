namespace Sampan.Linux.Cgroups.Devices;

/// <summary>BPF_DEVCG_ACC_*, linux/bpf.h.</summary>
[Flags]
internal enum DeviceAccess
{
    None = 0,
    [C("BPF_DEVCG_ACC_MKNOD")] Make = 1,
    [C("BPF_DEVCG_ACC_READ")] Read = 2,
    [C("BPF_DEVCG_ACC_WRITE")] Write = 4,
    [C("BPF_DEVCG_ACC_MKNOD | BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE")] All = 7,
}
