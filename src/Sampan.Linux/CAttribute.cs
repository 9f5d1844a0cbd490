using System.Diagnostics;

namespace Sampan.Linux;

/// <summary>
/// What a number, a struct or a field is called in C: the tests have a C compiler compare both. A constant that has the C name
/// itself needs none, a field neither when its name is the C name in snake_case.
/// </summary>
/// <param name="expression">A name or any constant expression of C; on a type it is for all members, <c>*</c> being the member's name.</param>
/// <remarks>Left out of release builds: nothing in the programs reads it.</remarks>
[Conditional("DEBUG")]
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Struct | AttributeTargets.Enum | AttributeTargets.Class)]
public sealed class CAttribute(string expression) : Attribute
{
    public string Expression { get; } = expression;
}
