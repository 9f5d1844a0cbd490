using Sampan.Cli.Output;
using Sampan.Engine.Cleanup;
using Sampan.Engine.Rootless;
using Sampan.Engine.State;

namespace Sampan.Cli.Commands;

/// <summary>The engine as every command must see it: what killed monitors left is undone first, so that no command shows or
/// signals a container that is gone.</summary>
internal static class SweptEngine
{
    /// <summary>What could not be undone goes to <paramref name="error"/>, one line each; the command goes on.</summary>
    public static EnginePaths Open(TextWriter error)
    {
        EnginePaths paths = EnginePaths.FromEnvironment();
        if (OrdinaryUser.IsCaller)
        {
            // a container's files and processes belong to other ids of the user
            if (Sweep.IsNeeded(paths)) OrdinaryUser.Enter(paths, ["sampan", SweepCommand.Verb]);
            return paths;
        }

        foreach (string failure in Sweep.Run(paths)) ErrorLine.Write(error, failure);
        return paths;
    }
}
