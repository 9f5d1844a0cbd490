using Sampan.Engine.State;
using Sampan.Images;
using Sampan.Linux.Namespaces;

namespace Sampan.Engine.Containers;

/// <summary>Which storage images are kept in: what was asked for by <c>--storage</c> or <c>SAMPAN_STORAGE</c>, else what the kernel can do.</summary>
/// <param name="IsAsked">Another one will not do.</param>
/// <param name="Reason">Why it is not the other one; null where that is not known.</param>
public sealed record ImageStorage(Storage Kind, bool IsAsked, string? Reason)
{
    public static readonly string[] Names = ["auto", "erofs", "directory"];

    private const string Variable = "SAMPAN_STORAGE";

    /// <param name="asked">One of <see cref="Names"/>, or null to go by the environment.</param>
    /// <exception cref="EngineException">What was asked for is unknown, or not possible here.</exception>
    public static ImageStorage Choose(EnginePaths paths, string? asked)
    {
        string source = asked is null ? Variable : "--storage";
        asked ??= Environment.GetEnvironmentVariable(Variable);
        if (asked is not (null or "" or "auto" or "erofs" or "directory")) throw new EngineException($"{source}: unknown storage '{asked}'; wanted: auto, erofs or directory");
        if (asked is "directory") return new ImageStorage(Storage.Directory, true, "asked for");
        string? refusal = OwnUserNamespace.IsInside || !Environment.IsPrivilegedProcess ? "only root may mount images" : Probe(paths);
        if (asked is not "erofs") return new ImageStorage(refusal is null ? Storage.Erofs : Storage.Directory, false, refusal);
        return refusal is null ? new ImageStorage(Storage.Erofs, true, null)
            : throw new EngineException($"{source} erofs: this machine can not mount images: {refusal}; hint: leave it out");
    }

    public ImageStore Open(EnginePaths paths) => ImageStore.Open(paths.Images, Kind);

    // asked of the kernel once in its life: the answer lies where a reboot removes it
    private static string? Probe(EnginePaths paths)
    {
        string remembered = Path.Combine(paths.Run, "storage");
        if (AtomicFile.ReadIfExists(remembered) is { } known) return known.Length == 0 ? null : System.Text.Encoding.UTF8.GetString(known);
        Directory.CreateDirectory(paths.Images, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string? refusal = StorageProbe.Refusal(paths.Images);
        if (Directory.Exists(paths.Run)) AtomicFile.Write(remembered, System.Text.Encoding.UTF8.GetBytes(refusal ?? ""), durable: false);
        return refusal;
    }
}
