namespace Sampan.Networks;

/// <summary>A network could not be made as asked; the message is one line for the person who asked.</summary>
public sealed class NetworkException(string message) : Exception(message);
