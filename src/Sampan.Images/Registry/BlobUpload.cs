using System.Net;
using Sampan.Images.Content;

namespace Sampan.Images.Registry;

/// <summary>Sends blobs to one repository: not at all where it has them, from another repository of the same registry where that has them,
/// else whole, and large ones in pieces, because what is between may not let more through. An upload that fails is begun anew.</summary>
internal sealed class BlobUpload(RegistryConnection registry, string path, BlobStore blobs, ITransferProgress? progress)
{
    private const int ChunkBytes = 64 * 1024 * 1024;
    private const int MaxAttempts = 4;

    private string Scope => $"repository:{path}:pull,push";

    /// <param name="others">Repositories of this registry that may have the blob.</param>
    public void Send(Descriptor blob, IReadOnlyList<string> others)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                string how = Try(blob, others); // also where nobody wants to be told
                progress?.Report(blob.Hex[..12], how, blob.SizeBytes, blob.SizeBytes);
                return;
            }
            catch (ImageException e) when (e.InnerException is not null && attempt < MaxAttempts - 1)
            {
                Thread.Sleep(RetryDelay.Of(attempt));
            }
        }
    }

    /// <returns>How it got there.</returns>
    private string Try(Descriptor blob, IReadOnlyList<string> others)
    {
        if (Has(blob)) return "there already";
        Uri? session = Begin(others.Count > 0 ? $"?mount={blob.Digest}&from={Uri.EscapeDataString(others[0])}" : "", blob);
        if (session is null) return "mounted";
        long at = 0;
        for (; blob.SizeBytes - at > ChunkBytes; at += ChunkBytes) session = Patch(session, blob, at);
        Finish(session, blob, at, blob.SizeBytes - at);
        return "pushed";
    }

    private bool Has(Descriptor blob)
    {
        Uri address = new($"/v2/{path}/blobs/{blob.Digest}", UriKind.Relative);
        using HttpResponseMessage response = registry.Send(() => new HttpRequestMessage(HttpMethod.Head, address), Scope);
        return response.StatusCode switch
        {
            HttpStatusCode.OK => true,
            HttpStatusCode.NotFound => false,
            _ => throw registry.Refused(response, $"{registry.Host}/{path}"),
        };
    }

    /// <summary>The address to send to, also where a mount was asked for and not made; null where it was.</summary>
    private Uri? Begin(string query, Descriptor blob)
    {
        using HttpResponseMessage response = registry.Expect(
            () => new HttpRequestMessage(HttpMethod.Post, new Uri($"/v2/{path}/blobs/uploads/{query}", UriKind.Relative)) { Content = new ByteArrayContent([]) },
            Scope, $"{registry.Host}/{path}", HttpStatusCode.Accepted, HttpStatusCode.Created);
        return response.StatusCode == HttpStatusCode.Created && query.Length > 0 ? null : Next(response, blob);
    }

    private Uri Patch(Uri session, Descriptor blob, long at)
    {
        using HttpResponseMessage response = registry.ExpectOnce(() =>
        {
            HttpRequestMessage request = new(HttpMethod.Patch, session) { Content = Part(blob, at, ChunkBytes) };
            request.Content.Headers.TryAddWithoutValidation("Content-Range", $"{at}-{at + ChunkBytes - 1}");
            return request;
        }, Scope, $"{registry.Host}: {blob.Digest}", HttpStatusCode.Accepted, HttpStatusCode.NoContent);
        return Next(response, blob);
    }

    private void Finish(Uri session, Descriptor blob, long at, long count)
    {
        string separator = session.Query.Length > 1 ? "&" : "?";
        Uri target = new($"{session.AbsoluteUri}{separator}digest={Uri.EscapeDataString(blob.Digest)}");
        registry.ExpectOnce(() =>
        {
            HttpRequestMessage request = new(HttpMethod.Put, target) { Content = Part(blob, at, count) };
            if (at > 0) request.Content.Headers.TryAddWithoutValidation("Content-Range", $"{at}-{at + count - 1}");
            return request;
        }, Scope, $"{registry.Host}: {blob.Digest}", HttpStatusCode.Created, HttpStatusCode.NoContent, HttpStatusCode.Accepted).Dispose();
    }

    private Uri Next(HttpResponseMessage response, Descriptor blob)
    {
        Uri location = response.Headers.Location ?? throw new ImageException($"{registry.Host}: {blob.Digest}: does not say where to send it");
        return registry.Checked(new Uri(registry.Base, location));
    }

    private BlobContent Part(Descriptor blob, long at, long count) =>
        new(blobs.PathOf(blob.Hex), at, count, sent => progress?.Report(blob.Hex[..12], "pushing", at + sent, blob.SizeBytes));
}
