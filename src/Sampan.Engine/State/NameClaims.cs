namespace Sampan.Engine.State;

/// <summary>Who has which name: a symbolic link per name that points to an id. Making a link fails where one is, so two
/// commands can not get the same name.</summary>
public sealed class NameClaims(EnginePaths paths)
{
    private const int LengthMaximum = 128;

    /// <summary>Takes the name for a container.</summary>
    /// <exception cref="EngineException">The name is no name, or is taken.</exception>
    public void Claim(string name, string id)
    {
        if (!IsValid(name))
            throw new EngineException($"name {name}: only [a-zA-Z0-9][a-zA-Z0-9_.-]* of at most {LengthMaximum} characters is a name");
        if (!TryClaim(name, id)) throw new EngineException($"name {name} is in use by container {Short(Owner(name))}");
    }

    /// <summary>Takes a free name of the form <c>adjective_noun</c>.</summary>
    public string ClaimRandom(string id)
    {
        for (int attempt = 0; ; attempt++)
        {
            string name = RandomName.Next(withNumber: attempt > 2);
            if (TryClaim(name, id)) return name;
        }
    }

    /// <summary>The id that has the name, or null.</summary>
    public string? Owner(string name) => IsValid(name) ? new FileInfo(PathOf(name)).LinkTarget : null;

    /// <summary>Frees a name, but only if it is still this container's.</summary>
    public void Release(string name, string id)
    {
        if (Owner(name) == id) File.Delete(PathOf(name));
    }

    public static bool IsValid(string name)
    {
        if (name.Length is 0 or > LengthMaximum || !char.IsAsciiLetterOrDigit(name[0])) return false;
        foreach (char c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '-')) return false;
        return true;
    }

    private static string Short(string? id) => id is { Length: > 12 } ? id[..12] : id ?? "another";

    private bool TryClaim(string name, string id)
    {
        try
        {
            File.CreateSymbolicLink(PathOf(name), id);
            return true;
        }
        catch (IOException) when (Owner(name) is not null)
        {
            return false;
        }
    }

    private string PathOf(string name) => Path.Combine(paths.Names, name);
}
