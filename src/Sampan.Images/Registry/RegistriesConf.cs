namespace Sampan.Images.Registry;

/// <summary>What is read of <c>registries.conf</c>, containers-registries.conf(5): for each <c>[[registry]]</c> its prefix, location,
/// insecure, blocked and mirrors. Everything else in the file is passed over.</summary>
internal static class RegistriesConf
{
    public static IReadOnlyList<RegistryRule> FromEnvironment()
    {
        if (Environment.GetEnvironmentVariable("CONTAINERS_REGISTRIES_CONF") is { Length: > 0 } only) return Read([only]);
        List<string> files = ["/etc/containers/registries.conf"];
        if (Directory.Exists("/etc/containers/registries.conf.d"))
            files.AddRange(Directory.EnumerateFiles("/etc/containers/registries.conf.d", "*.conf").Order(StringComparer.Ordinal));
        return Read(files.Where(File.Exists));
    }

    /// <summary>The rule with the longest prefix of a repository; null where none is of it.</summary>
    public static RegistryRule? Match(IReadOnlyList<RegistryRule> rules, string repository)
    {
        RegistryRule? best = null;
        foreach (RegistryRule rule in rules)
            if (rule.Matches(repository) && rule.Prefix.Length > (best?.Prefix.Length ?? -1)) best = rule;
        return best;
    }

    /// <exception cref="ImageException">A value is not of the expected kind; the message names file and line.</exception>
    public static List<RegistryRule> Parse(string file, IEnumerable<string> lines)
    {
        List<RegistryRule> rules = [];
        bool inRegistry = false, inMirror = false;
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            string text = line.Trim();
            if (text.Length == 0 || text[0] == '#') continue;
            if (text[0] == '[')
            {
                string table = text.Split('#')[0].Replace(" ", "", StringComparison.Ordinal);
                inRegistry = table == "[[registry]]";
                inMirror = table == "[[registry.mirror]]";
                if (inRegistry) rules.Add(new RegistryRule("", ""));
                if (inMirror && rules.Count == 0) throw new ImageException($"{file}:{number}: a mirror of no registry");
                if (inMirror) rules[^1] = rules[^1] with { Mirrors = [.. rules[^1].Mirrors, new RegistryMirror("", false)] };
                continue;
            }
            int equals = text.IndexOf('=');
            if (equals < 0 || !(inRegistry || inMirror)) continue;
            string key = text[..equals].Trim(), place = $"{file}:{number}: {key}";
            string value = text[(equals + 1)..].Trim();
            RegistryRule rule = rules[^1];
            RegistryMirror? mirror = inMirror ? rule.Mirrors[^1] : null;
            if (mirror is null)
            {
                rules[^1] = key switch
                {
                    "prefix" => rule with { Prefix = Text(value, place) },
                    "location" => rule with { Location = Text(value, place) },
                    "insecure" => rule with { IsInsecure = Truth(value, place) },
                    "blocked" => rule with { IsBlocked = Truth(value, place) },
                    _ => rule,
                };
                continue;
            }
            mirror = key switch
            {
                "location" => mirror with { Location = Text(value, place) },
                "insecure" => mirror with { IsInsecure = Truth(value, place) },
                _ => mirror,
            };
            rules[^1] = rule with { Mirrors = [.. rule.Mirrors.SkipLast(1), mirror] };
        }
        // one without the other stands for both
        return rules.ConvertAll(rule => rule.Prefix.Length == 0 ? rule with { Prefix = rule.Location } : rule);
    }

    private static List<RegistryRule> Read(IEnumerable<string> files)
    {
        List<RegistryRule> rules = [];
        foreach (string file in files) rules.AddRange(Parse(file, File.ReadLines(file)));
        return rules;
    }

    private static string Text(string value, string place)
    {
        char quote = value.Length > 0 ? value[0] : ' ';
        int end = quote is '"' or '\'' ? value.IndexOf(quote, 1) : -1;
        string text = end > 0 ? value[1..end] : "";
        if (text.Length == 0 || text.Contains('\\')) throw new ImageException($"{place}: expected a text in quotes");
        return text;
    }

    private static bool Truth(string value, string place) => value.Split('#')[0].Trim() switch
    {
        "true" => true,
        "false" => false,
        _ => throw new ImageException($"{place}: expected true or false"),
    };
}
