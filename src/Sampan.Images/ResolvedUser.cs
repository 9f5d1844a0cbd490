namespace Sampan.Images;

/// <summary>Numbers of a user inside a root file system, and its home directory.</summary>
public sealed record ResolvedUser(uint Uid, uint Gid, IReadOnlyList<uint> AdditionalGids, string Home);
