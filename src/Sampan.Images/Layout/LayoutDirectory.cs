using Sampan.Images.Archive;

namespace Sampan.Images.Layout;

/// <summary>An OCI image layout folder. Names are made of checked digests or constants, never of free text.</summary>
internal sealed class LayoutDirectory(string directory) : IBlobSource
{
    public Stream? TryOpen(string name)
    {
        string path = Path.Join(directory, name);
        return File.Exists(path) ? File.OpenRead(path) : null;
    }

    public void Dispose()
    {
    }
}
