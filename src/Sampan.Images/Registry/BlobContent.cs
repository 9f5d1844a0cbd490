using System.Net;
using System.Net.Http.Headers;

namespace Sampan.Images.Registry;

/// <summary>A part of a file as the body of a request.</summary>
internal sealed class BlobContent : HttpContent
{
    private const int BufferBytes = 256 * 1024;
    private readonly string _path;
    private readonly long _start;
    private readonly long _count;
    private readonly Action<long> _report;

    public BlobContent(string path, long start, long count, Action<long> report)
    {
        (_path, _start, _count, _report) = (path, start, count, report);
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _count;
        return true;
    }

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        using FileStream file = new(_path, new FileStreamOptions { BufferSize = 0 });
        file.Position = _start;
        byte[] buffer = new byte[BufferBytes];
        for (long left = _count; left > 0;)
        {
            int count = file.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, left)));
            if (count == 0) throw new IOException($"{_path}: shorter than it was");
            stream.Write(buffer, 0, count);
            left -= count;
            _report(_count - left);
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        SerializeToStream(stream, context, CancellationToken.None);
        return Task.CompletedTask;
    }
}
