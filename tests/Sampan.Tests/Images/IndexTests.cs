using System.Diagnostics;
using System.Text;
using Sampan.Images;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Tests.Images;

/// <summary>An index of layers shows, entry by entry, what the layers unpacked to directories and laid over each other show.</summary>
public sealed class IndexTests : IDisposable
{
    private const int Rounds = 700;
    private readonly string _root = Directory.CreateTempSubdirectory("sampan-index-").FullName;
    private readonly TreeComparison _trees;

    public IndexTests()
    {
        StoreFolder.SkipUnlessRoot();
        _trees = new TreeComparison(_root);
        SkipUnlessMountable();
    }

    public void Dispose()
    {
        _trees.Dispose();
        Trees.Remove(_root);
    }

    [Fact]
    public void Every_kind_of_file_is_as_it_was_unpacked() => Same(new RawTar()
        .Folder("d", 0x3ff).File("d/f", new string('x', 2000), 0x9ed).Link("d/l", "../d/f").HardLink("h", "d/f").HardLink("hl", "d/l")
        .Node("null", '3', 1, 3).Node("disk", '4', 259, 70000).Add("pipe", '6').File("empty", "").Add("block", '0', new byte[512])
        .Link("long", new string('t', 3000)).Link("half", string.Join('/', Enumerable.Repeat("part", 90))));

    [Fact]
    public void Owners_times_and_attributes_are_kept() => Same(
        new RawTar().Pax('x', ("mtime", "1.5"u8.ToArray()), ("uid", "4000000000"u8.ToArray()), ("gid", "70000"u8.ToArray()),
            ("SCHILY.xattr.user.a", [10, 0, 255]), ("SCHILY.xattr.user.empty", []), ("SCHILY.xattr.user.long", new byte[1500]), ("SCHILY.xattr.trusted.no", [1]),
            ("SCHILY.xattr.security.capability", [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])).File("f", "abc")
        .Pax('x', ("mtime", "1700000000.123456789"u8.ToArray()), ("SCHILY.xattr.user.b", "1"u8.ToArray())).Folder("d")
        .Pax('x', ("mtime", "-5.25"u8.ToArray())).Link("before1970", "x").Pax('x', ("mtime", "4000000000.000000001"u8.ToArray())).File("after2038", ""));

    [Fact]
    public void Access_lists_are_kept_and_decide_the_mode()
    {
        static byte[] List(params (ushort Tag, ushort Bits, int Id)[] entries) =>
            [2, 0, 0, 0, .. entries.SelectMany(e => (byte[])[.. BitConverter.GetBytes(e.Tag), .. BitConverter.GetBytes(e.Bits), .. BitConverter.GetBytes(e.Id)])];
        byte[] named = List((1, 7, -1), (2, 6, 1000), (4, 5, -1), (8, 7, 50), (16, 6, -1), (32, 1, -1));
        byte[] plain = List((1, 6, -1), (4, 0, -1), (32, 4, -1));
        Same(new RawTar().Pax('x', ("SCHILY.xattr.system.posix_acl_access", named)).File("named", "1", 0x9c0)
            .Pax('x', ("SCHILY.xattr.system.posix_acl_access", plain)).File("plain", "1", 0x1ff)
            .Pax('x', ("SCHILY.xattr.system.posix_acl_default", named), ("SCHILY.xattr.system.posix_acl_access", named)).Folder("d"));
        foreach (byte[] bad in (byte[][])[[2, 0, 0], List((4, 5, -1), (1, 7, -1), (32, 1, -1)), List((1, 7, -1), (2, 6, 1), (4, 5, -1), (32, 1, -1)), List((1, 9, -1), (4, 5, -1), (32, 1, -1))])
            Refused(new RawTar().Pax('x', ("SCHILY.xattr.system.posix_acl_access", bad)).File("f", "1"));
        Refused(new RawTar().Pax('x', ("SCHILY.xattr.system.posix_acl_default", named)).File("f", "1"));
        Refused(new RawTar().Pax('x', ("SCHILY.xattr.security.capability", [1, 2, 3])).File("f", "1"));
    }

