namespace Sampan.Linux.Netlink;

/// <summary>The answer to a request that asked for none: an error, or 0 for "done", and the header of the request.</summary>
[C("struct nlmsgerr")]
internal struct NetlinkError
{
    /// <summary>An errno, negative.</summary>
    public int Error;
    [C("msg")] public NetlinkHeader Request;
}
