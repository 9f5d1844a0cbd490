using Sampan.Linux.Files;

namespace Sampan.Runtime.Checkpoint;

/// <summary>CRIU has come to a point of its work at which the caller has something to do; it waits meanwhile.</summary>
/// <param name="Script">The name of the point, such as <c>post-restore</c>: criu(8), "Action scripts".</param>
/// <param name="Pid">The container's first process, 0 where there is none yet.</param>
/// <param name="Descriptor">The terminal's master at <c>orphan-pts-master</c>, else null.</param>
internal sealed record CriuNotice(string Script, int Pid, Fd? Descriptor);
