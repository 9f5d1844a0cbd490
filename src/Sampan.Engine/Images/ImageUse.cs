using Sampan.Engine.State;
using Sampan.Images.Content;

namespace Sampan.Engine.Images;

/// <summary>Which images this engine's containers use.</summary>
public static class ImageUse
{
    public static ImageUsers Of(EnginePaths paths)
    {
        Dictionary<string, string> running = [], stopped = [];
        HashSet<string> used = [];
        foreach (ContainerSummary container in new ContainerStore(paths).List())
        {
            if (container.Record.ImageId is { } id)
                (container.Status == ContainerStatus.Running ? running : stopped)[id] = container.Record.Name;
            used.UnionWith(container.Record.Layers);
            if (container.Record.Index is { } index) used.UnionWith(index.Files);
        }
        return new ImageUsers(running, stopped, used);
    }
}
