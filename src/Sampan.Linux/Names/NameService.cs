using System.Runtime.InteropServices;

namespace Sampan.Linux.Names;

/// <summary>How the C library resolves the names of hosts, nsswitch.conf(5).</summary>
public static partial class NameService
{
    /// <summary>By <c>/etc/hosts</c> and DNS alone, which are built in: any other way is a shared library, and that would bring a second C
    /// library into a static program.</summary>
    public static void UseBuiltIn() => _ = __nss_configure_lookup("hosts", "files dns");

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int __nss_configure_lookup(string database, string services);
}
