namespace Sampan.Cli.Arguments;

/// <summary>Names of containers and volumes: <c>[a-zA-Z0-9][a-zA-Z0-9_.-]+</c>, as docker has them.</summary>
internal static class ContainerName
{
    // names become file names; the longest a directory entry may be is 255 bytes
    private const int MaxLength = 128;

    public static bool IsValid(string name)
    {
        if (name.Length is < 2 or > MaxLength || !char.IsAsciiLetterOrDigit(name[0])) return false;
        foreach (char c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '-'))
                return false;
        return true;
    }
}
