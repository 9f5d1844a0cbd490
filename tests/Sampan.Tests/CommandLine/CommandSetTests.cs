using System.Diagnostics;
using Sampan.CommandLine;

namespace Sampan.Tests.CommandLine;

public class CommandSetTests
{
    private readonly List<string> _built = [];
    private ParsedArguments? _seen;

    [Fact]
    public void Flags_before_the_verb_are_the_programs()
    {
        Assert.Equal(7, Program().Run(["--log=x", "--root", "/r", "create", "-b", "bundle", "id"], TextWriter.Null));
        Assert.Equal("x", _seen!.Global.Text("log"));
        Assert.Equal("/r", _seen.Global.Text("root"));
        Assert.Equal("bundle", _seen.Text("bundle"));
        Assert.Equal(["id"], _seen.Positionals);
    }

    [Fact]
    public void Only_the_command_asked_for_is_built()
    {
        Program().Run(["create", "id"], TextWriter.Null);
        Assert.Equal(["create"], _built);
    }

    [Theory]
    [InlineData("unknown command creat; did you mean create?", "creat")]
    [InlineData("unknown command zzzzzzz; see sampan-oci --help", "zzzzzzz")]
    [InlineData("create: too few arguments; usage: sampan-oci create [flags] ID", "create")]
    [InlineData("create: unexpected argument b; usage: sampan-oci create [flags] ID", "create", "a", "b")]
    public void Mistakes_get_one_clear_line(string message, params string[] arguments) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => Program().Run(arguments, TextWriter.Null)).Message);

    [Fact]
    public void Help_lists_groups_and_hides_hidden_verbs()
    {
        string help = Help("--help");
        Assert.StartsWith("usage: sampan-oci [flags] COMMAND", help);
        Assert.Contains("containers:\n  create  ", help);
        Assert.DoesNotContain("monitor", help);
        Assert.Equal(help, Help());
        Assert.Equal(help, Help("help"));
        Assert.Empty(_built);
    }

    [Theory]
    [InlineData("create", "--help")]
    [InlineData("create", "-h")]
    [InlineData("help", "create")]
    public void Help_of_a_verb_shows_usage_flags_defaults_and_examples(params string[] arguments)
    {
        string help = Help(arguments);
        Assert.StartsWith("usage: sampan-oci create [flags] ID\n", help);
        Assert.Contains("  -b, --bundle DIR  ", help);
        Assert.Contains("(default .)", help);
        Assert.Contains("examples:\n  sampan-oci create web", help);
        Assert.Null(_seen);
    }

    [Fact]
    public void Help_fits_into_the_width()
    {
        using var output = new StringWriter { NewLine = "\n" };
        Program().Run(["create", "--help"], output, 50);
        Assert.All(output.ToString().Split('\n'), line => Assert.True(line.Length <= 50, line));
    }

    [Fact]
    public void The_version_is_printed()
    {
        Assert.Equal("sampan-oci 1\n", Help("--version"));
    }

    [Theory]
    [InlineData("bash", "-n")]
    [InlineData("zsh", "-n")]
    [InlineData("fish", "-n")]
    public void Completion_scripts_are_valid_for_their_shell(string shell, string check)
    {
        string script = Completion.Script(Program(), shell);
        Assert.Contains("create", script);
        Assert.DoesNotContain("monitor", script);
        string program = "/usr/bin/" + shell;
        Assert.SkipUnless(File.Exists(program), $"{shell} is not installed");
        using var process = Process.Start(new ProcessStartInfo(program, check) { RedirectStandardInput = true })!;
        process.StandardInput.Write(script);
        process.StandardInput.Close();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public void Bash_completes_verbs_and_flags()
    {
        string script = Completion.Script(Program(), "bash");
        Assert.Equal("create", Complete(script, "sampan-oci cre", 1));
        Assert.Equal("--bundle", Complete(script, "sampan-oci create --b", 2));
    }

    private static string Complete(string script, string line, int word)
    {
        string run = $"{script}\nCOMP_WORDS=({line}); COMP_CWORD={word}; _sampan_oci; echo \"${{COMPREPLY[*]}}\"";
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", run]) { RedirectStandardOutput = true })!;
        string answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return answer.Trim();
    }

    private string Help(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        Assert.Equal(0, Program().Run(arguments, output));
        return output.ToString();
    }

    private CommandSet Program() => new("sampan-oci", "runs containers",
        [
            new CommandEntry("create", "containers", "create a container", () => Build("create")),
            new CommandEntry("delete", "containers", "delete a container", () => Build("delete")),
            new CommandEntry("monitor", "internal", "watch", () => Build("monitor")) { Hidden = true },
        ])
    {
        Version = "sampan-oci 1",
        Flags = [Flag.Text("log", "FILE", "log to a file"), Flag.Text("root", "DIR", "state folder")],
    };

    private Command Build(string name)
    {
        _built.Add(name);
        return new Command(name, "create a container")
        {
            Positionals = "ID",
            MinPositionals = 1,
            MaxPositionals = 1,
            Flags = [Flag.Text("bundle", "DIR", "the folder that holds config.json and usually also the root file system", 'b') with { Default = "." }],
            Examples = ["sampan-oci create web"],
            Handler = parsed =>
            {
                _seen = parsed;
                return 7;
            },
        };
    }
}
