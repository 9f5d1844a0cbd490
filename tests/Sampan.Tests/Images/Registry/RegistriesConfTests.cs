using Sampan.Images;
using Sampan.Images.References;
using Sampan.Images.Registry;

namespace Sampan.Tests.Images.Registry;

public sealed class RegistriesConfTests
{
    private const string Sample = """
        # comment
        unqualified-search-registries = ["a", 'b']
        short-name-mode = "enforcing"
        [aliases]
        "x" = "docker.io/library/x"
        [[registry]]
        location = "docker.io"   # the hub
        [[registry.mirror]]
        location = "mirror.example:5000/hub"
        insecure = true
        [[registry.mirror]]
        location = 'second.example'
        [[registry]]
        prefix = "docker.io/team"
        location = "inner.example/t"
        insecure = true
        [[registry]]
        prefix = "*.evil.example"
        blocked = true
        """;

    private static readonly List<RegistryRule> Rules = RegistriesConf.Parse("conf", Sample.Split('\n'));

    [Fact]
    public void Mirrors_come_first_and_the_registry_last()
    {
        Assert.Equal(
            [new("mirror.example:5000", "hub/library/busybox", true), new("second.example", "library/busybox", false), new("docker.io", "library/busybox", false)],
            RegistryPlace.ToPull(Reference.Parse("busybox"), new RegistryOptions(), Rules));
        Assert.Equal(new RegistryPlace("docker.io", "library/busybox", false), RegistryPlace.Itself("docker.io/library/busybox", new RegistryOptions(), Rules));
    }

    [Fact]
    public void The_longest_prefix_counts_and_only_at_the_end_of_a_part()
    {
        Assert.Equal([new("inner.example", "t/app", true)], RegistryPlace.ToPull(Reference.Parse("team/app"), new RegistryOptions(), Rules));
        Assert.Equal(3, RegistryPlace.ToPull(Reference.Parse("teams/app"), new RegistryOptions(), Rules).Count);
    }

    [Fact]
    public void A_blocked_registry_is_refused() =>
        Assert.Contains("blocked", Assert.Throws<ImageException>(() => RegistryPlace.ToPull(Reference.Parse("r.evil.example/a"), new RegistryOptions(), Rules)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("[[registry]]\nlocation = docker.io", "conf:2: location: expected a text in quotes")]
    [InlineData("[[registry]]\nblocked = \"yes\"", "conf:2: blocked: expected true or false")]
    [InlineData("[[registry.mirror]]", "conf:1: a mirror of no registry")]
    public void A_wrong_value_is_named_by_line(string text, string message) =>
        Assert.Equal(message, Assert.Throws<ImageException>(() => RegistriesConf.Parse("conf", text.Split('\n'))).Message);

    [Theory]
    [InlineData("localhost:5000", true)]
    [InlineData("127.0.0.1:5000", true)]
    [InlineData("127.8.8.8", true)]
    [InlineData("[::1]:5000", true)]
    [InlineData("localhost.example.com", false)]
    [InlineData("192.0.2.1:5000", false)]
    [InlineData("docker.io", false)]
    public void Only_loopback_is_trusted_as_it_is(string host, bool isInsecure)
    {
        Assert.Equal(isInsecure, RegistryPlace.OfHost(host, new RegistryOptions(), []).IsInsecure);
        Assert.False(RegistryPlace.OfHost(host, new RegistryOptions { TlsVerify = true }, []).IsInsecure);
        Assert.True(RegistryPlace.OfHost(host, new RegistryOptions { TlsVerify = false }, []).IsInsecure);
    }
}
