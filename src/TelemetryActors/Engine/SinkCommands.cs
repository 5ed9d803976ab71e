using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;

namespace TelemetryActors.Engine;

/// <summary>What operators have asked for in a sink's command file: how far it is carried out, and which dead letters were taken out of their file for it.</summary>
/// <remarks>Its owner holds a lock.</remarks>
internal sealed class SinkCommands
{
    private readonly SinkSupervisor _supervisor;
    private readonly EngineEnvironment _environment;
    private readonly DiskGuard _disk;
    private readonly bool _isKept;
    private readonly DeadLetterShelf _shelf;
    private readonly PurgeReceipts _receipts;
    private readonly HashSet<StreamId> _takenFiles = [];
    private readonly List<StreamId> _takenOut = [];

    // Null until it is known where they begin that concern this process: those behind what was kept, or what comes from now on.
    private long? _read;

    /// <param name="supervisor">Decides what a command means.</param>
    /// <param name="environment">Where the sink's files are.</param>
    /// <param name="disk">Told what the disk refuses.</param>
    /// <param name="isKept">Whether the sink has a kept state: only then dead letters can be taken out.</param>
    public SinkCommands(SinkSupervisor supervisor, EngineEnvironment environment, DiskGuard disk, bool isKept)
    {
        _supervisor = supervisor;
        _environment = environment;
        _disk = disk;
        _isKept = isKept;
        var (files, folder, name) = (environment.Files, environment.BaseDirectory, supervisor.Definition.Name);
        File = new SinkCommandFile(files, folder, name);
        _shelf = new DeadLetterShelf(files, folder, name);
        _receipts = new PurgeReceipts(files, folder, name);
    }

    public SinkCommandFile File { get; }

    /// <summary>Whether it is known which commands concern this process.</summary>
    public bool IsBegun => _read is not null;

    /// <summary>Whether the last look found all that was asked for, and all of it is carried out.</summary>
    public bool IsUpToDate { get; private set; }

    /// <summary>Whether there are files of dead letters that were taken out.</summary>
    public bool HasTaken => _takenFiles.Count > 0;

    /// <summary>Goes on from what was kept.</summary>
    /// <exception cref="IOException">The disk does not answer.</exception>
    public void Load(SinkState state)
    {
        _takenFiles.UnionWith(_shelf.Taken());

        // The trail of what was asked long ago is no reason to do it again: with no state it begins now.
        _read = ReferenceEquals(state, SinkState.Fresh) ? null : state.CommandsRead;
        _takenOut.Clear();
        _takenOut.AddRange(state.TakenOut);
    }

    /// <summary>The state with what is to be kept of the commands.</summary>
    public SinkState Note(SinkState state) => state with { CommandsRead = _read ?? 0, TakenOut = [.. _takenOut] };

    /// <summary>Carries out what was asked for since the last look.</summary>
    /// <returns>Whether there is something to keep.</returns>
    public bool Poll()
    {
        if (_read is not { } read)
        {
            IsUpToDate = TryBegin();
            return IsUpToDate && _isKept && _read > 0;
        }

        IReadOnlyList<(SinkCommand Command, long End)> commands = [];
        IsUpToDate = _disk.Try(DiskWork.Commands, () =>
        {
            commands = File.ReadFrom(ref read, out var fault);
            if (fault is not null)
            {
                _supervisor.Fault(fault);
            }
        });
        var before = _read;
        foreach (var (command, end) in commands)
        {
            // One whose files the disk does not give now is tried again with the next look, and those behind it wait for it.
            if (!TryCarryOut(command, end))
            {
                IsUpToDate = false;
                read = _read.Value;
                break;
            }

            _read = end;
        }

        _read = read;
        return _read != before || HasTaken;
    }

    /// <summary>Only what is kept to have been taken out leaves the dead letters' file, and only what is kept to have ended leaves the disk.</summary>
    /// <param name="kept">What was kept.</param>
    /// <param name="keepWithout">Keeps it once more, with nothing to be taken out.</param>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public void PutAway(SinkState kept, Action keepWithout)
    {
        if (_takenOut.Count > 0)
        {
            _takenOut.ForEach(_shelf.Remove);
            _takenOut.Clear();
            keepWithout();
        }

        foreach (var stream in _takenFiles.Where(stream => kept.Redeliveries.All(redelivery => redelivery.Account.Cursor.Stream != stream)).ToList())
        {
            _shelf.Delete(stream);
            _takenFiles.Remove(stream);
        }
    }

    private bool TryBegin() => _disk.Try(DiskWork.Commands, () =>
    {
        _read = File.Length;
        if (_isKept && _read > 0)
        {
            _supervisor.Fault("no state is kept: commands that were given before are not carried out");
        }
    });

    private bool TryCarryOut(SinkCommand command, long end)
    {
        if (!_isKept || command is not { Kind: SinkCommandKind.Retry or SinkCommandKind.Purge, Letters: { } letters })
        {
            _supervisor.Execute(command);
            return true;
        }

        if (_supervisor.UnwrittenLetters.Count > 0)
        {
            // Some may stand in the file for a moment, until they are taken back and written anew.
            return false;
        }

        return _disk.Try(DiskWork.TakeOut, () =>
        {
            var (from, to, ids, note) = _shelf.Take(letters, command.Kind == SinkCommandKind.Retry);
            if (command.Kind == SinkCommandKind.Purge)
            {
                _receipts.Write(command, end, ids, _environment.Time.GetUtcNow());
            }

            if (from.Stream != StreamId.None)
            {
                _takenFiles.Add(from.Stream);
                _takenOut.Add(from.Stream);
            }

            _supervisor.Revive(command, from, to, note);
        });
    }
}
