using Sampan.Linux.Mounts;

namespace Sampan.Runtime.Plan;

/// <summary>The options of one mount, sorted into what the kernel takes by different ways; runtime-spec config.md, "Linux mount options".</summary>
internal sealed class MountOptions
{
    private readonly IReadOnlyList<string> _text;

    private MountOptions(IReadOnlyList<string> text) => _text = text;

    public MountAttributes Set { get; private set; }

    public MountAttributes Clear { get; private set; }

    public MountAttributes RecursiveSet { get; private set; }

    public MountAttributes RecursiveClear { get; private set; }

    public MountFlags Propagation { get; private set; }

    public bool PropagationRecursive { get; private set; }

    /// <summary>A bind takes the mounts below its source along.</summary>
    public bool Recursive { get; private set; }

    /// <summary>Changes a mount that is there already.</summary>
    public bool Remount { get; private set; }

    /// <summary>Ids are mapped for the mounts below as well.</summary>
    public bool IdMapRecursive { get; private set; }

    /// <summary>Mounts that appear on one side are to be seen on the other: the tree must be taken while it still belongs to the host's.</summary>
    public bool Propagates => (Propagation & (MountFlags.Shared | MountFlags.Slave)) != 0;

    /// <summary>What is for the file system itself: <c>size=64m</c>, or a word without a value.</summary>
    public List<(string Key, string? Value)> Data { get; } = [];

    public static MountOptions Parse(IReadOnlyList<string> options)
    {
        MountOptions parsed = new(options);
        foreach (string option in options) parsed.Add(option);
        return parsed;
    }

    public override string ToString() => _text.Count == 0 ? "-" : string.Join('|', _text);

    private void Add(string option)
    {
        if (Attribute(option) is var (set, clear) && (set | clear) != 0)
        {
            if ((set & MountAttributes.AccessTimeMask) != 0) Set &= ~MountAttributes.AccessTimeMask; // one field: the last word counts
            Set = (Set & ~clear) | set;
            Clear = (Clear & ~set) | clear;
        }
        else if (option.Length > 1 && option[0] == 'r' && Attribute(option[1..]) is var (allSet, allClear) && (allSet | allClear) != 0)
        {
            RecursiveSet = (RecursiveSet & ~allClear) | allSet;
            RecursiveClear = (RecursiveClear & ~allSet) | allClear;
        }
        else
        {
            switch (option)
            {
                case "bind" or "defaults" or "silent" or "loud": break;
                case "iversion" or "noiversion" or "acl" or "noacl": break; // the file systems of today decide it by themselves
                case "rbind": Recursive = true; break;
                case "remount": Remount = true; break;
                case "idmap" or "tmpcopyup": break; // done by the parent, see MountTrees
                case "ridmap": IdMapRecursive = true; break;
                case "private": Propagation = MountFlags.Private; break;
                case "shared": Propagation = MountFlags.Shared; break;
                case "slave": Propagation = MountFlags.Slave; break;
                case "unbindable": Propagation = MountFlags.Unbindable; break;
                case "rprivate": (Propagation, PropagationRecursive) = (MountFlags.Private, true); break;
                case "rshared": (Propagation, PropagationRecursive) = (MountFlags.Shared, true); break;
                case "rslave": (Propagation, PropagationRecursive) = (MountFlags.Slave, true); break;
                case "runbindable": (Propagation, PropagationRecursive) = (MountFlags.Unbindable, true); break;
                default:
                    int equals = option.IndexOf('=');
                    Data.Add(equals < 0 ? (option, null) : (option[..equals], option[(equals + 1)..]));
                    break;
            }
        }
    }

    private static (MountAttributes Set, MountAttributes Clear) Attribute(string option) => option switch
    {
        "ro" => (MountAttributes.ReadOnly, 0),
        "rw" => (0, MountAttributes.ReadOnly),
        "nosuid" => (MountAttributes.NoSetuid, 0),
        "suid" => (0, MountAttributes.NoSetuid),
        "nodev" => (MountAttributes.NoDevices, 0),
        "dev" => (0, MountAttributes.NoDevices),
        "noexec" => (MountAttributes.NoExec, 0),
        "exec" => (0, MountAttributes.NoExec),
        "noatime" => (MountAttributes.NoAccessTime, 0),
        "atime" or "relatime" or "norelatime" or "nostrictatime" => (0, MountAttributes.AccessTimeMask),
        "strictatime" => (MountAttributes.StrictAccessTime, 0),
        "nodiratime" => (MountAttributes.NoDirectoryAccessTime, 0),
        "diratime" => (0, MountAttributes.NoDirectoryAccessTime),
        "nosymfollow" => (MountAttributes.NoSymlinkFollow, 0),
        "symfollow" => (0, MountAttributes.NoSymlinkFollow),
        _ => (0, 0),
    };
}
