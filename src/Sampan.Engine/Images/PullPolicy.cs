namespace Sampan.Engine.Images;

/// <summary>When <c>run</c> asks a registry for an image.</summary>
public enum PullPolicy
{
    /// <summary>Where it is not here.</summary>
    Missing,

    Always,

    Never,
}
