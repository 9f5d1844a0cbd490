using Sampan.CommandLine;
using Sampan.Runtime.Spec;

namespace Sampan.Oci.Commands;

internal static class SpecCommand
{
    public static Command Declare() => new("spec", "write a config.json to start from")
    {
        MaxPositionals = 0,
        Flags =
        [
            Flag.Text("bundle", "DIR", "where to write it", 'b') with { Default = "." },
            Flag.Switch("rootless", "for an ordinary user"),
        ],
        Handler = static arguments =>
        {
            string path = Path.Combine(arguments.Text("bundle")!, "config.json");
            if (File.Exists(path)) throw new UsageException($"{path} exists already: remove it first");
            File.WriteAllText(path, JsonOutput.Indented(json => DefaultSpec.Write(json, arguments.Switch("rootless"))) + "\n");
            return 0;
        },
    };
}
