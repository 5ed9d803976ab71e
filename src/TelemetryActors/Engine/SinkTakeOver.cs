using TelemetryActors.Pipeline;

namespace TelemetryActors.Engine;

/// <summary>Gets a sink for this process and loads what it goes on from: when it is taken, and when it was made anew.</summary>
/// <remarks>The worker's thread's alone.</remarks>
internal sealed class SinkTakeOver(SinkSupervisor supervisor, SinkKeeper keeper, SinkHost host)
{
    private readonly SinkDefinition _definition = supervisor.Definition;
    private readonly RecurringFault _loadFault = new(supervisor.Fault);
    private bool _isMadeAnew;

    /// <summary>Takes the sink when no other process has it, with what was kept and what operators have asked for since.</summary>
    public bool TryTake()
    {
        if (!TryOwn() || !TryLoad())
        {
            return false;
        }

        keeper.PollCommands();
        return true;
    }

    /// <summary>Whether the sink is this process's own, and may be; if not, it is disposed before another process may have it, and whoever waits for it is told.</summary>
    public bool TryOwn()
    {
        if (keeper.TryOwn())
        {
            return true;
        }

        host.Discard();
        keeper.LetGo();
        supervisor.SetElsewhere();
        return false;
    }

    /// <summary>The sink threw, and the next use makes another.</summary>
    public void WasMadeAnew() => _isMadeAnew = _definition is { State: KeptState.Own, IsEventLog: false };

    /// <summary>A sink that keeps its accounts may have lost its data with what made it throw: what it has now is what counts.</summary>
    /// <returns>False while a sink that threw may not be made anew yet, or cannot say what it has.</returns>
    public bool TryReload()
    {
        if (!_isMadeAnew)
        {
            return true;
        }

        if (!supervisor.MayMakeAnew)
        {
            return false;
        }

        try
        {
            if (host.LoadAccounts() is { } accounts)
            {
                supervisor.Reload(accounts);
                keeper.MadeAnew(supervisor.State);
            }

            _isMadeAnew = false;
            return true;
        }
        catch (Exception exception)
        {
            supervisor.ReloadFailed($"{exception.GetType().Name}: {exception.Message}");
            return false;
        }
    }

    private bool TryLoad()
    {
        try
        {
            if (keeper.Load() is not { } state)
            {
                return false;
            }

            supervisor.Load(_definition.State == KeptState.Own ? keeper.WithOwn(state, host.LoadAccounts() ?? []) : state);
            _isMadeAnew = false;
            _loadFault.IsOver();
            return true;
        }
        catch (Exception exception)
        {
            // Tried again at each heartbeat, told when it is another fault.
            var cause = $"{exception.GetType().Name}: {exception.Message}";
            _loadFault.TellAnother(cause);
            keeper.KeepLoadFault(cause);
            supervisor.LoadFailed(cause);
            return false;
        }
    }
}
