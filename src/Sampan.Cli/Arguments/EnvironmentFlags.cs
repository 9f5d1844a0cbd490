using Sampan.CommandLine;

namespace Sampan.Cli.Arguments;

/// <summary>Reads <c>--env-file</c> and <c>--env</c>; what comes later wins, and flags win over files.</summary>
internal static class EnvironmentFlags
{
    /// <param name="files">Paths in docker's format: <c>NAME=value</c> lines, <c>#</c> comments; a bare name imports.</param>
    /// <param name="values"><c>NAME=value</c>, or a bare name, which imports.</param>
    /// <param name="import">The caller's environment; null for a name it lacks, which is then left out.</param>
    public static List<string> Collect(IReadOnlyList<string> files, IReadOnlyList<string> values, Func<string, string?> import)
    {
        var result = new List<string>();
        foreach (string file in files)
        {
            int number = 0;
            foreach (string line in ReadLines(file))
            {
                number++;
                // only leading white space is dropped: a value may end in blanks
                string text = line.TrimStart();
                if (text.Length > 0 && text[0] != '#') Add($"--env-file: {file}:{number}", text, import, result);
            }
        }

        foreach (string value in values) Add("--env", value, import, result);
        return result;
    }

    private static string[] ReadLines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"flag --env-file: {file}: {e.Message.TrimEnd('.')}");
        }
    }

    private static void Add(string flag, string text, Func<string, string?> import, List<string> result)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? text : text[..equals];
        if (name.Length == 0) throw new UsageException($"flag {flag}: no variable name in {text}");
        if (name.AsSpan().ContainsAny(' ', '\t')) throw new UsageException($"flag {flag}: white space in variable name '{name}'");
        if (text.Contains('\0', StringComparison.Ordinal)) throw new UsageException($"flag {flag}: NUL in the value of {name}");
        if (equals >= 0) result.Add(text);
        else if (import(name) is string value) result.Add($"{name}={value}");
    }
}
