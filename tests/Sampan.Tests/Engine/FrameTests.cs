using Sampan.Engine.Monitor;

namespace Sampan.Tests.Engine;

public sealed class FrameTests
{
    [Fact]
    public void Frames_arrive_whole_however_they_are_cut()
    {
        ByteQueue sent = new();
        Frame.Append(sent, FrameType.Output, "hello"u8);
        Frame.Append(sent, FrameType.Stop, 15, 10_000);
        ByteQueue received = new();
        List<(FrameType, int)> frames = [];
        foreach (byte part in sent.Front.ToArray())
        {
            received.Append([part]);
            if (!Frame.TryPeek(received, out FrameType type, out ReadOnlySpan<byte> payload, out int size)) continue;
            frames.Add((type, payload.Length));
            received.Consume(size);
        }

        Assert.Equal([(FrameType.Output, 5), (FrameType.Stop, 8)], frames);
        Assert.Equal(0, received.Count);
    }

    [Fact]
    public void A_long_payload_becomes_several_frames()
    {
        ByteQueue queue = new();
        Frame.Append(queue, FrameType.Output, new byte[Frame.PayloadMaximum + 1]);

        Assert.True(Frame.TryPeek(queue, out _, out ReadOnlySpan<byte> first, out int size));
        Assert.Equal(Frame.PayloadMaximum, first.Length);
        queue.Consume(size);
        Assert.True(Frame.TryPeek(queue, out _, out ReadOnlySpan<byte> second, out _));
        Assert.Equal(1, second.Length);
    }

    [Fact]
    public void An_absurd_length_is_refused()
    {
        ByteQueue queue = new();
        queue.Append([2, 0xff, 0xff, 0xff, 0x7f]);

        Assert.Throws<InvalidDataException>(() => Frame.TryPeek(queue, out _, out _, out _));
    }

    [Fact]
    public void Detach_keys_are_found_across_reads_and_a_lone_first_key_is_passed_on()
    {
        DetachKeys keys = new();
        ByteQueue typed = new();

        Assert.False(keys.Filter([1, 0x10], typed));
        Assert.False(keys.Filter([2, 0x10], typed));
        Assert.True(keys.Filter([0x11, 3], typed));
        Assert.Equal([1, 0x10, 2], typed.Front.ToArray());
    }
}
