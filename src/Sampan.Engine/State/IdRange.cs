using Sampan.Linux.Namespaces;

namespace Sampan.Engine.State;

/// <summary>The ids of the host that a container of <c>--userns auto</c> has as its own 0 to 65535.</summary>
public sealed record IdRange(uint FirstUser, uint FirstGroup)
{
    public const uint Size = 65536;

    public IReadOnlyList<IdMap> Users => [new(0, FirstUser, Size)];

    public IReadOnlyList<IdMap> Groups => [new(0, FirstGroup, Size)];

    public bool Overlaps(IdRange other) => Overlaps(FirstUser, other.FirstUser) || Overlaps(FirstGroup, other.FirstGroup);

    private static bool Overlaps(uint first, uint second) => first < (ulong)second + Size && second < (ulong)first + Size;
}
