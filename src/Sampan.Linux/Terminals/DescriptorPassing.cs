using System.Runtime.InteropServices;
using System.Text;
using Sampan.Linux.Errors;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Linux.Processes;
using static Sampan.Linux.SysSocket;

namespace Sampan.Linux.Terminals;

/// <summary>Hands a descriptor to another process over a unix socket, unix(7) SCM_RIGHTS.</summary>
public static unsafe partial class DescriptorPassing
{
    /// <summary>Connects to a listening socket and sends one descriptor, with a few bytes that say what it is.</summary>
    public static void SendTo(string socketPath, Fd descriptor, string label)
    {
        using Fd socket = UnixSocket.Connect(Path.GetDirectoryName(Path.GetFullPath(socketPath))!, Path.GetFileName(socketPath));
        byte[] payload = Encoding.UTF8.GetBytes(label);
        ChildChannel.DescriptorMessage control = new()
        {
            Length = ChildChannel.DescriptorMessage.MessageLength,
            Level = SOL_SOCKET,
            Type = SCM_RIGHTS,
            Descriptor = descriptor.Number,
        };
        fixed (byte* bytes = payload)
        {
            ChildChannel.IoVector vector = new() { Base = (nint)bytes, Length = payload.Length };
            ChildChannel.MessageHeader header = new()
            {
                Vector = (nint)(&vector),
                VectorCount = 1,
                Control = (nint)(&control),
                ControlLength = sizeof(ChildChannel.DescriptorMessage),
            };
            nint sent;
            do sent = sendmsg(socket.Number, &header, MSG_NOSIGNAL);
            while (sent < 0 && (Errno)Marshal.GetLastPInvokeError() == Errno.EINTR);
            if (sent < 0) throw SyscallException.Last($"sendmsg({socketPath})");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendmsg(int socket, ChildChannel.MessageHeader* header, int flags);
}
