using System.Net.Security;
using System.Net.Sockets;
using Sampan.Linux.Names;

namespace Sampan.Images.Registry;

/// <summary>HTTP/1.1 connections to registries. Nothing follows redirects or answers challenges by itself, nothing keeps cookies.</summary>
internal static class Transport
{
    private const int SilenceMs = 60_000;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(20);

    /// <summary>A server that says nothing for a minute is taken for lost.</summary>
    public static HttpMessageInvoker Open(SslClientAuthenticationOptions tls)
    {
        NameService.UseBuiltIn();
        return new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            AutomaticDecompression = System.Net.DecompressionMethods.None,
            ConnectTimeout = ConnectTimeout,
            ConnectCallback = Connect,
            SslOptions = tls,
        });
    }

    /// <summary>Trying again may help: the connection was lost, or the server was silent.</summary>
    public static bool IsTransient(Exception error) => error switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError or HttpRequestError.NameResolutionError } => false,
        HttpRequestException { InnerException: SocketException refused } => !IsUnreachable(refused),
        HttpRequestException or IOException => true,
        _ => false,
    };

    /// <summary>The other side does not speak TLS, as far as can be told.</summary>
    public static bool IsNotTls(Exception error) => error is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError };

    /// <summary>In words for a person.</summary>
    public static string Describe(Exception error, string host)
    {
        Exception inner = error;
        while (inner.InnerException is not null) inner = inner.InnerException;
        string text = ImageException.Printable(inner.Message).TrimEnd('.');
        if (inner is SocketException { SocketErrorCode: SocketError.TryAgain or SocketError.HostNotFound or SocketError.NoData })
            return $"this name has no address ({text}); hint: is there a network, and a resolver in /etc/resolv.conf?";
        return error is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
            ? $"TLS: {text}; hint: an authority that is not the system's goes into /etc/docker/certs.d/{host}/ca.crt" : text;
    }

    private static bool IsUnreachable(SocketException error) => error.SocketErrorCode
        is SocketError.ConnectionRefused or SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostNotFound;

    private static async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = SilenceMs, SendTimeout = SilenceMs };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancel).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
