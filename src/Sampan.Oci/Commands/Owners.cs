namespace Sampan.Oci.Commands;

/// <summary>Names of the host's users, passwd(5).</summary>
internal static class Owners
{
    private static Dictionary<uint, string>? s_names;

    /// <summary>The user's name, or the number of one who has none.</summary>
    public static string Name(uint uid) => (s_names ??= Read()).GetValueOrDefault(uid, $"#{uid}");

    private static Dictionary<uint, string> Read()
    {
        Dictionary<uint, string> names = [];
        if (!File.Exists("/etc/passwd")) return names;
        foreach (string line in File.ReadLines("/etc/passwd"))
        {
            string[] fields = line.Split(':');
            if (fields.Length > 2 && uint.TryParse(fields[2], out uint uid)) names.TryAdd(uid, fields[0]);
        }
        return names;
    }
}
