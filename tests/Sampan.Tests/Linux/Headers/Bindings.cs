using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Sampan.Linux;

namespace Sampan.Tests.Linux.Headers;

/// <summary>What an assembly declares after C headers, found by reflection: constants, enum values, structs.</summary>
public static partial class Bindings
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    /// <summary>All that has a name in C, as assertions of C.</summary>
    public static IEnumerable<Assertion> Of(Assembly assembly) =>
        TypesOf(assembly).SelectMany(type => Constants(type).Where(field => CName(field) is not null).Select(Value).Concat(Layout(type)));

    /// <summary>Constants without a name in C, and structs that could be handed to the kernel and have none.</summary>
    public static IEnumerable<string> Unnamed(Assembly assembly) => TypesOf(assembly).SelectMany(type =>
        Constants(type).Where(field => CName(field) is null).Select(FullName)
            .Concat(IsPlainStruct(type) && type.GetCustomAttribute<CAttribute>() is null ? [NameOf(type)] : []));

    private static IEnumerable<Type> TypesOf(Assembly assembly) =>
        assembly.GetTypes().Where(type => !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false));

    private static IEnumerable<FieldInfo> Constants(Type type) => type.GetFields(Declared)
        .Where(field => field.IsLiteral && field.GetRawConstantValue() is not (null or string or bool or char or double) && !IsNothing(field) && !IsComposed(field));

    /// <summary>The member that says "none of these" in an enum of flags or errors.</summary>
    private static bool IsNothing(FieldInfo field) => field.DeclaringType!.IsEnum && field.Name == "None" && IsZero(field.GetRawConstantValue()!);

    /// <summary>A constant put together from an enum's members, each of which is looked at there.</summary>
    private static bool IsComposed(FieldInfo field) => field.FieldType.IsEnum && !field.DeclaringType!.IsEnum
        && !char.IsAsciiDigit(Enum.ToObject(field.FieldType, field.GetRawConstantValue()!).ToString()!.TrimStart('-')[0]);

    private static bool IsZero(object value) => Convert.ToDecimal(value, null) == 0;

    private static string? CName(FieldInfo constant) => constant.GetCustomAttribute<CAttribute>()?.Expression
        ?? constant.DeclaringType!.GetCustomAttribute<CAttribute>()?.Expression.Replace("*", constant.Name, StringComparison.Ordinal)
        ?? (NameOfC().IsMatch(constant.Name) && !OwnNumbers.Reasons.ContainsKey(FullName(constant)) ? constant.Name : null);

    private static Assertion Value(FieldInfo constant)
    {
        object value = constant.GetRawConstantValue()!;
        string suffix = value is ulong or uint or ushort or byte ? "ULL" : "LL";
        return new(FullName(constant), $"({CName(constant)})", FormattableString.Invariant($"{value}{suffix}"));
    }

    private static IEnumerable<Assertion> Layout(Type type)
    {
        if (!type.IsValueType || type.IsEnum || type.GetCustomAttribute<CAttribute>()?.Expression is not { } structure) yield break;
        // an anonymous struct is another one each time it is written down
        string alias = "c_" + NameOf(type).Replace('.', '_');
        yield return new(NameOf(type), $"sizeof({alias})", $"{SizeOf(type)}", $"typedef {structure} {alias};");
        foreach (FieldInfo field in type.GetFields(Declared).Where(field => !field.IsStatic))
        {
            string name = CFieldName(field);
            yield return new($"{NameOf(type)}.{field.Name} (offset)", $"offsetof({alias}, {name})", $"{Marshal.OffsetOf(type, field.Name)}");
            yield return new($"{NameOf(type)}.{field.Name} (size)", $"sizeof((({alias} *)0)->{name})", $"{SizeOf(field.FieldType)}");
        }
    }

    private static string CFieldName(FieldInfo field) => field.GetCustomAttribute<CAttribute>()?.Expression
        ?? WordStart().Replace(field.Name.Trim('<').Split('>')[0], "_$0").ToLowerInvariant();

    private static bool IsPlainStruct(Type type) => type.IsValueType && !type.IsEnum && !type.IsGenericType && !type.IsByRefLike
        && type.GetFields(Declared).Any(field => !field.IsStatic)
        && !(bool)typeof(RuntimeHelpers).GetMethod(nameof(RuntimeHelpers.IsReferenceOrContainsReferences))!.MakeGenericMethod(type).Invoke(null, null)!;

    private static int SizeOf(Type type) => (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;

    private static string FullName(FieldInfo field) => $"{NameOf(field.DeclaringType!)}.{field.Name}";

    private static string NameOf(Type type) => type.IsNested ? $"{NameOf(type.DeclaringType!)}.{type.Name}" : type.Name;

    [GeneratedRegex("^[A-Z][A-Z0-9]*(_+[A-Z0-9]+)*$")]
    private static partial Regex NameOfC();

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex WordStart();
}
