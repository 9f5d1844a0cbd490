using Sampan.Linux;
using Sampan.Linux.Errors;
using static Sampan.Linux.KernelNumber;

namespace Sampan.Runtime.Plan;

internal sealed partial class PlanBuilder
{
    public const string NotFoundInPath = "executable file not found in $PATH";

    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>
    /// Fails already now when the command can not be executed, so that <c>create</c> says it and not <c>start</c>.
    /// </summary>
    public void Find(IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        Search(arguments[0], environment, "find", candidate =>
            program.Call(SyscallNumber.faccessat2, AT_FDCWD, program.Text(candidate), X_OK, AT_EACCESS));
    }

    /// <summary>Executes the command, searched in the container's own PATH as execvp(3) does.</summary>
    public void Execute(IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        nint argv = program.Texts(arguments);
        nint envp = program.Texts(environment);
        Search(arguments[0], environment, "exec", candidate =>
            program.Call(SyscallNumber.execve, program.Text(candidate), argv, envp));
    }

    /// <summary>Executes a program by its path, whatever it is called by.</summary>
    public void Execute(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        program.Step($"exec({path})");
        program.Call(SyscallNumber.execve, program.Text(path), program.Texts(arguments), program.Texts(environment));
    }

    // A candidate that exists but may not be executed does not end the search, but decides how it fails: hence two chains
    // of the same candidates, the second one for "permission denied was seen".
    private void Search(string command, IReadOnlyList<string> environment, string verb, Func<string, Linux.Processes.Program.CallBuilder> attempt)
    {
        Linux.Processes.Program.Label done = new();
        if (command.Contains('/'))
        {
            program.Step($"{verb}({command})");
            attempt(command);
            return;
        }

        program.Step($"{verb}({command}): {NotFoundInPath}");
        string[] candidates = [.. Directories(environment).Select(directory => $"{(directory.Length == 0 ? "." : directory)}/{command}")];
        Linux.Processes.Program.Label[] denied = [.. candidates.Select(_ => new Linux.Processes.Program.Label()), new()];
        for (int i = 0; i < candidates.Length; i++)
            attempt(candidates[i]).OnSuccess(done).Ignore(Errno.ENOENT).Ignore(Errno.ENOTDIR).On(Errno.EACCES, denied[i + 1]);
        program.Fail(Errno.ENOENT);
        for (int i = 0; i < candidates.Length; i++)
        {
            program.Mark(denied[i]);
            attempt(candidates[i]).OnSuccess(done).Ignore(Errno.ENOENT).Ignore(Errno.ENOTDIR).Ignore(Errno.EACCES);
        }
        program.Mark(denied[^1]);
        program.Fail(Errno.EACCES);
        program.Mark(done);
    }

    private static string[] Directories(IReadOnlyList<string> environment)
    {
        string path = environment.LastOrDefault(v => v.StartsWith("PATH=", StringComparison.Ordinal))?["PATH=".Length..] ?? DefaultPath;
        return path.Split(':');
    }
}
