namespace Sampan.Cli.Output;

/// <summary>The program's own exit codes; others are the container's.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>A command other than <c>run</c> and <c>exec</c> failed.</summary>
    public const int Failure = 1;

    /// <summary><c>run</c> or <c>exec</c> failed before there was a process whose exit code could be told.</summary>
    public const int EngineFailure = 125;
}
