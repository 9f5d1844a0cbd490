namespace Sampan.Linux.Seccomp;

/// <summary>How an argument is compared, unsigned and with all 64 bits; the OCI names are <c>SCMP_CMP_*</c>.</summary>
public enum SeccompOperator
{
    NotEqual = 1,
    LessThan,
    LessOrEqual,
    Equal,
    GreaterOrEqual,
    GreaterThan,

    /// <summary>argument &amp; Value == ValueTwo</summary>
    MaskedEqual,
}
