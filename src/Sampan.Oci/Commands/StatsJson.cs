using System.Text.Json;
using Sampan.Linux.Cgroups;

namespace Sampan.Oci.Commands;

/// <summary>What a container uses, with the members that readers of <c>runc events</c> know.</summary>
internal static class StatsJson
{
    public static void Write(Utf8JsonWriter json, CgroupStats stats)
    {
        if (stats.CpuNs is long cpu)
        {
            json.WriteStartObject("cpu");
            json.WriteStartObject("usage");
            json.WriteNumber("total", cpu);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        if (stats.MemoryBytes is long memory)
        {
            json.WriteStartObject("memory");
            json.WriteStartObject("usage");
            json.WriteNumber("usage", memory);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        if (stats.Pids is long pids)
        {
            json.WriteStartObject("pids");
            json.WriteNumber("current", pids);
            json.WriteEndObject();
        }
    }
}
