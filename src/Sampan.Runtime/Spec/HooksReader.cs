namespace Sampan.Runtime.Spec;

/// <summary>Reads <c>hooks</c>, runtime-spec config.md "POSIX-platform Hooks".</summary>
internal static class HooksReader
{
    public static HooksSpec Read(SpecNode hooks) => new()
    {
        Prestart = hooks["prestart"].List(Hook),
        CreateRuntime = hooks["createRuntime"].List(Hook),
        CreateContainer = hooks["createContainer"].List(Hook),
        StartContainer = hooks["startContainer"].List(Hook),
        Poststart = hooks["poststart"].List(Hook),
        Poststop = hooks["poststop"].List(Hook),
    };

    private static HookSpec Hook(SpecNode hook) => new(
        hook["path"].AbsolutePath(), hook["args"].Texts(), hook["env"].Texts(), (int?)hook["timeout"].Integer(1, int.MaxValue / 1000), hook.Path);
}
