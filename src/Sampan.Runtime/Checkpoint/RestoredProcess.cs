using Sampan.Linux.Files;

namespace Sampan.Runtime.Checkpoint;

/// <summary>The first process of a restored container, a child of this process.</summary>
/// <param name="Console">Its terminal's master, or null.</param>
public sealed record RestoredProcess(int Pid, Fd PidFd, Fd? Console) : IDisposable
{
    public void Dispose()
    {
        PidFd.Dispose();
        Console?.Dispose();
    }
}
