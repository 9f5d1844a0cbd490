namespace Sampan.Images.Archive;

/// <summary>Named files of an image: the members of an archive or the files of a layout folder.</summary>
internal interface IBlobSource : IDisposable
{
    /// <summary>A seekable stream of its own for each call, usable from any thread; null where there is no such file.</summary>
    Stream? TryOpen(string name);

    /// <summary>Where the file lies in the archive; null where it is a file of its own, or there is none.</summary>
    BlobPlace? PlaceOf(string name) => null;
}
