using System.Text;
using Sampan.Images.Digests;

namespace Sampan.Tests.Images;

/// <summary>Archives as <c>docker save</c> and skopeo write them, of any layers, sound or not.</summary>
internal static class ImageArchive
{
    public static byte[] Docker(params byte[][] layers) => Docker("app:latest", layers);

    public static byte[] Docker(string name, params byte[][] layers)
    {
        string config = Config(layers);
        string configName = $"{Sha256.HexOf(Encoding.UTF8.GetBytes(config))}.json";
        return Docker($$"""[{"Config":"{{configName}}","RepoTags":["{{name}}"],"Layers":[{{Names(layers.Length)}}]}]""", configName, config, layers);
    }

    public static byte[] Docker(string manifest, string configName, string config, params byte[][] layers)
    {
        RawTar tar = new RawTar().File("manifest.json", manifest).File(configName, config);
        for (int i = 0; i < layers.Length; i++) tar.Add($"{i}/layer.tar", '0', layers[i]);
        return tar.End();
    }

    /// <param name="plain">The layers before compression; the same as <paramref name="stored"/> where there is none.</param>
    public static byte[] Oci(byte[][] plain, byte[][] stored, string mediaType = "application/vnd.oci.image.layer.v1.tar")
    {
        RawTar tar = new();
        string config = Config(plain);
        string layers = string.Join(',', stored.Select(layer => Descriptor(mediaType, layer)));
        byte[] configBytes = Encoding.UTF8.GetBytes(config);
        byte[] manifest = Encoding.UTF8.GetBytes(
            $$"""{"schemaVersion":2,"config":{{Descriptor("application/vnd.oci.image.config.v1+json", configBytes)}},"layers":[{{layers}}]}""");
        foreach (byte[] blob in (byte[][])[.. stored, configBytes, manifest]) tar.Add($"blobs/sha256/{Sha256.HexOf(blob)}", '0', blob);
        return tar.File("index.json", $$"""{"schemaVersion":2,"manifests":[{{Descriptor("application/vnd.oci.image.manifest.v1+json", manifest)}}]}""").End();
    }

    public static string Config(params byte[][] layers) =>
        $$$"""{"architecture":"amd64","os":"linux","config":{"Cmd":["/bin/sh"]},"rootfs":{"type":"layers","diff_ids":[{{{string.Join(',', layers.Select(l => $"\"sha256:{Sha256.HexOf(l)}\""))}}}]}}""";

    public static string Descriptor(string mediaType, byte[] blob) =>
        $$"""{"mediaType":"{{mediaType}}","digest":"sha256:{{Sha256.HexOf(blob)}}","size":{{blob.Length}}}""";

    private static string Names(int count) => string.Join(',', Enumerable.Range(0, count).Select(i => $"\"{i}/layer.tar\""));
}
