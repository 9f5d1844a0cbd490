using System.Globalization;

namespace Sampan.Runtime.Lifecycle;

/// <summary>The file in which a caller finds a process's number.</summary>
internal static class PidFile
{
    /// <summary>Written beside and renamed: callers that wait for the file never see it empty.</summary>
    public static void Write(string path, int pid)
    {
        string temporary = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, $".{Path.GetFileName(path)}.{Environment.ProcessId}");
        try
        {
            File.WriteAllText(temporary, pid.ToString(CultureInfo.InvariantCulture));
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
