namespace Sampan.Oci;

/// <summary>The process of an <c>exec</c> did not start. Callers tell this by the exit code from the process's own.</summary>
internal sealed class FailedExecException(Exception cause) : Exception(cause.Message, cause)
{
    public const int ExitCode = 255;
}
