using System.Text;
using Sampan.Cli;
using Sampan.Linux.Files;
using Sampan.Linux.Terminals;

const int widthWithoutTerminal = 100;

// plain streams: Console's writers would load encodings and terminal descriptions that nothing here needs
var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false));
var error = new StreamWriter(Console.OpenStandardError(), new UTF8Encoding(false)) { AutoFlush = true };
int width = Terminal.TryGetSize(Fd.StandardOutput) is { Columns: > 0 } size ? size.Columns : widthWithoutTerminal;
return SampanProgram.Run(args, output, error, width);
