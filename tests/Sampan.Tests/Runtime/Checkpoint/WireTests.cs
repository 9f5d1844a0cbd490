using Sampan.Runtime.Checkpoint;

namespace Sampan.Tests.Runtime.Checkpoint;

public static class WireTests
{
    [Fact]
    public static void Numbers_and_texts_are_written_as_protocol_buffers_has_them() =>
        // the first three are the examples of the format's documentation: a: 150, b: "testing", c { a: 150 }
        Assert.Equal("08960112077465737469" + "6e671a0308960128ffffffffffffffffff01", Convert.ToHexStringLower(new WireWriter()
            .Number(1, 150).Text(2, "testing").Message(3, new WireWriter().Number(1, 150)).Number(5, -1).ToArray()));

    [Fact]
    public static void What_was_written_is_read()
    {
        WireReader read = new(new WireWriter().Number(1, 5).Flag(2, true).Number(300, -7).Text(4, "a/ö").Message(5, new WireWriter().Text(1, "in")).ToArray());
        Assert.Equal(5, read.Number(1));
        Assert.True(read.Flag(2));
        Assert.Equal(-7, read.Number(300));
        Assert.Equal("a/ö", read.Text(4));
        Assert.Equal("in", read.Message(5)!.Text(1));
        Assert.Null(read.Number(6));
        Assert.False(read.Flag(6));
        Assert.Null(read.Text(6));
    }

    [Fact]
    public static void Fields_of_unknown_kinds_are_passed_over()
    {
        WireReader read = new(Convert.FromHexString("09" + "0102030405060708" + "15" + "01020304" + "1805"));
        Assert.Equal(5, read.Number(3));
    }

    [Theory]
    [InlineData("08")]
    [InlineData("0896")]
    [InlineData("120574")]
    [InlineData("12ffffffffffffffffff01")]
    [InlineData("0901")]
    [InlineData("0b")]
    [InlineData("08ffffffffffffffffffffff")]
    public static void A_message_that_is_cut_off_is_refused(string hex) => Assert.Throws<FormatException>(() => new WireReader(Convert.FromHexString(hex)));

    [Fact]
    public static void The_first_error_of_a_log_is_the_reason() => Assert.Equal("Can't lookup mount=24 for fd=0 path=/dev/null", CriuLog.Reason("""
        (00.057626) Error (criu/util.c:1533): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted
        (00.072300) Dumping opened files (pid: 17)
        (00.072342) Error (criu/files-reg.c:1790): Can't lookup mount=24 for fd=0 path=/dev/null
        (00.155897) Error (criu/cr-dump.c:2111): Dumping FAILED.
        """));

    [Fact]
    public static void A_log_without_an_error_gives_no_reason() => Assert.Null(CriuLog.Reason("(00.1) Warn (criu/a.c:1): odd\n"));

    [Fact]
    public static void Errors_before_there_is_a_log_have_no_time() =>
        Assert.Equal("vdso: Unexpected rt vDSO area bounds", CriuLog.Reason("Error (criu/vdso.c:381): vdso: Unexpected rt vDSO area bounds\n"));
}
