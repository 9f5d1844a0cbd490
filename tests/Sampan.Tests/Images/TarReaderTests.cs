using System.Text;
using Sampan.Images;
using Sampan.Images.Layers;
using Sampan.Linux.Files;

namespace Sampan.Tests.Images;

public sealed class TarReaderTests
{
    [Fact]
    public void A_sparse_member_of_the_old_gnu_form_has_its_map_with_extension_blocks()
    {
        byte[] extension = new byte[512];
        for (int i = 0; i < 3; i++)
        {
            RawTar.Octal(extension, i * 24, 12, 5000 + (i * 1000));
            RawTar.Octal(extension, (i * 24) + 12, 12, 1);
        }
        byte[] content = Encoding.ASCII.GetBytes("ABCDEFG");
        RawTar tar = new RawTar().Add("hole", 'S', change: header =>
        {
            RawTar.Octal(header, 124, 12, content.Length);
            for (int i = 0; i < 4; i++)
            {
                RawTar.Octal(header, 386 + (i * 24), 12, i * 1000);
                RawTar.Octal(header, 398 + (i * 24), 12, 1);
            }
            header[482] = 1;
            RawTar.Octal(header, 483, 12, 100_000);
        }).Raw(extension).Raw(content).File("next", "x");
        TarReader reader = new(new MemoryStream(tar.End()));

        TarEntry entry = reader.Next()!;

        Assert.Equal('0', entry.Type);
        Assert.Equal(100_000, entry.Sparse!.RealSize);
        Assert.Equal([(0, 1), (1000, 1), (2000, 1), (3000, 1), (5000, 1), (6000, 1), (7000, 1)], entry.Sparse.Parts);
        Assert.Equal("ABCDEFG", Content(reader));
        Assert.Equal("next", reader.Next()!.Name);
    }

    [Fact]
    public void Sparse_members_of_pax_0_0_have_their_map()
    {
        byte[] n(string s) => Encoding.ASCII.GetBytes(s);
        RawTar tar = new RawTar().Pax('x', ("GNU.sparse.size", n("9000")), ("GNU.sparse.numblocks", n("2")),
            ("GNU.sparse.offset", n("10")), ("GNU.sparse.numbytes", n("3")), ("GNU.sparse.offset", n("8000")), ("GNU.sparse.numbytes", n("2")))
            .Add("hole", '0', n("abcde")).File("next", "x");
        Check(tar, "hole", 9000, [(10, 3), (8000, 2)], "abcde");
    }

    [Fact]
    public void Sparse_members_of_pax_0_1_have_their_map_and_true_name()
    {
        RawTar tar = new RawTar().Pax(("GNU.sparse.size", "9000"), ("GNU.sparse.name", "true"), ("GNU.sparse.map", "10,3,8000,2"))
            .Add("GNUSparseFile.1/true", '0', "abcde"u8.ToArray()).File("next", "x");
        Check(tar, "true", 9000, [(10, 3), (8000, 2)], "abcde");
    }

