using System.Net;
using System.Net.Http.Headers;
using Sampan.Images.Content;
using Sampan.Images.Digests;
using Sampan.Linux.Files;

namespace Sampan.Images.Registry;

/// <summary>Fetches one blob into the store: goes on where a connection, or an earlier process, has ended; length and digest are checked
/// while it comes.</summary>
internal sealed class BlobDownload(RegistryConnection registry, string path, BlobStore blobs, ITransferProgress? progress)
{
    private const int BufferBytes = 256 * 1024;
    private const long GoodProgressBytes = 1024 * 1024;

    /// <exception cref="ImageException">It is not to be had, or is another one: then nothing is left of it.</exception>
    public void Fetch(Descriptor blob)
    {
        if (blobs.Has(blob.Hex, blob.SizeBytes)) return;
        using FileLock one = blobs.Lock(blob.Hex);
        if (blobs.Has(blob.Hex, blob.SizeBytes)) return;
        using FileStream file = blobs.OpenPartial(blob.Hex);
        if (file.Length > blob.SizeBytes) file.SetLength(0);
        bool isInherited = file.Length > 0;
        string actual = Fill(blob, file);
        if (actual != blob.Hex && isInherited)
        {
            // what an earlier process left may have come from somebody who lied
            file.SetLength(0);
            actual = Fill(blob, file);
        }
        if (actual != blob.Hex) throw Lie(blob, file, $"what came has the digest sha256:{actual}");
        file.Dispose();
        blobs.Complete(blob.Hex);
    }

    /// <summary>Fetches what the file lacks.</summary>
    /// <returns>The digest of all of it.</returns>
    private string Fill(Descriptor blob, FileStream file)
    {
        Sha256 hash = Resume(file);
        for (int failures = 0; file.Position < blob.SizeBytes || blob.SizeBytes == 0;)
        {
            long before = file.Position;
            try
            {
                Continue(blob, file, ref hash);
                if (file.Position == blob.SizeBytes) break;
                throw new IOException("the connection ended early");
            }
            catch (ImageException) when (file is { SafeFileHandle.IsClosed: false, Length: 0 })
            {
                Forget(blob, file);
                throw;
            }
            catch (Exception e) when (e is HttpRequestException or IOException and not Linux.Errors.SyscallException)
            {
                // a trickle is a failure too
                failures = file.Position - before >= GoodProgressBytes ? 0 : failures + 1;
                if (failures >= RetryDelay.MaxAttempts)
                    throw new ImageException($"{registry.Host}: {blob.Digest}: {Transport.Describe(e, registry.Host)}, {file.Position} of {blob.SizeBytes} bytes are there", e);
                Thread.Sleep(RetryDelay.Of(failures));
            }
        }
        return hash.FinishHex();
    }

    private static Sha256 Resume(FileStream file)
    {
        Sha256 hash = new();
        byte[] buffer = new byte[BufferBytes];
        int count;
        while ((count = file.Read(buffer)) > 0) hash.Append(buffer.AsSpan(0, count));
        return hash;
    }

    private void Continue(Descriptor blob, FileStream file, ref Sha256 hash)
    {
        long start = file.Position;
        using HttpResponseMessage response = registry.Expect(() =>
        {
            HttpRequestMessage request = new(HttpMethod.Get, new Uri($"/v2/{path}/blobs/{blob.Digest}", UriKind.Relative));
            if (start > 0) request.Headers.Range = new RangeHeaderValue(start, null);
            return request;
        }, $"repository:{path}:pull", $"{registry.Host}: {blob.Digest}", HttpStatusCode.OK, HttpStatusCode.PartialContent);
        if (start > 0 && response.StatusCode == HttpStatusCode.OK)
        {
            // it does not know ranges: from the beginning
            file.SetLength(0);
            hash = new Sha256();
            start = 0;
        }
        else if (response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From != start)
            throw Lie(blob, file, $"asked for what follows byte {start}, got another part");
        if (response.Content.Headers.ContentLength is { } length && start + length != blob.SizeBytes)
            throw Lie(blob, file, $"{start + length} bytes, the manifest says {blob.SizeBytes}");
        using Stream body = response.Content.ReadAsStream();
        byte[] buffer = new byte[BufferBytes];
        int count;
        while ((count = body.Read(buffer)) > 0)
        {
            if (file.Position + count > blob.SizeBytes) throw Lie(blob, file, $"more than the {blob.SizeBytes} bytes that the manifest says");
            file.Write(buffer, 0, count);
            hash.Append(buffer.AsSpan(0, count));
            progress?.Report(blob.Hex[..12], "pulling", file.Position, blob.SizeBytes);
        }
    }

    private ImageException Lie(Descriptor blob, FileStream file, string what)
    {
        Forget(blob, file);
        return new ImageException($"{registry.Host}: {blob.Digest}: {what}");
    }

    private void Forget(Descriptor blob, FileStream file)
    {
        file.Dispose();
        blobs.DropPartial(blob.Hex);
    }
}
