namespace Sampan.Engine.Logs;

/// <summary>Finds where the last lines of a log file begin, reading backwards.</summary>
internal static class LogTail
{
    private const int BlockSize = 64 * 1024;

    /// <summary>The position of the first of the last <paramref name="entries"/> entries, and how many there are from there on.</summary>
    public static (long Position, int Found) Find(FileStream file, int entries)
    {
        long position = file.Length;
        if (entries <= 0) return (position, 0);
        byte[] block = new byte[BlockSize];
        int newlines = 0;
        while (position > 0)
        {
            int length = (int)Math.Min(BlockSize, position);
            position -= length;
            RandomAccess.Read(file.SafeFileHandle, block.AsSpan(0, length), position);
            for (int i = length - 1; i >= 0; i--)
            {
                // the newline that ends the last entry does not begin another one
                if (block[i] == '\n' && ++newlines > entries) return (position + i + 1, entries);
            }
        }

        return (0, newlines);
    }
}
