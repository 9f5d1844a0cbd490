using System.Globalization;

namespace Sampan.Linux.Resctrl;

/// <summary>
/// A class of service for cache and memory bandwidth, with processes in it: a directory of the resctrl file system, whose kernel
/// documentation is x86/resctrl.
/// </summary>
/// <param name="Directory">The class.</param>
/// <param name="Made">Directories to be removed with the container: those that were not there before, the inner one first.</param>
public sealed record ResctrlGroup(string Directory, IReadOnlyList<string> Made)
{
    /// <summary>Where the file system is mounted.</summary>
    /// <exception cref="IOException">Nowhere.</exception>
    public static string Root() => Root(File.ReadAllText("/proc/self/mountinfo"), File.ReadAllText("/proc/filesystems"));

    internal static string Root(string mountInfo, string fileSystems)
    {
        foreach (string line in mountInfo.Split('\n'))
            if (line.Contains(" - resctrl ", StringComparison.Ordinal)) return line.Split(' ', 6)[4];
        throw new IOException(fileSystems.Split('\n').Any(static one => one.EndsWith("\tresctrl", StringComparison.Ordinal))
            ? "resctrl: is not mounted; hint: mount -t resctrl resctrl /sys/fs/resctrl"
            : "resctrl: this processor or kernel has no resource director technology");
    }

    /// <summary>Names what would be made; nothing is done yet.</summary>
    /// <exception cref="IOException">The class is not there and has to be.</exception>
    public static ResctrlGroup Plan(string root, ResctrlSettings settings)
    {
        string directory = settings.Name == "/" ? root : $"{root}/{settings.Name}";
        bool exists = System.IO.Directory.Exists(directory);
        if (!exists && settings.MustExist) throw new IOException($"resctrl: class of service {settings.Name}: there is none, and no schema for a new one is given");
        List<string> made = [];
        if (settings.MonitoringGroup is { } monitoring) made.Add($"{directory}/mon_groups/{monitoring}");
        if (!exists) made.Add(directory);
        return new ResctrlGroup(directory, made);
    }

    /// <summary>Makes the directories, writes the schemata and moves a process in, whose children then begin there.</summary>
    /// <exception cref="IOException">The kernel refuses; its own words are in the message.</exception>
    public void Apply(ResctrlSettings settings, int pid)
    {
        foreach (string directory in Made.Reverse()) Try(directory, () => System.IO.Directory.CreateDirectory(directory));
        Write(settings.Schemata);
        string number = pid.ToString(CultureInfo.InvariantCulture);
        Try(Directory, () => File.WriteAllText($"{Directory}/tasks", number));
        if (settings.MonitoringGroup is { } monitoring) Try(Directory, () => File.WriteAllText($"{Directory}/mon_groups/{monitoring}/tasks", number));
    }

    /// <summary>Changes the schemata of the class.</summary>
    public void Write(IReadOnlyList<string> schemata)
    {
        // one line a write: the kernel stops at the first that it refuses, and says so of this one
        foreach (string line in schemata) Try($"{Directory}/schemata: {line}", () => File.WriteAllText($"{Directory}/schemata", line + "\n"));
    }

    /// <summary>Removes what was made; what has gone already is fine.</summary>
    public void Delete()
    {
        foreach (string directory in Made)
            if (System.IO.Directory.Exists(directory)) System.IO.Directory.Delete(directory);
    }

    private void Try(string what, Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"resctrl: {what}: {error.Message}{Status()}", error);
        }
    }

    // what the kernel has to say about the last command, in the file system's root
    private string Status()
    {
        for (string? folder = Directory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            string file = $"{folder}/info/last_cmd_status";
            if (File.Exists(file) && File.ReadAllText(file).Trim() is var text and not ("" or "ok")) return $" ({text})";
        }
        return "";
    }
}
