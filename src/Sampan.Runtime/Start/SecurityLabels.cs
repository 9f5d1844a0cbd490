using Sampan.Linux.Files;
using Sampan.Runtime.Spec;

namespace Sampan.Runtime.Start;

/// <summary>AppArmor profiles and SELinux labels: asked for where the kernel has no such module, nothing would be confined.</summary>
internal static class SecurityLabels
{
    public static bool Has(ProcessSpec? process) => process?.AppArmorProfile is not null || process?.SelinuxLabel is not null;

    public static void Check(ProcessSpec? process, string? mountLabel)
    {
        if (process?.AppArmorProfile is { } profile && !IsAppArmorEnabled)
            throw new SpecException($"process.apparmorProfile: {profile} can not be applied: AppArmor is not enabled in this kernel");
        if (IsSelinuxEnabled) return;
        if (process?.SelinuxLabel is { } label)
            throw new SpecException($"process.selinuxLabel: {label} can not be applied: SELinux is not enabled in this kernel");
        if (mountLabel is not null)
            throw new SpecException($"linux.mountLabel: {mountLabel} can not be applied: SELinux is not enabled in this kernel");
    }

    public static bool IsAppArmorEnabled
    {
        get
        {
            const string parameter = "/sys/module/apparmor/parameters/enabled";
            return SmallFile.TryReadText(parameter)?.StartsWith('Y') is true;
        }
    }

    public static bool IsSelinuxEnabled => File.Exists("/sys/fs/selinux/enforce");
}
