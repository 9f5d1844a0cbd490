using System.Buffers.Binary;
using System.Numerics;

namespace Sampan.Images.Digests;

/// <summary>SHA-256, FIPS 180-4. Own code because the programs are static: the framework's would load OpenSSL at run time.</summary>
public sealed class Sha256
{
    private static readonly uint[] RoundConstants =
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    private readonly uint[] _state =
        [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
    private readonly byte[] _block = new byte[64];
    private int _filled;
    private ulong _length;

    /// <summary>The digest of <paramref name="bytes"/> as 64 lower-case hexadecimal digits.</summary>
    public static string HexOf(ReadOnlySpan<byte> bytes)
    {
        Sha256 hash = new();
        hash.Append(bytes);
        return hash.FinishHex();
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _length += (ulong)bytes.Length;
        if (_filled > 0)
        {
            int taken = Math.Min(64 - _filled, bytes.Length);
            bytes[..taken].CopyTo(_block.AsSpan(_filled));
            _filled += taken;
            bytes = bytes[taken..];
            if (_filled < 64) return;
            Compress(_block);
            _filled = 0;
        }
        int whole = bytes.Length & ~63;
        if (whole > 0) Compress(bytes[..whole]);
        bytes[whole..].CopyTo(_block);
        _filled = bytes.Length - whole;
    }

    /// <summary>Ends the message; the object is used up.</summary>
    public string FinishHex()
    {
        ulong bits = _length * 8;
        Span<byte> padding = stackalloc byte[72];
        padding.Clear();
        padding[0] = 0x80;
        int zeros = (_filled < 56 ? 56 : 120) - _filled;
        BinaryPrimitives.WriteUInt64BigEndian(padding[zeros..], bits);
        Append(padding[..(zeros + 8)]);
        Span<byte> digest = stackalloc byte[32];
        for (int i = 0; i < 8; i++) BinaryPrimitives.WriteUInt32BigEndian(digest[(i * 4)..], _state[i]);
        return Convert.ToHexStringLower(digest);
    }

    private void Compress(ReadOnlySpan<byte> blocks)
    {
        Span<uint> w = stackalloc uint[64];
        ReadOnlySpan<uint> k = RoundConstants.AsSpan(0, 64);
        for (; blocks.Length >= 64; blocks = blocks[64..])
        {
            for (int i = 0; i < 16; i++) w[i] = BinaryPrimitives.ReadUInt32BigEndian(blocks[(i * 4)..]);
            for (int i = 16; i < w.Length; i++)
            {
                uint x = w[i - 15], y = w[i - 2];
                w[i] = w[i - 16] + w[i - 7]
                    + (BitOperations.RotateRight(x, 7) ^ BitOperations.RotateRight(x, 18) ^ (x >> 3))
                    + (BitOperations.RotateRight(y, 17) ^ BitOperations.RotateRight(y, 19) ^ (y >> 10));
            }
            uint a = _state[0], b = _state[1], c = _state[2], d = _state[3];
            uint e = _state[4], f = _state[5], g = _state[6], h = _state[7];
            // eight rounds at a time, the roles of the variables moved instead of their values
            for (int i = 0; i < 64; i += 8)
            {
                Round(a, b, c, ref d, e, f, g, ref h, k[i] + w[i]);
                Round(h, a, b, ref c, d, e, f, ref g, k[i + 1] + w[i + 1]);
                Round(g, h, a, ref b, c, d, e, ref f, k[i + 2] + w[i + 2]);
                Round(f, g, h, ref a, b, c, d, ref e, k[i + 3] + w[i + 3]);
                Round(e, f, g, ref h, a, b, c, ref d, k[i + 4] + w[i + 4]);
                Round(d, e, f, ref g, h, a, b, ref c, k[i + 5] + w[i + 5]);
                Round(c, d, e, ref f, g, h, a, ref b, k[i + 6] + w[i + 6]);
                Round(b, c, d, ref e, f, g, h, ref a, k[i + 7] + w[i + 7]);
            }
            _state[0] += a; _state[1] += b; _state[2] += c; _state[3] += d;
            _state[4] += e; _state[5] += f; _state[6] += g; _state[7] += h;
        }
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
    private static void Round(uint a, uint b, uint c, ref uint d, uint e, uint f, uint g, ref uint h, uint input)
    {
        uint t = h + input + (g ^ (e & (f ^ g)))
            + (BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25));
        d += t;
        h = t + ((a & b) | (c & (a | b)))
            + (BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22));
    }
}
