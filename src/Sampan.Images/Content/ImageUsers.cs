namespace Sampan.Images.Content;

/// <summary>Which images containers use.</summary>
/// <param name="Running">Of each image's id the name of a container that runs.</param>
/// <param name="Stopped">The same of those that do not.</param>
/// <param name="Paths">Directories of layers, indexes and tars that containers have.</param>
public sealed record ImageUsers(IReadOnlyDictionary<string, string> Running, IReadOnlyDictionary<string, string> Stopped, IReadOnlySet<string> Paths);
