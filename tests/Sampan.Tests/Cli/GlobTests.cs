using Sampan.Cli.Output;

namespace Sampan.Tests.Cli;

public sealed class GlobTests
{
    [Theory]
    [InlineData("*", "busybox", true)]
    [InlineData("*", "a/b", false)]
    [InlineData("*/*", "a/b", true)]
    [InlineData("b*x", "busybox", true)]
    [InlineData("b*x", "busyboxes", false)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a?c", "a/c", false)]
    [InlineData("*:1.*", "app:1.2", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("***", "abc", true)]
    [InlineData("a*b*c", "aXbYbZc", true)]
    public void A_pattern_matches_as_in_a_shell(string pattern, string text, bool matches) => Assert.Equal(matches, Glob.Matches(pattern, text));
}
