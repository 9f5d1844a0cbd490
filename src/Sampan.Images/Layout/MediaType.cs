namespace Sampan.Images.Layout;

/// <summary>Media types of OCI and of docker. How a layer is compressed is looked up in its first bytes, not here.</summary>
internal static class MediaType
{
    public static bool IsIndex(string type) =>
        type is "application/vnd.oci.image.index.v1+json" or "application/vnd.docker.distribution.manifest.list.v2+json";

    public static bool IsManifest(string type) =>
        type is "application/vnd.oci.image.manifest.v1+json" or "application/vnd.docker.distribution.manifest.v2+json";

    /// <summary>An archive of files, compressed in any way but not encrypted; a missing type is taken as one.</summary>
    public static bool IsLayer(string type) => !type.EndsWith("+encrypted", StringComparison.Ordinal)
        && (type.Length == 0 || type.StartsWith("application/vnd.oci.image.layer.", StringComparison.Ordinal)
            || type.StartsWith("application/vnd.docker.image.rootfs.", StringComparison.Ordinal));

    /// <summary>A layer that its maker does not want to be spread, so that archives leave it out.</summary>
    public static bool IsForeign(string type) =>
        type.Contains(".nondistributable.", StringComparison.Ordinal) || type.Contains(".foreign.", StringComparison.Ordinal);
}
