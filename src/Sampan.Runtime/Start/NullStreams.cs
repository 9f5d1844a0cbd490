using Sampan.Linux.Files;

namespace Sampan.Runtime.Start;

/// <summary>The standard streams that are the null device, null(4).</summary>
internal static class NullStreams
{
    /// <returns>The numbers that they are to have.</returns>
    public static IReadOnlyList<int> Among(params ReadOnlySpan<Fd> streams)
    {
        List<int> found = [];
        for (int i = 0; i < streams.Length; i++)
            if (DeviceNode.Of(streams[i].ProcPath) is { Type: 'c', Major: 1, Minor: 3 }) found.Add(i);
        return found;
    }
}
