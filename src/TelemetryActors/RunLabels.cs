using System.Collections;
using TelemetryActors.Runs;

namespace TelemetryActors;

/// <summary>What is known of a run from outside it: who owns it, what began it, what it is about (U.1).</summary>
/// <remarks>Only the names in <see cref="RunEvents.Labels"/>; another is a programming error.</remarks>
public sealed class RunLabels : IEnumerable<KeyValuePair<string, string>>
{
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    /// <summary>Sets a label.</summary>
    /// <exception cref="ArgumentException">It is none of <see cref="RunEvents.Labels"/>.</exception>
    public string this[string name]
    {
        set => Add(name, value);
    }

    /// <summary>Sets a label.</summary>
    /// <exception cref="ArgumentException">It is none of <see cref="RunEvents.Labels"/>.</exception>
    public void Add(string name, string text)
    {
        if (!RunEvents.Labels.Contains(name))
        {
            throw new ArgumentException($"A run has no label '{name}'. It has: {string.Join(", ", RunEvents.Labels)}.", nameof(name));
        }

        _texts[name] = text;
    }

    /// <inheritdoc />
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _texts.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
