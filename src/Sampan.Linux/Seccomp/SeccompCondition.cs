namespace Sampan.Linux.Seccomp;

/// <summary>A comparison of one argument.</summary>
/// <param name="Index">The argument, 0 to 5.</param>
/// <param name="Value">Compared with, or the mask of <see cref="SeccompOperator.MaskedEqual"/>.</param>
/// <param name="ValueTwo">What the masked argument has to be.</param>
public sealed record SeccompCondition(uint Index, ulong Value, ulong ValueTwo, SeccompOperator Op)
{
    /// <summary>An <c>int</c> argument: the kernel ignores its high 32 bits, so must the comparison.</summary>
    public static SeccompCondition Int(uint index, uint value) => new(index, uint.MaxValue, value, SeccompOperator.MaskedEqual);
}
