using System.IO.Pipes;

namespace TelemetryActors.Cli.Exec;

/// <summary>Passes one of the child's streams through, byte for byte, and makes each of its lines an event.</summary>
internal sealed class OutputPump : IDisposable
{
    private const int ChunkBytes = 64 * 1024;

    // As much as a pipe holds at the most: what was in it when the command ended is through by then.
    private const long MostBytesBehind = 1024 * 1024;
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(250);

    private readonly AnonymousPipeServerStream _pipe = new(PipeDirection.In, HandleInheritability.None);
    private readonly int _target;
    private readonly int _descriptor;
    private readonly LineSplitter _lines;
    private readonly ManualResetEventSlim _drained = new();
    private readonly Thread _thread;
    private readonly Lock _splitting = new();
    private long _passed;
    private volatile bool _isIdle;
    private volatile bool _isLeft;

    public OutputPump(int target, Action<string, bool> onLine)
    {
        _target = target;
        _descriptor = (int)_pipe.SafePipeHandle.DangerousGetHandle();
        _lines = new LineSplitter(onLine);
        _thread = new Thread(Run) { IsBackground = true, Name = $"telemetry output {target}" };
    }

    public AnonymousPipeServerStream Pipe => _pipe;

    public long Lines => _lines.Lines;

    /// <summary>Why the stream could not be passed on; null when it was, or when nobody read it any more.</summary>
    public string? Fault { get; private set; }

    /// <summary>Begins once the child has its end of the pipe.</summary>
    public void Start()
    {
        _pipe.DisposeLocalCopyOfClientHandle();
        _thread.Start();
    }

    /// <summary>The command has ended: waits until its stream has, or, where another process holds it, until nothing has come for a moment, or it is enough.</summary>
    /// <returns>False when the stream goes on: it is passed on while this process lives, and no more lines are taken from it.</returns>
    public bool TryDrain(CancellationToken enough)
    {
        try
        {
            var end = Volatile.Read(ref _passed) + MostBytesBehind;
            long before;
            do
            {
                before = Volatile.Read(ref _passed);
                if (_drained.Wait(Silence, enough))
                {
                    return true;
                }
            }
            while (before < end && (before != Volatile.Read(ref _passed) || !IsSilent()));
        }
        catch (OperationCanceledException)
        {
            // Whoever reads what we write takes nothing, and someone asked us to end.
        }

        lock (_splitting)
        {
            _isLeft = true;
            _lines.End();
        }

        return _drained.IsSet;
    }

    public void Dispose()
    {
        // Closing a pipe waits for who reads it, and that thread may wait for ever; it ends with the process.
        if (!_thread.IsAlive)
        {
            _pipe.Dispose();
            _drained.Dispose();
        }
    }

    private void Run()
    {
        var buffer = new byte[ChunkBytes];
        int read;
        while ((read = Read(buffer)) > 0)
        {
            var bytes = buffer.AsSpan(0, read);
            Volatile.Write(ref _passed, _passed + read);

            // Recorded first: what someone has seen on the terminal is in the log, even if this process dies right after.
            Split(bytes);
            if (!LibC.TryWriteAll(_target, bytes, out var error))
            {
                if (error == LibC.BrokenPipe)
                {
                    // Nobody reads it any more: closing the pipe lets the child know, as it would without us.
                    break;
                }

                // A full disk ends no command. What comes next is tried again: there may be room by then.
                Fault ??= LibC.Fault($"writing what the command wrote to {(_target == 1 ? "standard output" : "standard error")}", error).Message;
            }
        }

        lock (_splitting)
        {
            if (!_isLeft)
            {
                _lines.End();
            }
        }

        _pipe.Dispose();
        _drained.Set();
    }

    // What has come leaves the pipe only while nobody is idle: the thread may not have had the processor yet since it came.
    private bool IsSilent()
    {
        var hasMore = LibC.IsReadable(_descriptor, waitMilliseconds: 0);
        return !hasMore && _isIdle;
    }

    private int Read(byte[] buffer)
    {
        _isIdle = true;
        while (!LibC.IsReadable(_descriptor, Timeout.Infinite))
        {
        }

        _isIdle = false;
        return _pipe.Read(buffer);
    }

    private void Split(ReadOnlySpan<byte> bytes)
    {
        lock (_splitting)
        {
            if (!_isLeft)
            {
                _lines.Write(bytes);
            }
        }
    }
}
