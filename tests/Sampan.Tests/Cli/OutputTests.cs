using Sampan.Cli.Output;

namespace Sampan.Tests.Cli;

public class OutputTests
{
    [Fact]
    public void Columns_align_and_rows_stay_on_one_line()
    {
        var table = new Table("NAME", "COMMAND");
        table.Add("a-long-name", "echo\nhi");
        using var output = new StringWriter();
        table.Write(output);
        Assert.Equal("NAME          COMMAND\na-long-name   echo\\x0ahi\n", output.ToString());
    }

    [Theory]
    [InlineData("plain é", "plain é")]
    [InlineData("\u001b]0;title\u0007", "\\x1b]0;title\\x07")]
    [InlineData("a\u202eb\u009b", "a\\u202eb\\x9b")]
    public void Terminal_escapes_are_shown_not_sent(string text, string shown) => Assert.Equal(shown, PlainText.Of(text));

    [Theory]
    [InlineData(0.5, "Less than a second")]
    [InlineData(45, "45 seconds")]
    [InlineData(90, "About a minute")]
    [InlineData(180, "3 minutes")]
    [InlineData(7200, "2 hours")]
    [InlineData(86400 * 3, "3 days")]
    [InlineData(86400 * 21, "3 weeks")]
    [InlineData(86400 * 800, "2 years")]
    public void Durations_read_as_dockers(double seconds, string text) => Assert.Equal(text, HumanTime.Of(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0, "0B")]
    [InlineData(999, "999B")]
    [InlineData(1000, "1kB")]
    [InlineData(4267000, "4.27MB")]
    [InlineData(42670000, "42.7MB")]
    [InlineData(999_999_999, "1GB")]
    public void Sizes_have_three_digits(long bytes, string text) => Assert.Equal(text, HumanSize.Of(bytes));
}
