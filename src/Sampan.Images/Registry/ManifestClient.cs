using System.Net;
using System.Net.Http.Headers;
using Sampan.Images.Archive;
using Sampan.Images.Content;
using Sampan.Images.Digests;
using Sampan.Images.Layout;

namespace Sampan.Images.Registry;

/// <summary>The manifests of one repository, distribution-spec 1.1.</summary>
internal sealed class ManifestClient(RegistryConnection registry, string path)
{
    private const string OciIndexType = "application/vnd.oci.image.index.v1+json";
    private static readonly string[] Accepted =
        [ImageManifest.OciType, OciIndexType, ImageManifest.DockerType, "application/vnd.docker.distribution.manifest.list.v2+json"];

    /// <param name="version">A tag or a digest.</param>
    /// <returns>The document and its kind; its length and digest are checked where they are known.</returns>
    public (byte[] Json, Descriptor Descriptor) Get(string version, long? sizeBytes = null)
    {
        string what = $"{registry.Host}/{path}{(version.StartsWith("sha256:", StringComparison.Ordinal) ? '@' : ':')}{version}";
        using HttpResponseMessage response = registry.Expect(() =>
        {
            HttpRequestMessage request = new(HttpMethod.Get, Address(version));
            foreach (string type in Accepted) request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
            return request;
        }, $"repository:{path}:pull", what, HttpStatusCode.OK);
        byte[] json = ReadBody(response, what);
        string hex = Sha256.HexOf(json);
        if (version.StartsWith("sha256:", StringComparison.Ordinal) && version != $"sha256:{hex}")
            throw new ImageException($"{what}: what came has the digest sha256:{hex}");
        if (sizeBytes is { } size && size != json.Length) throw new ImageException($"{what}: {json.Length} bytes, the index says {size}");
        if (response.Headers.TryGetValues("Docker-Content-Digest", out IEnumerable<string>? told) && told.First() is var digest
            && digest.StartsWith("sha256:", StringComparison.Ordinal) && digest != $"sha256:{hex}")
            throw new ImageException($"{what}: what came has the digest sha256:{hex}, the registry says {ImageException.Printable(digest)}");
        return (json, new Descriptor(KindOf(json, response.Content.Headers.ContentType?.MediaType ?? "", what), hex, json.Length));
    }

    public bool Has(Descriptor manifest)
    {
        using HttpResponseMessage response = registry.Send(() =>
        {
            HttpRequestMessage request = new(HttpMethod.Head, Address(manifest.Digest));
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(manifest.MediaType));
            return request;
        }, $"repository:{path}:pull");
        return response.StatusCode == HttpStatusCode.OK;
    }

    public void Put(byte[] json, string mediaType, string version)
    {
        registry.Expect(() => new HttpRequestMessage(HttpMethod.Put, Address(version))
        {
            Content = new ByteArrayContent(json) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } },
        }, $"repository:{path}:pull,push", $"{registry.Host}/{path}:{version}", HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.Accepted).Dispose();
    }

    private Uri Address(string version) => new($"/v2/{path}/manifests/{version}", UriKind.Relative);

    private static byte[] ReadBody(HttpResponseMessage response, string what)
    {
        try
        {
            return BoundedBody.Read(response, ImageManifest.MaxBytes, $"{what}: the manifest");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new ImageException($"{what}: {ImageException.Printable(e.Message)}", e);
        }
    }

    // the header may say too little, but not something else than the document
    private static string KindOf(byte[] json, string header, string what)
    {
        string own = JsonValue.Parse(json, what).Text("mediaType");
        bool isKnown = MediaType.IsIndex(header) || MediaType.IsManifest(header);
        if (isKnown && own.Length > 0 && own != header)
            throw new ImageException($"{what}: the registry says '{header}', the document itself '{ImageException.Printable(own)}'");
        if (isKnown) return header;
        if (header is "" or "application/json" or "text/plain" or "application/octet-stream" && own.Length > 0) return own;
        throw new ImageException($"{what}: of the kind '{ImageException.Printable(header)}', which is no image");
    }
}
