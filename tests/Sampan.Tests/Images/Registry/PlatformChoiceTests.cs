using System.Text;
using Sampan.Images;
using Sampan.Images.Content;
using Sampan.Images.Layout;

namespace Sampan.Tests.Images.Registry;

public sealed class PlatformChoiceTests
{
    [Theory]
    [InlineData("linux/amd64", "linux/amd64", 0)]
    [InlineData("linux/amd64", "linux/amd64/v3", int.MaxValue)]
    [InlineData("linux/amd64/v3", "linux/amd64", 1)]
    [InlineData("linux/arm64", "linux/arm64/v8", 0)]
    [InlineData("linux/arm/v7", "linux/arm/v6", 1)]
    [InlineData("linux/arm/v6", "linux/arm/v7", int.MaxValue)]
    [InlineData("linux/arm", "linux/arm/v5", 2)]
    [InlineData("linux/arm", "linux/arm64", int.MaxValue)]
    [InlineData("linux/amd64", "windows/amd64", int.MaxValue)]
    public void Older_variants_run_on_newer_processors(string wanted, string offered, int rank) =>
        Assert.Equal(rank, PlatformChoice.Rank(Platform.Parse(wanted), Platform.Parse(offered)));

    [Theory]
    [InlineData("linux/amd64", 'a')]
    [InlineData("linux/arm/v7", 'c')]
    [InlineData("linux/arm/v8", 'c')]
    [InlineData("linux/arm/v6", 'b')]
    public void The_nearest_of_an_index_is_taken(string wanted, char digit) =>
        Assert.Equal(new string(digit, 64), PlatformChoice.Choose(Index(), Platform.Parse(wanted)).Hex);

    [Fact]
    public void What_there_is_is_listed_where_none_fits() =>
        Assert.Equal("no image for linux/s390x; there is: linux/arm/v6, linux/amd64, linux/arm/v7",
            Assert.Throws<ImageException>(() => PlatformChoice.Choose(Index(), Platform.Parse("linux/s390x"))).Message);

    [Fact]
    public void A_document_that_is_both_index_and_manifest_is_refused()
    {
        byte[] both = """{"manifests":[],"layers":[],"config":{}}"""u8.ToArray();
        Assert.Throws<ImageException>(() => PlatformChoice.Choose(both, Platform.Parse(null)));
        Assert.Throws<ImageException>(() => ImageManifest.Read(both, ImageManifest.OciType));
    }

    private static byte[] Index() => Encoding.UTF8.GetBytes($$$"""
        {"schemaVersion":2,"manifests":[{{{Entry('0', "unknown", "unknown", "")}}},{{{Entry('b', "linux", "arm", "v6")}}},
        {{{Entry('a', "linux", "amd64", "")}}},{{{Entry('c', "linux", "arm", "v7")}}}]}
        """);

    private static string Entry(char digit, string os, string architecture, string variant) =>
        $$$"""{"mediaType":"{{{ImageManifest.OciType}}}","digest":"sha256:{{{new string(digit, 64)}}}","size":7,"platform":{"os":"{{{os}}}","architecture":"{{{architecture}}}","variant":"{{{variant}}}"}}""";
}
