using System.Text.Json.Nodes;

namespace Sampan.Tests.Runtime.Spec;

/// <summary>One valid configuration that uses every field that is read, and what is reached in it by which path.</summary>
internal static class FullConfig
{
    public const string Json = """
        {"ociVersion":"1.3.0","hostname":"h","domainname":"d","annotations":{"a":"b"},
         "root":{"path":"rootfs","readonly":true},
         "process":{"terminal":true,"consoleSize":{"height":24,"width":80},"cwd":"/","args":["sh","-c"],"env":["A=b"],
          "user":{"uid":1,"gid":2,"umask":18,"additionalGids":[5]},
          "capabilities":{"bounding":["CAP_KILL"],"effective":["CAP_KILL"],"permitted":["CAP_KILL"],"inheritable":["CAP_KILL"],"ambient":["CAP_KILL"]},
          "rlimits":[{"type":"RLIMIT_NOFILE","soft":1,"hard":2}],"noNewPrivileges":true,"oomScoreAdj":5,
          "scheduler":{"policy":"SCHED_DEADLINE","nice":1,"priority":3,"flags":["SCHED_FLAG_RECLAIM"],"runtime":1,"deadline":2,"period":3},
          "ioPriority":{"class":"IOPRIO_CLASS_BE","priority":3},"execCPUAffinity":{"initial":"0","final":"0-1"},
          "apparmorProfile":"p","selinuxLabel":"l"},
         "mounts":[{"destination":"/m","type":"tmpfs","source":"t","options":["ro"]},
          {"destination":"b","source":"/b","options":["bind"],"uidMappings":[{"containerID":0,"hostID":1,"size":2}],"gidMappings":[{"containerID":0,"hostID":1,"size":2}]}],
         "hooks":{"prestart":[{"path":"/p","args":["p"],"env":["A=b"],"timeout":1}],"createRuntime":[{"path":"/p"}],"createContainer":[{"path":"/p"}],
          "startContainer":[{"path":"/p"}],"poststart":[{"path":"/p"}],"poststop":[{"path":"/p"}]},
         "linux":{"namespaces":[{"type":"pid"},{"type":"network","path":"/run/netns/x"},{"type":"mount"},{"type":"uts"},{"type":"ipc"},{"type":"user"},{"type":"time"},{"type":"cgroup"}],
          "uidMappings":[{"containerID":0,"hostID":1,"size":2}],"gidMappings":[{"containerID":0,"hostID":1,"size":2}],
          "timeOffsets":{"monotonic":{"secs":1,"nanosecs":2}},
          "devices":[{"path":"/dev/x","type":"c","major":1,"minor":2,"fileMode":438,"uid":1,"gid":1}],
          "netDevices":{"eth0":{"name":"eth%d"}},
          "cgroupsPath":"/c","rootfsPropagation":"slave","maskedPaths":["/m"],"readonlyPaths":["/r"],"mountLabel":"l",
          "sysctl":{"net.ipv4.ip_forward":"1"},"personality":{"domain":"LINUX","flags":[]},
          "memoryPolicy":{"mode":"MPOL_BIND","nodes":"0","flags":["MPOL_F_STATIC_NODES"]},
          "resources":{"unified":{"memory.high":"5"},
           "memory":{"limit":1,"reservation":1,"swap":1,"kernelTCP":1,"swappiness":1,"disableOOMKiller":true,"useHierarchy":true,"checkBeforeUpdate":true},
           "cpu":{"shares":2,"quota":1000,"burst":1,"period":1000,"realtimeRuntime":1,"realtimePeriod":1000,"cpus":"0","mems":"0","idle":0},
           "pids":{"limit":1},
           "blockIO":{"weight":10,"leafWeight":10,"weightDevice":[{"major":1,"minor":2,"weight":10,"leafWeight":10}],
            "throttleReadBpsDevice":[{"major":1,"minor":2,"rate":3}],"throttleWriteBpsDevice":[{"major":1,"minor":2,"rate":3}],
            "throttleReadIOPSDevice":[{"major":1,"minor":2,"rate":3}],"throttleWriteIOPSDevice":[{"major":1,"minor":2,"rate":3}]},
           "hugepageLimits":[{"pageSize":"2MB","limit":1}],
           "network":{"classID":1,"priorities":[{"name":"lo","priority":1}]},
           "rdma":{"mlx5":{"hcaHandles":1,"hcaObjects":1}},
           "devices":[{"allow":true,"type":"c","major":1,"minor":2,"access":"rw"}]},
          "seccomp":{"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":1,"architectures":["SCMP_ARCH_X86"],"flags":["SECCOMP_FILTER_FLAG_LOG"],
           "listenerPath":"/l","listenerMetadata":"m","syscalls":[{"names":["read"],"action":"SCMP_ACT_ALLOW","errnoRet":1,
           "args":[{"index":0,"value":1,"valueTwo":2,"op":"SCMP_CMP_EQ"}]}]}}}
        """;

    /// <summary>Every value below the root with its path as errors write it.</summary>
    public static IEnumerable<(string Path, JsonNode Value)> Values(JsonNode document)
    {
        IEnumerable<(string, JsonNode)> children = document switch
        {
            JsonObject members => members.Select(m => (document.Parent is null ? m.Key : $"{PathOf(document)}.{m.Key}", m.Value!)),
            JsonArray items => items.Select((item, i) => ($"{PathOf(document)}[{i}]", item!)),
            _ => [],
        };
        return children.SelectMany(child => Values(child.Item2).Prepend(child));
    }

    /// <summary>Another value in the place of one; null takes it away.</summary>
    public static void Put(JsonNode old, JsonNode? value)
    {
        if (old.Parent is JsonArray list) list[list.IndexOf(old)] = value;
        else if (old.Parent is JsonObject parent)
        {
            if (value is null) parent.Remove(old.GetPropertyName());
            else parent[old.GetPropertyName()] = value;
        }
    }

    // as errors write it: GetPath puts names with dots into brackets
    private static string PathOf(JsonNode node) => node.Parent switch
    {
        null => "",
        JsonArray list => $"{PathOf(list)}[{list.IndexOf(node)}]",
        JsonNode parent => PathOf(parent) is { Length: > 0 } path ? $"{path}.{node.GetPropertyName()}" : node.GetPropertyName(),
    };
}
