using Sampan.Linux.Files;

namespace Sampan.Images.Store;

/// <summary>Folders of the store that are there complete or not at all.</summary>
internal static class Folders
{
    /// <summary>Removes a folder, at once for those who look for it: first it gets the name that a sweep knows.</summary>
    public static void RemoveAtOnce(string folder, string temporary)
    {
        Trees.Remove(temporary);
        Directory.Move(folder, temporary);
        Trees.Remove(temporary);
    }
}
