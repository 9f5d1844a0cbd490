namespace Sampan.Runtime.Checkpoint;

/// <summary><c>criu_req_type</c> of CRIU's rpc.proto.</summary>
internal enum CriuRequest
{
    Dump = 1,
    Restore = 2,
    PreDump = 4,
    Notify = 6,
    FeatureCheck = 9,
}
