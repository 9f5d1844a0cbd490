using Sampan.Cli.Arguments;
using Sampan.CommandLine;

namespace Sampan.Tests.Cli;

public sealed class TimeFlagTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("10m", "2026-01-31T11:50:00Z")]
    [InlineData("1h30m", "2026-01-31T10:30:00Z")]
    [InlineData("1.5s", "2026-01-31T11:59:58.5Z")]
    [InlineData("500ms", "2026-01-31T11:59:59.5Z")]
    [InlineData("2026-01-30T00:00:00Z", "2026-01-30T00:00:00Z")]
    [InlineData("1769860800", "2026-01-31T12:00:00Z")]
    public void A_time_is_a_date_a_number_of_seconds_or_how_long_ago(string text, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), TimeFlag.Parse("since", text, s_now));

    [Theory]
    [InlineData("soon")]
    [InlineData("10x")]
    [InlineData("m")]
    public void What_is_no_time_is_refused(string text) => Assert.Throws<UsageException>(() => TimeFlag.Parse("since", text, s_now));
}
