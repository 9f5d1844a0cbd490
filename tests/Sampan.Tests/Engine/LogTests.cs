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

    [Fact]
    public void A_limited_log_keeps_its_last_files_and_reads_as_one()
    {
        string folder = Directory.CreateTempSubdirectory("sampan-log-").FullName;
        try
        {
            string path = Path.Combine(folder, "log.json");
            using LogWriter writer = new(path, new LogLimits(1000, Files: 3));
            for (int i = 0; i < 100; i++) writer.Write(LogStream.Output, Encoding.ASCII.GetBytes($"line {i}\n"));

            Assert.Equal(3, Directory.GetFiles(folder).Length);
            Assert.All(Directory.GetFiles(folder), file => Assert.InRange(new FileInfo(file).Length, 1, 1000));
            int[] kept = [.. LogReader.Read(path).Select(e => int.Parse(e.Text[5..^1], System.Globalization.CultureInfo.InvariantCulture))];
            Assert.Equal(99, kept[^1]);
            Assert.Equal(Enumerable.Range(kept[0], kept.Length), kept);
            Assert.InRange(kept.Length, 25, 60);
            Assert.Equal(Enumerable.Range(80, 20), LogReader.Read(path, tail: 20).Select(e => int.Parse(e.Text[5..^1], System.Globalization.CultureInfo.InvariantCulture)));
            Assert.Empty(LogReader.Read(path, tail: 0));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Following_goes_on_into_files_that_are_begun_meanwhile()
    {
        string folder = Directory.CreateTempSubdirectory("sampan-log-").FullName;
        try
        {
            string path = Path.Combine(folder, "log.json");
            using LogWriter writer = new(path, new LogLimits(1000, Files: 10));
            int written = 0;
            List<string> seen = [];
            // each time that the reader is at the end, some more are written, over the border of a file or two
            bool Follow()
            {
                for (int i = 0; written < 100 && i < 12; i++) writer.Write(LogStream.Output, Encoding.ASCII.GetBytes($"line {written++}\n"));
                return written < 100;
            }

            foreach (LogEntry entry in LogReader.Read(path, follow: Follow)) seen.Add(entry.Text);

            Assert.Equal(Enumerable.Range(0, 100).Select(i => $"line {i}\n"), seen);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
