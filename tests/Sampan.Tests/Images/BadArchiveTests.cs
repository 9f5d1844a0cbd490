using System.IO.Compression;
using System.Text;
using Sampan.Images;
using Sampan.Images.Digests;
using Sampan.Linux.Files;

namespace Sampan.Tests.Images;

/// <summary>What is no image, or a damaged one: one line that names the archive and what is wrong, and a store that is as before.</summary>
public sealed class BadArchiveTests : IDisposable
{
    private static readonly byte[] Layer = new RawTar().File("a", "1").End();
    private readonly StoreFolder _folder = new();

    public BadArchiveTests() => StoreFolder.SkipUnlessRoot();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_no_archive_says_so()
    {
        byte[] noise = new byte[65536];
        new Random(1).NextBytes(noise);
        Assert.Equal("the file is empty", _folder.Refused([]));
        Assert.Contains("not a tar archive", _folder.Refused(noise), StringComparison.Ordinal);
        Assert.Equal("an archive without any file", _folder.Refused(new byte[10240]));
        Assert.Equal("the file is empty", _folder.Refused(Gzip([])));
        Assert.Contains("not a tar archive", _folder.Refused(Gzip(noise)), StringComparison.Ordinal);
        Assert.StartsWith("neither manifest.json nor index.json in it", _folder.Refused(new RawTar().File("etc/passwd", "root").End()), StringComparison.Ordinal);
        Assert.Equal("no such image archive or layout", _folder.Refused($"{_folder.Root}/none.tar"));
        Assert.Contains("not a file or folder", _folder.Refused("/dev/null"), StringComparison.Ordinal);
        Nodes.MakeFifo($"{_folder.Root}/fifo", 0x1b6);
        Assert.Contains("not a file or folder", _folder.Refused($"{_folder.Root}/fifo"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_archive_cut_short_anywhere_is_refused()
    {
        byte[] whole = ImageArchive.Docker(Layer);
        byte[] zipped = Gzip(whole), zstd = Zstd(whole);
        for (int length = 1; length < whole.Length - 1024; length += 1533) _folder.Refused(whole[..length]);
        for (int length = 1; length < zipped.Length - 10; length += 67) _folder.Refused(zipped[..length]);
        for (int length = 5; length < zstd.Length; length += 67) _folder.Refused(zstd[..length]);
    }

    [Fact]
    public void Archives_and_layers_may_be_compressed_with_zstd_in_several_frames()
    {
        byte[] skippable = [0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4];
        byte[] frames = [.. skippable, .. Zstd(Layer[..700]), .. skippable, .. Zstd(Layer[700..]), .. skippable];
        Assert.Equal("1", File.ReadAllText(_folder.Load(Zstd(ImageArchive.Docker(Layer))).LayerDirectories[0] + "/a"));
        byte[] other = new RawTar().File("b", "2").End();
        Assert.Equal("2", File.ReadAllText(_folder.Load(ImageArchive.Oci([other], [Zstd(other)], "application/vnd.oci.image.layer.v1.tar+zstd")).LayerDirectories[0] + "/b"));
        Trees.Remove($"{_folder.Root}/store");
        Assert.Equal("1", File.ReadAllText(_folder.Load(ImageArchive.Oci([Layer], [frames])).LayerDirectories[0] + "/a"));
    }

    [Fact]
    public void Cve_2023_25153_a_zstd_window_of_gigabytes_is_refused()
    {
        // a frame header that asks for a window of 2 GiB: magic, no single segment, window descriptor
        byte[] frame = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 21 << 3, 0x01, 0, 0];
        Assert.InRange(TarReaderTests.Allocated(() => _folder.Refused(frame)), 0, 64 << 20);
        _folder.Refused(ImageArchive.Oci([Layer], [frame]));
    }

    [Fact]
    public void What_is_missing_in_an_archive_is_named()
    {
        Assert.Equal("'c.json' is missing", _folder.Refused(new RawTar().File("manifest.json", """[{"Config":"c.json","Layers":[]}]""").End()));
        Assert.Equal("layer '0/layer.tar' is missing", _folder.Refused(
            ImageArchive.Docker("""[{"Config":"c.json","Layers":["0/layer.tar"]}]""", "c.json", ImageArchive.Config(Layer))));
        Assert.Equal("the image has no layers", _folder.Refused(ImageArchive.Docker("""[{"Config":"c.json","Layers":[]}]""", "c.json", "{}")));
        Assert.Equal("1 layers, but the configuration lists 0", _folder.Refused(
            ImageArchive.Docker("""[{"Config":"c.json","Layers":["0/layer.tar"]}]""", "c.json", "{}", Layer)));
        Assert.Contains("blobs/sha256/", _folder.Refused(new RawTar().File("index.json",
            $$"""{"manifests":[{"digest":"sha256:{{new string('0', 64)}}"}]}""").End()), StringComparison.Ordinal);
        Assert.Equal("no image in it", _folder.Refused(new RawTar().File("manifest.json", "[]").End()));
        Assert.Equal("no image in it", _folder.Refused(new RawTar().File("index.json", """{"manifests":[]}""").End()));
    }

    [Fact]
    public void A_wrong_digest_anywhere_is_refused()
    {
        byte[] other = new RawTar().File("a", "2").End();
        Assert.Contains("the content has the digest", _folder.Refused(ImageArchive.Oci([Layer], [other])), StringComparison.Ordinal);
        Assert.Contains("the content has the digest", _folder.Refused(ImageArchive.Oci([Layer], [Gzip(other)])), StringComparison.Ordinal);
        foreach (byte[] good in (byte[][])[ImageArchive.Oci([Layer], [Layer]), ImageArchive.Oci([Layer], [Gzip(Layer)]), ImageArchive.Docker(Layer)])
        {
            // one byte of each member's content, one after the other
            for (int offset = 512; offset < good.Length - 1024; offset += 512)
            {
                if (good.AsSpan(offset, 512).IndexOf("ustar"u8) == 257 || good[offset] is 0 or (byte)'[') continue;
                byte[] changed = [.. good];
                changed[offset] ^= 0x20;
                _folder.Refused(changed);
            }
        }
    }

    [Fact]
    public void A_layer_of_the_wrong_size_is_refused()
    {
        string text = Encoding.Latin1.GetString(ImageArchive.Oci([Layer], [Layer]));
        Assert.Contains($"\"size\":{Layer.Length}", text, StringComparison.Ordinal);
        // the manifest gets another digest then, which the index must know
        byte[] config = Encoding.UTF8.GetBytes(ImageArchive.Config(Layer));
        byte[] manifest = Encoding.UTF8.GetBytes(
            $$"""{"config":{{ImageArchive.Descriptor("x", config)}},"layers":[{"digest":"sha256:{{Sha256.HexOf(Layer)}}","size":7}]}""");
        Assert.Contains("the manifest says 7", _folder.Refused(Oci(config, manifest)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_foreign_or_encrypted_layer_is_named_as_what_it_is()
    {
        byte[] config = Encoding.UTF8.GetBytes(ImageArchive.Config(Layer));
        byte[] manifest(string type) => Encoding.UTF8.GetBytes(
            $$"""{"config":{{ImageArchive.Descriptor("x", config)}},"layers":[{"mediaType":"{{type}}","digest":"sha256:{{new string('1', 64)}}","size":7,"urls":["https://example.invalid"]}]}""");
        Assert.Contains("foreign layer", _folder.Refused(Oci(config, manifest("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"))), StringComparison.Ordinal);
        Assert.Contains("+encrypted", _folder.Refused(Oci(config, manifest("application/vnd.oci.image.layer.v1.tar+gzip+encrypted"))), StringComparison.Ordinal);
        Assert.Contains("in-toto", _folder.Refused(Oci(config, manifest("application/vnd.in-toto+json"))), StringComparison.Ordinal);
    }

    [Fact]
    public void Cve_2021_41190_a_document_that_is_two_things_is_refused()
    {
        byte[] config = Encoding.UTF8.GetBytes(ImageArchive.Config(Layer));
        byte[] both = Encoding.UTF8.GetBytes($$"""{"config":{{ImageArchive.Descriptor("x", config)}},"layers":[],"manifests":[]}""");
        Assert.Contains("index too", _folder.Refused(Oci(config, both)), StringComparison.Ordinal);
        byte[] lying = Encoding.UTF8.GetBytes("""{"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}""");
        Assert.Contains("says that it is", _folder.Refused(Oci(config, lying)), StringComparison.Ordinal);
        Assert.Contains("manifest too", _folder.Refused(new RawTar().File("index.json", """{"manifests":[],"layers":[]}""").End()), StringComparison.Ordinal);
        Assert.Contains("twice", _folder.Refused(new RawTar().File("manifest.json", "[]").File("./manifest.json", "[]").End()), StringComparison.Ordinal);
        Assert.Contains("not valid JSON", _folder.Refused(new RawTar().File("manifest.json", """[{"Config":"a","Config":"b"}]""").End()), StringComparison.Ordinal);
    }

    [Fact]
    public void Indexes_nested_too_deep_or_too_wide_are_refused()
    {
        RawTar tar = new();
        byte[] inner = "{\"manifests\":[]}"u8.ToArray();
        for (int i = 0; i < 40; i++)
        {
            tar.Add($"blobs/sha256/{Sha256.HexOf(inner)}", '0', inner);
            string one = ImageArchive.Descriptor("application/vnd.oci.image.index.v1+json", inner);
            inner = Encoding.UTF8.GetBytes($$"""{"manifests":[{{string.Join(',', Enumerable.Repeat(one, 30))}}]}""");
        }
        Assert.Contains("nested deeper", _folder.Refused(tar.Add("index.json", '0', inner).End()), StringComparison.Ordinal);
        byte[] leaf = "{\"manifests\":[]}"u8.ToArray();
        string many = string.Join(',', Enumerable.Repeat(ImageArchive.Descriptor("application/vnd.oci.image.index.v1+json", leaf), 2000));
        Assert.Contains("more than 1000", _folder.Refused(new RawTar().Add($"blobs/sha256/{Sha256.HexOf(leaf)}", '0', leaf)
            .File("index.json", $$"""{"manifests":[{{many}}]}""").End()), StringComparison.Ordinal);
        Assert.Contains("not valid JSON", _folder.Refused(new RawTar().File("index.json", new string('[', 100_000)).End()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense", "not valid JSON")]
    [InlineData("[]", "expected an object, found a list")]
    [InlineData("""{"rootfs":[]}""", "rootfs: expected an object")]
    [InlineData("""{"rootfs":{"diff_ids":"x"}}""", "rootfs.diff_ids: expected a list")]
    [InlineData("""{"rootfs":{"diff_ids":[1]}}""", "rootfs.diff_ids[0]: expected a text, found a number")]
    [InlineData("""{"os":1}""", "os: expected a text")]
    [InlineData("""{"architecture":{}}""", "architecture: expected a text")]
    [InlineData("""{"variant":[]}""", "variant: expected a text")]
    [InlineData("""{"created":7}""", "created: expected a text")]
    [InlineData("""{"config":"x"}""", "config: expected an object")]
    [InlineData("""{"config":{"Entrypoint":{}}}""", "config.Entrypoint: expected a list")]
    [InlineData("""{"config":{"Cmd":[null]}}""", "config.Cmd[0]: expected a text, found null")]
    [InlineData("""{"config":{"Cmd":["a\u0000b"]}}""", "config.Cmd[0]: holds a zero byte")]
    [InlineData("""{"config":{"Env":[["x"]]}}""", "config.Env[0]: expected a text")]
    [InlineData("""{"config":{"Env":["\ud800"]}}""", "config.Env[0]: not valid Unicode")]
    [InlineData("""{"config":{"ExposedPorts":[]}}""", "config.ExposedPorts: expected an object")]
    [InlineData("""{"config":{"Volumes":"/x"}}""", "config.Volumes: expected an object")]
    [InlineData("""{"config":{"WorkingDir":true}}""", "config.WorkingDir: expected a text, found true or false")]
    [InlineData("""{"config":{"User":0}}""", "config.User: expected a text")]
    [InlineData("""{"config":{"StopSignal":9}}""", "config.StopSignal: expected a text")]
    [InlineData("""{"config":{"Labels":{"a":1}}}""", "config.Labels.a: expected a text")]
    public void A_configuration_of_the_wrong_shape_names_the_field(string config, string expected)
    {
        // the fields that come after the list of layers
        if (!config.Contains("rootfs", StringComparison.Ordinal) && config.StartsWith('{'))
            config = config[..^1] + $$$""","rootfs":{"diff_ids":["sha256:{{{Sha256.HexOf(Layer)}}}"]}}""";
        Assert.Contains(expected, _folder.Refused(ImageArchive.Docker("""[{"Config":"c.json","Layers":["0/layer.tar"]}]""", "c.json", config, Layer)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{}""", "expected a list")]
    [InlineData("""[1]""", "manifest.json[0]: expected an object")]
    [InlineData("""[{"Config":1}]""", "[0].Config: expected a text")]
    [InlineData("""[{"Config":"c.json","Layers":{}}]""", "[0].Layers: expected a list")]
    [InlineData("""[{"Config":"c.json","RepoTags":[1]}]""", "[0].RepoTags[0]: expected a text")]
    public void A_manifest_of_the_wrong_shape_names_the_field(string manifest, string expected) =>
        Assert.Contains(expected, _folder.Refused(ImageArchive.Docker(manifest, "c.json", ImageArchive.Config(Layer), Layer)), StringComparison.Ordinal);

    [Fact]
    public void A_platform_that_is_not_there_is_refused()
    {
        byte[] archive = ImageArchive.Docker(Layer);
        Assert.Equal("an image for linux/amd64, not for linux/arm64", _folder.Refused(archive, "linux/arm64"));
        Assert.Contains("no image for linux/arm64; there is: linux/amd64", _folder.Refused(ImageArchive.Oci([Layer], [Layer]), "linux/arm64"), StringComparison.Ordinal);
        string windows = ImageArchive.Config(Layer).Replace("linux", "windows", StringComparison.Ordinal);
        Assert.Contains("only those for linux", _folder.Refused(
            ImageArchive.Docker("""[{"Config":"c.json","Layers":["0/layer.tar"]}]""", "c.json", windows, Layer)), StringComparison.Ordinal);
        Assert.Contains("expected os/architecture", _folder.Refused(archive, "x"), StringComparison.Ordinal);
        _folder.Load(archive, "linux/amd64");
    }

    [Fact]
    public void Of_several_images_one_must_be_named()
    {
        byte[] second = new RawTar().File("b", "2").End();
        string one = ImageArchive.Config(Layer), two = ImageArchive.Config(second);
        byte[] archive = new RawTar().File("manifest.json", """
            [{"Config":"1.json","RepoTags":["app:1","app:latest"],"Layers":["1.tar"]},{"Config":"2.json","RepoTags":["app:2"],"Layers":["2.tar"]}]
            """).File("1.json", one).File("2.json", two).Add("1.tar", '0', Layer).Add("2.tar", '0', second).End();
        Assert.Equal("2 images in it: app:1, app:2; hint: name one after a colon, ARCHIVE:app:1", _folder.Refused(archive));
        Assert.Equal("no image 'other' in it; there is: app:1, app:2", _folder.Refused(archive, wanted: "other"));
        string path = _folder.Write(archive);
        Assert.Equal(new ImageFile(path, "app:2"), ImageFile.Find($"{path}:app:2"));
        Assert.Null(ImageFile.Find($"{path}x:app:2"));
        Assert.Equal(["app:2"], _folder.Store.Load(path, wanted: "app:2").Names);
        Assert.Single(_folder.Store.List());
        Assert.Equal(Sha256.HexOf(Encoding.UTF8.GetBytes(one)), _folder.Store.Load(path, wanted: "app").Id[7..]);
        Assert.Equal(Sha256.HexOf(Encoding.UTF8.GetBytes(two)), _folder.Store.Load(path, wanted: Sha256.HexOf(Encoding.UTF8.GetBytes(two))[..12]).Id[7..]);
    }

    [Theory]
    [InlineData("../canary/file")]
    [InlineData("/etc/passwd")]
    [InlineData("link")]
    public void Cve_2024_9676_an_image_folder_can_not_name_files_outside_of_itself(string config)
    {
        string folder = $"{_folder.Root}/folder";
        Directory.CreateDirectory(folder);
        File.CreateSymbolicLink($"{folder}/link", $"{_folder.Canary}/file");
        File.WriteAllText($"{folder}/manifest.json", $$"""[{"Config":"{{config}}","Layers":["{{config}}"]}]""");
        Assert.Contains("is missing", _folder.Refused(folder), StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_folder_of_symlinks_fifos_or_nothing_is_refused()
    {
        string folder = $"{_folder.Root}/folder";
        Directory.CreateDirectory($"{folder}/inner");
        Assert.Contains("not an image folder", _folder.Refused(folder), StringComparison.Ordinal);
        File.CreateSymbolicLink($"{folder}/index.json", "../canary/file");
        Assert.Contains("not an image folder", _folder.Refused(folder), StringComparison.Ordinal);
        File.Delete($"{folder}/index.json");
        Nodes.MakeFifo($"{folder}/index.json", 0x1b6);
        Assert.Contains("not a regular file", _folder.Refused(folder), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_record_in_the_store_names_its_file()
    {
        Image image = _folder.Load(ImageArchive.Docker(Layer));
        string record = $"{_folder.Root}/store/images/{image.Id[7..]}.json";
        foreach (string damaged in (string[])["", "{", "{}", "[]", """{"names":[],"layers":["../../canary"],"config":{}}"""])
        {
            File.WriteAllText(record, damaged);
            Assert.Contains($"{record}: damaged record", Assert.Throws<ImageException>(_folder.Store.List).Message, StringComparison.Ordinal);
        }
        File.Delete(record);
        Assert.Empty(_folder.Store.List());
        Assert.Equal(image.Id, _folder.Load(ImageArchive.Docker(Layer)).Id);
    }

    private static byte[] Oci(byte[] config, byte[] manifest) => new RawTar().Add($"blobs/sha256/{Sha256.HexOf(config)}", '0', config)
        .Add($"blobs/sha256/{Sha256.HexOf(Layer)}", '0', Layer).Add($"blobs/sha256/{Sha256.HexOf(manifest)}", '0', manifest)
        .File("index.json", $$"""{"manifests":[{{ImageArchive.Descriptor("application/vnd.oci.image.manifest.v1+json", manifest)}}]}""").End();

    private static byte[] Gzip(byte[] plain)
    {
        MemoryStream stream = new();
        using (GZipStream gzip = new(stream, CompressionLevel.Fastest)) gzip.Write(plain);
        return stream.ToArray();
    }

    private static byte[] Zstd(byte[] plain)
    {
        using ZstdSharp.Compressor compressor = new();
        return compressor.Wrap(plain).ToArray();
    }
}
