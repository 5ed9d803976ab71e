using TelemetryActors.Privacy;
using TelemetryActors.Supervision;

namespace TelemetryActors.Configuration;

/// <summary>What people say with a decision - who takes it, and why - as it is kept: without what the redactor finds, except the address of who decides.</summary>
/// <remarks>Of a base directory's own redaction; an audit trail that does not say who is none (decision 125).</remarks>
internal sealed class AuditText(RedactionOptions options)
{
    private readonly Redactor _words = new(options);
    private readonly Redactor _names = new(options, []) { KeepsAddresses = true };

    /// <summary>Who decides: secrets go, an e-mail address stays.</summary>
    public string Who(string name) => _names.Redact(name) ?? name;

    /// <summary>The command as it is kept.</summary>
    public SinkCommand Of(SinkCommand command) => command with
    {
        Who = Who(command.Who),
        Why = command.Why is { } why ? _words.Redact(why) ?? why : null,
    };
}
