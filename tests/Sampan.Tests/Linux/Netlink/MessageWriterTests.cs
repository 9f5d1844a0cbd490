using Sampan.Linux.Netlink;

namespace Sampan.Tests.Linux.Netlink;

public sealed class MessageWriterTests
{
    [Fact]
    public void A_message_has_length_type_flags_sequence_and_padded_attributes()
    {
        MessageWriter writer = new();
        writer.Begin(16, MessageFlags.Request | MessageFlags.Acknowledge, "test");
        writer.Put(3, "ab");
        int nest = writer.BeginNest(18);
        writer.PutBigEndian(1, 2u);
        writer.EndNest(nest);
        writer.Finish();

        Assert.Equal(
            "24000000" + "1000" + "0500" + "01000000" + "00000000" // nlmsghdr: 36 bytes
            + "07000300" + "61620000" // 4 + "ab\0", padded
            + "0c001280" + "08000100" + "00000002", // nested bit set
            Convert.ToHexStringLower(writer.Written));
    }

    [Fact]
    public void The_buffer_grows_without_losing_what_is_in_it()
    {
        MessageWriter writer = new();
        for (int i = 0; i < 500; i++)
        {
            writer.Begin(16, MessageFlags.Request, "test");
            writer.Put(1, (uint)i);
        }
        writer.Finish();

        Assert.Equal(500 * 24, writer.Written.Length);
        Assert.Equal(499, BitConverter.ToInt32(writer.Written[^4..]));
    }

    [Fact]
    public void A_damaged_attribute_ends_the_search()
    {
        Assert.True(NetlinkMessage.Find([0, 0, 1, 0, 8, 0, 1, 0, 1, 2, 3, 4], 1).IsEmpty);
        Assert.True(NetlinkMessage.Find([200, 0, 1, 0, 8, 0], 1).IsEmpty);
        Assert.Equal([9], NetlinkMessage.Find([5, 0, 7, 0, 1, 0, 0, 0, 5, 0, 1, 0, 9], 1).ToArray());
    }
}
