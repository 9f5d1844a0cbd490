namespace Sampan.Runtime.Hooks;

/// <summary>A hook failed; the message begins with its place in the configuration.</summary>
public sealed class HookException(string message) : Exception(message);
