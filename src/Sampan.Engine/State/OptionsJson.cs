using System.Text.Json;
using Sampan.Engine.Containers;

namespace Sampan.Engine.State;

/// <summary>The options of a container as members of a JSON object; defaults are left out.</summary>
internal static class OptionsJson
{
    public static void Write(Utf8JsonWriter writer, ContainerOptions options)
    {
        writer.WriteString("image", options.Image);
        writer.WriteFlag("rootFileSystem", options.RootFileSystem);
        writer.WriteList("command", options.Command);
        writer.WriteOptional("entrypoint", options.Entrypoint);
        writer.WriteOptional("name", options.Name);
        writer.WriteFlag("interactive", options.Interactive);
        writer.WriteFlag("terminal", options.Terminal);
        writer.WriteFlag("detach", options.Detach);
        writer.WriteFlag("remove", options.Remove);
        writer.WriteFlag("init", options.Init);
        writer.WriteList("environment", options.Environment);
        writer.WriteOptional("workingDirectory", options.WorkingDirectory);
        writer.WriteOptional("user", options.User);
        writer.WriteOptional("hostname", options.Hostname);
        writer.WriteString("network", options.Network);
        writer.WriteOptional("networkSubnet", options.NetworkSubnet);
        writer.WriteList("dns", options.Dns);
        writer.WriteList("addHosts", options.AddHosts);
        writer.WriteList("publish", options.Publish);
        writer.WriteOptional("logFileBytes", options.LogFileBytes);
        writer.WriteOptional("logFiles", options.LogFiles);
        WriteMounts(writer, options.Mounts);
        writer.WriteFlag("readOnly", options.ReadOnly);
        writer.WriteOptional("memoryBytes", options.MemoryBytes);
        if (options.Cpus is { } cpus) writer.WriteNumber("cpus", cpus);
        writer.WriteOptional("pidsLimit", options.PidsLimit);
        writer.WriteList("capAdd", options.CapAdd);
        writer.WriteList("capDrop", options.CapDrop);
        writer.WriteFlag("privileged", options.Privileged);
        writer.WriteOptional("seccompProfile", options.SeccompProfile);
        writer.WriteFlag("noNewPrivileges", options.NoNewPrivileges);
        writer.WriteOptional("userNamespace", options.UserNamespace);
        writer.WriteList("ulimits", options.Ulimits);
        writer.WriteList("devices", options.Devices);
        writer.WriteList("sysctls", options.Sysctls);
        writer.WriteOptional("stopSignal", options.StopSignal);
        writer.WriteOptional("cidFile", options.CidFile);
        writer.WriteOptional("platform", options.Platform);
        writer.WriteOptional("storage", options.Storage);
    }

    public static ContainerOptions Read(JsonElement json) => new()
    {
        Image = json.Required("image"),
        RootFileSystem = json.Flag("rootFileSystem"),
        Command = json.List("command"),
        Entrypoint = json.Optional("entrypoint"),
        Name = json.Optional("name"),
        Interactive = json.Flag("interactive"),
        Terminal = json.Flag("terminal"),
        Detach = json.Flag("detach"),
        Remove = json.Flag("remove"),
        Init = json.Flag("init"),
        Environment = json.List("environment"),
        WorkingDirectory = json.Optional("workingDirectory"),
        User = json.Optional("user"),
        Hostname = json.Optional("hostname"),
        Network = json.Required("network"),
        NetworkSubnet = json.Optional("networkSubnet"),
        Dns = json.List("dns"),
        AddHosts = json.List("addHosts"),
        Publish = json.List("publish"),
        LogFileBytes = json.OptionalNumber("logFileBytes"),
        LogFiles = json.OptionalNumber("logFiles"),
        Mounts = ReadMounts(json),
        ReadOnly = json.Flag("readOnly"),
        MemoryBytes = json.OptionalNumber("memoryBytes"),
        Cpus = json.TryGetProperty("cpus", out JsonElement cpus) ? cpus.GetDouble() : null,
        PidsLimit = json.OptionalNumber("pidsLimit"),
        CapAdd = json.List("capAdd"),
        CapDrop = json.List("capDrop"),
        Privileged = json.Flag("privileged"),
        SeccompProfile = json.Optional("seccompProfile"),
        NoNewPrivileges = json.Flag("noNewPrivileges"),
        UserNamespace = json.Optional("userNamespace"),
        Ulimits = json.List("ulimits"),
        Devices = json.List("devices"),
        Sysctls = json.List("sysctls"),
        StopSignal = json.Optional("stopSignal"),
        CidFile = json.Optional("cidFile"),
        Platform = json.Optional("platform"),
        Storage = json.Optional("storage"),
    };

    private static void WriteMounts(Utf8JsonWriter writer, IReadOnlyList<MountOption> mounts)
    {
        if (mounts.Count == 0) return;
        writer.WriteStartArray("mounts");
        foreach (MountOption mount in mounts)
        {
            writer.WriteStartObject();
            writer.WriteString("type", mount.Type);
            writer.WriteOptional("source", mount.Source);
            writer.WriteString("target", mount.Target);
            writer.WriteList("options", mount.Options);
            writer.WriteFlag("makeSource", mount.MakeSource);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static List<MountOption> ReadMounts(JsonElement json)
    {
        if (!json.TryGetProperty("mounts", out JsonElement array)) return [];
        List<MountOption> mounts = new(array.GetArrayLength());
        foreach (JsonElement mount in array.EnumerateArray())
        {
            mounts.Add(new MountOption(mount.Required("type"), mount.Optional("source"), mount.Required("target"), mount.List("options"))
            {
                MakeSource = mount.Flag("makeSource"),
            });
        }

        return mounts;
    }
}
