namespace Sampan.Engine.Monitor;

/// <summary>How an attachment ended.</summary>
/// <param name="ExitCode">What the program of the client is to exit with.</param>
/// <param name="Message">Why the container did not start, else null.</param>
public sealed record AttachResult(AttachEnd End, int ExitCode, string? Message = null);
