namespace Sampan.Images.Registry;

/// <summary>Another place where the same repositories are.</summary>
internal sealed record RegistryMirror(string Location, bool IsInsecure);
