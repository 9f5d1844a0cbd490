using Sampan.Cli.Output;
using Sampan.CommandLine;
using Sampan.Engine.Rootless;
using Sampan.Engine.State;
using Sampan.Images;
using Sampan.Images.Content;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Linux.Terminals;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan save</c>.</summary>
internal static class SaveCommand
{
    private const int BufferBytes = 256 * 1024;
    private static readonly string[] Formats = ["docker-archive", "oci-archive"];

    public static Command Declare(TextWriter output) => new("save", "write images into an archive")
    {
        Positionals = "IMAGE...",
        MinPositionals = 1,
        Flags =
        [
            Flag.Text("format", "FORMAT", "docker-archive (also an OCI archive), or oci-archive (oci)") with { Default = "docker-archive", Choices = Formats },
            Flag.Text("output", "FILE", "write to this file; standard output when not given", 'o'),
        ],
        Examples = ["sampan save -o images.tar app:1.2 busybox", "sampan save app | ssh host sampan load"],
        Handler = parsed => Run(parsed, output),
    };

    private static int Run(ParsedArguments parsed, TextWriter output)
    {
        bool forDocker = parsed.Text("format") switch
        {
            "docker-archive" or "docker" => true,
            "oci-archive" or "oci" => false,
            var other => throw new UsageException($"flag --format: invalid value '{other}'; wanted: one of docker-archive, oci-archive"),
        };
        string? file = parsed.Text("output");
        if (file is null && Terminal.IsTerminal(Fd.StandardOutput))
            throw new UsageException("save: standard output is a terminal; hint: sampan save -o FILE, or redirect it");
        EnginePaths paths = EnginePaths.FromEnvironment();
        if (OrdinaryUser.IsCaller) return OrdinaryUser.Enter(paths);
        NamedImages images = ImageStore.Open(paths.Images).Named;
        using IDisposable use = images.Use();
        ImageSave save = new(images);
        foreach (string image in parsed.Positionals) save.Add(image);
        output.Flush();
        if (file is null or "-") WriteTo(new DescriptorStream(Fd.StandardOutput), save, forDocker);
        else WriteFile(file, save, forDocker);
        return ExitCode.Success;
    }

    private static void WriteTo(Stream stream, ImageSave save, bool forDocker)
    {
        using BufferedStream buffered = new(stream, BufferBytes);
        save.Write(buffered, forDocker);
    }

    /// <summary>The file is there wholly or not at all; a pipe or device is written to as it is.</summary>
    private static void WriteFile(string file, ImageSave save, bool forDocker)
    {
        if (File.Exists(file) && !IsRegular(file))
        {
            using FileStream device = new(file, FileMode.Open, FileAccess.Write);
            WriteTo(device, save, forDocker);
            return;
        }
        string temporary = $"{file}.{Environment.ProcessId}.new";
        try
        {
            using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write)) WriteTo(stream, save, forDocker);
            File.Move(temporary, file, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static bool IsRegular(string file)
    {
        using Fd opened = Paths.Open(file, OpenFlags.Path);
        return FileStatus.Of(opened).Kind == FileKind.Regular;
    }
}
