using TelemetryActors.Sinks.Community;
using Xunit;

namespace TelemetryActors.Tests.Sinks.Community;

[Trait("Feature", "S1.11")]
public sealed class ErrorTypeNameSpec
{
    [Theory]
    [InlineData("System.IO.IOException")]
    [InlineData("System.NullReferenceException")]
    [InlineData("Acme.Store+Inner.BrokenException`1")]
    [InlineData("Microsoft.Data.Sqlite.SqliteException")]
    [InlineData("System.ComponentModel.Win32Exception")]
    [InlineData("java.lang.OutOfMemoryError")]
    [InlineData("ValueError")]
    [InlineData("TypeError")]
    [InlineData("requests.exceptions.ConnectTimeout")]
    [InlineData("std::runtime_error")]
    [InlineData("KeyboardInterrupt")]
    [InlineData("StopIteration")]
    [InlineData("ECONNREFUSED")]
    [InlineData("SIGSEGV")]
    [InlineData("_io.UnsupportedError")]
    [InlineData("Error")]
    public void Is_one(string text)
    {
        Assert.True(ErrorTypeName.Is(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("DE89370400440532013000")]
    [InlineData("alice_secret_token_sk_live_a1b2c3d4e5f6")]
    [InlineData("alice_secret_token_sk_live_a1b2c3d4e5f6.Error")]
    [InlineData("John.Doe")]
    [InlineData("JohnDoe")]
    [InlineData("jane")]
    [InlineData("jane doe had an Error")]
    [InlineData("jane@example.com.Error")]
    [InlineData("AKIAIOSFODNN7EXAMPLE")]
    [InlineData("AKIAIOSFODNN7EXAMPLE.Error")]
    [InlineData("A4111111111111111Error")]
    [InlineData("u_17_of_berlin_Error")]
    [InlineData("EJANEDOE")]
    [InlineData("terror")]
    [InlineData("Acme..BrokenException")]
    [InlineData(".BrokenException")]
    [InlineData("Broken-Exception")]
    [InlineData("9Error")]
    [InlineData("QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQException")]
    [InlineData("a.b.c.d.e.f.g.h.i.j.k.Exception")]
    [InlineData("ПетровException")]
    public void Is_none(string text)
    {
        Assert.False(ErrorTypeName.Is(text));
    }
}
