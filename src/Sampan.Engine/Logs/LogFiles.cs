using System.Globalization;

namespace Sampan.Engine.Logs;

/// <summary>The files of a log, while its writer may at any moment rename each to the next older name: <c>log.json</c>,
/// <c>log.json.1</c>, and so on. Which one an open file is by now says the kernel, proc_pid_fd(5).</summary>
internal static class LogFiles
{
    private const string DeletedMark = " (deleted)";

    /// <param name="age">0 for the one being written.</param>
    public static string PathOf(string path, int age) => age == 0 ? path : string.Create(CultureInfo.InvariantCulture, $"{path}.{age}");

    /// <summary>All files, oldest first; none where there is no log.</summary>
    public static List<FileStream> Open(string path)
    {
        while (true)
        {
            List<FileStream> files = [];
            while (TryOpen(PathOf(path, files.Count)) is { } file) files.Add(file);
            bool moved = false;
            for (int age = 0; age < files.Count; age++) moved |= AgeOf(files[age], path) != age;
            files.Reverse();
            if (!moved) return files;
            foreach (FileStream file in files) file.Dispose();
        }
    }

    /// <summary>The file that was begun after this one, or null when this one is still being written.</summary>
    public static FileStream? After(FileStream file, string path)
    {
        while (AgeOf(file, path) is not 0 and { } age)
        {
            FileStream? next = TryOpen(PathOf(path, age - 1));
            if (next is not null && AgeOf(file, path) == age) return next;
            next?.Dispose();
        }

        if (AgeOf(file, path) == 0) return null;
        // it is gone already, and with it perhaps others: what is left begins with the oldest
        List<FileStream> files = Open(path);
        foreach (FileStream newer in files.Skip(1)) newer.Dispose();
        return files.FirstOrDefault();
    }

    // null when the file is deleted
    private static int? AgeOf(FileStream file, string path)
    {
        string name = Path.GetFileName(new FileInfo($"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}").LinkTarget ?? DeletedMark);
        if (name.EndsWith(DeletedMark, StringComparison.Ordinal)) return null;
        string own = Path.GetFileName(path);
        return name == own ? 0 : int.Parse(name.AsSpan(own.Length + 1), CultureInfo.InvariantCulture);
    }

    private static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
