using System.Diagnostics;
using System.Formats.Tar;
using System.Text;
using Sampan.Images;
using Sampan.Images.Digests;
using Sampan.Linux.Files;

namespace Sampan.Tests.Images;

public sealed class ImageStoreTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sampan-images-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_docker_archive_is_unpacked_and_found_by_name_and_id()
    {
        SkipUnlessRoot();
        string archive = DockerArchive(Tar(File("etc/hello", "hi"), Entry(TarEntryType.SymbolicLink, "link", "etc/hello"), File("etc/.wh.gone", "")));
        ImageStore store = ImageStore.Open($"{_directory}/store");

        Image image = store.Load(archive);

        string layer = Assert.Single(image.LayerDirectories);
        Assert.Equal("hi", System.IO.File.ReadAllText($"{layer}/link"));
        Assert.True(System.IO.File.GetAttributes($"{layer}/etc/gone").HasFlag(FileAttributes.Device) || System.IO.File.Exists($"{layer}/etc/gone"));
        Assert.Equal(["/bin/sh"], image.Config.Command);
        Assert.Equal(image.Id, store.Find("app")!.Id);
        Assert.Equal(image.Id, store.Find(image.Id[7..19])!.Id);
        Assert.Equal(image.Id, store.Load(archive).Id);
    }

    [Fact]
    public void A_layer_with_another_digest_is_refused_and_leaves_nothing()
    {
        SkipUnlessRoot();
        string archive = DockerArchive(Tar(File("a", "1")), diffId: new string('0', 64));
        ImageException e = Assert.Throws<ImageException>(() => ImageStore.Open($"{_directory}/store").Load(archive));
        Assert.Contains("the content has the digest", e.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries($"{_directory}/store/layers"));
    }

    [Fact]
    public void Hostile_members_never_touch_what_is_outside()
    {
        SkipUnlessRoot();
        string canary = $"{_directory}/canary";
        Directory.CreateDirectory(canary);
        System.IO.File.WriteAllText($"{canary}/file", "safe");
        byte[][] layers =
        [
            Tar(File("../canary/file", "bad")),
            Tar(File("a/../../canary/file", "bad")),
            Tar(Entry(TarEntryType.SymbolicLink, "x", canary), File("x/file", "bad")),
            Tar(Entry(TarEntryType.HardLink, "x", $"{canary}/file"), File("x", "bad")),
            Tar(Entry(TarEntryType.SymbolicLink, "x", canary), File("x/.wh.file", "")),
            Tar(Entry(TarEntryType.SymbolicLink, "x", canary), File("x/.wh..wh..opq", "")),
            Tar(File(".wh...", "")), Tar(File(".wh.", "")),
        ];
        foreach (byte[] layer in layers)
        {
            string archive = DockerArchive(layer);
            Assert.Throws<ImageException>(() => ImageStore.Open($"{_directory}/store").Load(archive));
            Assert.Equal("safe", System.IO.File.ReadAllText($"{canary}/file"));
            Assert.Single(Directory.EnumerateFileSystemEntries(canary));
            Assert.Empty(Directory.EnumerateFileSystemEntries($"{_directory}/store/layers"));
        }
    }

    [Fact]
    public void An_oci_layout_written_by_umoci_is_loaded()
    {
        SkipUnlessRoot();
        Assert.SkipUnless(System.IO.File.Exists("/usr/bin/umoci"), "umoci is not installed");
        Run("umoci", "init", "--layout", $"{_directory}/oci");
        Run("umoci", "new", "--image", $"{_directory}/oci:latest");
        Directory.CreateDirectory($"{_directory}/tree");
        System.IO.File.WriteAllText($"{_directory}/tree/data", "from umoci");
        Run("umoci", "insert", "--image", $"{_directory}/oci:latest", $"{_directory}/tree", "/opt");

        Image image = ImageStore.Open($"{_directory}/store").Load($"{_directory}/oci");

        Assert.Equal("from umoci", System.IO.File.ReadAllText($"{image.LayerDirectories[^1]}/opt/data"));
    }

    [Theory]
    [InlineData("99999999999")]
    [InlineData("4294967296")]
    [InlineData("2147483648")]
    [InlineData("-1")]
    [InlineData("nobody-here")]
    public void A_user_that_is_out_of_range_or_unknown_is_refused(string user)
    {
        using Fd root = Paths.Open(_directory, OpenFlags.Path | OpenFlags.Directory);
        Assert.Throws<ImageException>(() => UserLookup.Resolve(root, user));
    }

    [Fact]
    public void A_user_has_its_groups_and_home()
    {
        Directory.CreateDirectory($"{_directory}/etc");
        System.IO.File.WriteAllText($"{_directory}/etc/passwd", "root:x:0:0::/root:/bin/sh\nweb:x:33:33::/var/www:/bin/sh\n");
        System.IO.File.WriteAllText($"{_directory}/etc/group", "web:x:33:\nlog:x:4:web,other\n");
        using Fd root = Paths.Open(_directory, OpenFlags.Path | OpenFlags.Directory);
        ResolvedUser user = UserLookup.Resolve(root, "web");
        Assert.Equal((33u, 33u, "/var/www"), (user.Uid, user.Gid, user.Home));
        Assert.Equal([4u], user.AdditionalGids);
        Assert.Equal(4u, UserLookup.Resolve(root, "1000:log").Gid);
    }

    private static void SkipUnlessRoot() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "unpacking layers needs root");

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private static PaxTarEntry Entry(TarEntryType type, string name, string link) => new(type, name) { LinkName = link };

    private static PaxTarEntry File(string name, string text) =>
        new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) };

    private static byte[] Tar(params PaxTarEntry[] entries)
    {
        MemoryStream stream = new();
        using (TarWriter writer = new(stream, leaveOpen: true))
        {
            foreach (PaxTarEntry entry in entries) writer.WriteEntry(entry);
        }
        return stream.ToArray();
    }

    private string DockerArchive(byte[] layer, string? diffId = null)
    {
        string config = $$$"""{"architecture":"amd64","os":"linux","config":{"Cmd":["/bin/sh"]},"rootfs":{"type":"layers","diff_ids":["sha256:{{{diffId ?? Sha256.HexOf(layer)}}}"]}}""";
        string name = Sha256.HexOf(Encoding.UTF8.GetBytes(config)) + ".json";
        string path = $"{_directory}/{Guid.NewGuid():N}.tar";
        System.IO.File.WriteAllBytes(path, Tar(File("manifest.json", $$"""[{"Config":"{{name}}","RepoTags":["app:latest"],"Layers":["1/layer.tar"]}]"""),
            File(name, config), new PaxTarEntry(TarEntryType.RegularFile, "1/layer.tar") { DataStream = new MemoryStream(layer) }));
        return path;
    }
}
