using TelemetryActors.Runs;
using Xunit;

namespace TelemetryActors.Tests.Runs;

public sealed class SeenIdsSpec
{
    private readonly SeenIds _seen = new();

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_number_not_above_the_highest_of_its_instance_came_before()
    {
        Taken("aaaaaaaaaaa-00000000000001", "aaaaaaaaaaa-00000000000003");

        Assert.True(Second("aaaaaaaaaaa-00000000000003"));
        Assert.True(Second("aaaaaaaaaaa-00000000000002"));
        Assert.False(Second("aaaaaaaaaaa-00000000000004"));
        Assert.False(Second("bbbbbbbbbbb-00000000000001"));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void Within_a_batch_too()
    {
        Assert.False(Second("aaaaaaaaaaa-00000000000001"));
        Assert.True(Second("aaaaaaaaaaa-00000000000001"));
        Assert.False(Second("my-own-id"));
        Assert.True(Second("my-own-id"));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_batch_that_came_to_nothing_is_new_again()
    {
        Second("aaaaaaaaaaa-00000000000001");
        Second("my-own-id");

        _seen.Forget();

        Assert.False(Second("aaaaaaaaaaa-00000000000001"));
        Assert.False(Second("my-own-id"));
    }

    [Theory]
    [Trait("Feature", "SK.8")]
    [InlineData("aaaaaaaaaaa-0000000000000x")]
    [InlineData("aaaaaaaaaaa_00000000000001")]
    [InlineData("AAAAAAAAAAA-00000000000001")]
    [InlineData("a-1")]
    public void An_id_of_another_form_is_known_as_a_whole(string id)
    {
        Taken(id);

        Assert.True(Second(id));
        Assert.Equal([id], _seen.ToRecord().Foreign);
        Assert.Empty(_seen.ToRecord().Highest);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_line_without_an_id_is_always_new()
    {
        Taken("");

        Assert.False(Second(""));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void Foreign_ids_and_instances_are_remembered_within_stated_bounds_the_newest()
    {
        for (var number = 0; number <= SeenIds.WindowIds; number++)
        {
            Taken($"foreign {number}");
        }

        for (var number = 0; number <= SeenIds.MaxInstances; number++)
        {
            Taken($"{number:00000000000}-00000000000001");
        }

        Assert.False(Second("foreign 0"));
        Assert.True(Second("foreign 1"));
        Assert.False(Second("00000000000-00000000000001"));
        Assert.True(Second("00000000001-00000000000001"));
        Assert.Equal((SeenIds.MaxInstances, SeenIds.WindowIds), (_seen.ToRecord().Highest.Count, _seen.ToRecord().Foreign.Count));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void What_was_kept_goes_on()
    {
        Taken("aaaaaaaaaaa-00000000000007", "b", "c");

        var again = SeenIds.From(_seen.ToRecord());

        Assert.Equivalent(_seen.ToRecord(), again.ToRecord(), strict: true);
        Assert.True(again.IsSecond("aaaaaaaaaaa-00000000000007"u8));
        Assert.True(again.IsSecond("b"u8));
    }

    // The rule against a plain set that forgets nothing: within the bounds the two must agree on every script.
    [Fact]
    [Trait("Feature", "SK.8")]
    public void Random_scripts_of_batches_that_are_taken_refused_and_sent_again_take_each_line_once()
    {
        var random = new Random(20260301);
        for (var script = 0; script < 200; script++)
        {
            var seen = new SeenIds();
            var taken = new List<string>();
            var next = new int[3];
            for (var step = 0; step < 30; step++)
            {
                var instance = random.Next(3);
                var from = Math.Max(0, next[instance] - random.Next(4));
                var batch = Enumerable.Range(from, random.Next(1, 6)).Select(number => $"{"abc"[instance],11}-{number + 1:00000000000000}".Replace(' ', '0')).ToList();
                var fresh = batch.Where(id => !seen.IsSecond(System.Text.Encoding.ASCII.GetBytes(id))).ToList();
                if (random.Next(3) == 0)
                {
                    seen.Forget();
                    continue;
                }

                seen.Keep();
                taken.AddRange(fresh);
                next[instance] = Math.Max(next[instance], from + batch.Count);
            }

            Assert.Equal(next.Sum(), taken.Count);
            Assert.Equal(taken.Count, taken.Distinct().Count());
        }
    }

    private bool Second(string id) => _seen.IsSecond(System.Text.Encoding.UTF8.GetBytes(id));

    private void Taken(params string[] ids)
    {
        foreach (var id in ids)
        {
            Assert.False(Second(id));
        }

        _seen.Keep();
    }
}
