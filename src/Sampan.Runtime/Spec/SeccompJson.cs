using System.Text.Json;
using Sampan.Linux.Capabilities;
using Sampan.Linux.Seccomp;

namespace Sampan.Runtime.Spec;

/// <summary>A seccomp profile in a file of its own.</summary>
public static class SeccompJson
{
    /// <param name="path">Where the element stands, for error messages.</param>
    /// <param name="capabilities">The container's, for Docker's conditional rules.</param>
    /// <exception cref="FormatException">Not a profile; names the place.</exception>
    public static SeccompProfile Read(JsonElement json, string path, CapabilitySet capabilities = default)
    {
        try
        {
            return SeccompReader.Read(new SpecNode(json, ""), capabilities);
        }
        catch (SpecException error)
        {
            throw new FormatException($"{path}: not a seccomp profile: {error.Message}", error);
        }
    }
}
