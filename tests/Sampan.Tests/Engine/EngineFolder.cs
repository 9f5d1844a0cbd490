using Sampan.Engine.Containers;
using Sampan.Engine.State;

namespace Sampan.Tests.Engine;

/// <summary>An engine's directories of one test.</summary>
internal sealed class EngineFolder : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("sampan-engine-").FullName;

    public EngineFolder()
    {
        Paths = new EnginePaths($"{_root}/data", $"{_root}/run");
        Paths.Prepare();
        Store = new ContainerStore(Paths);
    }

    public EnginePaths Paths { get; }

    public ContainerStore Store { get; }

    public static ContainerRecord Record(string name, ContainerOptions? options = null) => new()
    {
        Id = ContainerStore.NewId(),
        Name = name,
        Created = DateTimeOffset.UtcNow,
        Arguments = ["/bin/sh"],
        Options = options ?? new ContainerOptions { Image = "busybox.tar" },
    };

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
