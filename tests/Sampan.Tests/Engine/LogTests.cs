using System.Text;
using Sampan.Engine.Logs;

namespace Sampan.Tests.Engine;

public sealed class LogTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void What_was_written_is_read_back_by_stream_and_line()
    {
        using LogWriter writer = new(_path);
        writer.Write(LogStream.Output, "one\ntw"u8);
        writer.Write(LogStream.ErrorOutput, "bad \"\\\u0001ü\n"u8);
        writer.Write(LogStream.Output, "o\n"u8);

        Assert.Equal(["one\n", "tw", "bad \"\\\u0001ü\n", "o\n"], LogReader.Read(_path).Select(e => e.Text));
        Assert.Equal(LogStream.ErrorOutput, LogReader.Read(_path).ElementAt(2).Stream);
    }

    [Fact]
    public void The_format_is_dockers_json_file()
    {
        using LogWriter writer = new(_path);
        writer.Write(LogStream.Output, "x\n"u8);

        Assert.Matches("""^\{"log":"x\\n","stream":"stdout","time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z"\}\n$""", File.ReadAllText(_path));
    }

    [Fact]
    public void Tail_gives_the_last_lines_only()
    {
        using LogWriter writer = new(_path);
        for (int i = 0; i < 5000; i++) writer.Write(LogStream.Output, Encoding.UTF8.GetBytes($"line {i}\n"));

        Assert.Equal(["line 4998\n", "line 4999\n"], LogReader.Read(_path, tail: 2).Select(e => e.Text));
        Assert.Empty(LogReader.Read(_path, tail: 0));
        Assert.Equal(5000, LogReader.Read(_path, tail: 9999).Count());
    }

    [Fact]
    public void Bytes_that_are_no_text_become_replacement_characters()
    {
        using LogWriter writer = new(_path);
        writer.Write(LogStream.Output, [0x61, 0xff, 0x0a]);

        Assert.Equal("a\ufffd\n", Assert.Single(LogReader.Read(_path)).Text);
    }
}
