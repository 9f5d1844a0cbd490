namespace Sampan.Linux.Processes;

/// <summary>Where a program of the system is.</summary>
public static class ProgramPath
{
    private const string Usual = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin:/run/wrappers/bin:/run/current-system/sw/bin";

    /// <summary>Searched in the folders of PATH, as far as they are absolute; null where it is in none.</summary>
    public static string? Find(string program)
    {
        string? folders = Environment.GetEnvironmentVariable("PATH");
        foreach (string folder in (string.IsNullOrEmpty(folders) ? Usual : folders).Split(':'))
            if (folder.StartsWith('/') && File.Exists($"{folder}/{program}")) return $"{folder}/{program}";
        return null;
    }
}