    [Fact]
    public void Sparse_members_of_pax_1_0_have_their_map_before_the_content()
    {
        byte[] content = new byte[512 + 5];
        "2\n10\n3\n8000\n2\n"u8.CopyTo(content);
        "abcde"u8.CopyTo(content.AsSpan(512));
        RawTar tar = new RawTar().Pax(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", "true"), ("GNU.sparse.realsize", "9000"))
            .Add("GNUSparseFile.1/true", '0', content).File("next", "x");
        Check(tar, "true", 9000, [(10, 3), (8000, 2)], "abcde");
    }

    [Theory]
    [InlineData("9000", "10,3,8000")]
    [InlineData("9000", "10,3,5,2")]
    [InlineData("9000", "10,3,8999,2")]
    [InlineData("9000", "10,3,8000,9223372036854775807")]
    [InlineData("9000", "10,3,8000,1")]
    [InlineData("9000", "10,3,8000,-2")]
    [InlineData("9000", "x")]
    [InlineData("9000", "")]
    [InlineData("9223372036854775807", "10,3,8000,2")]
    public void A_sparse_map_that_lies_is_refused(string size, string map)
    {
        RawTar tar = new RawTar().Pax(("GNU.sparse.size", size), ("GNU.sparse.map", map)).Add("hole", '0', "abcde"u8.ToArray());
        Refused(tar.End());
    }

    [Fact]
    public void Cve_2023_25153_a_sparse_map_without_end_takes_bounded_memory()
    {
        byte[] block = new byte[512];
        for (int i = 0; i < 21; i++) RawTar.Octal(block, i * 24, 12, 0);
        block[504] = 1;
        byte[] header = new RawTar().Add("hole", 'S', change: h => h[482] = 1).End()[..512];
        Assert.InRange(Allocated(() => Assert.Throws<ImageException>(() => new TarReader(new Endless(header, block)).Next())), 0, 512 << 20);
    }

    [Fact]
    public void Cve_2023_25153_headers_without_end_take_bounded_memory()
    {
        byte[] huge = new RawTar().Add("pax", 'x', change: h => RawTar.Octal(h, 124, 12, 0x1FFFFFFFF)).End()[..512];
        byte[] chain = new RawTar().Add("", 'L', "long"u8.ToArray()).End()[..1024];
        byte[] global = new RawTar().Pax('g', [.. Enumerable.Range(0, 500).Select(i => ($"SCHILY.xattr.user.{i}", new byte[1000]))]).File("x", "").End()[..^1024];
        foreach (byte[] repeated in new[] { huge, chain })
            Assert.InRange(Allocated(() => Assert.Throws<ImageException>(() => new TarReader(new Endless([], repeated)).Next())), 0, 32 << 20);
        int n = 0;
        RawTar many = new();
        while (n < 60_000) many.Pax('g', [.. Enumerable.Range(0, 20).Select(i => ($"key.{n++}", new byte[10]))]).File($"f{n}", "");
        Refused(many.End());
        Assert.NotNull(new TarReader(new MemoryStream([.. global, .. new byte[1024]])).Next());
    }

    [Fact]
    public void Binary_attributes_nanoseconds_and_long_names_survive()
    {
        byte[] capability = [1, 0, 0, 2, 0x0a, 0x20, 0, 0, 0xff, (byte)'='];
        string name = string.Join('/', Enumerable.Repeat(new string('n', 200), 5));
        TarEntry entry = new TarReader(new MemoryStream(new RawTar().Pax('x', ("SCHILY.xattr.security.capability", capability),
            ("mtime", "1700000000.123456789"u8.ToArray()), ("path", Encoding.ASCII.GetBytes(name)), ("uid", "3000000"u8.ToArray())).File("short", "").End())).Next()!;
        Assert.Equal("security.capability", Assert.Single(entry.Attributes).Key);
        Assert.Equal(capability, entry.Attributes[0].Value);
        Assert.Equal((1_700_000_000, 123_456_789), (entry.Seconds, entry.Nanoseconds));
        Assert.Equal((name, 3_000_000), (entry.Name, entry.Uid));
    }

    [Fact]
    public void A_time_before_1970_has_positive_nanoseconds()
    {
        TarEntry entry = new TarReader(new MemoryStream(new RawTar().Pax(("mtime", "-1.25")).File("a", "").End())).Next()!;
        Assert.Equal((-2, 750_000_000), (entry.Seconds, entry.Nanoseconds));
    }

    [Fact]
    public void A_global_header_holds_until_a_member_or_an_empty_value_says_otherwise()
    {
        TarReader reader = new(new MemoryStream(new RawTar().Pax('g', ("uid", "7"u8.ToArray()), ("comment", "x"u8.ToArray())).File("a", "")
            .Pax(("uid", "8")).File("b", "").File("c", "").Pax('g', ("uid", [])).File("d", "").End()));
        Assert.Equal([7, 8, 7, 0], new[] { reader.Next()!.Uid, reader.Next()!.Uid, reader.Next()!.Uid, reader.Next()!.Uid });
    }

    [Fact]
    public void Names_that_are_not_utf8_are_the_same_bytes_again()
    {
        byte[] name = [(byte)'a', 0xff, 0xe2, 0x82, (byte)'/', 0xc3, 0xa4];
        TarEntry entry = new TarReader(new MemoryStream(new RawTar().File(Encoding.Latin1.GetString(name), "").End())).Next()!;
        byte[] encoded = new byte[FileNames.ByteCountMax(entry.Name)];
        Assert.Equal(name, encoded[..FileNames.Encode(entry.Name, encoded)]);
    }

    [Fact]
    public void Base_256_numbers_devices_and_fifos_are_read()
    {
        TarReader reader = new(new MemoryStream(new RawTar()
            .Add("big", '0', change: h => { h.AsSpan(108, 8).Clear(); h[108] = 0x80; h[113] = 0x2d; h[114] = 0xc6; h[115] = 0xc0; })
            .Node("dev", '4', 8, 300).Add("pipe", '6').End()));
        Assert.Equal(3_000_000, reader.Next()!.Uid);
        TarEntry device = reader.Next()!;
        Assert.Equal((8u, 300u), (device.Major, device.Minor));
        Assert.Equal('6', reader.Next()!.Type);
        Assert.Null(reader.Next());
    }

    [Theory]
    [InlineData("4 a=\n")]
    [InlineData("999 a=b\n")]
    [InlineData("6 a=bc")]
    [InlineData("a=b\n")]
    [InlineData("00000008 a=b\n")]
    [InlineData("7 =abc\n")]
    public void A_malformed_pax_record_is_refused(string body) => Refused(new RawTar().Add("pax", 'x', Encoding.ASCII.GetBytes(body)).File("a", "").End());

    internal static long Allocated(Action action)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Refused(byte[] archive)
    {
        TarReader reader = new(new MemoryStream(archive));
        Assert.Throws<ImageException>(() =>
        {
            while (reader.Next() is not null)
            {
            }
        });
    }

    private static void Check(RawTar tar, string name, long size, (long, long)[] parts, string content)
    {
        TarReader reader = new(new MemoryStream(tar.End()));
        TarEntry entry = reader.Next()!;
        Assert.Equal((name, size), (entry.Name, entry.Sparse!.RealSize));
        Assert.Equal(parts, entry.Sparse.Parts);
        Assert.Equal(content, Content(reader));
        Assert.Equal("next", reader.Next()!.Name);
    }

    private static string Content(TarReader reader)
    {
        byte[] buffer = new byte[4096];
        int done = 0, count;
        while ((count = reader.ReadContent(buffer.AsSpan(done))) > 0) done += count;
        return Encoding.ASCII.GetString(buffer, 0, done);
    }

    /// <summary>Bytes, then the same bytes again and again.</summary>
    private sealed class Endless(byte[] first, byte[] repeated) : Stream
    {
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _position; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            for (int i = 0; i < count; i++, _position++)
                buffer[offset + i] = _position < first.Length ? first[_position] : repeated[(_position - first.Length) % repeated.Length];
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
