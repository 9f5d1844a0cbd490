namespace Sampan.Runtime.State;

/// <summary>runtime-spec runtime.md, "State".</summary>
public enum ContainerStatus
{
    Creating,
    Created,
    Running,
    Stopped,
}
