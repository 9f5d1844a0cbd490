namespace Sampan.Runtime.Checkpoint;

/// <summary>CRIU could not do it; the message has CRIU's own reason, and where its log is.</summary>
public sealed class CriuException(string message) : Exception(message);
