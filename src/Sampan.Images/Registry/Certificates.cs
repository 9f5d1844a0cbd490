using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Sampan.Images.Registry;

/// <summary>The certificates of one registry, as docker keeps them: <c>*.crt</c> are authorities to trust besides the system's,
/// <c>NAME.cert</c> with <c>NAME.key</c> is what we show of ourselves.</summary>
internal static class Certificates
{
    private static readonly string[] Folders = ["/etc/docker/certs.d", "/etc/containers/certs.d"];

    public static bool AreThere(string host, RegistryOptions options) => FolderOf(host, options) is { } folder && Directory.EnumerateFiles(folder, "*.crt").Any();

    public static SslClientAuthenticationOptions ForHost(RegistryPlace place, RegistryOptions options)
    {
        SslClientAuthenticationOptions tls = new();
        if (FolderOf(place.Host, options) is { } folder)
        {
            X509Certificate2Collection authorities = [];
            foreach (string file in Directory.EnumerateFiles(folder, "*.crt")) Try(file, () => authorities.ImportFromPemFile(file));
            X509Certificate2Collection own = [];
            foreach (string file in Directory.EnumerateFiles(folder, "*.cert"))
            {
                string key = Path.ChangeExtension(file, ".key");
                if (!File.Exists(key)) throw new ImageException($"{file}: no {Path.GetFileName(key)} beside it");
                Try(file, () => own.Add(X509Certificate2.CreateFromPemFile(file, key)));
            }
            if (own.Count > 0) tls.ClientCertificates = own;
            if (authorities.Count > 0) tls.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => IsTrusted(certificate, chain, errors, authorities);
        }
#pragma warning disable CA5359 // asked for by name, or loopback
        if (place.IsInsecure) tls.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        return tls;
    }

    private static bool IsTrusted(X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors, X509Certificate2Collection authorities)
    {
        if (errors == SslPolicyErrors.None) return true;
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is null) return false;
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        if (sent is not null) foreach (X509ChainElement element in sent.ChainElements) chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        chain.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid("1.3.6.1.5.5.7.3.1")); // to be a server
        using X509Certificate2 server = new(certificate);
        return chain.Build(server);
    }

    private static string? FolderOf(string host, RegistryOptions options)
    {
        if (options.CertificateDirectory is { } given) return Directory.Exists(given) ? given
            : throw new ImageException($"--cert-dir {given}: no such directory");
        foreach (string folder in Folders)
            if (Directory.Exists(Path.Join(folder, host))) return Path.Join(folder, host);
        return null;
    }

    private static void Try(string file, Action read)
    {
        try
        {
            read();
        }
        catch (Exception e) when (e is System.Security.Cryptography.CryptographicException or ArgumentException)
        {
            throw new ImageException($"{file}: not a certificate in PEM form with its key: {ImageException.Printable(e.Message)}", e);
        }
    }
}
