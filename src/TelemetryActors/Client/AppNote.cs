using TelemetryActors.Sinks.Community;
using TelemetryActors.Slots;

namespace TelemetryActors.Client;

/// <summary>Notes for community reports which program records in a slot, or forgets all of them where its owner takes no part.</summary>
/// <param name="options">Which program it is, and whether it takes part.</param>
/// <param name="folder">The base directory.</param>
/// <param name="report">Takes what failed, and where.</param>
internal sealed class AppNote(TelemetryOptions options, BaseFolder folder, Action<string, Exception> report)
{
    public void Note(WriterSlot slot)
    {
        if (options.Community.Endpoint is null)
        {
            return;
        }

        try
        {
            if (options.EnableCommunity)
            {
                new AppRegistry(options.Files, folder.Path)
                    .Note(slot.Number, slot.Ring.Instance, AppIdentity.Of(options.Community), options.Community.SendEvents, options.Time.GetUtcNow());
            }
            else
            {
                CommunitySinkRegistration.Forget(options.Files, folder.Path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            report(CommunitySinkRegistration.Name, exception);
        }
    }
}
