using System.Net;
using System.Text.Json;
using Sampan.Cli;
using Sampan.Cli.Commands;
using Sampan.CommandLine;
using Sampan.Engine.Containers;
using Sampan.Engine.State;
using Sampan.Networks;

namespace Sampan.Tests.Cli;

public class SampanProgramTests
{
    [Theory]
    [InlineData(125, "run")]
    [InlineData(1, "ps", "--nope")]
    [InlineData(1, "ps", "--format", "xml")]
    public void A_failure_is_one_line_on_stderr_and_an_exit_code(int code, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.Equal(code, SampanProgram.Run(arguments, output, error, 80));
        Assert.Empty(output.ToString());
        Assert.StartsWith("sampan: ", error.ToString());
        Assert.Equal(1, error.ToString().Count(c => c == '\n'));
    }

    [Fact]
    public void Every_entry_builds_the_command_of_its_name()
    {
        foreach (CommandEntry entry in SampanProgram.Declare(TextWriter.Null, TextWriter.Null).Entries)
        {
            Assert.Equal(entry.Name, entry.Build().Name);
            Assert.Equal(entry.Summary, entry.Build().Summary);
        }
    }

    [Fact]
    public void Ps_shows_running_containers_and_with_all_the_others()
    {
        Assert.Equal(2, List().Split('\n').Length - 1);
        string all = List("-a");
        Assert.Contains("Up 3 minutes", all);
        Assert.Contains("0.0.0.0:32768->80/tcp, [::]:32768->80/tcp", all);
        Assert.Contains("Exited (3) 2 hours ago", all);
        Assert.Contains("\"echo \\x1b[31m", all);
        Assert.Equal("111111111111\n", List("-q"));
        Assert.Contains("\"State\":\"running\"", List("--format=json"));
    }

    [Fact]
    public void Inspect_prints_an_array_with_dockers_members()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using var output = new StringWriter();
        InspectCommand.Write([new(Record('1', "web", now), ContainerStatus.Running, new RunState(41, 2, now, null, Attachment), null)], output);
        using JsonDocument json = JsonDocument.Parse(output.ToString());
        JsonElement first = json.RootElement[0];
        Assert.Equal(41, first.GetProperty("State").GetProperty("Pid").GetInt32());
        Assert.Equal("100.100.1.2", first.GetProperty("NetworkSettings").GetProperty("IPAddress").GetString());
        JsonElement port = first.GetProperty("NetworkSettings").GetProperty("Ports").GetProperty("80/tcp")[1];
        Assert.Equal("::", port.GetProperty("HostIp").GetString());
        Assert.Equal("32768", port.GetProperty("HostPort").GetString()); // the one that was chosen
        Assert.DoesNotContain('\u001b', output.ToString());
    }

    private static string List(params string[] flags)
    {
        DateTimeOffset now = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);
        ContainerSummary[] containers =
        [
            new(Record('1', "web", now), ContainerStatus.Running, new RunState(1, 2, now.AddMinutes(-3), null, Attachment), null),
            new(Record('2', "job", now), ContainerStatus.Exited, null, new ExitRecord(3, now.AddHours(-2))),
        ];
        using var output = new StringWriter();
        Command declared = ListCommand.Declare(TextWriter.Null, TextWriter.Null);
        var command = new Command("ps", "")
        {
            Flags = declared.Flags,
            Handler = parsed =>
            {
                ListCommand.Write(containers, parsed, output, now);
                return 0;
            },
        };
        new CommandSet("sampan", "", [new CommandEntry("ps", "", "", () => command)]).Run(["ps", .. flags], TextWriter.Null);
        return output.ToString();
    }

    private static NetworkAttachment Attachment => new("1", "sampan0", "veth1", IPAddress.Parse("100.100.1.2"), 24, IPAddress.Parse("100.100.1.1"),
        null, 0, null, "02:53:64:64:01:02", [new PublishedPort(null, 32768, 80, "tcp")]);

    private static ContainerRecord Record(char digit, string name, DateTimeOffset now) => new()
    {
        Id = new string(digit, 64),
        Name = name,
        Created = now.AddHours(-3),
        Arguments = ["echo", "\u001b[31m"],
        Options = new ContainerOptions { Image = "busybox.tar" },
    };
}
