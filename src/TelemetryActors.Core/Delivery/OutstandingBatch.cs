namespace TelemetryActors.Delivery;

/// <summary>A batch whose outcome is not known, or that is to be tried again: it is repeated with the same bounds.</summary>
/// <param name="Range">Its bounds.</param>
/// <param name="Attempts">Tries of these events so far.</param>
/// <param name="AttemptsOfUpload">Tries of the upload that is under way.</param>
public sealed record OutstandingBatch(EventRange Range, int Attempts, int AttemptsOfUpload);
