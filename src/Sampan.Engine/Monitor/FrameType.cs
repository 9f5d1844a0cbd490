namespace Sampan.Engine.Monitor;

/// <summary>
/// The protocol of a monitor's socket. A frame is one byte of type, four bytes of payload length (little endian, at most
/// <see cref="Frame.PayloadMaximum"/>) and the payload. Numbers are little endian. A client leaves (detaches) by closing.
/// </summary>
public enum FrameType : byte
{
    /// <summary>Client: one byte of <see cref="AttachFlags"/>. Without it a client gets no output.</summary>
    Attach = 1,

    /// <summary>Client: bytes for the container's standard input or terminal.</summary>
    Input = 2,

    /// <summary>Client: the standard input is at its end. No payload.</summary>
    InputEnd = 3,

    /// <summary>Client: two bytes of rows, two of columns.</summary>
    Resize = 4,

    /// <summary>Client: four bytes of signal number, to be sent to the container's first process.</summary>
    Signal = 5,

    /// <summary>Client: four bytes of signal number (0: the container's own stop signal), four of milliseconds until
    /// SIGKILL (-1: never).</summary>
    Stop = 6,

    /// <summary>Monitor: four bytes of process id; the program of the container runs.</summary>
    Started = 16,

    /// <summary>Monitor: bytes of the standard output or terminal.</summary>
    Output = 17,

    /// <summary>Monitor: bytes of the standard error.</summary>
    ErrorOutput = 18,

    /// <summary>Monitor: four bytes of exit code; the container has ended and is cleaned up. The last frame.</summary>
    Exited = 19,

    /// <summary>Monitor: four bytes of exit code, then a message in UTF-8; the container did not start. The last frame.</summary>
    StartFailed = 20,
}
