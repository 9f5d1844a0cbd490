using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Sampan.Images.Archive;
using Sampan.Images.Credentials;

namespace Sampan.Images.Registry;

/// <summary>How one registry wants requests to be authorized, and the tokens that it gave: for each scope one.</summary>
/// <param name="send">Sends a request for a token; the flag says that it goes to the registry's own host.</param>
internal sealed class RegistryAuthorization(RegistryPlace place, Uri registry, Login? login, Func<Func<HttpRequestMessage>, bool, HttpResponseMessage> send)
{
    private const int MaxTokenBytes = 1024 * 1024;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, string> _tokens = [];
    private AuthChallenge? _challenge;

    /// <summary>Whether anything can be done about a refusal: the registry said how, and we have not tried.</summary>
    public bool Take(IReadOnlyList<AuthChallenge> challenges, HttpRequestMessage refused, string scope)
    {
        lock (_lock)
        {
            AuthChallenge? chosen = challenges.FirstOrDefault(c => c.Scheme == "bearer" && c["realm"].Length > 0) ?? challenges.FirstOrDefault(c => c.Scheme == "basic");
            if (chosen is null) return false;
            bool isFirst = _challenge is null;
            _challenge = chosen;
            // a token may have run out; a password does not
            string? used = refused.Headers.Authorization?.Parameter;
            if (chosen.Scheme == "bearer" && used is not null && _tokens.GetValueOrDefault(scope) == used) _tokens.Remove(scope);
            return chosen.Scheme == "bearer" || ((isFirst || used is null) && login is { User.Length: > 0 });
        }
    }

    /// <summary>Only to be called for requests that go to the registry's own host.</summary>
    public void Apply(HttpRequestMessage request, string scope)
    {
        lock (_lock)
        {
            if (_challenge is not { } challenge) return;
            if (challenge.Scheme == "basic")
            {
                if (login is { User.Length: > 0 }) request.Headers.Authorization = new AuthenticationHeaderValue("Basic", login.Basic);
                return;
            }
            if (!_tokens.TryGetValue(scope, out string? token)) _tokens[scope] = token = Fetch(challenge, scope);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    private string Fetch(AuthChallenge challenge, string scope)
    {
        Uri realm = CheckedRealm(challenge["realm"]);
        using HttpResponseMessage response = send(() => MakeRequest(realm, challenge["service"], scope), IsOwnHost(realm));
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new ImageException(response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
                ? $"{place.Host}: no token for {(scope.Length > 0 ? scope : "login")}: {(login is null ? $"not logged in; hint: sampan login {place.Host}" : "the login is refused")}"
                : $"{place.Host}: no token from {realm.Host}: status {(int)response.StatusCode}");
        }
        JsonValue json = JsonValue.Parse(BoundedBody.Read(response, MaxTokenBytes, $"{realm.Host}: the token"), "token");
        string token = json.Text("token") is { Length: > 0 } plain ? plain : json.Text("access_token");
        if (token.Length == 0 || token.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw new ImageException($"{realm.Host}: the answer holds no usable token");
        return token;
    }

    private HttpRequestMessage MakeRequest(Uri realm, string service, string scope)
    {
        if (login?.IdentityToken is { } identity)
        {
            return new HttpRequestMessage(HttpMethod.Post, realm)
            {
                Content = new FormUrlEncodedContent([new("grant_type", "refresh_token"), new("refresh_token", identity),
                    new("service", service), new("scope", scope), new("client_id", "sampan")]),
            };
        }
        StringBuilder query = new(realm.Query.Length > 1 ? realm.Query[1..] + "&" : "");
        query.Append($"service={Uri.EscapeDataString(service)}");
        if (scope.Length > 0) query.Append($"&scope={Uri.EscapeDataString(scope)}");
        if (login is not null) query.Append($"&account={Uri.EscapeDataString(login.User)}");
        HttpRequestMessage request = new(HttpMethod.Get, new UriBuilder(realm) { Query = query.ToString(), UserName = "", Password = "" }.Uri);
        if (login is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Basic", login.Basic);
        return request;
    }

    /// <summary>A password is not to be read on its way: another host must be asked by TLS, and one that was reached by TLS too.</summary>
    private Uri CheckedRealm(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? realm) || realm.Host.Length == 0 || realm.Scheme is not ("https" or "http"))
            throw new ImageException($"{place.Host}: names '{ImageException.Printable(text)}' as where tokens are given, which is no address");
        bool isSafe = realm.Scheme == "https" || (registry.Scheme == "http" && realm.Host == registry.Host);
        return isSafe ? realm
            : throw new ImageException($"{place.Host}: wants a token to be fetched from {ImageException.Printable(realm.Authority)} without TLS, where a password could be read");
    }

    private bool IsOwnHost(Uri realm) => realm.Host == registry.Host;
}
