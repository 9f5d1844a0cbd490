namespace Sampan.CommandLine;

/// <summary>How many values a flag takes, and of what shape.</summary>
public enum FlagKind
{
    /// <summary><c>--rm</c>, <c>--rm=false</c>; never takes the next argument.</summary>
    Switch,

    /// <summary>One value; given twice, the later one wins.</summary>
    Text,

    /// <summary>One signed 64-bit decimal value.</summary>
    Integer,

    /// <summary>May be given any number of times; the order is kept.</summary>
    List,
}
