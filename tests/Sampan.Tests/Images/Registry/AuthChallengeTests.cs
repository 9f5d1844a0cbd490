using Sampan.Images.Registry;

namespace Sampan.Tests.Images.Registry;

public sealed class AuthChallengeTests
{
    [Fact]
    public void A_bearer_challenge_is_read_with_its_parameters()
    {
        AuthChallenge challenge = Assert.Single(AuthChallenge.Parse(
            ["Bearer realm=\"https://auth.example.com/token\",service=\"registry.example.com\", scope=\"repository:a/b:pull,push\" , error=invalid_token"]));
        Assert.Equal("bearer", challenge.Scheme);
        Assert.Equal("https://auth.example.com/token", challenge["realm"]);
        Assert.Equal("registry.example.com", challenge["service"]);
        Assert.Equal("repository:a/b:pull,push", challenge["scope"]);
        Assert.Equal("invalid_token", challenge["ERROR"]);
        Assert.Equal("", challenge["none"]);
    }

    [Fact]
    public void Several_challenges_stand_on_one_line_or_on_several()
    {
        Assert.Equal(["negotiate", "basic", "bearer"],
            AuthChallenge.Parse(["Negotiate, Basic realm=\"a, b=c\"", "BEARER realm=x"]).Select(c => c.Scheme));
        Assert.Equal("a, b=c", AuthChallenge.Parse(["Basic realm=\"a, b=c\""])[0]["realm"]);
        Assert.Equal("q\"uo\\te", AuthChallenge.Parse([@"Basic realm=""q\""uo\\te"""])[0]["realm"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",,,")]
    [InlineData("=")]
    [InlineData("\"")]
    [InlineData("Bearer")]
    [InlineData("Bearer realm")]
    [InlineData("Bearer realm=")]
    [InlineData("Bearer realm=\"")]
    [InlineData("Bearer realm=\"x\\")]
    [InlineData("Bearer =x,=y")]
    [InlineData("\u0001\u0002")]
    public void What_is_malformed_neither_fails_nor_gives_a_realm(string header) =>
        Assert.All(AuthChallenge.Parse([header]), challenge => Assert.True(challenge["realm"].Length <= 2));

    [Fact]
    public void An_endless_header_is_passed_over() =>
        Assert.Empty(AuthChallenge.Parse([$"Bearer realm=\"{new string('a', 100_000)}\""]));
}
