using System.Buffers.Binary;

namespace Sampan.Images.Layers.Index;

/// <summary>POSIX access control lists as the attributes <c>system.posix_acl_*</c> hold them, acl(5): version 2, then 8 bytes an entry.</summary>
internal static class AccessControlList
{
    private const ushort UserOwner = 0x01;
    private const ushort User = 0x02;
    private const ushort GroupOwner = 0x04;
    private const ushort Group = 0x08;
    private const ushort Mask = 0x10;
    private const ushort Other = 0x20;

    /// <summary>Checks a list, and gives the mode what an access list says of owner, group and others.</summary>
    /// <returns>False for a list that says no more than a mode, or is of an unknown version: it is not kept.</returns>
    public static bool Keep(ReadOnlySpan<byte> list, bool isAccess, ref uint mode)
    {
        if (list.Length < 4 || (list.Length - 4) % 8 != 0) throw Malformed();
        if (BinaryPrimitives.ReadUInt32LittleEndian(list) != 2) return false;
        uint granted = 0;
        int after = 0;
        bool named = false, masked = false;
        for (list = list[4..]; !list.IsEmpty; list = list[8..])
        {
            ushort tag = BinaryPrimitives.ReadUInt16LittleEndian(list);
            uint bits = BinaryPrimitives.ReadUInt16LittleEndian(list[2..]);
            int step = Array.IndexOf([0, UserOwner, User, GroupOwner, Group, Mask, Other], tag);
            // the order is fixed, and only the two with an id may come again
            bool inOrder = step > after || (step == after && tag is User or Group);
            if (!inOrder || bits > 7) throw Malformed();
            after = step;
            named |= tag is User or Group;
            masked |= tag == Mask;
            granted = tag switch
            {
                UserOwner => granted | (bits << 6),
                GroupOwner => granted | (bits << 3),
                Mask => (granted & ~0x38u) | (bits << 3),
                Other => granted | bits | 0x1000,
                _ => granted,
            };
        }
        if (after == 0) return false;
        if ((granted & 0x1000) == 0 || (named && !masked)) throw Malformed();
        if (isAccess) mode = (mode & ~0x1ffu) | (granted & 0x1ff);
        return !isAccess || named || masked;
    }

    private static ImageException Malformed() => new("malformed access control list");
}
