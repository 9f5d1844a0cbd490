namespace Sampan.Engine.Monitor;

/// <summary>What a client of a monitor wants.</summary>
[Flags]
public enum AttachFlags : byte
{
    None = 0,

    /// <summary>Gets what the container writes from now on.</summary>
    Output = 1,

    /// <summary>The container waits when this client does not read, as a program in a pipe does. A client without it is
    /// disconnected when it falls behind by more than <see cref="ClientConnection.PendingMaximumBytes"/>.</summary>
    Paces = 2,
}
