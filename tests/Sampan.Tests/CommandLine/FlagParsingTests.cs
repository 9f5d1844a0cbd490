using Sampan.CommandLine;

namespace Sampan.Tests.CommandLine;

public class FlagParsingTests
{
    [Fact]
    public void A_value_may_follow_an_equals_sign_or_be_the_next_argument()
    {
        Assert.Equal("web", Parse("--name=web").Text("name"));
        Assert.Equal("web", Parse("--name", "web").Text("name"));
        Assert.Equal("", Parse("--name=").Text("name"));
        Assert.Equal("a=b", Parse("--name=a=b").Text("name"));
        Assert.Equal("--rm", Parse("--name", "--rm").Text("name"));
    }

    [Fact]
    public void A_switch_never_takes_the_next_argument()
    {
        ParsedArguments parsed = Parse("--rm", "true");
        Assert.True(parsed.Switch("rm"));
        Assert.Equal(["true"], parsed.Positionals);
        Assert.False(Parse("--rm=false").Switch("rm"));
        Assert.False(Parse("-i=0").Switch("interactive"));
        Assert.True(Parse("--rm=false", "--rm").Switch("rm"));
    }

    [Fact]
    public void Letters_may_be_bundled_and_the_last_may_carry_a_value()
    {
        ParsedArguments parsed = Parse("-it", "-eA=1", "-e", "B=2", "-e=C=3", "-m512m", "-iteD=4");
        Assert.True(parsed.Switch("interactive"));
        Assert.True(parsed.Switch("tty"));
        Assert.Equal(["A=1", "B=2", "C=3", "D=4"], parsed.List("env"));
        Assert.Equal("512m", parsed.Text("memory"));
    }

    [Fact]
    public void Everything_behind_the_first_positional_belongs_to_the_command()
    {
        ParsedArguments parsed = Parse("--rm", "busybox", "ls", "--rm=no", "-la", "--", "x");
        Assert.Equal(["busybox", "ls", "--rm=no", "-la", "--", "x"], parsed.Positionals);
    }

    [Fact]
    public void Flags_may_follow_positionals_where_the_command_allows()
    {
        ParsedArguments parsed = ParseWith(stops: false, "web", "--rm", "db", "--", "-x");
        Assert.True(parsed.Switch("rm"));
        Assert.Equal(["web", "db", "-x"], parsed.Positionals);
    }

    [Fact]
    public void A_lone_dash_is_positional() => Assert.Equal(["-"], Parse("-").Positionals);

    [Fact]
    public void An_alias_sets_the_same_flag_and_a_default_holds_until_then()
    {
        Assert.Equal("bridge", Parse().Text("network"));
        Assert.False(Parse().Has("network"));
        Assert.Equal("none", Parse("--net", "none").Text("network"));
    }

    [Theory]
    [InlineData("unknown flag --nam; did you mean --name?", "--nam", "x")]
    [InlineData("unknown flag --zzzzzz", "--zzzzzz")]
    [InlineData("unknown flag -x in -ix", "-ix")]
    [InlineData("flag --memory: needs a value", "--memory")]
    [InlineData("flag -m: needs a value", "-m")]
    [InlineData("flag --rm: neither true nor false: maybe", "--rm=maybe")]
    [InlineData("flag --pids-limit: not a whole number: 1.5", "--pids-limit=1.5")]
    public void Mistakes_get_one_clear_line(string message, params string[] arguments) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => Parse(arguments)).Message);

    [Fact]
    public void Integers_may_be_negative() => Assert.Equal(-1, Parse("--pids-limit", "-1").Integer("pids-limit"));

    [Fact]
    public void Asking_for_an_undeclared_flag_is_a_programming_error() => Assert.Throws<ArgumentException>(() => Parse().Text("nope"));

    private static ParsedArguments Parse(params string[] arguments) => ParseWith(stops: true, arguments);

    private static ParsedArguments ParseWith(bool stops, params string[] arguments)
    {
        ParsedArguments? seen = null;
        var command = new Command("run", "run it")
        {
            StopsAtPositional = stops,
            Flags =
            [
                Flag.Switch("rm", "remove"), Flag.Switch("interactive", "stdin", 'i'), Flag.Switch("tty", "terminal", 't'),
                Flag.List("env", "NAME=VALUE", "environment", 'e'), Flag.Text("name", "NAME", "name"),
                Flag.Text("memory", "SIZE", "memory", 'm'), Flag.Integer("pids-limit", "N", "processes"),
                Flag.Text("network", "MODE", "network") with { Alias = "net", Default = "bridge" },
            ],
            Handler = parsed =>
            {
                seen = parsed;
                return 0;
            },
        };
        new CommandSet("sampan", "", [new CommandEntry("run", "containers", "run it", () => command)]).Run(["run", .. arguments], TextWriter.Null);
        return seen!;
    }
}
