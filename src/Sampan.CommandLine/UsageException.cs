namespace Sampan.CommandLine;

/// <summary>The command line is wrong. The message is one line for the person who typed it.</summary>
public sealed class UsageException(string message) : Exception(message);
