namespace Sampan.Engine.Logs;

/// <summary>Where a container wrote something.</summary>
public enum LogStream
{
    Output,
    ErrorOutput,
}
