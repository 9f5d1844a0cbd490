using Sampan.Images.Credentials;

namespace Sampan.Images.Registry;

/// <summary>How registries are to be spoken to.</summary>
public sealed record RegistryOptions
{
    /// <summary>False: certificates are not looked at, and plain HTTP is tried where TLS is not spoken; null: as configured.</summary>
    public bool? TlsVerify { get; init; }

    /// <summary>Holds <c>*.crt</c> and <c>*.cert</c>/<c>*.key</c> of the registry, in place of <c>/etc/docker/certs.d/HOST</c>.</summary>
    public string? CertificateDirectory { get; init; }

    /// <summary><c>os/architecture[/variant]</c>; this machine's when null.</summary>
    public string? Platform { get; init; }

    /// <summary>Where logins are looked up; null for none.</summary>
    public DockerConfig? Logins { get; init; }

    /// <summary>Told of what comes and goes; null for nobody.</summary>
    public ITransferProgress? Progress { get; init; }
}
