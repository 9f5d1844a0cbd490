namespace Sampan.Tests.Linux.Headers;

/// <summary>What is declared in Sampan.Linux and stands in no C header, with the reason.</summary>
public static class OwnNumbers
{
    public static IReadOnlyDictionary<string, string> Reasons { get; } = new Dictionary<string, string>
    {
        ["CapabilitySet"] = "a mask of bits in C#; the kernel gets it in two words each",
        ["Cgroup.DeleteTimeoutMs"] = "how long this program waits",
        ["ExitStatus"] = "what a wait status is decoded to",
        ["Streams.NotReady"] = "an answer of this program's own method",
        ["UnixSocket.Backlog"] = "a length of choice",
        ["DetachedMount.ValueBytesMax"] = "a limit in the kernel's fs/fsopen.c, in no header",
        ["PrivateOverlay.OptionBytesMax"] = "mount(2) takes a page of options with its zero byte, as its manual says",
        ["FileNames.Escape"] = "the surrogates of Unicode that stand for single bytes",
        ["Trees.PassesMax"] = "a bound of choice",
        ["NftMap.Ipv4"] = "a type number of nft(8), in no header",
        ["NftMap.Ipv6"] = "a type number of nft(8), in no header",
        ["NftMap.Protocol"] = "a type number of nft(8), in no header",
        ["NftMap.Service"] = "a type number of nft(8), in no header",
        ["ChildChannel.MessageBytes"] = "the two ints of this program's own message",
        ["ChildMessage.Waiting"] = "this program's own message",
        ["ChildMessage.Terminal"] = "this program's own message",
        ["Spawn.OpaqueBytes"] = "room for structs that are not looked into; it is checked to be enough",
        ["Argument"] = "an argument with its kind, in C#",
        ["Cell"] = "an address in C#",
        ["ChildProgram.ChunkBytes"] = "a size of choice",
        ["Instruction"] = "this program's own instructions",
        ["Instruction.Compare"] = "a pseudo call of this program",
        ["Instruction.Fail"] = "a pseudo call of this program",
        ["Instruction.Jump"] = "a pseudo call of this program",
        ["Instruction.Add"] = "a pseudo call of this program",
        ["TerminalSettings"] = "room for a struct that is not looked into; its size is checked",
        ["SeccompArchitecture.X86"] = "this program's own numbering",
        ["SeccompArchitecture.X8664"] = "this program's own numbering",
        ["SeccompArchitecture.X32"] = "this program's own numbering",
        ["SeccompArchitecture.Other"] = "this program's own numbering",
        ["SeccompComparison.ToEnd"] = "a mark for a jump that is resolved later",
        ["SeccompOperator.NotEqual"] = "this program's own numbering",
        ["SeccompOperator.LessThan"] = "this program's own numbering",
        ["SeccompOperator.LessOrEqual"] = "this program's own numbering",
        ["SeccompOperator.Equal"] = "this program's own numbering",
        ["SeccompOperator.GreaterOrEqual"] = "this program's own numbering",
        ["SeccompOperator.GreaterThan"] = "this program's own numbering",
        ["SeccompOperator.MaskedEqual"] = "this program's own numbering",
        ["WindowSize"] = "rows and columns; the kernel's struct has two numbers more",
    };
}
