namespace Sampan.Engine.Logs;

/// <summary>How much of a container's log is kept.</summary>
/// <param name="FileBytes">A file that would grow beyond is closed and the next one begun; null for no limit.</param>
/// <param name="Files">How many are kept, the one being written included; older ones are deleted.</param>
public sealed record LogLimits(long? FileBytes, int Files = 1);
