using System.Diagnostics;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Sampan.Images;
using Sampan.Images.Layers;
using Sampan.Images.Layers.Index;
using Sampan.Images.Layers.Unpack;
using Sampan.Linux.Files;
using Sampan.Linux.Mounts;

namespace Sampan.Tests.Images;

/// <summary>The same layers unpacked to directories and as an index, both mounted and compared by a program that knows of neither.</summary>
internal sealed class TreeComparison(string root) : IDisposable
{
    // Directories that no member describes differ on purpose: unpacked they are new, in an index they are as below, or of 1970.
    private const string Program = """
        import hashlib, os, stat, sys, time
        def tree(top):
            found, groups = {}, {}
            def visit(path):
                try: s = os.lstat(path)
                # a whiteout where nothing below is hidden: overlayfs lists its name and finds nothing
                except FileNotFoundError: return
                kind = stat.S_IFMT(s.st_mode)
                e = {'kind': kind, 'mode': s.st_mode, 'owner': (s.st_uid, s.st_gid), 'time': s.st_mtime_ns}
                if kind in (stat.S_IFCHR, stat.S_IFBLK): e['device'] = s.st_rdev
                if kind == stat.S_IFLNK: e['target'] = os.readlink(path)
                if kind == stat.S_IFREG:
                    e['size'] = s.st_size
                    h = hashlib.sha256()
                    with open(path, 'rb') as f:
                        if s.st_size > 1 << 28:
                            h.update(f.read(1 << 20)); f.seek(-(1 << 20), 2)
                        while b := f.read(1 << 20): h.update(b)
                    e['hash'] = h.hexdigest()
                if kind != stat.S_IFLNK: e['attributes'] = {n: os.getxattr(path, n) for n in sorted(os.listxattr(path))}
                found[path[len(top):]] = e
                if kind != stat.S_IFDIR: groups.setdefault((s.st_dev, s.st_ino), []).append(path[len(top):])
                else:
                    for name in os.listdir(path): visit(path + b'/' + name)
            sys.setrecursionlimit(100000)
            for name in os.listdir(top): visit(top + b'/' + name)
            for group in groups.values():
                for p in group: found[p]['links'] = sorted(group)
            return found
        for pair in sys.stdin.buffer.read().split(b'\n'):
            if not pair: continue
            wanted, got = map(tree, pair.split(b' '))
            for path in sorted(set(wanted) | set(got)):
                w, g = wanted.get(path), got.get(path)
                if w and g and w['kind'] == g['kind'] == stat.S_IFDIR and w['time'] > 1e9 * (time.time() - 3600):
                    w.update(mode=g['mode'], owner=g['owner'], time=g['time'], attributes=g['attributes'])
                if w != g: print(pair, path, 'unpacked:', w, 'index:', g)
        """;

    private readonly List<(Fd Unpacked, Fd Index)> _pairs = [];
    private int _count;

    /// <summary>Both ways refuse the layers, or both take them; what they make is compared by <see cref="Differences"/>.</summary>
    /// <returns>Whether they were taken.</returns>
    public bool Add(params byte[][] layers)
    {
        string folder = $"{root}/{_count++}";
        string? unpacked = Try(() => Unpack(folder, layers)), indexed = Try(() => WriteIndex($"{folder}.erofs", layers));
        Assert.True((unpacked is null) == (indexed is null), $"unpacked: {unpacked ?? "taken"}; index: {indexed ?? "taken"}");
        if (unpacked is not null) return false;
        Directory.CreateDirectory($"{folder}/empty");
        string[] lowers = [.. Enumerable.Range(0, layers.Length).Reverse().Select(i => $"{folder}/{i}"), $"{folder}/empty"];
        _pairs.Add((DetachedMount.Overlay(lowers, null, null, userXattr: false), Mount($"{folder}.erofs", layers.Length)));
        return true;
    }

    /// <summary>One line for each file that is not the same in both; empty where all are.</summary>
    public string Differences()
    {
        ProcessStartInfo start = new("python3", ["-c", Program]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        foreach ((Fd unpacked, Fd index) in _pairs)
            process.StandardInput.Write($"/proc/{Environment.ProcessId}/fd/{unpacked.Number} /proc/{Environment.ProcessId}/fd/{index.Number}\n");
        process.StandardInput.Close();
        string differences = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        Clear();
        return differences;
    }

    public void Dispose() => Clear();

    /// <summary>Writes an index beside the layers' tars, which are its devices.</summary>
    public static void WriteIndex(string path, params byte[][] layers)
    {
        List<IndexInode> trees = [];
        List<SafeFileHandle> devices = [];
        List<LayerPlace> places = [];
        EntryBudget budget = new();
        for (int i = 0; i < layers.Length; i++)
        {
            // as the store does: the kernel reads whole blocks
            File.WriteAllBytes($"{path}.{i}", [.. layers[i], .. new byte[(512 - (layers[i].Length % 512)) % 512]]);
            trees.Add(LayerTree.Read(new TarReader(new MemoryStream(layers[i])), i, budget));
            devices.Add(File.OpenHandle($"{path}.{i}"));
            places.Add(new LayerPlace(i, 0));
        }
        using SafeFileHandle output = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        IndexWriter.Write(output, LayerMerge.Merge(trees), devices, places, new byte[16]);
        foreach (SafeFileHandle device in devices) device.Dispose();
    }

    public static Fd Mount(string path, int layers)
    {
        using Fd index = Paths.Open(path, OpenFlags.ReadOnly);
        List<Fd> devices = [.. Enumerable.Range(0, layers).Select(i => Paths.Open($"{path}.{i}", OpenFlags.ReadOnly))];
        Fd mount = DetachedMount.Erofs(index, devices);
        foreach (Fd device in devices) device.Dispose();
        return mount;
    }

    private static void Unpack(string folder, byte[][] layers)
    {
        for (int i = 0; i < layers.Length; i++)
        {
            Directory.CreateDirectory($"{folder}/{i}");
            File.SetUnixFileMode($"{folder}/{i}", (UnixFileMode)0x1ed);
            using Fd layer = Paths.Open($"{folder}/{i}", OpenFlags.Path | OpenFlags.Directory);
            using LayerUnpacker unpacker = new(layer);
            unpacker.Unpack(new TarReader(new MemoryStream(layers[i])));
        }
    }

    private static string? Try(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (ImageException e)
        {
            return e.Message;
        }
    }

    private void Clear()
    {
        foreach ((Fd unpacked, Fd index) in _pairs)
        {
            unpacked.Dispose();
            index.Dispose();
        }
        _pairs.Clear();
        foreach (string folder in Directory.EnumerateDirectories(root)) Trees.Remove(folder);
        foreach (string file in Directory.EnumerateFiles(root)) File.Delete(file);
    }
}
