using System.Formats.Tar;

namespace Sampan.Tests.Images;

public sealed class TarWriterTests
{
    [Fact]
    public void An_archive_is_read_by_others_and_is_always_the_same()
    {
        byte[] archive = Write();
        Assert.Equal(archive, Write());
        using System.Formats.Tar.TarReader reader = new(new MemoryStream(archive));
        TarEntry folder = reader.GetNextEntry()!, file = reader.GetNextEntry()!, stream = reader.GetNextEntry()!;
        Assert.Equal(("blobs/", TarEntryType.Directory), (folder.Name, folder.EntryType));
        Assert.Equal("content", new StreamReader(file.DataStream!).ReadToEnd());
        Assert.Equal(1025, stream.Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead, stream.Mode);
        Assert.Null(reader.GetNextEntry());
        Assert.Equal(0, archive.Length % 512);
    }

    [Fact]
    public void A_member_of_more_than_eight_gigabytes_has_its_size_in_binary()
    {
        using MemoryStream output = new();
        Assert.Throws<ImageExceptionForTest>(() => new Sampan.Images.Archive.TarWriter(output).AddFile("large", new Endless(), 10L << 30));
        output.Position = 0;
        // the framework's reader wants to go to its end at once
        Assert.Equal(10L << 30, new Sampan.Images.Layers.TarReader(output).Next()!.Size);
    }

    private static byte[] Write()
    {
        using MemoryStream output = new();
        using (Sampan.Images.Archive.TarWriter tar = new(output))
        {
            tar.AddFolder("blobs");
            tar.AddFile("blobs/a", "content"u8);
            tar.AddFile("blobs/b", new MemoryStream(new byte[1025]), 1025);
        }
        return output.ToArray();
    }

    private sealed class ImageExceptionForTest : Exception;

    private sealed class Endless : MemoryStream
    {
        private int _reads;

        public override int Read(Span<byte> buffer) => ++_reads < 10 ? buffer.Length : throw new ImageExceptionForTest();
    }
}
