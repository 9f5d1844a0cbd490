using Microsoft.Win32.SafeHandles;
using Sampan.Images.Archive;

namespace Sampan.Images.Store;

/// <summary>The tars of an index's layers, named by their diffIDs.</summary>
internal sealed class IndexedBlobs : IBlobSource
{
    private readonly List<SafeFileHandle> _opened = [];
    private readonly IndexRecord _record;
    private readonly LayerTars _tars;

    /// <param name="index">Path of the index, beside which its record is.</param>
    public IndexedBlobs(string index, LayerTars tars)
    {
        string path = Path.Join(Path.GetDirectoryName(index), "record");
        (_record, _tars) = (IndexRecord.Parse(File.ReadAllBytes(path), path), tars);
    }

    public IReadOnlyList<IndexedLayer> Layers => _record.Layers;

    public Stream? TryOpen(string name)
    {
        if (_record.Layers.FirstOrDefault(layer => layer.Hex == name) is not { } layer) return null;
        SafeFileHandle file = File.OpenHandle(layer.Offset is null ? _tars.PathOf(name) : _record.Archive!.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        lock (_opened) _opened.Add(file);
        return new SliceStream(file, layer.Offset ?? 0, layer.Bytes);
    }

    public void Dispose() => _opened.ForEach(file => file.Dispose());
}
