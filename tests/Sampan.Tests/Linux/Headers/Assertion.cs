namespace Sampan.Tests.Linux.Headers;

/// <summary>That something in C# and an expression of C have one value.</summary>
/// <param name="What">The name in C#.</param>
/// <param name="Actual">A constant expression of C.</param>
/// <param name="Declared">The value in C#.</param>
/// <param name="Before">A declaration that the expression needs.</param>
public sealed record Assertion(string What, string Actual, string Declared, string Before = "")
{
    public override string ToString() => $"{Before} _Static_assert({Actual} == {Declared}, \"{What} is {Declared}, but not {Actual}\");";
}
