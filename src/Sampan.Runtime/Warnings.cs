namespace Sampan.Runtime;

/// <summary>What is worth a word and stops nothing. One place for the whole program, which says where the words go.</summary>
public static class Warnings
{
    /// <summary>Gets one line each.</summary>
    public static Action<string> Sink { get; set; } = static _ => { };

    internal static void Say(string message) => Sink(message);
}
