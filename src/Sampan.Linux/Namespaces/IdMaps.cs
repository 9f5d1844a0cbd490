using System.Globalization;
using System.Runtime.InteropServices;
using Sampan.Linux.Capabilities;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;
using Sampan.Linux.Processes;

namespace Sampan.Linux.Namespaces;

/// <summary>Gives a new user namespace its ids, user_namespaces(7).</summary>
public static unsafe partial class IdMaps
{
    /// <summary>
    /// Writes the maps of the process that is the first in its user namespace. A privileged caller writes them itself;
    /// an unprivileged one that maps only its own ids does too, after setgroups(2) is denied for good, which the
    /// kernel demands; everything else goes through the setuid programs newuidmap(1) and newgidmap(1).
    /// </summary>
    public static void Write(int pid, IReadOnlyList<IdMap> uidMaps, IReadOnlyList<IdMap> gidMaps)
    {
        CapabilitySet effective = ProcessCapabilities.Current().Effective;
        bool mayUsers = effective.Has(Capability.CAP_SETUID);
        bool mayGroups = effective.Has(Capability.CAP_SETGID);

        if (mayGroups)
        {
            WriteFile($"/proc/{pid}/gid_map", IdMap.Format(gidMaps));
        }
        else if (IsOnly(gidMaps, getegid()))
        {
            WriteFile($"/proc/{pid}/setgroups", "deny");
            WriteFile($"/proc/{pid}/gid_map", IdMap.Format(gidMaps));
        }
        else
        {
            Run("newgidmap", pid, gidMaps);
        }

        if (mayUsers || IsOnly(uidMaps, geteuid())) WriteFile($"/proc/{pid}/uid_map", IdMap.Format(uidMaps));
        else Run("newuidmap", pid, uidMaps);
    }

    /// <summary>Whether the setuid programs are there by which an ordinary user maps ids that are granted to it.</summary>
    public static bool CanMapGranted => ProgramPath.Find("newuidmap") is not null && ProgramPath.Find("newgidmap") is not null;

    private static bool IsOnly(IReadOnlyList<IdMap> maps, uint id) => maps.Count == 1 && maps[0].Size == 1 && maps[0].HostId == id;

    private static void Run(string program, int pid, IReadOnlyList<IdMap> maps)
    {
        string path = ProgramPath.Find(program)
            ?? throw new IOException($"{program} is needed to map ids {maps[0].HostId} and on, and is not installed; hint: install the package uidmap");
        List<string> arguments = [program, pid.ToString(CultureInfo.InvariantCulture)];
        foreach (IdMap map in maps) arguments.AddRange(map.ToString().Split(' '));
        ExitStatus status = Spawn.Start(path, arguments, []).Wait();
        if (!status.Success)
            throw new IOException($"{string.Join(' ', arguments)}: {status}; hint: /etc/subuid and /etc/subgid must grant these ids to the user");
    }

    // one write(2): the kernel takes a map only whole
    private static void WriteFile(string path, string text)
    {
        using Fd file = Paths.Open(path, OpenFlags.WriteOnly);
        byte[] bytes = System.Text.Encoding.ASCII.GetBytes(text);
        fixed (byte* start = bytes)
        {
            if (write(file.Number, start, bytes.Length) < 0) throw SyscallException.Last($"write({path}, {text.TrimEnd()})");
        }
    }

    [LibraryImport("libc")]
    private static partial uint geteuid();

    [LibraryImport("libc")]
    private static partial uint getegid();

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int fd, byte* buffer, nint count);
}
