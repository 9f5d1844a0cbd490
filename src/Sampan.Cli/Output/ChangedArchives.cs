using Sampan.Engine.State;
using Sampan.Images;

namespace Sampan.Cli.Output;

/// <summary>Tells of containers that read their image from an archive in place, when somebody has written to the archive.</summary>
internal static class ChangedArchives
{
    public static void Tell(IEnumerable<ContainerSummary> containers, TextWriter error)
    {
        foreach (ContainerSummary container in containers)
        {
            if (container.Status != ContainerStatus.Running) continue;
            foreach (IndexDevice device in container.Record.Index?.Devices ?? [])
                if (device.IsOverwritten)
                    ErrorLine.Write(error, $"warning: container {container.Record.Name}: its files lie in {device.Path}, which was written to since it was verified; hint: run it again");
        }
    }
}
