namespace Sampan.Images.Layers.Index;

/// <summary>Lays one layer's tree over what the layers below make, as overlayfs shows directories that lie over each other.</summary>
internal static class LayerMerge
{
    /// <summary>The tree of all layers, without whiteouts. The given trees are used up.</summary>
    /// <param name="layers">Roots, the bottom layer first.</param>
    public static IndexInode Merge(IReadOnlyList<IndexInode> layers)
    {
        IndexInode merged = new('5');
        merged.Parent = merged;
        foreach (IndexInode layer in layers)
        {
            Lay(merged, layer);
            merged = layer;
        }
        return merged;
    }

    // without recursion: a chain of links makes trees deeper than the stack
    private static void Lay(IndexInode lowerRoot, IndexInode upperRoot)
    {
        Stack<(IndexInode? Lower, IndexInode Upper)> open = new();
        open.Push((lowerRoot, upperRoot));
        while (open.TryPop(out (IndexInode? Lower, IndexInode Upper) pair))
        {
            (IndexInode? lower, IndexInode upper) = pair;
            if (upper.IsOpaque) lower = null;
            if (lower is not null && !upper.IsDescribed) Inherit(upper, lower);
            foreach ((string name, IndexInode own) in upper.Children)
            {
                if (!own.IsDirectory) continue;
                IndexInode? below = null;
                lower?.Children.TryGetValue(name, out below);
                open.Push((below is { IsDirectory: true } ? below : null, own));
            }
            if (lower is not null) foreach ((string name, IndexInode below) in lower.Children) Show(upper, name, below);
            Hide(upper);
        }
    }

    private static void Show(IndexInode upper, string name, IndexInode below)
    {
        if (upper.Children.TryAdd(name, below) && below.IsDirectory) below.Parent = upper;
    }

    private static void Hide(IndexInode directory)
    {
        List<string>? whiteouts = null;
        foreach ((string name, IndexInode inode) in directory.Children) if (inode.Type == IndexInode.Whiteout) (whiteouts ??= []).Add(name);
        foreach (string name in whiteouts ?? []) directory.Children.Remove(name);
        directory.IsOpaque = false;
    }

    /// <summary>A layer that only puts something into a directory does not change the directory.</summary>
    private static void Inherit(IndexInode upper, IndexInode lower)
    {
        (upper.Mode, upper.Uid, upper.Gid) = (lower.Mode, lower.Uid, lower.Gid);
        (upper.Seconds, upper.Nanoseconds, upper.Attributes) = (lower.Seconds, lower.Nanoseconds, lower.Attributes);
        upper.IsDescribed = lower.IsDescribed;
    }
}
