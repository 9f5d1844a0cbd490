namespace Sampan.Engine.State;

/// <summary>What a container is at the moment.</summary>
public enum ContainerStatus
{
    /// <summary>Made, never started.</summary>
    Created,

    /// <summary>Its monitor lives.</summary>
    Running,

    /// <summary>Ended; there is an <see cref="ExitRecord"/>.</summary>
    Exited,

    /// <summary>Its monitor was killed; nobody saw how it ended.</summary>
    Lost,
}
