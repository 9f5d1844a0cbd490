using Sampan.Linux.Namespaces;

namespace Sampan.Tests.Linux.Namespaces;

public sealed class IdMapTests
{
    [Fact]
    public void Maps_are_read_and_written()
        => Assert.Equal("0 100000 65536\n", IdMap.Format([IdMap.Parse("0:100000:65536")]));

    [Theory]
    [InlineData("0:1")]
    [InlineData("0:1:0")]
    [InlineData("-1:1:1")]
    [InlineData("0:4294967295:2")]
    public void Maps_that_the_kernel_would_refuse_are_errors(string text) => Assert.Throws<FormatException>(() => IdMap.Parse(text));
}
