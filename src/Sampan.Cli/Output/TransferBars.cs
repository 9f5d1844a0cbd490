using System.Diagnostics;
using System.Text;
using Sampan.Images.Registry;
using Sampan.Linux.Files;
using Sampan.Linux.Terminals;

namespace Sampan.Cli.Output;

/// <summary>Shows on a terminal how transfers that take more than a second go on, a line each; gone when all is done.</summary>
internal sealed class TransferBars(TextWriter error) : ITransferProgress, IDisposable
{
    private const int BarColumns = 30;
    private const int NeededColumns = 78;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private readonly bool _isShown = Terminal.TryGetSize(Fd.StandardError) is { Columns: >= NeededColumns };
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string What, long Done, long Total)> _transfers = [];
    private readonly List<string> _order = [];
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _drawn;
    private int _lines;

    public void Report(string id, string what, long doneBytes, long totalBytes)
    {
        if (!_isShown) return;
        lock (_lock)
        {
            if (!_transfers.ContainsKey(id)) _order.Add(id);
            _transfers[id] = (what, doneBytes, totalBytes);
            if (Stopwatch.GetElapsedTime(_started) < Patience || (_drawn != 0 && Stopwatch.GetElapsedTime(_drawn) < Interval)) return;
            _drawn = Stopwatch.GetTimestamp();
            Draw();
        }
    }

    public void Dispose()
    {
        if (_lines == 0) return;
        error.Write($"\e[{_lines}A\e[J");
        _lines = 0;
    }

    private void Draw()
    {
        StringBuilder text = new();
        if (_lines > 0) text.Append($"\e[{_lines}A");
        foreach (string id in _order)
        {
            (string what, long done, long total) = _transfers[id];
            int filled = total > 0 ? (int)(BarColumns * done / total) : BarColumns;
            text.Append($"\e[2K{id} {what,-13} [{new string('=', filled)}{new string(' ', BarColumns - filled)}] {HumanSize.Of(done),7}/{HumanSize.Of(total)}\n");
        }
        error.Write(text);
        _lines = _order.Count;
    }
}
