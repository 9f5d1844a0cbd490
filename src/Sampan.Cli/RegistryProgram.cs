using System.Collections;
using Sampan.Cli.Output;
using Sampan.CommandLine;
using Sampan.Engine.Rootless;
using Sampan.Engine.State;
using Sampan.Images.References;
using Sampan.Linux.Files;
using Sampan.Linux.Processes;

namespace Sampan.Cli;

/// <summary><c>sampan-registry</c>, which lies beside this program and has what TLS needs: linked into this one it would slow down every start.</summary>
internal static class RegistryProgram
{
    private const string Name = "sampan-registry";

    /// <summary>Becomes that program with the same arguments, as root of the user namespace where an ordinary user has one.</summary>
    public static int Become() => OrdinaryUser.IsCaller ? OrdinaryUser.Enter(EnginePaths.FromEnvironment()) : BecomeAsCaller();

    /// <summary>As <see cref="Become"/>, for what touches no image.</summary>
    public static int BecomeAsCaller()
    {
        ProgramExecution.Replace(Find(), [Name, .. Environment.GetCommandLineArgs()[1..]]);
        return ExitCode.Success;
    }

    /// <summary>Pulls an image and waits for it; shows only how that goes on.</summary>
    /// <param name="parsed">The flags of <c>run</c>.</param>
    /// <exception cref="ToldException">It could not be pulled.</exception>
    public static void Pull(ParsedArguments parsed, EnginePaths paths, Reference reference, string? platform)
    {
        List<string> arguments = [Name, "pull"];
        if (platform is not null) arguments.Add($"--platform={platform}");
        if (parsed.Has("tls-verify")) arguments.Add($"--tls-verify={parsed.Text("tls-verify")}");
        if (parsed.Text("cert-dir") is { } folder) arguments.Add($"--cert-dir={folder}");
        arguments.Add(reference.ToString());
        List<string> environment = [$"SAMPAN_DATA={paths.Data}", $"SAMPAN_RUN={paths.Run}"];
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            if (variable.Key is not ("SAMPAN_DATA" or "SAMPAN_RUN")) environment.Add($"{variable.Key}={variable.Value}");
        using Fd nowhere = Paths.Open("/dev/null", OpenFlags.ReadWrite);
        Child child = Spawn.Start(Find(), arguments, environment, new Dictionary<int, Fd> { [0] = nowhere, [1] = nowhere });
        if (!child.Wait().Success) throw new ToldException();
    }

    private static string Find()
    {
        string beside = Path.Join(Path.GetDirectoryName(Environment.ProcessPath), Name);
        return File.Exists(beside) ? beside
            : throw new EngineException($"{beside}: no such program, which speaks to registries; hint: install it beside sampan");
    }
}
