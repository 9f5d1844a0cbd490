namespace System.Runtime;

/// <summary>
/// Known to the NativeAOT compiler by its name: the method *is* the native symbol, called with no transition and no GC poll.
/// That is what makes <c>syscall</c> usable in a cloned child.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RuntimeImportAttribute(string library, string entryPoint) : Attribute
{
    public string Library { get; } = library;

    public string EntryPoint { get; } = entryPoint;
}
