using System.Net;
using Sampan.Images.Credentials;

namespace Sampan.Images.Registry;

/// <summary>Whether a registry takes a login.</summary>
public static class RegistryLogin
{
    /// <exception cref="ImageException">It does not, or can not be asked.</exception>
    public static void Check(string host, Login login, RegistryOptions options)
    {
        RegistryPlace place = RegistryPlace.OfHost(host, options, RegistriesConf.FromEnvironment());
        using RegistryConnection registry = RegistryConnection.Open(place, options, login);
        registry.Expect(() => new HttpRequestMessage(HttpMethod.Get, new Uri("/v2/", UriKind.Relative)), "", $"login to {host}", HttpStatusCode.OK).Dispose();
    }
}
