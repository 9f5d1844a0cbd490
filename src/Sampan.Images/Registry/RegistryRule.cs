namespace Sampan.Images.Registry;

/// <summary>One <c>[[registry]]</c>: what holds for repositories that begin with a prefix.</summary>
/// <param name="Prefix"><c>docker.io</c>, <c>quay.io/user</c>, or <c>*.example.com</c>.</param>
/// <param name="Location">What stands in the prefix' place when it is fetched; empty for itself.</param>
internal sealed record RegistryRule(string Prefix, string Location, bool IsInsecure = false, bool IsBlocked = false)
{
    /// <summary>Asked in this order before the registry itself.</summary>
    public IReadOnlyList<RegistryMirror> Mirrors { get; init; } = [];

    public bool Matches(string repository)
    {
        if (Prefix.Length == 0) return false;
        if (Prefix.StartsWith("*.", StringComparison.Ordinal))
        {
            int end = repository.IndexOf('/');
            string host = end < 0 ? repository : repository[..end];
            return host.EndsWith(Prefix[1..], StringComparison.Ordinal);
        }
        return repository.StartsWith(Prefix, StringComparison.Ordinal) && (repository.Length == Prefix.Length || repository[Prefix.Length] is '/' or ':' or '@');
    }

    /// <summary>The repository with <paramref name="location"/> in place of the prefix.</summary>
    public string Rewrite(string repository, string location) =>
        location.Length == 0 || Prefix.StartsWith("*.", StringComparison.Ordinal) ? repository : location + repository[Prefix.Length..];
}
