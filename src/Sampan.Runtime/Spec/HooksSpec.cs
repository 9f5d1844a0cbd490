namespace Sampan.Runtime.Spec;

/// <summary>The six kinds of hooks in the order in which they run, runtime-spec runtime.md "Lifecycle".</summary>
public sealed record HooksSpec
{
    public IReadOnlyList<HookSpec> Prestart { get; init; } = [];

    public IReadOnlyList<HookSpec> CreateRuntime { get; init; } = [];

    public IReadOnlyList<HookSpec> CreateContainer { get; init; } = [];

    public IReadOnlyList<HookSpec> StartContainer { get; init; } = [];

    public IReadOnlyList<HookSpec> Poststart { get; init; } = [];

    public IReadOnlyList<HookSpec> Poststop { get; init; } = [];

    /// <summary>Some of them run while the container is being made.</summary>
    public bool AnyBeforePivot => Prestart.Count + CreateRuntime.Count + CreateContainer.Count > 0;
}
