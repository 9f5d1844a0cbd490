using System.Text.Json;
using Sampan.Linux.Capabilities;
using Sampan.Linux.Errors;
using Sampan.Linux.Seccomp;

namespace Sampan.Runtime.Spec;

/// <summary>
/// Reads a seccomp profile: the OCI form of <c>linux.seccomp</c>, and Docker's, which adds <c>archMap</c> and rules
/// that depend on capabilities, architecture and kernel (<c>includes</c>, <c>excludes</c>).
/// </summary>
public static class SeccompJson
{
    /// <param name="path">Where the element stands, for error messages: a file or <c>linux.seccomp</c>.</param>
    /// <param name="capabilities">The container's, for Docker's conditional rules.</param>
    /// <exception cref="FormatException">Not a profile; names the place.</exception>
    public static SeccompProfile Read(JsonElement json, string path, CapabilitySet capabilities = default)
    {
        try
        {
            return ReadProfile(json, capabilities);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or KeyNotFoundException or OverflowException)
        {
            throw new FormatException($"{path}: not a seccomp profile: {e.Message}", e);
        }
    }

    private static SeccompProfile ReadProfile(JsonElement json, CapabilitySet capabilities)
    {
        if (!json.TryGetProperty("defaultAction", out JsonElement action)) throw new FormatException("defaultAction is missing");
        uint errno = json.TryGetProperty("defaultErrnoRet", out JsonElement number) ? number.GetUInt32() : (uint)Errno.EPERM;
        SeccompFlags flags = SeccompFlags.None;
        foreach (string flag in Strings(json, "flags")) flags |= SeccompNames.Flag(flag);
        List<SeccompRule> rules = [];
        foreach (JsonElement rule in Items(json, "syscalls"))
        {
            if (Applies(rule, capabilities)) rules.Add(ReadRule(rule));
        }

        return new SeccompProfile(SeccompNames.Action(action.GetString()!), (Errno)errno, Architectures(json), flags, rules);
    }

    private static List<SeccompArchitecture> Architectures(JsonElement json)
    {
        List<SeccompArchitecture> list = [];
        foreach (string name in Strings(json, "architectures")) list.Add(SeccompNames.Architecture(name));
        foreach (JsonElement map in Items(json, "archMap"))
        {
            if (SeccompNames.Architecture(map.GetProperty("architecture").GetString()!) != SeccompArchitecture.X8664) continue;
            list.Add(SeccompArchitecture.X8664);
            foreach (string name in Strings(map, "subArchitectures")) list.Add(SeccompNames.Architecture(name));
        }

        return list;
    }

    private static SeccompRule ReadRule(JsonElement rule)
    {
        List<string> names = [.. Strings(rule, "names")];
        if (rule.TryGetProperty("name", out JsonElement name) && name.GetString() is { Length: > 0 } single) names.Add(single);
        uint? errno = rule.TryGetProperty("errnoRet", out JsonElement number) && number.ValueKind == JsonValueKind.Number
            ? number.GetUInt32() : null;
        List<SeccompCondition> conditions = [];
        foreach (JsonElement condition in Items(rule, "args"))
        {
            uint index = condition.GetProperty("index").GetUInt32();
            if (index > 5) throw new FormatException($"argument index {index}; there are 0 to 5");
            ulong second = condition.TryGetProperty("valueTwo", out JsonElement two) ? two.GetUInt64() : 0;
            conditions.Add(new(index, condition.GetProperty("value").GetUInt64(), second,
                SeccompNames.Operator(condition.GetProperty("op").GetString()!)));
        }

        return new SeccompRule(names, SeccompNames.Action(rule.GetProperty("action").GetString()!), errno, conditions);
    }

    private static bool Applies(JsonElement rule, CapabilitySet capabilities)
    {
        if (rule.TryGetProperty("includes", out JsonElement includes) && includes.ValueKind == JsonValueKind.Object)
        {
            foreach (string name in Strings(includes, "caps"))
            {
                if (!Holds(capabilities, name)) return false;
            }

            string[] architectures = [.. Strings(includes, "arches")];
            if (architectures.Length > 0 && !architectures.Contains("amd64")) return false;
            if (includes.TryGetProperty("minKernel", out JsonElement kernel) && kernel.ValueKind == JsonValueKind.String
                && !KernelIsAtLeast(kernel.GetString()!)) return false;
        }

        if (!rule.TryGetProperty("excludes", out JsonElement excludes) || excludes.ValueKind != JsonValueKind.Object) return true;
        foreach (string name in Strings(excludes, "caps"))
        {
            if (Holds(capabilities, name)) return false;
        }

        if (Strings(excludes, "arches").Contains("amd64")) return false;
        return !(excludes.TryGetProperty("minKernel", out JsonElement oldest) && oldest.ValueKind == JsonValueKind.String
            && KernelIsAtLeast(oldest.GetString()!));
    }

    private static bool Holds(CapabilitySet capabilities, string name)
        => CapabilitySet.Parse(name) is var set && capabilities.Intersect(set) == set;

    private static bool KernelIsAtLeast(string version)
        => Version.TryParse(version, out Version? wanted) && Environment.OSVersion.Version >= wanted;

    private static JsonElement.ArrayEnumerator Items(JsonElement json, string name)
        => json.TryGetProperty(name, out JsonElement list) && list.ValueKind != JsonValueKind.Null ? list.EnumerateArray() : default;

    private static IEnumerable<string> Strings(JsonElement json, string name) => Items(json, name).Select(item => item.GetString()!);
}
