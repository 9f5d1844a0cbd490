using Sampan.Images;
using Sampan.Images.References;

namespace Sampan.Tests.Images;

public sealed class ReferenceTests
{
    private const string Hex = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("busybox", "docker.io/library/busybox:latest", "busybox:latest")]
    [InlineData("busybox:1.36", "docker.io/library/busybox:1.36", "busybox:1.36")]
    [InlineData("library/busybox", "docker.io/library/busybox:latest", "busybox:latest")]
    [InlineData("docker.io/busybox", "docker.io/library/busybox:latest", "busybox:latest")]
    [InlineData("index.docker.io/library/busybox", "docker.io/library/busybox:latest", "busybox:latest")]
    [InlineData("user/app", "docker.io/user/app:latest", "user/app:latest")]
    [InlineData("library/a/b", "docker.io/library/a/b:latest", "library/a/b:latest")]
    [InlineData("localhost/app", "localhost/app:latest", "localhost/app:latest")]
    [InlineData("localhost:5000/x", "localhost:5000/x:latest", "localhost:5000/x:latest")]
    [InlineData("LOCAL/x", "LOCAL/x:latest", "LOCAL/x:latest")]
    [InlineData("quay.io/a/b/c:v1.2-3_4", "quay.io/a/b/c:v1.2-3_4", "quay.io/a/b/c:v1.2-3_4")]
    [InlineData("[::1]:5000/x:t", "[::1]:5000/x:t", "[::1]:5000/x:t")]
    [InlineData("a__b/c-d.e---f:T", "docker.io/a__b/c-d.e---f:T", "a__b/c-d.e---f:T")]
    [InlineData("busybox@sha256:" + Hex, "docker.io/library/busybox@sha256:" + Hex, "busybox@sha256:" + Hex)]
    [InlineData("busybox:1@sha256:" + Hex, "docker.io/library/busybox:1@sha256:" + Hex, "busybox:1@sha256:" + Hex)]
    [InlineData("example.com:443/busybox", "example.com:443/busybox:latest", "example.com:443/busybox:latest")]
    public void A_name_is_completed_as_docker_does(string text, string full, string familiar)
    {
        Reference reference = Reference.Parse(text);
        Assert.Equal(full, reference.ToString());
        Assert.Equal(familiar, reference.Familiar);
        Assert.Equal(reference, Reference.Parse(full));
        Assert.Equal(reference, Reference.Parse(familiar));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Busybox")]
    [InlineData("user/App")]
    [InlineData("a/../b")]
    [InlineData("a//b")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("-a")]
    [InlineData("a..b")]
    [InlineData("a___b")]
    [InlineData("a.-b")]
    [InlineData("a:")]
    [InlineData("a:.b")]
    [InlineData("a:-b")]
    [InlineData("a:b/c")]
    [InlineData("a b")]
    [InlineData("a\nb")]
    [InlineData("ä")]
    [InlineData("a@sha256:12")]
    [InlineData("a@sha512:" + Hex + Hex)]
    [InlineData("a@" + Hex)]
    [InlineData("a@sha256:" + Hex + "@sha256:" + Hex)]
    [InlineData(Hex)]
    [InlineData("localhost:99999/x")]
    [InlineData("localhost:/x")]
    [InlineData("-bad.example/x")]
    [InlineData("a..example/x")]
    [InlineData("[::1/x")]
    [InlineData("[fe80::1%eth0]:5000/x")]
    [InlineData("http://example.com/x")]
    public void What_is_no_name_is_refused_in_one_line(string text)
    {
        ImageException error = Assert.Throws<ImageException>(() => Reference.Parse(text));
        Assert.DoesNotContain(error.Message, char.IsControl);
        Assert.Null(Reference.TryParse(text));
    }

    [Fact]
    public void Lengths_are_limited_as_in_the_specification()
    {
        Assert.Equal(128, Reference.Parse($"a:{new string('t', 128)}").Tag!.Length);
        Assert.Throws<ImageException>(() => Reference.Parse($"a:{new string('t', 129)}"));
        string domain = "example.com/";
        Assert.Equal(255, Reference.Parse(domain + new string('p', 255 - domain.Length)).Repository.Length);
        Assert.Throws<ImageException>(() => Reference.Parse(domain + new string('p', 256 - domain.Length)));
        Assert.Throws<ImageException>(() => Reference.Parse(new string('p', 100_000)));
    }
}
