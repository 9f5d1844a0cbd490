using System.Net;
using System.Text.Json;

namespace Sampan.Networks.Addresses;

/// <summary>
/// Which container has which address: a file per address, named by it. Its first line is the container's id, the second the
/// attachment as JSON. A killed container's file stays, and so says what to undo. The caller holds the directory's lock.
/// </summary>
internal sealed class AddressBook(string directory)
{
    /// <summary>The lowest free address of the subnet, as its offset.</summary>
    public uint FirstFree(IPNetwork subnet)
    {
        uint end = 2 + Subnet.Capacity(subnet);
        for (uint offset = 2; offset < end; offset++)
            if (!File.Exists(PathOf(Subnet.At(subnet, offset)))) return offset;
        throw new NetworkException($"subnet {subnet}: all {Subnet.Capacity(subnet)} addresses are in use");
    }

    public void Write(NetworkAttachment attachment)
    {
        using MemoryStream content = new();
        content.Write(System.Text.Encoding.UTF8.GetBytes(attachment.ContainerId + "\n"));
        using (Utf8JsonWriter json = new(content)) attachment.WriteTo(json);
        // written aside and renamed: a reader, or we after a SIGKILL, never sees half of it
        string path = PathOf(attachment.Address);
        using (FileStream file = new(path + ".new", FileMode.Create, FileAccess.Write)) file.Write(content.GetBuffer(), 0, (int)content.Length);
        File.Move(path + ".new", path, overwrite: true);
    }

    public NetworkAttachment? Find(IPAddress address) => File.Exists(PathOf(address)) ? Read(PathOf(address)) : null;

    public void Remove(IPAddress address) => File.Delete(PathOf(address));

    public bool HasAnyIn(IPNetwork subnet)
    {
        foreach (string path in Files())
            if (subnet.Contains(IPAddress.Parse(Path.GetFileName(path)))) return true;
        return false;
    }

    public IEnumerable<NetworkAttachment> All()
    {
        foreach (string path in Files()) yield return Read(path);
    }

    private IEnumerable<string> Files()
    {
        if (!Directory.Exists(directory)) yield break;
        foreach (string path in Directory.EnumerateFiles(directory))
            if (IPAddress.TryParse(Path.GetFileName(path), out _)) yield return path;
    }

    private static NetworkAttachment Read(string path)
    {
        byte[] content = File.ReadAllBytes(path);
        using JsonDocument json = JsonDocument.Parse(content.AsMemory(Array.IndexOf(content, (byte)'\n') + 1));
        return NetworkAttachment.From(json.RootElement);
    }

    private string PathOf(IPAddress address) => $"{directory}/{address}";
}
