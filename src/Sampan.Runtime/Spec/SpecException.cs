namespace Sampan.Runtime.Spec;

/// <summary>A configuration can not be used; the message begins with the JSON path: <c>process.user.uid: …</c>.</summary>
public sealed class SpecException(string message) : Exception(message);
