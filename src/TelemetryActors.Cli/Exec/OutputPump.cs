using System.IO.Pipes;

namespace TelemetryActors.Cli.Exec;

/// <summary>Passes one of the child's streams through, byte for byte, and makes each of its lines an event.</summary>
internal sealed class OutputPump : IDisposable
{
    private const int ChunkBytes = 64 * 1024;

    private readonly AnonymousPipeServerStream _pipe = new(PipeDirection.In, HandleInheritability.None);
    private readonly int _target;
    private readonly LineSplitter _lines;
    private readonly ManualResetEventSlim _drained = new();
    private readonly Thread _thread;

    public OutputPump(int target, Action<string, bool> onLine)
    {
        _target = target;
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

    /// <summary>Waits until everyone who could write has ended, as a pipe does, or until it is enough.</summary>
    public void Join(CancellationToken enough)
    {
        try
        {
            _drained.Wait(enough);
        }
        catch (OperationCanceledException)
        {
            // Someone else holds the stream and does not end: what it writes from now on is not ours.
        }
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
        while ((read = _pipe.Read(buffer)) > 0)
        {
            var bytes = buffer.AsSpan(0, read);

            // Recorded first: what someone has seen on the terminal is in the log, even if this process dies right after.
            _lines.Write(bytes);
            if (!LibC.TryWriteAll(_target, bytes, out var error))
            {
                // Nobody reads it any more, or it cannot be written: closing the pipe lets the child know, as it would without us.
                Fault = error == LibC.BrokenPipe ? null : LibC.Fault($"writing what the command wrote to {(_target == 1 ? "standard output" : "standard error")}", error).Message;
                break;
            }
        }

        _lines.End();
        _pipe.Dispose();
        _drained.Set();
    }
}
