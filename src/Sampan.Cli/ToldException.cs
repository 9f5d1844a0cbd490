namespace Sampan.Cli;

/// <summary>What went wrong was told by the program that it went wrong in.</summary>
internal sealed class ToldException : Exception;
