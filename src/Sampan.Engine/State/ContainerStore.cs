using Sampan.Linux.Errors;
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
    public ContainerRecord Find(string nameOrId) => TryFind(nameOrId) ?? throw new EngineException($"no container {nameOrId}");

    /// <summary>As <see cref="Find"/>, but null where there is none.</summary>
    public ContainerRecord? TryFind(string nameOrId) =>
        (_names.Owner(nameOrId) ?? FindByPrefix(nameOrId)) is { } id ? ContainerRecord.ReadIfExists(paths.Container(id).Record) : null;

    /// <summary>All containers, newest first.</summary>
    public IReadOnlyList<ContainerSummary> List()
    {
        List<ContainerSummary> containers = [];
        foreach (string id in Ids())
        {
            // made or removed at this moment by another command
            if (ContainerRecord.ReadIfExists(paths.Container(id).Record) is { } record) containers.Add(Describe(record));
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
        bool abandoned = exit is null && Directory.Exists(container.Run);
        // it may have appeared since the first look, but it never appears without its lock
        if (abandoned && IsMonitored(container)) return new(record, ContainerStatus.Running, RunState.ReadIfExists(container.State), Exit: null);
        ContainerStatus status = exit switch
        {
            null => abandoned ? ContainerStatus.Lost : ContainerStatus.Created,
            { Lost: true } => ContainerStatus.Lost,
            _ => ContainerStatus.Exited,
        };
        return new(record, status, Running: null, exit);
    }

    /// <summary>Removes a container that this process owns: its name, then, at once for everybody who looks, its files, then its ids.</summary>
    public void Remove(ContainerRecord record)
    {
        _names.Release(record.Name, record.Id);
        string removed = Path.Combine(paths.Removed, record.Id);
        Renaming.TryMove(paths.Container(record.Id).Data, removed);
        DeleteRemoved(removed);
        if (record.Ids is not null) new IdRanges(paths).Release(record.Ids, record.Id); // last: now no file has these owners
    }

    /// <summary>Deletes what <see cref="Remove"/> put aside; several processes may do it at the same time.</summary>
    internal static void DeleteRemoved(string directory)
    {
        while (Directory.Exists(directory))
        {
            try
            {
                Trees.Remove(directory);
            }
            catch (SyscallException e) when (e.Errno is Errno.ENOENT or Errno.ENOTEMPTY)
            {
                // somebody else deleted a part of it in this moment
            }
        }
    }

    /// <summary>A process owns the container: its monitor, or a command that makes or removes it.</summary>
    public static bool IsMonitored(ContainerPaths container) => FileLock.IsHeld(container.Lock);

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
