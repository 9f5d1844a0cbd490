using Sampan.Engine.Cleanup;
using Sampan.Engine.Monitor;
using Sampan.Engine.State;
using Sampan.Linux.Events;

namespace Sampan.Engine.Containers;

/// <summary>Removes a container, whatever it or others are doing at the moment.</summary>
public static class Removal
{
    private const int BusyPollMs = 2;

    /// <summary>Returns once nothing is left that another container of that name or with those ports would find. No error when
    /// somebody else removes it at the same time.</summary>
    /// <param name="force">Kill it when it runs.</param>
    /// <exception cref="EngineException">It runs, or what a killed monitor left of it can not be undone.</exception>
    public static void Remove(EnginePaths paths, ContainerRecord record, bool force)
    {
        ContainerPaths container = paths.Container(record.Id);
        while (Directory.Exists(container.Data))
        {
            if (RunDirectory.TryClaim(paths, record.Id) is { } claim)
            {
                using (claim)
                {
                    new ContainerStore(paths).Remove(record);
                    claim.Remove();
                }
            }
            else if (!ContainerStore.IsMonitored(container))
            {
                if (Sweep.Run(paths) is [string failure, ..] && Directory.Exists(container.Run)) throw new EngineException($"container {record.Name}: {failure}");
            }
            else if (File.Exists(container.Fleeting))
            {
                // another command makes or removes it, which takes a moment
                Thread.Sleep(BusyPollMs);
            }
            else if (force) MonitorConnection.StopIfRuns(container, SignalNumber.Kill, 0);
            else throw new EngineException($"container {record.Name} is running; hint: stop it first, or use --force");
        }
    }
}
