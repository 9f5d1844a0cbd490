namespace Sampan.Engine.Monitor;

/// <summary>Why a client left its container.</summary>
public enum AttachEnd
{
    /// <summary>The container has ended.</summary>
    Exited,

    /// <summary>The container did not start.</summary>
    StartFailed,

    /// <summary>The user typed Ctrl-P Ctrl-Q; the container runs on.</summary>
    Detached,

    /// <summary>A signal ended this client; the container runs on.</summary>
    Interrupted,

    /// <summary>The monitor has gone without a word: it was killed.</summary>
    Lost,
}
