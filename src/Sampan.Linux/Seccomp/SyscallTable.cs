using System.Buffers.Text;

namespace Sampan.Linux.Seccomp;

/// <summary>System call numbers by name, for each way into the kernel.</summary>
public static class SyscallTable
{
    /// <summary>Set in the numbers of x32 calls.</summary>
    [C("__X32_SYSCALL_BIT")] public const uint X32Bit = 0x40000000;

    /// <summary>False where the architecture has no such call.</summary>
    public static bool TryGetNumber(SeccompArchitecture architecture, string name, out uint number)
    {
        number = 0;
        switch (architecture)
        {
            case SeccompArchitecture.X8664: return Search(SyscallNames.X8664, name, out number);
            case SeccompArchitecture.X86: return Search(SyscallNames.I386, name, out number);
            case SeccompArchitecture.X32:
                bool found = Search(SyscallNames.X32, name, out number);
                number |= X32Bit;
                return found;
            default: return false;
        }
    }

    // binary search over text: the middle byte's entry starts after the space before it
    private static bool Search(ReadOnlySpan<byte> table, string name, out uint number)
    {
        while (!table.IsEmpty)
        {
            int start = table[..(table.Length / 2)].LastIndexOf((byte)' ') + 1;
            int equals = start + table[start..].IndexOf((byte)'=');
            int order = Compare(table[start..equals], name);
            if (order == 0) return Utf8Parser.TryParse(table[(equals + 1)..], out number, out _);
            table = order > 0 ? table[..start] : table[(equals + table[equals..].IndexOf((byte)' ') + 1)..];
        }

        number = 0;
        return false;
    }

    private static int Compare(ReadOnlySpan<byte> entry, string name)
    {
        int shared = Math.Min(entry.Length, name.Length);
        for (int i = 0; i < shared; i++)
        {
            if (entry[i] != name[i]) return entry[i] - name[i];
        }

        return entry.Length - name.Length;
    }
}
