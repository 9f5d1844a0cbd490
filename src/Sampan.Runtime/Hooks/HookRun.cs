using System.Diagnostics;
using System.Text;
using Sampan.Linux.Errors;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Runtime.Spec;

namespace Sampan.Runtime.Hooks;

/// <summary>One hook from its start to its end: state on standard input, what it prints kept for the error, killed when its time is over.</summary>
internal static class HookRun
{
    private const int OutputShownMax = 1024;

    /// <param name="start">Starts the program with its standard input and output, and returns its pidfd; the caller reaps nothing.</param>
    /// <exception cref="HookException">It could not be executed, failed, or took too long.</exception>
    public static void Run(HookSpec hook, HookState state, Func<Fd, Fd, Fd> start)
    {
        using Fd input = MemoryFile.Create("state", state.ToJson());
        using Fd output = MemoryFile.Create("hook output", []);
        Fd process;
        try
        {
            process = start(input, output);
        }
        catch (Exception error) when (error is SyscallException or Start.StartException)
        {
            throw new HookException($"{hook.Place}: {error.Message}");
        }
        using (process)
        {
            Stopwatch clock = Stopwatch.StartNew();
            bool ended = Streams.Wait(process, EpollEvents.Readable, hook.TimeoutS is { } seconds ? seconds * 1000 : -1);
            if (!ended) PidFd.TrySignal(process, SignalNumber.Kill);
            int code = PidFd.Reap(process);
            if (!ended) throw new HookException($"{hook.Place}: {hook.Path}: was killed after {clock.Elapsed.TotalSeconds:0.#} s, its timeout");
            if (code != 0) throw new HookException($"{hook.Place}: {hook.Path}: {(code > 128 ? $"killed by signal {code - 128}" : $"exit code {code}")}{Printed(output)}");
        }
    }

    private static string Printed(Fd output)
    {
        string text = Encoding.UTF8.GetString(MemoryFile.Head(output, OutputShownMax)).Trim();
        return text.Length == 0 ? "" : ": " + string.Concat(text.Select(static c => c == '\n' ? "; " : char.IsControl(c) ? "?" : c.ToString()));
    }
}
