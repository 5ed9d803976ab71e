using TelemetryActors.Client;
using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;
using Xunit;

namespace TelemetryActors.Tests.Configuration;

[Trait("Feature", "S2.9")]
public sealed class SinkKitSpec
{
    [Fact]
    public void Its_settings_can_be_made_outside()
    {
        var resolved = SettingResolver.Resolve(WithKit(), [Outside(("Sinks:Shelf:Height", "7"))]);

        Assert.Empty(resolved.Faults);
        Assert.Equal(7, resolved.Options.Kit<ShelfKit>().Height);
        Assert.Contains(new SettingValue("sinks.shelf.height", "7", SettingOrigin.Environment), resolved.Values);
    }

    [Fact]
    public void What_the_user_holds_is_not_changed()
    {
        var code = WithKit();

        SettingResolver.Resolve(code, [Outside(("Sinks:Shelf:Height", "7"))]);

        Assert.Equal(3, code.Kit<ShelfKit>().Height);
    }

    [Fact]
    public void A_bad_value_is_named_and_left_out()
    {
        var resolved = SettingResolver.Resolve(WithKit(), [Outside(("Sinks:Shelf:Height", "high"))]);

        Assert.Contains("Sinks:Shelf:Height", Assert.Single(resolved.Faults));
        Assert.Equal(3, resolved.Options.Kit<ShelfKit>().Height);
    }

    [Fact]
    public void A_name_that_a_known_kit_does_not_have_is_a_fault_and_one_of_an_unknown_kit_is_not()
    {
        var resolved = SettingResolver.Resolve(WithKit(), [Outside(("Sinks:Shelf:Width", "7"), ("Sinks:Drawer:Width", "7"))]);

        Assert.Contains("Sinks:Shelf:Width", Assert.Single(resolved.Faults));
    }

    [Fact]
    public void Values_of_the_code_have_their_origin()
    {
        var values = SettingResolver.Resolve(WithKit(height: 5), []).Values;

        Assert.Contains(new SettingValue("sinks.shelf.height", "5", SettingOrigin.Code), values);
    }

    [Fact]
    public void Its_faults_are_programming_errors()
    {
        var faults = TelemetryOptionsFaults.Of(WithKit(height: -1));

        Assert.Equal(["Sinks:Shelf:Height must not be negative"], faults);
    }

    [Fact]
    [Trait("Feature", "S4.17")]
    public void Its_settings_that_contradict_each_other_go_back_without_those_of_other_sinks()
    {
        var resolved = SettingResolver.Resolve(WithKit(), [Outside(("sinks.shelf.height", "9"), ("sinks.shelf.depth", "9"), ("sinks.runs.enabled", "false"))]);

        var kit = resolved.Options.Kit<ShelfKit>();
        Assert.Equal("Sinks:Shelf:Height and Depth are 9 in all", Assert.Single(resolved.Faults));
        Assert.Equal((3, 0), (kit.Height, kit.Depth));
        Assert.False(resolved.Options.RunPosting.Enabled);
    }

    [Fact]
    public void Its_sink_is_one_of_the_pipelines()
    {
        var options = WithKit();

        var sinks = SinkList.Of(options, null!, new DeviceIdentityFile(DiskFileSystem.Instance, "/nowhere", null));

        Assert.Equal("shelf", Assert.Single(sinks).Name);
    }

    private static TelemetryOptions WithKit(int height = 3)
    {
        var options = new TelemetryOptions();
        options.Kits.Add(new ShelfKit { Height = height });
        return options;
    }

    private static SettingSource Outside(params (string Path, string Text)[] texts) =>
        new(SettingOrigin.Environment, texts.Select(text => (text.Path, text.Path, text.Text)));

    private sealed class ShelfKit : SinkKit
    {
        public int Height { get; set; } = 3;

        public int Depth { get; set; }

        public override string Name => "shelf";

        public override IReadOnlyList<Setting> Settings { get; } =
        [
            Setting.Of("sinks.shelf.height", SettingTypes.Count(0, 9), options => options.Kit<ShelfKit>().Height, (options, value) => options.Kit<ShelfKit>().Height = value),
            Setting.Of("sinks.shelf.depth", SettingTypes.Count(0, 9), options => options.Kit<ShelfKit>().Depth, (options, value) => options.Kit<ShelfKit>().Depth = value),
        ];

        public override IEnumerable<string> Faults() =>
            Height < 0 ? ["Sinks:Shelf:Height must not be negative"]
            : Height + Depth > 9 ? ["Sinks:Shelf:Height and Depth are 9 in all"]
            : [];

        public override SinkDefinition Define(SinkKitContext context) => new(Name, SinkPolicies.Custom, _ => throw new NotSupportedException());

        public override SinkKit Copy() => new ShelfKit { Height = Height, Depth = Depth };

        public override SinkKit Fresh() => new ShelfKit();
    }
}
