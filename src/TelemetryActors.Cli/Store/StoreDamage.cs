using TelemetryActors.Sqlite;
using TelemetryActors.Storage;

namespace TelemetryActors.Cli.Store;

/// <summary>Looks at a store's pages, and leaves word of damage for the store's sink.</summary>
internal static class StoreDamage
{
    /// <summary>What is damaged and what becomes of it, in one line; null when nothing was found.</summary>
    /// <param name="file">The store's file.</param>
    /// <param name="isThrough">Whether all of it was looked at.</param>
    /// <exception cref="IOException">It cannot be read now, or is no store.</exception>
    public static string? Find(StoreFile file, out bool isThrough)
    {
        isThrough = true;
        if (file.IsMemory || !File.Exists(file.Path))
        {
            return null;
        }

        var looked = FileStatus.Identify(file.Path);
        (var damage, isThrough) = StoreCheck.Of(file.Path, StoreCheck.Patience);
        return damage is null || looked is not { } damaged ? null
            : $"{file.Path} is damaged: {damage}. {(TryLeaveWord(file, damaged, damage) ? "Its sink sets it aside with its next batch and builds a new one from the log; " : "")}telemetry rebuild does so at once";
    }

    private static bool TryLeaveWord(StoreFile file, FileIdentity damaged, string damage)
    {
        try
        {
            if (!StorePlace.IsStore(file.Path))
            {
                return false;
            }

            DamageWord.Leave(file.Path, damaged, damage);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Who may only read says what is to be done.
            return false;
        }
    }
}
