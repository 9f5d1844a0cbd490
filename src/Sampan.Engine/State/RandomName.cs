namespace Sampan.Engine.State;

/// <summary>Names for containers that were given none, for example <c>calm_heron</c>.</summary>
public static class RandomName
{
    private static readonly string[] Adjectives =
    [
        "able", "agile", "airy", "amber", "ample", "azure", "bold", "brave", "breezy", "bright", "brisk", "calm", "candid", "clear", "clever",
        "cosy", "crisp", "daring", "deft", "eager", "early", "easy", "fair", "fine", "fleet", "fond", "frank", "fresh", "gentle", "glad",
        "golden", "grand", "green", "hardy", "hearty", "honest", "jolly", "keen", "kind", "light", "lively", "loyal", "lucid", "lucky", "mellow",
        "merry", "mild", "neat", "nimble", "noble", "patient", "placid", "plain", "proud", "quick", "quiet", "rapid", "ready", "rosy", "salty",
        "serene", "sharp", "silver", "smooth", "snug", "sober", "solid", "spry", "steady", "still", "sunny", "swift", "tidy", "tranquil", "true",
        "upbeat", "vivid", "warm", "wise", "witty",
    ];

    private static readonly string[] Nouns =
    [
        "anchor", "barge", "bay", "beacon", "bosun", "breeze", "buoy", "canal", "canoe", "cargo", "clipper", "coast", "compass", "coral", "cove",
        "crane", "creek", "current", "cutter", "deck", "delta", "dinghy", "dock", "dolphin", "egret", "ferry", "fjord", "gull", "harbor", "helm",
        "heron", "hull", "island", "jetty", "kayak", "keel", "ketch", "lagoon", "lantern", "lighthouse", "lock", "mangrove", "marina", "mast",
        "mooring", "oar", "otter", "paddle", "pelican", "pier", "pilot", "pontoon", "port", "porpoise", "prow", "punt", "quay", "raft", "reef",
        "ripple", "river", "rudder", "sail", "schooner", "seal", "shoal", "shore", "skiff", "sloop", "sound", "stern", "strait", "tern", "tide",
        "tiller", "tug", "wake", "wave", "wharf", "yawl",
    ];

    /// <param name="withNumber">Adds two digits: for when the plain names are running out.</param>
    public static string Next(bool withNumber)
    {
        string name = $"{Adjectives[Random.Shared.Next(Adjectives.Length)]}_{Nouns[Random.Shared.Next(Nouns.Length)]}";
        return withNumber ? $"{name}{Random.Shared.Next(10, 100)}" : name;
    }
}
