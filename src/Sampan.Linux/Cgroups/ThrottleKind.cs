namespace Sampan.Linux.Cgroups;

public enum ThrottleKind
{
    ReadBytes,
    WriteBytes,
    ReadOperations,
    WriteOperations,
}
