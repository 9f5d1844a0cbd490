using System.Globalization;
using Sampan.CommandLine;

namespace Sampan.Cli.Arguments;

/// <summary>The options of docker's json-file logs that limit them.</summary>
internal static class LogOptions
{
    private const int FilesMaximum = 1000;

    public static (long? FileBytes, long? Files) Read(IReadOnlyList<string> options)
    {
        (long? bytes, long? files) = (null, null);
        foreach (string option in options)
        {
            string[] parts = option.Split('=', 2);
            switch (parts)
            {
                case ["max-size", "-1"]: bytes = null; break;
                case ["max-size", { } size]: bytes = ByteSize.Parse("--log-opt max-size", size); break;
                case ["max-file", { } count] when int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is > 0 and <= FilesMaximum:
                    files = number;
                    break;
                default: throw new UsageException($"flag --log-opt: invalid value '{option}'; wanted: max-size=SIZE or max-file=1 to {FilesMaximum}");
            }
        }

        return files > 1 && bytes is null ? throw new UsageException("flag --log-opt: max-file needs max-size") : (bytes, files);
    }
}
