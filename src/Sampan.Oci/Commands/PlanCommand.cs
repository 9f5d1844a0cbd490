using Sampan.CommandLine;
using Sampan.Runtime.Lifecycle;
using Sampan.Runtime.Plan;
using Sampan.Runtime.Spec;

namespace Sampan.Oci.Commands;

internal static class PlanCommand
{
    public static Command Declare() => new("plan", "print every step that a start would take, taking none")
    {
        MaxPositionals = 0,
        Flags =
        [
            Flag.Text("bundle", "DIR", "the folder with config.json", 'b') with { Default = "." },
            Flag.Text("format", "FORMAT", "text or json", 'f') with { Default = "text", Choices = ["text", "json"] },
        ],
        Examples = ["sampan-oci plan --bundle /containers/web"],
        Handler = Run,
    };

    private static int Run(ParsedArguments arguments)
    {
        string bundle = arguments.Text("bundle")!;
        ContainerSpec spec = Bundle.Read(bundle).Spec;
        using StartPlan plan = StartPlan.Compose(spec, new StartContext { Staging = Path.GetFullPath(spec.RootPath, Path.GetFullPath(bundle)) });
        if (arguments.Text("format") == "json")
        {
            Console.Out.WriteLine(JsonOutput.Indented(json =>
            {
                json.WriteStartObject();
                json.WriteString("clone", plan.Clone);
                json.WriteStartArray("steps");
                foreach (string step in plan.Steps) json.WriteStringValue(step);
                json.WriteEndArray();
                json.WriteEndObject();
            }));
            return 0;
        }
        Console.Out.WriteLine($"  0  clone3({plan.Clone})");
        for (int i = 0; i < plan.Steps.Count; i++) Console.Out.WriteLine($"{i + 1,3}  {plan.Steps[i]}");
        return 0;
    }
}
