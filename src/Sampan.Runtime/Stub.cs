#pragma warning disable
using System.Text.Json; using Sampan.Linux.Cgroups; using Sampan.Linux.Seccomp;
namespace Sampan.Runtime.Spec { internal static class ResourcesReader { public static CgroupResources Read(SpecNode n) => new(); } public static class SeccompJson { public static SeccompProfile? Read(JsonElement e, string p) => null; } }
