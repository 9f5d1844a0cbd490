using System.Net;
using System.Net.Security;
using Sampan.Images.Archive;
using Sampan.Images.Credentials;

namespace Sampan.Images.Registry;

/// <summary>Requests to one registry: authorized, tried again where that may help, redirected without what is secret.</summary>
internal sealed class RegistryConnection : IDisposable
{
    private const int MaxRedirects = 5;
    private const int MaxErrorBytes = 64 * 1024;
    private readonly RegistryPlace _place;
    private readonly HttpMessageInvoker _own;
    private readonly Lazy<HttpMessageInvoker> _others = new(() => Transport.Open(new SslClientAuthenticationOptions()));
    private readonly Login? _login;
    private RegistryAuthorization _authorization;

    private RegistryConnection(RegistryPlace place, RegistryOptions options, Login? login)
    {
        _place = place;
        _login = login;
        _own = Transport.Open(Certificates.ForHost(place, options));
        Base = new Uri($"https://{place.ApiHost}/");
        _authorization = Authorize();
    }

    /// <summary>Scheme, host and port of the registry.</summary>
    public Uri Base { get; private set; }

    public string Host => _place.Host;

    /// <summary>Finds out how the registry is spoken to, and how it wants to be asked.</summary>
    /// <param name="login">In place of the one that is kept.</param>
    public static RegistryConnection Open(RegistryPlace place, RegistryOptions options, Login? login = null)
    {
        RegistryConnection connection = new(place, options, login ?? options.Logins?.Find(place.Host));
        try
        {
            connection.Greet();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Sends until there is an answer that is worth looking at. The caller disposes it.</summary>
    /// <param name="make">The request, made anew for each attempt; its address may be relative to <see cref="Base"/>.</param>
    /// <param name="scope">What a token has to allow: <c>repository:library/busybox:pull</c>.</param>
    /// <exception cref="ImageException">There was none.</exception>
    public HttpResponseMessage Send(Func<HttpRequestMessage> make, string scope) => Retry(() => Follow(make, scope));

    /// <summary>The answer, where it has one of these states.</summary>
    public HttpResponseMessage Expect(Func<HttpRequestMessage> make, string scope, string what, params ReadOnlySpan<HttpStatusCode> wanted) =>
        Checked(Send(make, scope), what, wanted);

    /// <summary>As <see cref="Expect"/>, but sent once: it changes something, and how much of that was done is not known when it fails.</summary>
    public HttpResponseMessage ExpectOnce(Func<HttpRequestMessage> make, string scope, string what, params ReadOnlySpan<HttpStatusCode> wanted)
    {
        HttpResponseMessage response;
        try
        {
            response = Follow(make, scope);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            throw new ImageException($"{what}: {Transport.Describe(e, Host)}", e);
        }
        return Checked(response, what, wanted);
    }

    /// <summary>What a refusal says, in one line.</summary>
    public ImageException Refused(HttpResponseMessage response, string what)
    {
        string said = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => _login is null ? $"not logged in; hint: sampan login {Host}" : "the login is refused",
            HttpStatusCode.NotFound => "not found",
            HttpStatusCode.Forbidden => "not allowed",
            var status => $"status {(int)status}",
        };
        string line = $"{what}: {said}{Details(response)}";
        // what may be otherwise the next time has a cause beside it
        return RetryDelay.IsWorthwhile(response.StatusCode)
            ? new ImageException(line, new HttpRequestException(said, null, response.StatusCode)) : new ImageException(line);
    }

    public void Dispose()
    {
        _own.Dispose();
        if (_others.IsValueCreated) _others.Value.Dispose();
    }

    private HttpResponseMessage Checked(HttpResponseMessage response, string what, ReadOnlySpan<HttpStatusCode> wanted)
    {
        if (wanted.Contains(response.StatusCode)) return response;
        using (response) throw Refused(response, what);
    }

    private RegistryAuthorization Authorize() =>
        new(_place, Base, _login, (make, isOwn) => Retry(() => SendOnce(isOwn ? _own : _others.Value, make())));

    private void Greet()
    {
        HttpResponseMessage answer;
        try
        {
            answer = Retry(Ping);
        }
        catch (ImageException e) when (_place.IsInsecure && e.InnerException is { } cause && Transport.IsNotTls(cause))
        {
            Base = new Uri($"http://{_place.ApiHost}/");
            _authorization = Authorize();
            answer = Retry(Ping);
        }
        using (answer)
        {
            // with some, this needs no login, and the first request tells
            if (answer.StatusCode == HttpStatusCode.Unauthorized) _authorization.Take(Challenges(answer), answer.RequestMessage!, "");
            else if (answer.StatusCode != HttpStatusCode.OK && (int)answer.StatusCode is not (>= 300 and < 400))
                throw new ImageException($"{Host}: does not answer as a registry: status {(int)answer.StatusCode} for /v2/");
        }
    }

    private HttpResponseMessage Ping() => SendOnce(_own, new HttpRequestMessage(HttpMethod.Get, new Uri(Base, "v2/")));

    private HttpResponseMessage Retry(Func<HttpResponseMessage> send)
    {
        for (int attempt = 0; ; attempt++)
        {
            bool isLast = attempt == RetryDelay.MaxAttempts - 1;
            TimeSpan delay = RetryDelay.Of(attempt);
            try
            {
                HttpResponseMessage response = send();
                if (isLast || !RetryDelay.IsWorthwhile(response.StatusCode)) return response;
                delay = RetryDelay.Of(attempt, response.Headers.RetryAfter);
                response.Dispose();
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
            {
                if (isLast || !Transport.IsTransient(e)) throw new ImageException($"{Host}: {Transport.Describe(e, Host)}", e);
            }
            Thread.Sleep(delay);
        }
    }

    /// <summary>Credentials go to the registry's own address and nowhere else (podman CVE-2025-6032, containerd CVE-2020-15157).</summary>
    private HttpResponseMessage Follow(Func<HttpRequestMessage> make, string scope)
    {
        Uri? target = null;
        bool isAnswered = false;
        for (int redirects = 0; ;)
        {
            HttpRequestMessage request = make();
            request.RequestUri = target ?? new Uri(Base, request.RequestUri!);
            bool isOwn = IsOwn(request.RequestUri);
            if (isOwn) _authorization.Apply(request, scope);
            HttpResponseMessage response = SendOnce(isOwn ? _own : _others.Value, request);
            if (response.StatusCode == HttpStatusCode.Unauthorized && isOwn && !isAnswered && _authorization.Take(Challenges(response), request, scope))
            {
                isAnswered = true;
                response.Dispose();
                continue;
            }
            bool isRedirect = response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
            if (!isRedirect || (request.Method != HttpMethod.Get && request.Method != HttpMethod.Head)) return response;
            using (response)
            {
                if (++redirects > MaxRedirects) throw new ImageException($"{Host}: redirects more than {MaxRedirects} times");
                target = Checked(response.Headers.Location is { } location ? new Uri(request.RequestUri, location) : null);
            }
        }
    }

    /// <summary>An address that the registry gave, as far as it may be followed.</summary>
    public Uri Checked(Uri? given)
    {
        bool isSafe = given is { Scheme: "https" } || (given is { Scheme: "http" } && Base.Scheme == "http");
        return isSafe ? given!
            : throw new ImageException($"{Host}: sends on to {(given is null ? "nowhere" : ImageException.Printable($"{given.Scheme}://{given.Authority}, which is not TLS"))}");
    }

    private bool IsOwn(Uri uri) => uri.Scheme == Base.Scheme && uri.Host == Base.Host && uri.Port == Base.Port;

    private static HttpResponseMessage SendOnce(HttpMessageInvoker invoker, HttpRequestMessage request)
    {
        request.Headers.UserAgent.ParseAdd("sampan/0.1.0");
        return invoker.Send(request, CancellationToken.None);
    }

    private static IReadOnlyList<AuthChallenge> Challenges(HttpResponseMessage response) =>
        response.Headers.TryGetValues("WWW-Authenticate", out IEnumerable<string>? lines) ? AuthChallenge.Parse(lines) : [];

    // {"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known to registry"}]}
    private static string Details(HttpResponseMessage response)
    {
        try
        {
            JsonValue json = JsonValue.Parse(BoundedBody.Read(response, MaxErrorBytes, "error"), "error");
            string text = string.Join(", ", json.Objects("errors").Take(3).Select(e => e.Text("message") is { Length: > 0 } m ? m : e.Text("code")));
            return text.Length > 0 ? $" ({ImageException.Printable(text)})" : "";
        }
        catch (Exception e) when (e is ImageException or HttpRequestException or IOException)
        {
            return ""; // an error that says nothing more
        }
    }
}
