using System.Diagnostics;
using Sampan.Images;
using Sampan.Linux.Files;

namespace Sampan.Tests.Images;

/// <summary>Images that are mounted: in place in their archive, or from the store's tars.</summary>
public sealed class IndexStoreTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public IndexStoreTests()
    {
        StoreFolder.SkipUnlessRoot();
        string? refusal = StorageProbe.Refusal(_folder.Root);
        Assert.SkipWhen(refusal is not null, $"this kernel mounts no images: {refusal}");
    }

    private ImageStore Store => ImageStore.Open($"{_folder.Root}/store", Storage.Erofs);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_uncompressed_archive_is_mounted_where_it_lies()
    {
        string archive = _folder.Write(Two());
        Image image = Store.Load(archive);
        Assert.Equal(["etc/hello", "new"], Files(image));
        Assert.Equal([archive], image.Index!.Devices.Select(device => device.Path));
        Assert.Empty(Directory.EnumerateFileSystemEntries($"{_folder.Root}/store/tars"));
        Assert.Empty(image.LayerDirectories);
        Assert.Equal(image.Index, Store.Load(archive).Index, (one, other) => one!.Path == other!.Path);
    }

    [Fact]
    public void A_compressed_archive_or_layer_is_inflated_once_into_the_store()
    {
        byte[] plain = new RawTar().File("a", "plain").End();
        string gzip = $"{_folder.Root}/layer";
        File.WriteAllBytes(gzip, plain);
        Run("gzip", "-n", gzip);
        Image layer = Store.Load(_folder.Write(ImageArchive.Oci([plain], [File.ReadAllBytes($"{gzip}.gz")], "application/vnd.oci.image.layer.v1.tar+gzip"), "oci.tar"));
        Assert.Equal(["a"], Files(layer));
        Run("gzip", "-n", _folder.Write(Two(), "whole.tar"));
        Image whole = Store.Load($"{_folder.Root}/whole.tar.gz");
        Assert.Equal(["etc/hello", "new"], Files(whole));
        Assert.Equal(3, Directory.GetDirectories($"{_folder.Root}/store/tars").Length);
        File.Delete($"{_folder.Root}/whole.tar.gz");
        Assert.Equal(["etc/hello", "new"], Files(Store.Find("app")!));
    }

    [Fact]
    public void A_layer_that_does_not_end_at_a_whole_block_is_read_to_its_end()
    {
        // umoci leaves out the padding of the last member
        byte[] layer = new RawTar().Add("f", '0', [.. Enumerable.Repeat((byte)'x', 700)]).End()[..(512 + 700)];
        string folder = $"{_folder.Root}/layout";
        Run("tar", "-xf", _folder.Write(ImageArchive.Oci([layer], [layer])), $"--one-top-level={folder}");
        foreach (string path in (string[])[folder, $"{_folder.Root}/image.tar"])
        {
            using Fd root = Store.Load(path).Index!.Mount();
            Assert.Equal(new string('x', 700), File.ReadAllText($"{root.ProcPath}/f"));
        }
    }

    [Fact]
    public void A_layer_with_another_digest_is_refused_and_leaves_nothing()
    {
        byte[] archive = Two();
        int at = archive.AsSpan().IndexOf("hi there"u8);
        archive[at] ^= 1;
        string path = _folder.Write(archive);
        _ = Store;
        string before = StoreFolder.Snapshot(_folder.Root);
        Assert.Contains("the content has the digest", Assert.Throws<ImageException>(() => Store.Load(path)).Message, StringComparison.Ordinal);
        Assert.Equal(before, StoreFolder.Snapshot(_folder.Root));
    }

    [Fact]
    public void An_archive_that_was_written_to_is_not_mounted_as_it_was_and_a_container_is_told()
    {
        string archive = _folder.Write(Two());
        Image image = Store.Load(archive);
        IndexDevice device = Assert.Single(image.Index!.Devices);
        Assert.False(device.IsOverwritten);
        using (FileStream file = new(archive, FileMode.Open)) file.Write("x"u8);
        Assert.True(device.IsOverwritten);
        Assert.Contains("has changed since", Assert.Throws<ImageException>(() => image.Index.Mount()).Message, StringComparison.Ordinal);
        Assert.Contains("has changed or is gone", Assert.Throws<ImageException>(() => Store.Find("app")).Message, StringComparison.Ordinal);
        Assert.Throws<ImageException>(() => Store.Load(archive));
        // another file in its place does no harm to who has the old one open
        using FileStream held = File.OpenRead(archive);
        File.Delete(archive);
        _folder.Write(Two());
        Assert.False(device.IsOverwritten);
        Assert.Equal(["etc/hello", "new"], Files(Store.Load(archive)));
    }

    [Fact]
    public void An_image_of_one_storage_is_there_for_the_other()
    {
        string archive = _folder.Write(Two());
        Store.Load(archive);
        Image directories = _folder.Store.Find("app")!;
        Assert.Null(directories.Index);
        Assert.Equal(2, directories.LayerDirectories.Count);
        Assert.Equal("hi there", File.ReadAllText($"{directories.LayerDirectories[0]}/etc/hello"));
        File.Delete(archive);
        Assert.NotEmpty(_folder.Store.Find("app")!.LayerDirectories);
        Assert.Throws<ImageException>(() => Store.Find("app", strict: true));
    }

    [Fact]
    public async Task Many_at_once_with_one_new_archive_make_one_index()
    {
        string archive = _folder.Write(Two());
        Image[] images = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Store.Load(archive))));
        Assert.Single(images.Select(image => image.Index!.Path).Distinct());
        Assert.Single(Directory.GetDirectories($"{_folder.Root}/store/indexes"));
    }

    [Fact]
    public void What_a_killed_process_left_is_removed_by_the_next()
    {
        _ = Store;
        string[] left = [$"{_folder.Root}/store/tars/.writing-{new string('a', 64)}", $"{_folder.Root}/store/indexes/.building-{new string('b', 64)}"];
        foreach (string folder in left)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText($"{folder}/half", "half");
        }
        Store.Load(_folder.Write(Two()));
        Assert.All(left, folder => Assert.False(Directory.Exists(folder)));
    }

    [Fact]
    public void An_index_that_was_removed_is_made_again()
    {
        string archive = _folder.Write(Two());
        Trees.Remove(Path.GetDirectoryName(Store.Load(archive).Index!.Path)!);
        Assert.Equal(["etc/hello", "new"], Files(Store.Load(archive)));
    }

    private static byte[] Two() => ImageArchive.Docker(
        new RawTar().Folder("etc").File("etc/hello", "hi there").File("gone", "1").End(), new RawTar().File(".wh.gone", "").File("new", "2").End());

    private static IEnumerable<string> Files(Image image)
    {
        using Fd root = image.Index!.Mount();
        string top = $"/proc/{Environment.ProcessId}/fd/{root.Number}/";
        return [.. Directory.EnumerateFiles(top, "*", SearchOption.AllDirectories).Select(path => path[top.Length..]).Order(StringComparer.Ordinal)];
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
