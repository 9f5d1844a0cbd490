using Sampan.Linux.Errors;

namespace Sampan.Runtime.Start;

/// <summary>A container did not start. The message names the step that failed.</summary>
public sealed class StartException : Exception
{
    public StartException(string step, Errno errno)
        : base($"{step}: {errno.Describe()}")
    {
        Step = step;
        Errno = errno;
    }

    public StartException(string message)
        : base(message) => Step = message;

    public string Step { get; }

    public Errno Errno { get; }

    /// <summary>127: there is no such command; 126: it can not be executed; 125: the container itself could not be made.</summary>
    public int ExitCode => !Step.StartsWith("exec(", StringComparison.Ordinal) && !Step.StartsWith("find(", StringComparison.Ordinal) ? 125
        : Errno is Errno.ENOENT or Errno.ENOTDIR ? 127
        : 126;
}
