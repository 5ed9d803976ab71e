using System.Collections;
using System.Collections.Specialized;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using TelemetryActors.Privacy;

namespace TelemetryActors.Encoding;

/// <summary>Finds names in values that are no dictionaries: a pair, a group, a sequence of these of any types, and what a serializer makes of a pair or a tuple.</summary>
/// <remarks>Thread-safe. What it finds is written as an object's members are, so that a name tells of its value in each form.</remarks>
internal static class NamedPairs
{
    private static readonly ConditionalWeakTable<Type, PairForm> Forms = [];

    /// <summary>The members of the object that a value is written as; null when it is no pair and no sequence of pairs.</summary>
    public static IEnumerable<(object Key, object? Value)>? MembersOf(object value)
    {
        if (Read(value) is { } one)
        {
            return [one];
        }

        if (value is NameValueCollection named)
        {
            return named.AllKeys.Select(key => ((object)(key ?? ""), (object?)named[key]));
        }

        // What comes under another name than the interface's is no pair: it is kept under the name that a value alone has.
        return value is IEnumerable items && FormOf(value.GetType()).IsSequence
            ? items.Cast<object?>().Select(item => (item is null ? null : Read(item)) ?? ("value", item))
            : null;
    }

    /// <summary>The name that an item of a tuple is for what stands behind it: its text, whatever its type; null for nothing, for a list and for a number.</summary>
    public static string? NameOf(object? item) => item switch
    {
        string text => text,
        null or IEnumerable or ITuple or DictionaryEntry => null,
        _ when item.GetType().IsPrimitive => null,
        _ => Convert.ToString(item, CultureInfo.InvariantCulture),
    };

    /// <summary>Whether a member of this name holds what another one names: <c>Value</c> beside <c>Key</c>, <c>Item2</c> beside <c>Item1</c>.</summary>
    public static bool IsNamed(string name) =>
        name.Equals("value", StringComparison.OrdinalIgnoreCase) || (IsItem(name) && name[^1] != '1');

    /// <summary>Whether a JSON object names, as a serialized pair or tuple does, something sensitive that its other members hold.</summary>
    public static bool NamesSensitive(IEnumerable<JsonProperty> members, Redactor redactor) => members.Any(member =>
        member.Value.ValueKind == JsonValueKind.String && IsName(JsonText.NameOf(member)) && redactor.IsSensitiveName(JsonText.Of(member.Value)));

    private static bool IsName(string name) =>
        name.Equals("key", StringComparison.OrdinalIgnoreCase) || IsItem(name);

    private static bool IsItem(string name) => name.Length == 5 && name.StartsWith("item", StringComparison.OrdinalIgnoreCase);

    private static (object Key, object? Value)? Read(object value) => value switch
    {
        DictionaryEntry entry => (entry.Key, entry.Value),
        KeyValuePair<string, object?> pair => (pair.Key, pair.Value),
        KeyValuePair<string, string?> pair => (pair.Key, pair.Value),
        ValueType when FormOf(value.GetType()) is { IsPair: true } form => form.Read(value),
        IEnumerable items when FormOf(value.GetType()) is { IsGroup: true } form => form.ReadGroup(value, items),
        _ => null,
    };

    private static PairForm FormOf(Type type) => Forms.GetValue(type, PairForm.Of);

    private sealed class PairForm
    {
        private static readonly PairForm None = new();

        private PropertyInfo? Key { get; init; }

        private PropertyInfo? Value { get; init; }

        public bool IsPair { get; private init; }

        /// <summary>Whether it is a sequence with a name, as <see cref="Enumerable"/> groups.</summary>
        public bool IsGroup { get; private init; }

        public bool IsSequence { get; private init; }

        [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "What is trimmed away of a group leaves nothing to show.")]
        [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "What is trimmed away of a sequence leaves its pairs, which are found one by one; of a pair, it leaves nothing to show.")]
        [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(KeyValuePair<,>))]
        [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(IGrouping<,>))]
        public static PairForm Of(Type type) =>
            IsPairType(type) ? new PairForm { IsPair = true, Key = type.GetProperty("Key"), Value = type.GetProperty("Value") }
            : Array.Find(type.GetInterfaces(), IsGroupType) is { } group ? new PairForm { IsGroup = true, Key = group.GetProperty("Key") }
            : type.GetInterfaces().Any(IsSequenceOfPairs) ? new PairForm { IsSequence = true }
            : None;

        // A value whose name cannot be asked for is not shown.
        public (object Key, object? Value) Read(object pair) =>
            Key is null || Value is null ? (Redactor.Mark, Redactor.Mark) : (Key.GetValue(pair) ?? "", Value.GetValue(pair));

        // The items alone: the group itself would be read as a group again.
        public (object Key, object? Value) ReadGroup(object group, IEnumerable items) =>
            Key is null ? (Redactor.Mark, Redactor.Mark) : (Key.GetValue(group) ?? "", items.Cast<object?>().Select(item => item));

        private static bool IsSequenceOfPairs(Type type) =>
            type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IEnumerable<>) && (IsPairType(type.GenericTypeArguments[0]) || IsGroupType(type.GenericTypeArguments[0]));

        private static bool IsGroupType(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IGrouping<,>);

        private static bool IsPairType(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>);
    }
}
