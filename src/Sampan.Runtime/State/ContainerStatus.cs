namespace Sampan.Runtime.State;

/// <summary>runtime-spec runtime.md, "State"; paused is runc's.</summary>
public enum ContainerStatus
{
    Creating,
    Created,
    Running,
    Paused,
    Stopped,
}
