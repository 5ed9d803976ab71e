using System.Reflection;
using System.Text;

namespace TelemetryActors.Tests.House;

/// <summary>Prints what an assembly offers: its public types and their members, one a line, in the order of their names.</summary>
internal static class PublicApiPrinter
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static string Print(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(KindOf(type)).Append(' ').Append(NameOf(type)).Append(BasesOf(type)).Append('\n');
            foreach (var member in type.GetMembers(Declared).Where(IsOffered).Select(Line).Order(StringComparer.Ordinal))
            {
                text.Append("    ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string KindOf(Type type) =>
        type.IsInterface ? "interface"
        : type.IsEnum ? "enum"
        : type.IsValueType ? "struct"
        : typeof(Delegate).IsAssignableFrom(type) ? "delegate"
        : type is { IsAbstract: true, IsSealed: true } ? "static class"
        : type.IsAbstract ? "abstract class"
        : type.IsSealed ? "sealed class"
        : "class";

    private static string BasesOf(Type type)
    {
        var inherited = type.BaseType?.GetInterfaces() ?? [];
        var bases = type.GetInterfaces().Except(inherited).Where(one => one.IsVisible).Select(NameOf).Order(StringComparer.Ordinal).ToList();
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum))
        {
            bases.Insert(0, NameOf(parent));
        }

        return bases.Count == 0 || type.IsEnum ? "" : " : " + string.Join(", ", bases);
    }

    private static bool IsOffered(MemberInfo member) => member switch
    {
        Type => false,
        FieldInfo field => (field.IsPublic || field.IsFamily) && !field.IsSpecialName,
        ConstructorInfo constructor => constructor.IsPublic || constructor.IsFamily,
        MethodInfo method => (method.IsPublic || method.IsFamily) && !IsMadeByCompiler(method),
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(accessor => accessor.IsPublic || accessor.IsFamily),
        _ => true,
    };

    private static bool IsMadeByCompiler(MethodInfo method) =>
        (method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal))
        || method.Name.Contains('<', StringComparison.Ordinal)
        || method.Name is "PrintMembers" or "GetHashCode" or "Equals" or "Deconstruct" or "op_Equality" or "op_Inequality"
        || (method.Name == "ToString" && method.GetParameters().Length == 0);

    private static string Line(MemberInfo member) => member switch
    {
        FieldInfo { IsLiteral: true } constant => $"const {NameOf(constant.FieldType)} {constant.Name} = {constant.GetRawConstantValue()}",
        FieldInfo field => $"{(field.IsStatic ? "static " : "")}{NameOf(field.FieldType)} {field.Name}",
        ConstructorInfo constructor => $"new({ParametersOf(constructor)})",
        MethodInfo method => $"{(method.IsStatic ? "static " : "")}{NameOf(method.ReturnType)} {method.Name}{GenericsOf(method)}({ParametersOf(method)})",
        PropertyInfo property => $"{(property.GetAccessors(true)[0].IsStatic ? "static " : "")}{NameOf(property.PropertyType)} {property.Name} {{{(property.CanRead ? " get;" : "")}{SetterOf(property)} }}",
        _ => member.ToString()!,
    };

    private static string SetterOf(PropertyInfo property) =>
        property.SetMethod is not { IsPublic: true } setter ? ""
        : setter.ReturnParameter.GetRequiredCustomModifiers().Length > 0 ? " init;"
        : " set;";

    private static string GenericsOf(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(NameOf))}>" : "";

    private static string ParametersOf(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(parameter => $"{NameOf(parameter.ParameterType)} {parameter.Name}{(parameter.IsOptional ? "?" : "")}"));

    private static string NameOf(Type type)
    {
        if (type.IsByRef)
        {
            return "ref " + NameOf(type.GetElementType()!);
        }

        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        var name = type.Namespace is { } space && space.StartsWith("TelemetryActors", StringComparison.Ordinal) ? type.FullName ?? type.Name : type.Name;
        name = name.Split('[')[0].Replace('+', '.');
        return type.IsGenericType
            ? $"{name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>"
            : name + (type.IsArray ? "[]" : "");
    }
}
