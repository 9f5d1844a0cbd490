using System.Text;
using Sampan.Cli;
using Sampan.Cli.Commands;
using Sampan.CommandLine;
using Sampan.Registry;

// what `sampan` executes for the verbs that need TLS, with its own arguments
var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false));
var error = new StreamWriter(Console.OpenStandardError(), new UTF8Encoding(false)) { AutoFlush = true };
CommandSet verbs = new("sampan", "speaks to registries for sampan", [
    new("pull", "Images", PullCommand.Summary, () => PullCommand.Declare(parsed => PullHandler.Run(parsed, output, error))),
    new("push", "Images", PushCommand.Summary, () => PushCommand.Declare(parsed => PushHandler.Run(parsed, output, error))),
    new("login", "Images", LoginCommand.Summary, () => LoginCommand.Declare(parsed => LoginHandler.Run(parsed, output, error))),
]);
return SampanProgram.Run(verbs, args, output, error, width: 100);
