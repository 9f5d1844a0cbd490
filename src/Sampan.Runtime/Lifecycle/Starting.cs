using Sampan.Runtime.Start;
using Sampan.Runtime.State;

namespace Sampan.Runtime.Lifecycle;

/// <summary><c>start</c>: lets a created container execute its command.</summary>
public static class Starting
{
    public static void Start(StateStore store, string id)
    {
        ContainerStatus status = store.StatusOf(store.Read(id));
        if (status == ContainerStatus.Stopped) throw new LifecycleException("cannot start a container that has stopped");
        if (status != ContainerStatus.Created) throw new LifecycleException("cannot start an already running container");
        StartFifos.Start(store.DirectoryOf(id), File.ReadAllLines($"{store.DirectoryOf(id)}/plan"));
    }
}
