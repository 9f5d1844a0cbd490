namespace Sampan.Images.Registry;

/// <summary>One challenge of a <c>WWW-Authenticate</c> header, RFC 9110 section 11: a scheme and its parameters.</summary>
/// <param name="Scheme">Lower case.</param>
internal sealed record AuthChallenge(string Scheme, IReadOnlyDictionary<string, string> Parameters)
{
    private const int MaxLength = 16 * 1024;

    public string this[string parameter] => Parameters.GetValueOrDefault(parameter, "");

    /// <summary>The challenges of one or several header lines; what can not be read is left out.</summary>
    public static IReadOnlyList<AuthChallenge> Parse(IEnumerable<string> headers)
    {
        List<AuthChallenge> challenges = [];
        foreach (string header in headers)
        {
            if (header.Length > MaxLength) continue;
            int at = 0;
            while (Next(header, ref at) is { } challenge) challenges.Add(challenge);
        }
        return challenges;
    }

    private static AuthChallenge? Next(string text, ref int at)
    {
        SkipSeparators(text, ref at);
        string scheme = Token(text, ref at);
        if (scheme.Length == 0) return null;
        Dictionary<string, string> parameters = new(StringComparer.OrdinalIgnoreCase);
        while (true)
        {
            int start = at;
            SkipSeparators(text, ref at);
            string name = Token(text, ref at);
            int equals = at;
            while (equals < text.Length && text[equals] == ' ') equals++;
            if (name.Length == 0 || equals >= text.Length || text[equals] != '=')
            {
                at = start; // the next scheme, or the end
                break;
            }
            at = equals + 1;
            while (at < text.Length && text[at] == ' ') at++;
            parameters.TryAdd(name, at < text.Length && text[at] == '"' ? Quoted(text, ref at) : Token(text, ref at));
        }
        return new AuthChallenge(scheme.ToLowerInvariant(), parameters);
    }

    private static void SkipSeparators(string text, ref int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t' or ',') at++;
    }

    private static string Token(string text, ref int at)
    {
        int start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || "!#$%&'*+-.^_`|~/:".Contains(text[at]))) at++;
        return text[start..at];
    }

    private static string Quoted(string text, ref int at)
    {
        System.Text.StringBuilder value = new();
        for (at++; at < text.Length && text[at] != '"'; at++)
        {
            if (text[at] == '\\' && at + 1 < text.Length) at++;
            value.Append(text[at]);
        }
        if (at < text.Length) at++;
        return value.ToString();
    }
}
