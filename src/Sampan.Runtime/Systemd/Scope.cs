using Sampan.Linux.Cgroups;
using Sampan.Linux.Namespaces;
using Sampan.Linux.Processes;
using Sampan.Runtime.Spec;

namespace Sampan.Runtime.Systemd;

/// <summary>
/// The systemd cgroup driver: the container's cgroup is a transient scope that systemd makes for its first process, and delegates.
/// The limits are also told to systemd, which would otherwise reset them when it reloads its units.
/// </summary>
internal static class Scope
{
    public static ScopeName Name(ContainerSpec spec, string id) =>
        ScopeName.Parse(spec.CgroupPath, id, Caller.Uid == 0 && !OwnUserNamespace.IsInside ? "system.slice" : "user.slice");

    /// <summary>Starts the scope around a process, and returns its cgroup with the limits set.</summary>
    public static Cgroup Start(ScopeName name, int pid, CgroupResources resources)
    {
        if (CgroupLayout.Current.Hierarchies.Any(static one => !one.IsV2)) throw new IOException("the systemd cgroup driver: needs cgroup version 2 alone");
        using (ServiceManager manager = ServiceManager.Connect())
        {
            manager.RunJob("StartTransientUnit", name.Unit, "ssa(sv)a(sa(sv))", body => body.Text(name.Unit).Text("replace")
                .Array(8, properties =>
                {
                    Text(properties, "Description", $"sampan container {name.Unit}");
                    Text(properties, "Slice", name.Slice);
                    // gone when it is empty, also after its processes were killed for their memory
                    Text(properties, "CollectMode", "inactive-or-failed");
                    Property(properties, "PIDs", "au").Array(4, pids => pids.UInt32((uint)pid));
                    foreach (string on in (string[])["Delegate", "CPUAccounting", "MemoryAccounting", "IOAccounting", "TasksAccounting"])
                        Property(properties, on, "b").Boolean(true);
                    Property(properties, "DefaultDependencies", "b").Boolean(false);
                    Limits(properties, resources);
                })
                .Array(8, static _ => { }));
        }

        Cgroup cgroup = Cgroup.Open(PathOf(pid, name));
        try
        {
            cgroup.Update(resources);
            return cgroup;
        }
        catch
        {
            cgroup.Dispose(); // the scope ends with its process
            throw;
        }
    }

    /// <summary>Ends the scope, whose processes have ended. systemd also does that by itself, but not when its cgroup is taken away before it looks.</summary>
    public static void Stop(string unit)
    {
        using ServiceManager manager = ServiceManager.Connect();
        try
        {
            manager.RunJob("StopUnit", unit, "ss", body => body.Text(unit).Text("replace"));
        }
        catch (IOException error) when (error.Message.EndsWith("not loaded.", StringComparison.Ordinal))
        {
            // it has done so
        }
    }

    /// <summary>Tells systemd of changed limits, which the caller has written to the cgroup.</summary>
    public static void Update(string unit, CgroupResources resources)
    {
        using ServiceManager manager = ServiceManager.Connect();
        manager.CallMethod("SetUnitProperties", unit, "sba(sv)", body => body.Text(unit).Boolean(true).Array(8, properties => Limits(properties, resources)));
    }

    /// <summary>systemd.resource-control(5), by the names that it has for them on D-Bus.</summary>
    private static void Limits(BusWriter properties, CgroupResources resources)
    {
        foreach ((string name, ulong value) in ScopeLimits.Of(resources)) Property(properties, name, "t").UInt64(value);
    }

    private static void Text(BusWriter properties, string name, string value) => Property(properties, name, "s").Text(value);

    private static BusWriter Property(BusWriter properties, string name, string signature) => properties.Align(8).Text(name).Signature(signature);

    private static string PathOf(int pid, ScopeName name)
    {
        string path = File.ReadLines($"/proc/{pid}/cgroup").First(static line => line.StartsWith("0::", StringComparison.Ordinal))[3..];
        return path.EndsWith("/" + name.Unit, StringComparison.Ordinal) ? path
            : throw new IOException($"systemd: {name.Unit}: process {pid} is in {path} after the start of the scope");
    }
}
