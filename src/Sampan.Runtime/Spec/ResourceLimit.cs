namespace Sampan.Runtime.Spec;

/// <summary>One rlimit, getrlimit(2).</summary>
/// <param name="Name">For example <c>RLIMIT_NOFILE</c>.</param>
/// <param name="Number">The resource's number in sys/resource.h.</param>
public sealed record ResourceLimit(string Name, int Number, ulong Soft, ulong Hard)
{
    internal static readonly string[] Names =
    [
        "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_DATA", "RLIMIT_STACK", "RLIMIT_CORE", "RLIMIT_RSS", "RLIMIT_NPROC", "RLIMIT_NOFILE",
        "RLIMIT_MEMLOCK", "RLIMIT_AS", "RLIMIT_LOCKS", "RLIMIT_SIGPENDING", "RLIMIT_MSGQUEUE", "RLIMIT_NICE", "RLIMIT_RTPRIO", "RLIMIT_RTTIME",
    ];

    /// <summary>The limit of a name as in <c>RLIMIT_NOFILE</c>, or null when there is none of that name.</summary>
    public static ResourceLimit? Named(string name, ulong soft, ulong hard)
    {
        int number = Array.IndexOf(Names, name);
        return number < 0 ? null : new ResourceLimit(name, number, soft, hard);
    }
}
