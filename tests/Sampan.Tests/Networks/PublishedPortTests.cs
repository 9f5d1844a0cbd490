using Sampan.Networks;

namespace Sampan.Tests.Networks;

public sealed class PublishedPortTests
{
    [Theory]
    [InlineData("80", "*:0>80/tcp")]
    [InlineData("8080:80", "*:8080>80/tcp")]
    [InlineData("8080:80/UDP", "*:8080>80/udp")]
    [InlineData("127.0.0.1:8080:80", "127.0.0.1:8080>80/tcp")]
    [InlineData("127.0.0.1::80", "127.0.0.1:0>80/tcp")]
    [InlineData("[::1]:8080:80/sctp", "::1:8080>80/sctp")]
    [InlineData("[::]::80", ":::0>80/tcp")]
    [InlineData("8000-8001:80-81", "*:8000>80/tcp *:8001>81/tcp")]
    [InlineData("80-81", "*:0>80/tcp *:0>81/tcp")]
    public void The_syntax_of_docker_is_understood(string text, string expected)
    {
        IEnumerable<string> ports = PublishedPort.Parse(text).Select(p => $"{p.HostAddress?.ToString() ?? "*"}:{p.HostPort}>{p.ContainerPort}/{p.Protocol}");

        Assert.Equal(expected, string.Join(' ', ports));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0:80")]
    [InlineData("65536:80")]
    [InlineData("80:")]
    [InlineData("80/icmp")]
    [InlineData("127.0.0.1:80")]
    [InlineData("[::1]:80")]
    [InlineData("::1:8080:80")]
    [InlineData("8000-8002:80-81")]
    [InlineData("81-80")]
    [InlineData("-80:80")]
    [InlineData("eth0:80:80")]
    public void Anything_else_is_refused_with_what_was_given(string text)
    {
        FormatException error = Assert.Throws<FormatException>(() => PublishedPort.Parse(text));

        Assert.StartsWith($"invalid port '{text}': ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("80:1", "80:2", true)]
    [InlineData("80:1", "127.0.0.1:80:2", true)]
    [InlineData("80:1", "[::1]:80:2", true)]
    [InlineData("0.0.0.0:80:1", "[::1]:80:2", false)]
    [InlineData("127.0.0.1:80:1", "127.0.0.2:80:2", false)]
    [InlineData("80:1", "80:2/udp", false)]
    [InlineData("80:1", "81:1", false)]
    public void Ports_collide_where_one_packet_would_match_both(string one, string other, bool collides)
    {
        Assert.Equal(collides, PublishedPort.Parse(one)[0].Collides(PublishedPort.Parse(other)[0]));
        Assert.Equal(collides, PublishedPort.Parse(other)[0].Collides(PublishedPort.Parse(one)[0]));
    }
}
