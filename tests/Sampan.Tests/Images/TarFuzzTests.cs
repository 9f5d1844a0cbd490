using System.Text;
using Sampan.Images;
using Sampan.Images.Layers;
using Sampan.Images.Layers.Unpack;
using Sampan.Linux.Files;
using Sampan.Tests.Fuzzing;

namespace Sampan.Tests.Images;

/// <summary>
/// Valid archives with a few bytes changed, by a seed that a failure prints. Whatever comes of it: an <see cref="ImageException"/> or a
/// result, memory that does not grow with what the archive claims, and no change outside of the folder.
/// </summary>
public sealed class TarFuzzTests(ITestOutputHelper output)
{
    private const long AllocatedMax = 64L << 20;

    [Fact]
    public void The_reader_survives_any_change_of_a_valid_archive()
    {
        byte[][] corpus = Corpus();
        byte[] buffer = new byte[4096];
        Fuzz.Run(output, seed =>
        {
            byte[] archive = Mutate(corpus[(seed & int.MaxValue) % corpus.Length], seed);
            long allocated = TarReaderTests.Allocated(() => Checked(() =>
            {
                TarReader reader = new(new MemoryStream(archive));
                while (reader.Next() is not null)
                {
                    while (reader.ReadContent(buffer) > 0)
                    {
                    }
                }
            }));
            Assert.True(allocated < AllocatedMax, $"{allocated} bytes of memory");
        });
    }

    [Fact]
    public void The_unpacker_keeps_to_its_folder_whatever_is_in_the_archive()
    {
        StoreFolder.SkipUnlessRoot();
        byte[][] corpus = Corpus();
        using StoreFolder folder = new();
        string before = StoreFolder.Snapshot(folder.Root);
        Fuzz.Run(output, seed =>
        {
            string target = $"{folder.Root}/layer";
            Directory.CreateDirectory(target);
            byte[] archive = Mutate(corpus[(seed & int.MaxValue) % corpus.Length], seed);
            long allocated = TarReaderTests.Allocated(() => Checked(() =>
            {
                using Fd root = Paths.Open(target, OpenFlags.Path | OpenFlags.Directory);
                using LayerUnpacker unpacker = new(root);
                unpacker.Unpack(new TarReader(new MemoryStream(archive)));
            }));
            Assert.True(allocated < AllocatedMax, $"{allocated} bytes of memory");
            Trees.Remove(target);
            Assert.True(before == StoreFolder.Snapshot(folder.Root), "something outside has changed");
        });
    }

    private static void Checked(Action action)
    {
        try
        {
            action();
        }
        catch (ImageException)
        {
            // refused: one of the two right answers
        }
    }

    internal static byte[][] Corpus()
    {
        byte[] map = new byte[512 + 5];
        "2\n10\n3\n8000\n2\n"u8.CopyTo(map);
        return
        [
            new RawTar().Folder("d/").File("d/f", new string('x', 2000), 0x9ed).Link("d/l", "../d/f").HardLink("h", "d/f").Node("n", '3', 1, 3).Add("p", '6').End(),
            new RawTar().Pax('x', ("path", Encoding.ASCII.GetBytes("a/" + new string('n', 150))), ("mtime", "1.5"u8.ToArray()),
                ("SCHILY.xattr.user.a", [10, 0, 255]), ("size", "3"u8.ToArray())).File("short", "abc").Pax('g', ("uid", "7"u8.ToArray())).File("z", "").End(),
            new RawTar().Add("", 'L', Encoding.ASCII.GetBytes(new string('l', 300) + "/x\0")).File("x", "long").Link("up", "../../..").File("up/canary/file", "bad").End(),
            new RawTar().Folder("o").File("o/.wh..wh..opq", "").File(".wh.gone", "").File("gone/x", "1").Link("l", "/").File("l/.wh.o", "").File("../canary/file", "bad").End(),
            new RawTar().Pax(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", "s"), ("GNU.sparse.realsize", "9000")).Add("m", '0', map).End(),
            new RawTar().Pax(("GNU.sparse.size", "9000"), ("GNU.sparse.map", "10,3,8000,2")).Add("m", '0', "abcde"u8.ToArray()).End(),
            new RawTar().Add("s", 'S', change: h => { RawTar.Octal(h, 398, 12, 0); RawTar.Octal(h, 386, 12, 0); RawTar.Octal(h, 483, 12, 4096); }).End(),
        ];
    }

    internal static byte[] Mutate(byte[] valid, int seed)
    {
        Random random = new(seed);
        byte[] archive = [.. valid];
        byte[][] tokens = ["../"u8.ToArray(), "/"u8.ToArray(), ".wh."u8.ToArray(), [0x80, 0, 0], [0xff, 0xff, 0xff, 0xff], "777777777777"u8.ToArray(), "\n"u8.ToArray(), "99999999"u8.ToArray(), "=,"u8.ToArray()];
        for (int n = random.Next(1, 6); n > 0; n--)
        {
            int at = random.Next(archive.Length);
            switch (random.Next(6))
            {
                case 0: archive[at] = (byte)random.Next(256); break;
                case 1: archive[at] ^= (byte)(1 << random.Next(8)); break;
                case 2:
                    byte[] token = tokens[random.Next(tokens.Length)];
                    token.AsSpan(0, Math.Min(token.Length, archive.Length - at)).CopyTo(archive.AsSpan(at));
                    break;
                case 3: archive[(at & ~511) + 156 < archive.Length ? (at & ~511) + 156 : at] = (byte)"01234567xgLKSV\0"[random.Next(15)]; break;
                case 4: // a block twice, or one in place of another
                    int from = random.Next(archive.Length) & ~511, to = at & ~511;
                    archive.AsSpan(from, Math.Min(512, archive.Length - Math.Max(from, to))).CopyTo(archive.AsSpan(to));
                    break;
                default: archive = archive[..random.Next(archive.Length)]; break;
            }
            if (archive.Length == 0) return archive;
        }
        // with a right checksum what was changed is believed
        for (int block = 0; block + 512 <= archive.Length; block += 512)
        {
            if (archive.AsSpan(block + 257, 5).SequenceEqual("ustar"u8))
            {
                byte[] header = archive[block..(block + 512)];
                RawTar.Sign(header);
                header.CopyTo(archive, block);
            }
        }
        return archive;
    }
}
