using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Linux.Namespaces;

/// <summary>
/// Namespaces that the calling thread is in for a while, setns(2): a child that it clones meanwhile begins there. Of all kinds
/// but user, mount and time, which only a process with one thread can enter. For pid it is only about children.
/// </summary>
public sealed class ThreadNamespaces : IDisposable
{
    private readonly Stack<(NamespaceKind Kind, Fd Own)> _left = [];

    /// <summary>Enters one more.</summary>
    public void Enter(NamespaceKind kind, Fd target)
    {
        string name = kind switch
        {
            NamespaceKind.Network => "net",
            NamespaceKind.Uts => "uts",
            NamespaceKind.Ipc => "ipc",
            NamespaceKind.Cgroup => "cgroup",
            NamespaceKind.Pid => "pid",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "a thread can not enter it"),
        };
        Fd own = Paths.Open($"/proc/thread-self/ns/{name}", OpenFlags.ReadOnly);
        _left.Push((kind, own));
        Entering.Join(target, kind);
    }

    /// <summary>Back into those that were left.</summary>
    public void Dispose()
    {
        while (_left.TryPop(out (NamespaceKind Kind, Fd Own) item))
        {
            using (item.Own)
            {
                try
                {
                    Entering.Join(item.Own, item.Kind);
                }
                catch (SyscallException error) when (item.Kind == NamespaceKind.Pid && error.Errno == Errno.EPERM)
                {
                    // inside a user namespace nothing leads back; only later children would notice
                }
            }
        }
    }
}
