using Microsoft.Win32.SafeHandles;
using Sampan.Images.Archive;
using Sampan.Linux.Files;

namespace Sampan.Images.Layout;

/// <summary>An image folder. Names in it, also of what symbolic links point to, are resolved with the folder as root.</summary>
internal sealed class LayoutDirectory(Fd folder) : IBlobSource
{
    public Stream? TryOpen(string name)
    {
        // non-blocking: a fifo in place of a file must not hold us up
        Fd? file = Paths.OpenInRootIfExists(folder, name, OpenFlags.ReadOnly | OpenFlags.NonBlocking);
        if (file is null) return null;
        if (FileStatus.Of(file).Kind != FileKind.Regular)
        {
            file.Dispose();
            throw new ImageException($"'{ImageException.Printable(name)}' is not a regular file");
        }
        int number = file.Number;
        file.SetHandleAsInvalid(); // the stream owns it from here on
        return new FileStream(new SafeFileHandle(number, ownsHandle: true), FileAccess.Read, 0);
    }

    public void Dispose()
    {
    }
}
