using System.Net;

namespace Sampan.Networks.Bridges;

/// <summary>A bridge as remembered in the state directory, in the file NAME.bridge: subnet, IPv6 subnet or <c>-</c>, and
/// <c>ready</c> when it was wholly made (else a killed process left half of it).</summary>
internal sealed record BridgeState(string Name, IPNetwork Subnet, IPNetwork? Subnet6, bool IsReady)
{
    /// <summary>The bridges of that directory.</summary>
    public static string[] Names(string directory) => Array.ConvertAll(Directory.GetFiles(directory, "*.bridge"), Path.GetFileNameWithoutExtension)!;

    public static BridgeState? Read(string directory, string name)
    {
        if (!File.Exists(PathOf(directory, name))) return null;
        string[] lines = File.ReadAllText(PathOf(directory, name)).Split('\n');
        return new BridgeState(name, IPNetwork.Parse(lines[0]), lines[1] == "-" ? null : IPNetwork.Parse(lines[1]), lines[2] == "ready");
    }

    public void Write(string directory)
    {
        string path = PathOf(directory, Name);
        File.WriteAllText(path + ".new", $"{Subnet}\n{Subnet6?.ToString() ?? "-"}\n{(IsReady ? "ready" : "making")}\n");
        File.Move(path + ".new", path, overwrite: true);
    }

    public void Remove(string directory) => File.Delete(PathOf(directory, Name));

    private static string PathOf(string directory, string name) => $"{directory}/{name}.bridge";
}
