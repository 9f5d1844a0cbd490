namespace Sampan.Engine.Containers;

/// <summary>One <c>-v</c>, <c>--mount</c> or <c>--tmpfs</c>.</summary>
/// <param name="Type"><c>bind</c>, <c>volume</c> or <c>tmpfs</c>.</param>
/// <param name="Source">An absolute host path, a volume's name, or null for tmpfs and anonymous volumes.</param>
/// <param name="Target">Absolute path inside the container.</param>
/// <param name="Options">As in mount(8): <c>ro</c>, <c>size=64m</c>, <c>rshared</c>, …</param>
public sealed record MountOption(string Type, string? Source, string Target, IReadOnlyList<string> Options)
{
    /// <summary>A bind's missing source is made, as a directory: so <c>-v</c> does, <c>--mount</c> refuses.</summary>
    public bool MakeSource { get; init; }
}
