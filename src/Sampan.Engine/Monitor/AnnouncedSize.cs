using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Linux.Terminals;

namespace Sampan.Engine.Monitor;

/// <summary>The size of the first client's terminal, so that the container's has it before its program starts to look.</summary>
internal static class AnnouncedSize
{
    /// <summary>Looks at what the client has sent and leaves it there; null when that is no size.</summary>
    public static WindowSize? Peek(Fd client)
    {
        Span<byte> sent = stackalloc byte[64];
        int count = UnixSocket.Peek(client, sent);
        if (count <= 0) return null;
        ByteQueue frames = new();
        frames.Append(sent[..count]);
        WindowSize? size = null;
        while (Frame.TryPeek(frames, out FrameType type, out ReadOnlySpan<byte> payload, out int length))
        {
            if (type == FrameType.Resize) size = Frame.Size(payload);
            frames.Consume(length);
        }

        return size;
    }
}
