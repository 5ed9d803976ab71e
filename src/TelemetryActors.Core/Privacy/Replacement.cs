using System.Text;

namespace TelemetryActors.Privacy;

/// <summary>Writes a text anew with a mark in place of each finding.</summary>
internal static class Replacement
{
    public static string Of(ReadOnlySpan<char> text, List<Finding> findings)
    {
        var result = new StringBuilder(text.Length);
        var at = 0;
        foreach (var finding in findings)
        {
            result.Append(text[at..finding.Start]).Append(Redactor.Mark);
            at = finding.End;
        }

        return result.Append(text[at..]).ToString();
    }
}
