using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using TelemetryActors.AkkaNet.Runs;

namespace TelemetryActors.AkkaNet.Wire;

/// <summary>Writes and reads everything of the telemetry that leaves the process, by hand; <c>docs/wire-format.md</c> has the bytes.</summary>
/// <remarks>
/// A manifest is a message's short name and the version of its layout. One that is not known is refused with an exception that says so, which remoting and
/// persistence log: the message is lost, the association and the other actors are not. The bytes of a batch's lines are not copied when read.
/// </remarks>
public sealed class WireSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>This serializer's number on the wire. Never to be changed.</summary>
    public const int WireIdentifier = 7021;

    // Room for everything in a batch but its lines; other messages grow as they need.
    private const int SmallMessage = 256;

    // A batch under another manifest: a node that does not know repeats must not take one for a batch.
    private const string Repeat = "rb2";

    private static readonly Dictionary<Type, string> Manifests = new()
    {
        [typeof(RunBatch)] = "rb1",
        [typeof(RunBatchTaken)] = "rt1",
        [typeof(RunBatchRefused)] = "rr1",
        [typeof(RunQuery)] = "rq1",
        [typeof(RunAnswer)] = "rw1",
        [typeof(RunStarted)] = "rs1",
        [typeof(RunEnded)] = "re1",
        [typeof(RunAbandoned)] = "ra1",
        [typeof(RunReopened)] = "ro1",
        [typeof(RunSnapshot)] = "sn1",
        [typeof(RunNoted)] = "hn1",
        [typeof(RunCrossedOut)] = "hc1",
        [typeof(RunsInHand)] = "hs1",
    };

    /// <summary>Whether a turn in a run's life that the journal keeps under this manifest is an end.</summary>
    internal static bool IsEnd(string manifest) => manifest == Manifests[typeof(RunEnded)] || manifest == Manifests[typeof(RunAbandoned)];

    /// <inheritdoc />
    public override int Identifier => WireIdentifier;

    /// <inheritdoc />
    /// <exception cref="SerializationException">It is not a message of the telemetry's.</exception>
    public override string Manifest(object o) => o is RunBatch { IsRepeat: true } ? Repeat : o is not null && Manifests.TryGetValue(o.GetType(), out var manifest)
        ? manifest
        : throw new SerializationException($"{o?.GetType().FullName ?? "null"} is no message of TelemetryActors that leaves the process.");

    /// <inheritdoc />
    public override byte[] ToBinary(object obj)
    {
        var to = new WireWriter(SmallMessage + ((obj as RunBatch)?.Lines.Length ?? 0));
        switch (obj)
        {
            case RunBatch batch:
                RunMessageFormat.Write(to, batch);
                break;
            case RunBatchTaken taken:
                RunMessageFormat.Write(to, taken);
                break;
            case RunBatchRefused refused:
                RunMessageFormat.Write(to, refused);
                break;
            case RunQuery query:
                RunMessageFormat.Write(to, query);
                break;
            case RunAnswer answer:
                RunMessageFormat.Write(to, answer);
                break;
            case IRunEvent turn:
                to.Bytes(turn.Line.Span);
                break;
            case RunSnapshot snapshot:
                RunMessageFormat.Write(to, snapshot);
                break;
            case RunNoted noted:
                to.Text(noted.EntityId);
                break;
            case RunCrossedOut crossedOut:
                to.Text(crossedOut.EntityId);
                break;
            case RunsInHand inHand:
                to.List(inHand.Entities, to.Text);
                break;
            default:
                throw new SerializationException($"{obj?.GetType().FullName ?? "null"} is no message of TelemetryActors that leaves the process.");
        }

        return to.ToArray();
    }

    /// <inheritdoc />
    /// <exception cref="SerializationException">The manifest is not known, or the bytes are not of its layout; the message says which.</exception>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        var from = new WireReader(bytes);
        try
        {
            object read = manifest switch
            {
                "rb1" => RunMessageFormat.ReadBatch(from, isRepeat: false),
                Repeat => RunMessageFormat.ReadBatch(from, isRepeat: true),
                "rt1" => RunMessageFormat.ReadTaken(from),
                "rr1" => RunMessageFormat.ReadRefused(from),
                "rq1" => RunMessageFormat.ReadQuery(from),
                "rw1" => RunMessageFormat.ReadAnswer(from),
                "rs1" => new RunStarted(from.Bytes()),
                "re1" => new RunEnded(from.Bytes()),
                "ra1" => new RunAbandoned(from.Bytes()),
                "ro1" => new RunReopened(from.Bytes()),
                "sn1" => RunMessageFormat.ReadSnapshot(from),
                "hn1" => new RunNoted(from.Text()),
                "hc1" => new RunCrossedOut(from.Text()),
                "hs1" => new RunsInHand(from.List(from.Text)),
                _ => throw Unknown(manifest),
            };
            from.End();
            return read;
        }
        catch (SerializationException exception) when (exception is not UnknownManifestException)
        {
            throw new SerializationException($"A message {manifest} of TelemetryActors with {bytes?.Length} bytes is damaged: {exception.Message}.", exception);
        }
    }

    private static UnknownManifestException Unknown(string manifest) => new(
        $"A message {manifest} of TelemetryActors was refused: this node reads {string.Join(", ", Manifests.Values.Append(Repeat).Order())}. The node that sent or stored it is newer, or it is no message of ours.");
}
