using System.Diagnostics;

namespace Sampan.Tests.Linux.Headers;

/// <summary>gcc over the headers of the machine.</summary>
public static class CCompiler
{
    public const string Program = "/usr/bin/gcc";

    /// <summary>All that is included: of libc6-dev and linux-libc-dev.</summary>
    private static readonly string[] s_headers =
    [
        "dirent.h", "errno.h", "fcntl.h", "netinet/in.h", "poll.h", "signal.h", "spawn.h", "stddef.h", "stdio.h", "sys/epoll.h", "sys/eventfd.h", "sys/inotify.h", "sys/ioctl.h", "sys/mount.h", "sys/prctl.h",
        "sys/resource.h", "sys/signalfd.h", "sys/socket.h", "sys/stat.h", "sys/un.h", "sys/vfs.h", "sys/wait.h", "termios.h", "unistd.h", "asm/unistd.h",
        "linux/audit.h", "linux/bpf.h", "linux/capability.h", "linux/close_range.h", "linux/filter.h", "linux/if.h", "linux/if_link.h",
        "linux/ip.h", "linux/ipv6.h", "linux/keyctl.h", "linux/limits.h",
        "linux/magic.h", "linux/mount.h", "linux/netfilter.h", "linux/netfilter/nf_conntrack_common.h", "linux/netfilter/nf_tables.h",
        "linux/netfilter/nfnetlink.h", "linux/netlink.h", "linux/openat2.h", "linux/rtnetlink.h", "linux/sched.h", "linux/seccomp.h",
        "linux/udp.h", "linux/veth.h",
    ];

    public static string Includes { get; } = Include(s_headers);

    public static string Include(params IEnumerable<string> headers) => "#define _GNU_SOURCE\n" + string.Concat(headers.Select(header => $"#include <{header}>\n"));

    /// <summary>Checks a source and returns what the compiler says; nothing where all is well.</summary>
    public static string Check(string source, params string[] options) => Run(source, ["-fsyntax-only", .. options]).Errors;

    /// <summary>All macros that are known at the end of a source, as <c>#define NAME VALUE</c> lines.</summary>
    public static string Macros(string source, params string[] options) => Run(source, ["-E", "-dM", .. options]).Output;

    private static (string Output, string Errors) Run(string source, string[] options)
    {
        ProcessStartInfo start = new(Program, ["-x", "c", .. options, "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C";
        using Process gcc = Process.Start(start)!;
        Task<string> output = gcc.StandardOutput.ReadToEndAsync();
        Task<string> errors = gcc.StandardError.ReadToEndAsync();
        gcc.StandardInput.Write(source);
        gcc.StandardInput.Close();
        gcc.WaitForExit();
        string said = errors.Result;
        return gcc.ExitCode == 0 || said.Length > 0 ? (output.Result, said) : throw new IOException($"gcc: exit code {gcc.ExitCode}");
    }
}
