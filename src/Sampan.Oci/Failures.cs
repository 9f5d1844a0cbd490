using Sampan.CommandLine;
using Sampan.Runtime.Checkpoint;
using Sampan.Runtime.Hooks;
using Sampan.Runtime.Spec;
using Sampan.Runtime.Start;
using Sampan.Runtime.State;

namespace Sampan.Oci;

/// <summary>What can go wrong without this program being wrong: its message is all that a person needs.</summary>
internal static class Failures
{
    public static bool AreExpected(Exception error) => error is UsageException or SpecException or HookException or LifecycleException or StartException or CriuException
        or IOException or UnauthorizedAccessException or ArgumentException or FormatException;
}
