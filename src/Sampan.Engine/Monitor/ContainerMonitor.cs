using Sampan.Engine.Containers;
using Sampan.Engine.Logs;
using Sampan.Engine.State;
using Sampan.Linux.Cgroups;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Linux.Mounts;
using Sampan.Linux.Namespaces;
using Sampan.Networks;
using Sampan.Runtime.Spec;
using Sampan.Runtime.Start;

namespace Sampan.Engine.Monitor;

/// <summary>The process that is the parent of one container: makes it, looks after it, and undoes it.</summary>
public sealed class ContainerMonitor
{
    private const string BridgeName = "sampan0";

    private readonly EnginePaths _engine;
    private readonly ContainerPaths _paths;
    private readonly ContainerRecord _record;
    private readonly Stack<Action> _undo = new();
    private NetworkAttachment? _attachment;
    private bool _outOfMemory;
