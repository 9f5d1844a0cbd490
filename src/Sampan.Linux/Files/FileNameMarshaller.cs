using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Files;

/// <summary>Passes a name to the kernel as <see cref="FileNames"/> encodes it. A zero byte, which would cut it short, is refused.</summary>
[CustomMarshaller(typeof(string), MarshalMode.ManagedToUnmanagedIn, typeof(ToKernel))]
internal static unsafe class FileNameMarshaller
{
    public ref struct ToKernel
    {
        private byte* _bytes;
        private bool _isAllocated;

        public static int BufferSize => 512;

        public void FromManaged(string? name, Span<byte> buffer)
        {
            if (name is null) return;
            if (name.Contains('\0')) throw new SyscallException("a path with a zero byte", Errno.EINVAL);
            int needed = FileNames.ByteCountMax(name) + 1;
            if (needed > buffer.Length)
            {
                _bytes = (byte*)NativeMemory.Alloc((nuint)needed);
                _isAllocated = true;
                buffer = new Span<byte>(_bytes, needed);
            }
            else
            {
                // the generated caller gives a buffer on its own stack, which outlives the call
                _bytes = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(buffer));
            }
            buffer[FileNames.Encode(name, buffer)] = 0;
        }

        public readonly byte* ToUnmanaged() => _bytes;

        public readonly void Free()
        {
            if (_isAllocated) NativeMemory.Free(_bytes);
        }
    }
}
