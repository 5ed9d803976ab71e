namespace TelemetryActors.ClusterNode.Settings;

/// <summary>The words behind the program's name as pairs: <c>--name=value</c>, or <c>--name value</c>, where another <c>--name</c> is no value.</summary>
internal static class NamedArguments
{
    private const string Sign = "--";

    /// <summary>Each as it stands there, its name without the dashes - null for a word that has none -, and whether it has a value.</summary>
    public static IEnumerable<(string Word, string? Name, bool HasValue)> Of(IReadOnlyList<string> args)
    {
        for (var index = 0; index < args.Count; index++)
        {
            var end = args[index].IndexOf('=', StringComparison.Ordinal);
            var word = end < 0 ? args[index] : args[index][..end];
            var name = IsName(word) ? word[Sign.Length..] : null;
            var isFollowed = end < 0 && name is not null && index + 1 < args.Count && !IsName(args[index + 1]);
            index += isFollowed ? 1 : 0;
            yield return (word, name, end >= 0 || isFollowed);
        }
    }

    private static bool IsName(string word) => word.StartsWith(Sign, StringComparison.Ordinal);
}
