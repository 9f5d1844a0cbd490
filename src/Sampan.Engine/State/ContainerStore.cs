using Sampan.Linux.Files;

namespace Sampan.Engine.State;

/// <summary>The containers of one engine, on disk.</summary>
public sealed class ContainerStore(EnginePaths paths)
{
    private const int IdBytes = 32;
    private readonly NameClaims _names = new(paths);

    /// <summary>64 random hexadecimal digits.</summary>
    public static string NewId()
    {
        Span<byte> bytes = stackalloc byte[IdBytes];
        Linux.Randomness.Fill(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>Claims the name and writes the record; nothing is left behind when it fails.</summary>
    /// <param name="record">Its name may be empty: then one is chosen.</param>
    /// <returns>The record with its name.</returns>
    public ContainerRecord Create(ContainerRecord record)
    {
        paths.Prepare();
        if (record.Name.Length > 0) _names.Claim(record.Name, record.Id);
        else record = record with { Name = _names.ClaimRandom(record.Id) };

        ContainerPaths container = paths.Container(record.Id);
        try
        {
            Directory.CreateDirectory(container.Data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Directory.CreateDirectory(container.Upper);
            Directory.CreateDirectory(container.Work);
            record.Write(container.Record);
            return record;
        }
        catch
        {
            Remove(record);
            throw;
        }
    }

    /// <summary>The container of that name, or the only one whose id starts so.</summary>
    /// <exception cref="EngineException">There is none, or more than one.</exception>
    public ContainerRecord Find(string nameOrId)
    {
        string id = _names.Owner(nameOrId) ?? FindByPrefix(nameOrId) ?? throw new EngineException($"no container {nameOrId}");
        return ContainerRecord.Read(paths.Container(id).Record);
    }

    /// <summary>All containers, newest first.</summary>
    public IReadOnlyList<ContainerSummary> List()
    {
        List<ContainerSummary> containers = [];
        foreach (string id in Ids())
        {
            // made or removed at this moment by another command
            if (File.Exists(paths.Container(id).Record)) containers.Add(Describe(ContainerRecord.Read(paths.Container(id).Record)));
        }

        containers.Sort((a, b) => b.Record.Created.CompareTo(a.Record.Created));
        return containers;
    }

    /// <summary>What the container is at the moment.</summary>
    public ContainerSummary Describe(ContainerRecord record)
    {
        ContainerPaths container = paths.Container(record.Id);
        if (IsMonitored(container)) return new(record, ContainerStatus.Running, RunState.ReadIfExists(container.State), Exit: null);
        ExitRecord? exit = ExitRecord.ReadIfExists(container.Exit);
        ContainerStatus status = exit switch
        {
            null => Directory.Exists(container.Run) ? ContainerStatus.Lost : ContainerStatus.Created,
            { Lost: true } => ContainerStatus.Lost,
            _ => ContainerStatus.Exited,
        };
        return new(record, status, Running: null, exit);
    }

    /// <summary>Removes a container that does not run: its files, then its ids and its name.</summary>
    public void Remove(ContainerRecord record)
    {
        RemoveFiles(record.Id);
        if (record.Ids is not null) new IdRanges(paths).Release(record.Ids, record.Id); // last: now no file has these owners
        _names.Release(record.Name, record.Id);
    }

    /// <summary>A monitor holds the container's lock.</summary>
    public static bool IsMonitored(ContainerPaths container)
    {
        if (!File.Exists(container.Lock)) return false;
        using FileLock? free = FileLock.TryTake(container.Lock);
        return free is null;
    }

    private void RemoveFiles(string id)
    {
        string directory = paths.Container(id).Data;
        Trees.Remove(directory);
    }

    private string? FindByPrefix(string prefix)
    {
        if (prefix.Length == 0) return null;
        string? found = null;
        foreach (string id in Ids())
        {
            if (!id.StartsWith(prefix, StringComparison.Ordinal)) continue;
            if (found is not null) throw new EngineException($"container {prefix} is ambiguous: {found[..12]}, {id[..12]}; hint: give more digits");
            found = id;
        }

        return found;
    }

    private IEnumerable<string> Ids()
    {
        if (!Directory.Exists(paths.Containers)) yield break;
        foreach (string directory in Directory.EnumerateDirectories(paths.Containers)) yield return Path.GetFileName(directory);
    }
}
