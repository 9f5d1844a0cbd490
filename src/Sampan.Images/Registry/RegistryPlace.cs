using System.Net;
using Sampan.Images.References;

namespace Sampan.Images.Registry;

/// <summary>A repository at a registry, and how much that registry is trusted.</summary>
/// <param name="Host">With its port; what logins and certificates go by.</param>
/// <param name="IsInsecure">Certificates are not looked at, and plain HTTP is tried where TLS is not spoken.</param>
internal sealed record RegistryPlace(string Host, string Path, bool IsInsecure)
{
    private const string DockerHubHost = "registry-1.docker.io";

    /// <summary>Where its API is.</summary>
    public string ApiHost => Host == Reference.DefaultDomain ? DockerHubHost : Host;

    public string Repository => $"{Host}/{Path}";

    /// <summary>Where to pull an image from: the mirrors in their order, then the registry itself.</summary>
    /// <exception cref="ImageException">The configuration blocks it.</exception>
    public static IReadOnlyList<RegistryPlace> ToPull(Reference reference, RegistryOptions options, IReadOnlyList<RegistryRule> rules)
    {
        List<RegistryPlace> places = [];
        if (RegistriesConf.Match(rules, reference.Repository) is { } rule)
        {
            foreach (RegistryMirror mirror in rule.Mirrors)
                places.Add(Of(rule.Rewrite(reference.Repository, mirror.Location), mirror.IsInsecure, options));
        }
        places.Add(Itself(reference.Repository, options, rules));
        return places;
    }

    /// <summary>The registry itself, never a mirror.</summary>
    public static RegistryPlace Itself(string repository, RegistryOptions options, IReadOnlyList<RegistryRule> rules)
    {
        RegistryRule? rule = RegistriesConf.Match(rules, repository);
        if (rule is { IsBlocked: true }) throw new ImageException($"{repository}: the registry is blocked by registries.conf ({rule.Prefix})");
        return Of(rule?.Rewrite(repository, rule.Location) ?? repository, rule is { IsInsecure: true }, options);
    }

    private static RegistryPlace Of(string repository, bool isInsecure, RegistryOptions options)
    {
        int slash = repository.IndexOf('/');
        if (slash <= 0) throw new ImageException($"registries.conf: '{ImageException.Printable(repository)}' is not a registry with a repository");
        string host = repository[..slash];
        return new RegistryPlace(host, repository[(slash + 1)..], IsTrustedAsIs(host, isInsecure, options));
    }

    /// <summary>A registry at large, for logging in.</summary>
    public static RegistryPlace OfHost(string host, RegistryOptions options, IReadOnlyList<RegistryRule> rules)
    {
        RegistryRule? rule = RegistriesConf.Match(rules, host);
        if (rule is { IsBlocked: true }) throw new ImageException($"{host}: the registry is blocked by registries.conf ({rule.Prefix})");
        return new RegistryPlace(host, "", IsTrustedAsIs(host, rule is { IsInsecure: true }, options));
    }

    /// <summary>As docker, loopback addresses are: nobody is between, and test registries are there. Not where certificates are given for it.</summary>
    private static bool IsTrustedAsIs(string host, bool isInsecure, RegistryOptions options) =>
        options.TlsVerify is { } verify ? !verify : isInsecure || (IsLoopback(host) && !Certificates.AreThere(host, options));

    private static bool IsLoopback(string host)
    {
        string name = Uri.TryCreate($"https://{host}/", UriKind.Absolute, out Uri? uri) ? uri.IdnHost : host;
        return name == "localhost" || (IPAddress.TryParse(name, out IPAddress? address) && IPAddress.IsLoopback(address));
    }
}
