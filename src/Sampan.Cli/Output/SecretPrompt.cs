using System.Text;
using Sampan.CommandLine;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Linux.Terminals;

namespace Sampan.Cli.Output;

/// <summary>Asks the person at the terminal, for a password without showing it.</summary>
internal static class SecretPrompt
{
    private const byte Interrupt = 3, EndOfInput = 4, Backspace = 8, Delete = 127;

    public static string Ask(string question, bool isSecret, TextWriter error)
    {
        using RawMode raw = RawMode.TryEnter(Fd.StandardInput, keepOutput: true)
            ?? throw new UsageException("login: standard input is no terminal; hint: --username NAME --password-stdin");
        error.Write(question);
        List<byte> typed = [];
        Span<byte> one = stackalloc byte[1];
        while (Streams.Read(Fd.StandardInput, one) == 1 && one[0] is not ((byte)'\r' or (byte)'\n' or EndOfInput))
        {
            if (one[0] == Interrupt)
            {
                error.Write("\n");
                throw new UsageException("login: interrupted");
            }
            if (one[0] is Backspace or Delete)
            {
                if (typed.Count == 0) continue;
                typed.RemoveAt(typed.Count - 1);
                if (!isSecret) error.Write("\b \b");
                continue;
            }
            typed.Add(one[0]);
            if (!isSecret) error.Write((char)one[0]);
        }
        error.Write("\n");
        return Encoding.UTF8.GetString([.. typed]);
    }
}
