namespace Sampan.Runtime.State;

/// <summary>A verb can not be carried out on a container; the texts are those that callers of OCI runtimes match.</summary>
public sealed class LifecycleException(string message) : Exception(message);