    [Fact]
    public void Whiteouts_and_opaque_folders_hide() => Same(
        new RawTar().Folder("o").File("o/old", "1").File("gone", "1").Folder("r").File("r/old", "1").File("kept", "1").Folder("deep/a/b").File("deep/a/b/c", "1")
            .File("kind", "1").Folder("tree").File("tree/x", "1").Link("link", "o"),
        new RawTar().Folder("o").File("o/.wh..wh..opq", "").File("o/new", "2").File(".wh.gone", "").File(".wh.r", "").File("r/new", "2").File("deep/a/.wh.b", "")
            .Folder("kind").File("kind/y", "2").File("tree", "2").File("link/z", "2").File("own", "2").File(".wh.own", "").File(".wh.never", ""),
        new RawTar().File("gone", "3").Folder("deep/a/b").File("deep/a/b/d", "3").File(".wh.kept", "").Folder("tree").Folder("only").File("only/.wh.x", ""));

    [Fact]
    public void Names_are_any_bytes_of_any_length() => Same(new RawTar()
        .File("caf\xe9", "latin").Folder("\xff\xfe").File("\xff\xfe/x", "1").File("!", "").File("-", "").File(".hidden", "").File("a\nb", "")
        .Pax('x', ("path", Encoding.UTF8.GetBytes(new string('n', 255)))).File("x", "1").Pax('x', ("path", Encoding.UTF8.GetBytes($"{new string('ä', 127)}/{new string('m', 200)}"))).File("x", "1"));

    [Fact]
    public void Sparse_files_of_every_form_read_as_they_should()
    {
        string tree = Directory.CreateDirectory($"{_root}-tree").FullName;
        try
        {
            Run("sh", "-c", $"cd {tree} && truncate -s 64M hole && printf start | dd of=hole conv=notrunc status=none && printf middle | dd of=hole bs=1M seek=33 conv=notrunc status=none"
                + " && truncate -s 5000 all && head -c 100000 /dev/urandom > whole && cp whole end && truncate -s 3M end && truncate -s 20G huge && printf x | dd of=huge bs=1 seek=15G conv=notrunc status=none");
            foreach (string form in (string[])["--format=gnu", "--format=posix --sparse-version=0.0", "--format=posix --sparse-version=0.1", "--format=posix --sparse-version=1.0"])
            {
                Run("sh", "-c", $"tar --sparse {form} -C {tree} -cf {_root}.tar hole all whole end huge");
                _trees.Add(File.ReadAllBytes($"{_root}.tar"));
            }
            // parts that lie at no whole block, in the file or in the archive
            _trees.Add(new RawTar().Pax(("GNU.sparse.size", "9000"), ("GNU.sparse.map", "10,3,8000,2")).Add("m", '0', "abcde"u8.ToArray()).End());
            _trees.Add(new RawTar().Pax(("GNU.sparse.size", "20000"), ("GNU.sparse.map", "0,100,4096,4096,12288,512")).Add("m", '0', [.. Enumerable.Range(0, 4708).Select(i => (byte)i)]).End());
            Assert.Equal("", _trees.Differences());
        }
        finally
        {
            Trees.Remove(tree);
            File.Delete($"{_root}.tar");
        }
    }

    [Fact]
    public void A_directory_of_100000_names_is_found_in_whole()
    {
        RawTar tar = new RawTar().Folder("many");
        for (int i = 0; i < 100_000; i++) tar.File($"many/{i * 7919 % 100_003:x}-{new string('n', i % 40)}", i % 100 == 0 ? "1" : "");
        Same(tar);
    }

    [Fact]
    public void Layers_of_debian_made_by_real_tools_are_the_same()
    {
        string tree = Directory.CreateDirectory($"{_root}-tree").FullName;
        try
        {
            Run("sh", "-c", $"cp -a /etc /usr/lib/python3 {tree}/ && tar --xattrs --xattrs-include='*' --format=posix -C {tree} -cf {_root}.tar .");
            _trees.Add(File.ReadAllBytes($"{_root}.tar"), new RawTar().File("etc/.wh.passwd", "").Folder("etc/apt").File("etc/apt/.wh..wh..opq", "").End());
            Assert.Equal("", _trees.Differences());
        }
        finally
        {
            Trees.Remove(tree);
            File.Delete($"{_root}.tar");
        }
    }

