using System.Runtime.InteropServices;
using System.Text;
using Sampan.Linux.Errors;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Linux.Processes;

namespace Sampan.Linux.Terminals;

/// <summary>Hands a descriptor to another process over a unix socket, unix(7) SCM_RIGHTS.</summary>
public static unsafe partial class DescriptorPassing
{
    /// <summary>Connects to a listening socket and sends one descriptor, with a few bytes that say what it is.</summary>
    public static void SendTo(string socketPath, Fd descriptor, string label)
    {
        using Fd socket = UnixSocket.Connect(Path.GetDirectoryName(Path.GetFullPath(socketPath))!, Path.GetFileName(socketPath));
        byte[] payload = Encoding.UTF8.GetBytes(label);
        long* control = stackalloc long[3];
        control[0] = 20; // cmsg_len: header and one int
        control[1] = 1 | (1L << 32); // SOL_SOCKET, SCM_RIGHTS
        control[2] = descriptor.Number;
        fixed (byte* bytes = payload)
        {
            ChildChannel.IoVector vector = new() { Base = (nint)bytes, Length = payload.Length };
            ChildChannel.MessageHeader header = new() { Vector = (nint)(&vector), VectorCount = 1, Control = (nint)control, ControlLength = 24 };
            nint sent;
            do sent = sendmsg(socket.Number, &header, 0x4000); // MSG_NOSIGNAL
            while (sent < 0 && (Errno)Marshal.GetLastPInvokeError() == Errno.EINTR);
            if (sent < 0) throw SyscallException.Last($"sendmsg({socketPath})");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendmsg(int socket, ChildChannel.MessageHeader* header, int flags);
}
