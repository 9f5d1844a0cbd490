namespace Sampan.Runtime.Spec;

/// <summary>A program that runs at a moment of a container's life, runtime-spec config.md "POSIX-platform Hooks".</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Arguments">As in execv(3), the program's name first; empty takes the path.</param>
/// <param name="TimeoutS">Seconds until it is killed and counts as failed; null lets it run as long as it likes.</param>
/// <param name="Place">For messages: <c>hooks.poststart[0]</c>.</param>
public sealed record HookSpec(
    string Path, IReadOnlyList<string> Arguments, IReadOnlyList<string> Environment, int? TimeoutS, string Place);
