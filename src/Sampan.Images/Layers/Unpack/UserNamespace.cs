namespace Sampan.Images.Layers.Unpack;

internal static class UserNamespace
{
    /// <summary>Whether this process lives in a user namespace other than the first: its uid map is not the identity.</summary>
    public static bool IsInside { get; } = Detect();

    private static bool Detect()
    {
        string[] fields = File.ReadAllText("/proc/self/uid_map").Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return fields is not ["0", "0", "4294967295"];
    }
}
