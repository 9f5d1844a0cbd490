namespace Sampan.Runtime.Checkpoint;

/// <summary><c>criu_opts</c> of CRIU's rpc.proto, with the field numbers that stand there.</summary>
internal sealed class CriuOptions
{
    private const int LogEverything = 4;
    private const uint NewNetworkNamespace = 0x40000000;

    /// <param name="imagesDirectory">A descriptor of this process: CRIU opens it through /proc.</param>
    /// <param name="workDirectory">For the log, likewise.</param>
    public CriuOptions(int imagesDirectory, int workDirectory, string logFile, string root) => Fields
        .Number(1, imagesDirectory).Number(17, workDirectory).Number(9, LogEverything).Text(10, logFile)
        .Flag(12, true) // it tells how far it is
        .Text(13, root)
        .Flag(24, true) // cgroups are saved and made
        .Flag(50, true); // a terminal whose master is held outside

    internal WireWriter Fields { get; } = new();

    public CriuOptions Process(int pid) => With(Fields.Number(2, pid));

    /// <summary>What both verbs take of their caller.</summary>
    public CriuOptions Asked(CheckpointOptions asked)
    {
        Fields.Flag(4, asked.ExternalUnixSockets).Flag(5, asked.TcpEstablished).Flag(7, asked.ShellJob).Flag(8, asked.FileLocks)
            .Flag(16, asked.AutoDeduplicate).Flag(18, asked.LinkRemap).Flag(46, asked.TcpSkipInFlight).Flag(48, asked.LazyPages);
        if (asked.CgroupsMode is { } mode) Fields.Number(34, (int)mode);
        if (asked.EmptyNetwork) Fields.Number(38, NewNetworkNamespace);
        if (asked.LsmProfile is { } profile) Fields.Text(53, profile);
        if (asked.LsmMountContext is { } context) Fields.Text(63, context);
        return this;
    }

    public CriuOptions LeaveRunning() => With(Fields.Flag(3, true));

    /// <param name="parent">Relative to the images, or null for a first one.</param>
    public CriuOptions TrackMemory(string? parent)
    {
        if (parent is not null) Fields.Text(14, parent);
        return With(Fields.Flag(15, true));
    }

    public CriuOptions PageServer(string address, int port) => With(Fields.Message(11, new WireWriter().Text(1, address).Number(2, port)));

    public CriuOptions StatusDescriptor(int number) => With(Fields.Number(49, number));

    public CriuOptions FreezeIn(string cgroupDirectory) => With(Fields.Text(44, cgroupDirectory));

    /// <summary>Something that is not saved, because it comes from outside: <c>mnt[/path]:name</c>, <c>net[inode]:name</c>.</summary>
    public CriuOptions External(string what) => With(Fields.Text(37, what));

    /// <summary>The restored processes become children of the caller instead of CRIU's.</summary>
    public CriuOptions AsSibling() => With(Fields.Flag(26, true));

    /// <param name="name">What was saved as external, or a pipe as /proc shows it.</param>
    /// <param name="number">A descriptor of CRIU's.</param>
    public CriuOptions Inherit(string name, int number) => With(Fields.Message(27, new WireWriter().Text(1, name).Number(2, number)));

    public CriuOptions JoinNamespace(string kind, string path) => With(Fields.Message(39, new WireWriter().Text(1, kind).Text(2, path)));

    public CriuOptions CgroupRoot(string controllers, string path) => With(Fields.Message(25, new WireWriter().Text(1, controllers).Text(2, path)));

    private CriuOptions With(WireWriter _) => this;
}