    [Fact]
    public void Members_that_take_each_others_place_are_what_came_last() => Same(new RawTar()
        .Folder("a", 0x1c0).File("a/deep/old", "1").Link("a", "b").File("a", "file").Folder("a", 0x1e8).File("a/new", "2")
        .Folder("one").Folder("two").Link("l", "one").File("l/a", "1").Link("l", "two").File("l/b", "2").HardLink("two/b2", "l/b").File("two/b", "3")
        .Link("up", "../../../..").File("up/top", "1").Link("abs", "/one").File("abs/c", "1").File(".wh.w", "").Folder("w").File("w/x", "1"));

    [Fact]
    public void What_one_refuses_the_other_refuses()
    {
        foreach (RawTar bad in (RawTar[])
            [
                new RawTar().File("../x", ""), new RawTar().Link("x", "/nowhere").File("x/f", ""), new RawTar().Link("a", "b").Link("b", "a").File("a/f", ""),
                new RawTar().HardLink("x", "missing"), new RawTar().Folder("d").HardLink("x", "d"), new RawTar().HardLink("x", "/"), new RawTar().Folder("d").File("d/t", "").HardLink("d", "d/t"),
                new RawTar().Link("x", "/d").Folder("d").File("x/.wh.f", ""), new RawTar().Link("x", "/d").Folder("d").File("x/.wh..wh..opq", ""), new RawTar().File(".wh.", ""),
                new RawTar().File("f", "").File("f/g", ""), new RawTar().File("d/.wh..wh.x", ""), new RawTar().File(".wh.d/f", ""), new RawTar().Node("x", '3', 0, 0),
                new RawTar().Pax(("path", new string('n', 256))).File("x", ""), new RawTar().Pax(("path", new string('ä', 128))).File("x", ""),
                new RawTar().Add("x", '9'), new RawTar().Pax(("uid", "4294967295")).File("x", ""), new RawTar().Link("x", ""), new RawTar().File(".wh.w", "").HardLink("x", "w"),
            ])
            Refused(bad);
    }

    [Fact]
    public void Layers_that_were_changed_at_random_are_the_same_or_refused_by_both()
    {
        byte[][] corpus = TarFuzzTests.Corpus();
        int firstSeed = DateTime.UtcNow.DayOfYear * 100_000, taken = 0;
        for (int seed = firstSeed; seed < firstSeed + Rounds; seed++)
        {
            byte[] layer = TarFuzzTests.Mutate(corpus[seed % corpus.Length], seed);
            try
            {
                if (_trees.Add(layer, TarFuzzTests.Mutate(corpus[seed / 7 % corpus.Length], -seed))) taken++;
            }
            catch (Exception e) when (e is not ImageException)
            {
                Assert.Fail($"seed {seed}: {e}");
            }
            if (seed % 50 == 0) Assert.Equal("", _trees.Differences());
        }
        Assert.Equal("", _trees.Differences());
        Assert.InRange(taken, 1, Rounds);
    }

    /// <summary>Throws where the kernel can not do it: then nothing here can be shown.</summary>
    private void SkipUnlessMountable()
    {
        TreeComparison.WriteIndex($"{_root}/probe", new RawTar().File("a", "1").End());
        try
        {
            TreeComparison.Mount($"{_root}/probe", 1).Dispose();
        }
        catch (SyscallException e)
        {
            Assert.Skip($"this kernel mounts no EROFS from files: {e.Message}");
        }
        _trees.Dispose();
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private void Same(params RawTar[] layers)
    {
        Assert.True(_trees.Add([.. layers.Select(layer => layer.End())]));
        Assert.Equal("", _trees.Differences());
    }

    private void Refused(RawTar layer) => Assert.False(_trees.Add(layer.End()));
}
