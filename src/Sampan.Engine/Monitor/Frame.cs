using System.Buffers.Binary;
using System.Text;
using Sampan.Linux.Terminals;

namespace Sampan.Engine.Monitor;

/// <summary>Writes and reads frames of <see cref="FrameType"/>'s protocol.</summary>
public static class Frame
{
    public const int HeaderSize = 5;

    /// <summary>Longer payloads are cut in several frames (data) or refused.</summary>
    public const int PayloadMaximum = 32 * 1024;

    /// <summary>Appends one frame, or as many as the payload needs.</summary>
    public static void Append(ByteQueue queue, FrameType type, ReadOnlySpan<byte> payload)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        header[0] = (byte)type;
        do
        {
            ReadOnlySpan<byte> part = payload.Length > PayloadMaximum ? payload[..PayloadMaximum] : payload;
            BinaryPrimitives.WriteInt32LittleEndian(header[1..], part.Length);
            queue.Append(header);
            queue.Append(part);
            payload = payload[part.Length..];
        }
        while (!payload.IsEmpty);
    }

    /// <summary>Appends a frame whose payload is numbers of four bytes.</summary>
    public static void Append(ByteQueue queue, FrameType type, int first, int? second = null)
    {
        Span<byte> payload = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(payload, first);
        BinaryPrimitives.WriteInt32LittleEndian(payload[4..], second ?? 0);
        Append(queue, type, payload[..(second is null ? 4 : 8)]);
    }

    /// <summary>Appends <see cref="FrameType.Resize"/>.</summary>
    public static void AppendResize(ByteQueue queue, ushort rows, ushort columns)
    {
        Span<byte> payload = stackalloc byte[4];
        BinaryPrimitives.WriteUInt16LittleEndian(payload, rows);
        BinaryPrimitives.WriteUInt16LittleEndian(payload[2..], columns);
        Append(queue, FrameType.Resize, payload);
    }

    /// <summary>The payload of <see cref="FrameType.Resize"/>.</summary>
    public static WindowSize Size(ReadOnlySpan<byte> payload)
    {
        int size = Number(payload);
        return new WindowSize((ushort)size, (ushort)(size >> 16));
    }

    /// <summary>Appends <see cref="FrameType.StartFailed"/>.</summary>
    public static void AppendStartFailed(ByteQueue queue, int exitCode, string message)
    {
        byte[] text = Encoding.UTF8.GetBytes(message);
        byte[] payload = new byte[4 + Math.Min(text.Length, PayloadMaximum - 4)];
        BinaryPrimitives.WriteInt32LittleEndian(payload, exitCode);
        text.AsSpan(0, payload.Length - 4).CopyTo(payload.AsSpan(4));
        Append(queue, FrameType.StartFailed, payload);
    }

    /// <summary>The first whole frame in the queue; its payload is valid until the queue is changed, and the caller then
    /// consumes <paramref name="size"/> bytes.</summary>
    /// <exception cref="InvalidDataException">The other end does not speak this protocol.</exception>
    public static bool TryPeek(ByteQueue queue, out FrameType type, out ReadOnlySpan<byte> payload, out int size)
    {
        type = default;
        payload = default;
        size = 0;
        ReadOnlySpan<byte> front = queue.Front;
        if (front.Length < HeaderSize) return false;
        int length = BinaryPrimitives.ReadInt32LittleEndian(front[1..]);
        if (length is < 0 or > PayloadMaximum) throw new InvalidDataException($"monitor protocol: frame of {length} bytes");
        if (front.Length < HeaderSize + length) return false;
        type = (FrameType)front[0];
        payload = front.Slice(HeaderSize, length);
        size = HeaderSize + length;
        return true;
    }

    /// <summary>The number of four bytes at an offset of a payload.</summary>
    public static int Number(ReadOnlySpan<byte> payload, int offset = 0) => payload.Length >= offset + 4
        ? BinaryPrimitives.ReadInt32LittleEndian(payload[offset..])
        : throw new InvalidDataException("monitor protocol: payload too short");
}
