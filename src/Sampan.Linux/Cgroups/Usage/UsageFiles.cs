namespace Sampan.Linux.Cgroups.Usage;

/// <summary>The files of one cgroup that tell what it uses.</summary>
internal sealed class UsageFiles(List<CgroupFolder> folders)
{
    private readonly string? _v2 = folders.Find(static one => one.Hierarchy.IsV2)?.Directory;

    public CgroupStats Read() =>
        new(CpuUsage.Read(this), MemoryUsage.Read(this), PidsUsage.Read(this), BlockIoUsage.Read(this), CpusetUsage.Read(this))
        {
            HugePages = HugePages(""),
            ReservedHugePages = HugePages("rsvd."),
        };

    /// <summary>Whether the controller is one of version 1 here.</summary>
    public bool Has(string controller) => V1(controller) is not null;

    /// <summary>The content of the controller's file, as the version that it has here calls it; null where there is none.</summary>
    public string? Text(string controller, string? v1File, string? v2File)
    {
        if (V1(controller) is { } folder) return v1File is null ? null : CgroupFiles.ReadIfExists($"{folder}/{v1File}");
        return v2File is null ? null : TextOfV2(v2File);
    }

    public string? TextOfV2(string file) => _v2 is null ? null : CgroupFiles.ReadIfExists($"{_v2}/{file}");

    public ulong? Number(string controller, string? v1File, string? v2File) =>
        Text(controller, v1File, v2File) is { Length: > 0 } text ? KeyedNumbers.Number(text) : null;

    public ulong Limit(string v2File) => KeyedNumbers.Number(TextOfV2(v2File) ?? "max");

    private string? V1(string controller) => folders.Find(one => one.Hierarchy.Controllers.Contains(controller))?.Directory;

    private Dictionary<string, ResourceCounter> HugePages(string kind)
    {
        Dictionary<string, ResourceCounter> sizes = [];
        string? v1 = V1("hugetlb");
        if ((v1 ?? _v2) is not { } folder) return sizes;
        string suffix = kind + (v1 is not null ? "usage_in_bytes" : "current");
        foreach (string file in Directory.EnumerateFiles(folder, $"hugetlb.*B.{suffix}"))
        {
            string size = Path.GetFileName(file).Split('.')[1];
            string name = $"hugetlb.{size}.{kind}";
            sizes[size] = v1 is not null
                ? new ResourceCounter(Of($"{name}usage_in_bytes"), Of($"{name}limit_in_bytes"), Of($"{name}max_usage_in_bytes"), Of($"{name}failcnt"))
                : new ResourceCounter(Of($"{name}current"), Of($"{name}max"), 0, KeyedNumbers.Parse(CgroupFiles.ReadIfExists($"{folder}/hugetlb.{size}.events"))["max"]);
        }

        return sizes;

        ulong Of(string file) => KeyedNumbers.Number(CgroupFiles.ReadIfExists($"{folder}/{file}") ?? "0");
    }
}
