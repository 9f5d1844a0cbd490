using System.Diagnostics;
using System.Text;
using Sampan.Images;
using Sampan.Images.Digests;
using Sampan.Linux.Files;
using Sampan.Linux.Mounts;

namespace Sampan.Tests.Images;

/// <summary>Layers made to harm, named by the advisories that they are like. None of them may touch what is outside of the layer.</summary>
public sealed class HostileLayerTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public HostileLayerTests() => StoreFolder.SkipUnlessRoot();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("../canary/file")]
    [InlineData("a/../../canary/file")]
    [InlineData("./../canary/file")]
    [InlineData("/../canary/file")]
    [InlineData("..")]
    public void Cve_2024_9676_a_name_with_two_dots_is_refused(string name) =>
        Assert.Contains("leads out of the layer", _folder.Refused(ImageArchive.Docker(new RawTar().File(name, "bad").End())), StringComparison.Ordinal);

    [Fact]
    public void Cve_2024_9676_an_absolute_name_stays_in_the_layer()
    {
        string layer = Loaded(new RawTar().File($"{_folder.Canary}/file", "in the layer"));
        Assert.Equal("in the layer", File.ReadAllText($"{layer}/{_folder.Canary}/file"));
        Assert.Equal("safe", File.ReadAllText($"{_folder.Canary}/file"));
    }

    [Fact]
    public void Podman_2025_11395_a_symlink_as_parent_leads_to_a_place_in_the_layer()
    {
        string layer = Loaded(new RawTar().Link("x", "/etc").Folder("etc").File("x/file", "inside").Link("up", "../../../../..").File("up/top", "inside"));
        Assert.Equal("inside", File.ReadAllText($"{layer}/etc/file"));
        Assert.Equal("inside", File.ReadAllText($"{layer}/top"));
        Assert.False(File.Exists("/top"));
    }

    [Fact]
    public void Podman_2025_11395_a_symlink_to_nowhere_as_parent_is_refused()
    {
        _folder.Refused(ImageArchive.Docker(new RawTar().Link("x", _folder.Canary).File("x/file", "bad").End()));
        _folder.Refused(ImageArchive.Docker(new RawTar().Link("a", "b").Link("b", "a").File("a/file", "bad").End()));
    }

    [Fact]
    public void Containerd_2025_47290_a_symlink_of_a_lower_layer_is_not_followed_while_unpacking()
    {
        Image image = _folder.Load(ImageArchive.Docker(new RawTar().Link("x", _folder.Canary).End(), new RawTar().File("x/file", "bad").End()));
        Assert.Equal("safe", File.ReadAllText($"{_folder.Canary}/file"));
        Assert.Equal("bad", File.ReadAllText($"{image.LayerDirectories[1]}/x/file"));
        Assert.Null(new FileInfo($"{image.LayerDirectories[1]}/x").LinkTarget);
    }

    [Fact]
    public void Cve_2024_9676_a_hard_link_to_outside_is_refused()
    {
        _folder.Refused(ImageArchive.Docker(new RawTar().HardLink("x", $"{_folder.Canary}/file").File("x", "bad").End()));
        _folder.Refused(ImageArchive.Docker(new RawTar().HardLink("x", "../canary/file").End()));
        _folder.Refused(ImageArchive.Docker(new RawTar().Link("d", _folder.Canary).HardLink("x", "d/file").End()));
        _folder.Refused(ImageArchive.Docker(new RawTar().Folder("d").HardLink("x", "d").End()));
        _folder.Refused(ImageArchive.Docker(new RawTar().HardLink("x", "/").End()));
    }

    [Fact]
    public void A_hard_link_to_a_symlink_does_not_write_through_it()
    {
        string layer = Loaded(new RawTar().Link("s", $"{_folder.Canary}/file").HardLink("h", "s").File("h", "own"));
        Assert.Equal("own", File.ReadAllText($"{layer}/h"));
        Assert.Equal("safe", File.ReadAllText($"{_folder.Canary}/file"));
    }

    [Theory]
    [InlineData("x/.wh.file")]
    [InlineData("x/.wh..wh..opq")]
    public void Podman_2025_11395_a_whiteout_through_a_symlink_is_refused(string name) =>
        _folder.Refused(ImageArchive.Docker(new RawTar().Link("x", _folder.Canary).File(name, "").End()));

    [Theory]
    [InlineData(".wh.")]
    [InlineData(".wh..")]
    [InlineData(".wh...")]
    [InlineData("d/.wh..wh.x")]
    [InlineData(".wh.d/file")]
    public void A_whiteout_of_nothing_or_everything_is_refused(string name) =>
        Assert.Contains("whiteout", _folder.Refused(ImageArchive.Docker(new RawTar().Folder("d").File(name, "").End())), StringComparison.Ordinal);

    [Fact]
    public void Opaque_folders_and_whiteouts_hide_in_the_mounted_root()
    {
        Image image = _folder.Load(ImageArchive.Docker(
            new RawTar().Folder("o").File("o/old", "1").File("gone", "1").Folder("r").File("r/old", "1").File("kept", "1").End(),
            new RawTar().Folder("o").File("o/.wh..wh..opq", "").File("o/new", "2").File(".wh.gone", "").File(".wh.r", "").File("r/new", "2").End()));
        using Fd root = Overlay(image);
        Assert.Equal(["kept", "o", "o/new", "r", "r/new"], Names($"/proc/{Environment.ProcessId}/fd/{root.Number}"));
    }

    [Fact]
    public void Equal_layers_are_one_directory_of_the_root()
    {
        byte[] equal = new RawTar().File("a", "equal").End();
        Image image = _folder.Load(ImageArchive.Docker(equal, new RawTar().File("a", "other").File("b", "1").End(), equal));
        Assert.Equal(2, image.LayerDirectories.Count);
        using Fd root = Overlay(image);
        Assert.Equal("equal", File.ReadAllText($"{root.ProcPath}/a"));
    }

    [Theory]
    [InlineData("trusted.overlay.redirect")]
    [InlineData("trusted.overlay.metacopy")]
    [InlineData("trusted.overlay.opaque")]
    [InlineData("trusted.overlay.whiteout")]
    [InlineData("user.overlay.redirect")]
    [InlineData("user.overlay.opaque")]
    [InlineData("trusted.anything")]
    public void An_attribute_that_speaks_to_overlayfs_is_not_taken(string attribute)
    {
        string layer = Loaded(new RawTar().Pax((string.Concat("SCHILY.xattr.", attribute), "/etc/shadow")).File("f", "x")
            .Pax(("SCHILY.xattr.user.kept", "1")).Folder("d").Pax((string.Concat("SCHILY.xattr.", attribute), "y")).Folder("e"));
        string found = Output("python3", "-c", "import os, sys\nfor d, ds, fs in os.walk(sys.argv[1]):\n  for n in ds + fs: print(n, os.listxattr(os.path.join(d, n)))", layer);
        Assert.DoesNotContain(attribute, found, StringComparison.Ordinal);
        Assert.Contains("user.kept", found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_character_device_0_0_is_no_way_to_make_a_whiteout() =>
        Assert.Contains("character device 0:0", _folder.Refused(ImageArchive.Docker(new RawTar().Node("x", '3', 0, 0).End())), StringComparison.Ordinal);

    [Fact]
    public void Devices_fifos_and_setuid_bits_are_kept_behind_a_store_that_others_can_not_enter_cve_2021_41091()
    {
        Directory.CreateDirectory($"{_folder.Root}/store", (UnixFileMode)0x1ff);
        File.SetUnixFileMode($"{_folder.Root}/store", (UnixFileMode)0x1ff);
        string layer = Loaded(new RawTar().File("su", "x", 0x9ed).Node("null", '3', 1, 3).Node("disk", '4', 8, 1).Add("pipe", '6').Folder("sticky", 0x3ff));
        Assert.Equal("4755 regular file\n666 character special file 1:3\n644 fifo\n1777 directory\n".Replace("666", "644", StringComparison.Ordinal),
            Output("stat", "--printf", "%a %F", $"{layer}/su") + "\n" + Output("stat", "--printf", "%a %F %t:%T", $"{layer}/null") + "\n"
            + Output("stat", "--printf", "%a %F", $"{layer}/pipe") + "\n" + Output("stat", "--printf", "%a %F", $"{layer}/sticky") + "\n");
        Assert.Equal("700", Output("stat", "--printf", "%a", $"{_folder.Root}/store"));
        foreach (string inner in Directory.EnumerateDirectories($"{_folder.Root}/store")) Assert.Equal("700", Output("stat", "--printf", "%a", inner));
    }

    [Fact]
    public void A_device_number_out_of_range_is_refused() =>
        _folder.Refused(ImageArchive.Docker(new RawTar().Add("x", '3', change: h => RawTar.Octal(h, 329, 8, 0x1000)).End()));

    [Theory]
    [InlineData(2, 300)]
    [InlineData(5000, 1)]
    [InlineData(300, 10)]
    public void A_name_too_long_or_too_deep_is_refused(int depth, int length)
    {
        string name = string.Join('/', Enumerable.Repeat(new string('d', length), depth));
        _folder.Refused(ImageArchive.Docker(new RawTar().Pax(("path", name)).File("x", "").End()));
    }

    [Fact]
    public void A_name_that_is_not_utf8_is_written_and_removed_as_it_is()
    {
        string layer = Loaded(new RawTar().File("caf\xe9", "latin").Folder("\xff\xfe").File("\xff\xfe/x", "1"));
        Assert.Contains("\"caf\\351\"", Output("find", layer, "-name", "caf*", "-printf", "\"%f\"", "-quit").Replace("\xfffd", "\\351", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("latin", Output("sh", "-c", $"cat {layer}/caf$(printf '\\351')"));
        // .NET could not list it
        Trees.Remove($"{_folder.Root}/store");
        _folder.Refused(ImageArchive.Docker(new RawTar().Folder("\xff").File("\xff/\xfe", "1").File("../x", "").End()));
    }

    [Fact]
    public void A_folder_replaced_by_a_file_and_back_is_what_came_last()
    {
        string layer = Loaded(new RawTar().Folder("a", 0x1c0).File("a/deep/old", "1").Link("a", "b").File("a", "file").Folder("a", 0x1e8).File("a/new", "2"));
        Assert.Equal(["a", "a/new"], Names(layer));
        Assert.Equal("750", Output("stat", "--printf", "%a", $"{layer}/a"));
    }

    [Fact]
    public void A_link_that_was_replaced_does_not_go_on_leading_where_it_led()
    {
        string layer = Loaded(new RawTar().Folder("one").Folder("two").Link("l", "one").File("l/a", "1").Link("l", "two").File("l/b", "2"));
        Assert.Equal(["l", "one", "one/a", "two", "two/b"], Names(layer));
    }

    [Fact]
    public void Cve_2021_41190_a_digest_that_is_none_never_becomes_a_path()
    {
        byte[] layer = new RawTar().File("a", "1").End();
        foreach (string digest in (string[])["sha256:../../../canary/file", "../../canary", "sha256:" + new string('A', 64), "sha512:" + new string('a', 128), "sha256:", ""])
        {
            string config = ImageArchive.Config(layer).Replace($"sha256:{Sha256.HexOf(layer)}", digest, StringComparison.Ordinal);
            Assert.Contains("not a sha256 digest", _folder.Refused(
                ImageArchive.Docker("""[{"Config":"c.json","Layers":["0/layer.tar"]}]""", "c.json", config, layer)), StringComparison.Ordinal);
            Assert.Contains("not a sha256 digest", _folder.Refused(
                new RawTar().File("index.json", $$"""{"manifests":[{"digest":"{{digest}}","mediaType":"x"}]}""").End()), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Cve_2023_25153_a_bomb_is_stopped_by_its_ratio()
    {
        // in memory, as it writes a gigabyte before it is stopped: the most that is always allowed
        string data = Tmpfs("size=3g");
        try
        {
            Output("sh", "-c", $"cd {data} && truncate -s 1536M zeros && tar --format=gnu -c zeros | zstd -1 > bomb && rm zeros");
            string config = $$$"""{"os":"linux","architecture":"amd64","rootfs":{"diff_ids":["sha256:{{{new string('0', 64)}}}"]}}""";
            string path = _folder.Write(ImageArchive.Docker("""[{"Config":"c.json","Layers":["0/layer.tar"]}]""", "c.json", config, File.ReadAllBytes($"{data}/bomb")));
            ImageStore store = ImageStore.Open($"{data}/store");
            string before = StoreFolder.Snapshot(data);
            Assert.Contains("unpacks to more than the 1073741824 bytes that are allowed", Assert.Throws<ImageException>(() => store.Load(path)).Message, StringComparison.Ordinal);
            Assert.Equal(before, StoreFolder.Snapshot(data));
        }
        finally
        {
            Output("umount", data);
        }
    }

    [Fact]
    public void A_full_disk_is_one_line_and_leaves_nothing()
    {
        string data = Tmpfs("size=4m,nr_inodes=200");
        try
        {
            RawTar files = new();
            for (int i = 0; i < 500; i++) files.File($"f{i}", "");
            byte[][] archives = [ImageArchive.Docker(files.End()), ImageArchive.Docker(new RawTar().Add("big", '0', new byte[5 << 20]).End())];
            foreach (byte[] archive in archives)
            {
                string path = _folder.Write(archive);
                ImageStore store = ImageStore.Open($"{data}/store");
                string before = StoreFolder.Snapshot(data);
                ImageException error = Assert.Throws<ImageException>(() => store.Load(path));
                Assert.Matches("no space left|bytes that are free", error.Message);
                Assert.Equal(before, StoreFolder.Snapshot(data));
            }
            Assert.Single(ImageStore.Open($"{data}/store").Load(_folder.Write(ImageArchive.Docker(new RawTar().File("a", "1").End()))).LayerDirectories);
        }
        finally
        {
            Output("umount", data);
        }
    }

    [Theory]
    [InlineData("passwd")]
    [InlineData("group")]
    public void Cve_2026_47262_a_huge_passwd_or_group_is_refused_in_bounded_memory(string file)
    {
        Directory.CreateDirectory($"{_folder.Root}/etc");
        using (FileStream huge = File.Create($"{_folder.Root}/etc/{file}")) huge.SetLength(1L << 30);
        if (file == "group") File.WriteAllText($"{_folder.Root}/etc/passwd", "web:x:33:33::/:/bin/sh\n");
        using Fd root = Paths.Open(_folder.Root, OpenFlags.Path | OpenFlags.Directory);
        long allocated = TarReaderTests.Allocated(() => Assert.Contains("larger than", Assert.Throws<ImageException>(() => UserLookup.Resolve(root, "web")).Message, StringComparison.Ordinal));
        Assert.InRange(allocated, 0, 16 << 20);
    }

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("/proc/self/environ")]
    [InlineData("../../../../../etc/passwd")]
    public void Cve_2026_47262_a_passwd_that_leads_out_is_not_read(string target)
    {
        Directory.CreateDirectory($"{_folder.Root}/etc");
        File.CreateSymbolicLink($"{_folder.Root}/etc/passwd", target);
        using Fd root = Paths.Open(_folder.Root, OpenFlags.Path | OpenFlags.Directory);
        Assert.ThrowsAny<Exception>(() => UserLookup.Resolve(root, "root"));
    }

    [Fact]
    public void A_sparse_file_has_holes_on_the_disk_as_gnu_tar_wrote_it()
    {
        string tree = $"{_folder.Root}/tree";
        Directory.CreateDirectory(tree);
        Output("sh", "-c", $"cd {tree} && truncate -s 64M hole && printf start | dd of=hole conv=notrunc status=none && printf middle | dd of=hole bs=1M seek=33 conv=notrunc status=none");
        string digest = Output("sha256sum", $"{tree}/hole")[..64];
        foreach (string form in (string[])["--format=gnu", "--format=posix --sparse-version=0.0", "--format=posix --sparse-version=0.1", "--format=posix --sparse-version=1.0"])
        {
            Output("sh", "-c", $"tar --sparse {form} -C {tree} -cf {_folder.Root}/layer hole");
            byte[] layer = File.ReadAllBytes($"{_folder.Root}/layer");
            Assert.InRange(layer.Length, 0, 1 << 20);
            string path = $"{_folder.Load(ImageArchive.Docker(layer)).LayerDirectories[0]}/hole";
            Assert.Equal(digest, Output("sha256sum", path)[..64]);
            Assert.InRange(int.Parse(Output("stat", "--printf", "%b", path), System.Globalization.CultureInfo.InvariantCulture), 1, 1024);
        }
    }

    internal static string Output(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: exit code {process.ExitCode}");
        return output;
    }

    private string Tmpfs(string options)
    {
        string path = $"{_folder.Root}/tmpfs";
        Directory.CreateDirectory(path);
        Output("mount", "-t", "tmpfs", "-o", options, "sampan-test", path);
        return path;
    }

    private string Loaded(RawTar layer) => Assert.Single(_folder.Load(ImageArchive.Docker(layer.End())).LayerDirectories);

    private Fd Overlay(Image image)
    {
        Directory.CreateDirectory($"{_folder.Root}/upper");
        Directory.CreateDirectory($"{_folder.Root}/work");
        return DetachedMount.Overlay([.. image.LayerDirectories.Reverse()], $"{_folder.Root}/upper", $"{_folder.Root}/work", userXattr: false);
    }

    private static string[] Names(string root) =>
        [.. Output("find", $"{root}/", "-mindepth", "1", "-printf", "%P\n").Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
}
