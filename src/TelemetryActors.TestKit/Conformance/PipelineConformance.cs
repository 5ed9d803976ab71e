using Xunit;

namespace TelemetryActors.TestKit.Conformance;

/// <summary>What every engine must do with the same definition. Inherit it once an engine.</summary>
public abstract class PipelineConformance : IDisposable
{
    private readonly PipelineRig _rig;
    private readonly DeliveryScenarios _delivery;
    private readonly HangingCallScenarios _hangingCalls;
    private readonly SinkLifeScenarios _sinkLives;
    private readonly OperatorScenarios _operators;
    private readonly ReplayScenarios _replays;
    private readonly DeadLetterScenarios _deadLetters;

    /// <summary>A pipeline that is not started yet, with a clock, a stream and a base directory of its own.</summary>
    protected PipelineConformance()
    {
        _rig = new PipelineRig(setup => Start(setup));
        _delivery = new DeliveryScenarios(_rig);
        _hangingCalls = new HangingCallScenarios(_rig);
        _sinkLives = new SinkLifeScenarios(_rig);
        _operators = new OperatorScenarios(_rig);
        _replays = new ReplayScenarios(_rig);
        _deadLetters = new DeadLetterScenarios(_rig);
    }

    /// <summary>The clock of the pipeline under test.</summary>
    protected ManualTime Time => _rig.Time;

    /// <summary>The stream of the pipeline under test.</summary>
    protected MemoryEventSource Source => _rig.Source;

    /// <summary>Starts a pipeline of the engine.</summary>
    protected abstract IPipelineUnderTest Start(PipelineSetup setup);

    /// <inheritdoc />
    public void Dispose()
    {
        _rig.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    [Trait("Feature", "S1.4")]
    public Task Every_sink_gets_every_event_in_order() => _delivery.Every_sink_gets_every_event_in_order();

    [Fact]
    [Trait("Feature", "SK.6")]
    [Trait("Feature", "S1.17")]
    public Task Three_sinks_keep_delivering_while_one_is_open_for_six_hours() => _delivery.Three_sinks_keep_delivering_while_one_is_open_for_six_hours();

    [Fact]
    [Trait("Feature", "S1.14")]
    public Task A_sink_that_hangs_holds_nobody_back_and_its_call_times_out() => _hangingCalls.A_sink_that_hangs_holds_nobody_back_and_its_call_times_out();

    [Fact]
    [Trait("Feature", "S1.17")]
    [Trait("Feature", "SK.9")]
    public Task A_call_that_hangs_on_fails_once_for_each_of_its_time_limits_and_the_sixth_opens_the_circuit_as_of_a_dead_sink() =>
        _hangingCalls.A_call_that_hangs_on_fails_once_for_each_of_its_time_limits_and_the_sixth_opens_the_circuit_as_of_a_dead_sink();

    [Fact]
    [Trait("Feature", "SK.9")]
    public Task Operators_commands_are_carried_out_while_a_call_hangs() => _hangingCalls.Operators_commands_are_carried_out_while_a_call_hangs();

    [Fact]
    [Trait("Feature", "SK.9")]
    public Task A_call_that_takes_its_time_is_kept_for_who_looks_from_outside_and_so_is_that_it_was_given_up() =>
        _hangingCalls.A_call_that_takes_its_time_is_kept_for_who_looks_from_outside_and_so_is_that_it_was_given_up();

    [Fact]
    [Trait("Feature", "S1.17")]
    public Task A_call_that_the_end_cuts_off_is_a_failure_when_it_had_its_chance_and_its_batch_waits() =>
        _hangingCalls.A_call_that_the_end_cuts_off_is_a_failure_when_it_had_its_chance_and_its_batch_waits();

    [Fact]
    [Trait("Feature", "S1.1")]
    public Task A_sink_that_throws_is_made_anew_and_loses_nothing() => _sinkLives.A_sink_that_throws_is_made_anew_and_loses_nothing();

    [Fact]
    [Trait("Feature", "S1.1")]
    public Task A_sink_that_returns_no_outcome_has_failed_and_loses_nothing() => _sinkLives.A_sink_that_returns_no_outcome_has_failed_and_loses_nothing();

    [Fact]
    [Trait("Feature", "S1.1")]
    [Trait("Feature", "SK.4")]
    public Task A_sink_that_has_something_to_do_without_events_does_it_at_each_heartbeat_while_it_is_not_called() =>
        _sinkLives.A_sink_that_has_something_to_do_without_events_does_it_at_each_heartbeat_while_it_is_not_called();

    [Fact]
    [Trait("Feature", "S1.1")]
    [Trait("Feature", "SK.4")]
    public Task What_a_sinks_idle_work_throws_is_told_once_and_the_sink_goes_on() =>
        _sinkLives.What_a_sinks_idle_work_throws_is_told_once_and_the_sink_goes_on();

    [Fact]
    [Trait("Feature", "S1.1")]
    [Trait("Feature", "SK.5")]
    public Task A_sink_that_keeps_its_accounts_and_threw_says_what_it_has_before_it_gets_more() =>
        _sinkLives.A_sink_that_keeps_its_accounts_and_threw_says_what_it_has_before_it_gets_more();

    [Fact]
    [Trait("Feature", "S1.18")]
    [Trait("Feature", "SK.9")]
    public Task Dead_letters_of_a_sink_that_lost_its_data_or_its_state_are_counted_once() =>
        _sinkLives.Dead_letters_of_a_sink_that_lost_its_data_or_its_state_are_counted_once();

    [Fact]
    [Trait("Feature", "S4.8")]
    [Trait("Feature", "SK.9")]
    public Task A_sink_that_cannot_say_what_it_has_says_why_in_its_kept_state_until_it_can() =>
        _sinkLives.A_sink_that_cannot_say_what_it_has_says_why_in_its_kept_state_until_it_can();

    [Fact]
    [Trait("Feature", "S1.18")]
    public Task An_event_log_that_rests_after_a_failure_is_tried_once_more_at_the_end_and_no_other_sink_is() =>
        _sinkLives.An_event_log_that_rests_after_a_failure_is_tried_once_more_at_the_end_and_no_other_sink_is();

    [Fact]
    public Task Accepted_is_delivered_and_dropped_and_dead_lettered_and_pending() =>
        _delivery.Accepted_is_delivered_and_dropped_and_dead_lettered_and_pending();

    [Fact]
    [Trait("Feature", "D.8")]
    public Task Each_sink_gets_what_its_privacy_policy_lets_through() => _delivery.Each_sink_gets_what_its_privacy_policy_lets_through();

    [Fact]
    public Task A_restart_keeps_the_cursor_and_the_end_of_the_open_time() => _delivery.A_restart_keeps_the_cursor_and_the_end_of_the_open_time();

    [Fact]
    [Trait("Feature", "SK.9")]
    public Task Operators_pause_resume_and_reset_through_the_command_file() => _operators.Operators_pause_resume_and_reset_through_the_command_file();

    [Fact]
    [Trait("Feature", "S2.13")]
    public Task A_flush_to_a_sink_that_is_not_there_is_false_and_reaches_those_that_are() =>
        _operators.A_flush_to_a_sink_that_is_not_there_is_false_and_reaches_those_that_are();

    [Fact]
    [Trait("Feature", "S2.13")]
    public Task A_flush_sends_a_batch_that_is_not_full_and_is_false_for_an_open_sink() =>
        _operators.A_flush_sends_a_batch_that_is_not_full_and_is_false_for_an_open_sink();

    [Fact]
    [Trait("Feature", "S1.6")]
    public Task What_is_not_due_stays_at_the_end_when_the_definition_says_so_and_its_wait_goes_on() =>
        _delivery.What_is_not_due_stays_at_the_end_when_the_definition_says_so_and_its_wait_goes_on();

    [Fact]
    [Trait("Feature", "SK.9")]
    public Task A_replay_delivers_a_stretch_once_more_beside_the_cursor() => _replays.A_replay_delivers_a_stretch_once_more_beside_the_cursor();

    [Fact]
    public Task A_replay_under_way_goes_on_after_a_restart() => _replays.A_replay_under_way_goes_on_after_a_restart();

    [Fact]
    public Task A_replay_repeats_the_bounds_that_its_sink_has_already() => _replays.A_replay_repeats_the_bounds_that_its_sink_has_already();

    [Fact]
    public Task A_replay_whose_bounds_come_in_parts_begins_and_one_that_is_refused_is_skipped_and_told() =>
        _replays.A_replay_whose_bounds_come_in_parts_begins_and_one_that_is_refused_is_skipped_and_told();

    [Fact]
    public Task Dead_letters_that_are_put_back_are_delivered_and_are_dead_no_longer() =>
        _deadLetters.Dead_letters_that_are_put_back_are_delivered_and_are_dead_no_longer();

    [Fact]
    public Task A_dead_letter_that_is_refused_again_is_a_dead_letter_again() => _deadLetters.A_dead_letter_that_is_refused_again_is_a_dead_letter_again();

    [Fact]
    public Task Dead_letters_that_are_refused_again_keep_no_sink_from_what_is_new() => _deadLetters.Dead_letters_that_are_refused_again_keep_no_sink_from_what_is_new();

    [Fact]
    public Task Purged_dead_letters_are_dropped_and_counted() => _deadLetters.Purged_dead_letters_are_dropped_and_counted();

    [Fact]
    public Task A_refused_announcement_of_the_products_own_is_a_letter_that_nobody_announces_and_no_vote_against_its_sink() =>
        _deadLetters.A_refused_announcement_of_the_products_own_is_a_letter_that_nobody_announces_and_no_vote_against_its_sink();

    [Fact]
    public Task A_sink_that_was_at_fault_is_tried_with_an_event_that_is_no_announcement() =>
        _deadLetters.A_sink_that_was_at_fault_is_tried_with_an_event_that_is_no_announcement();

    [Fact]
    [Trait("Feature", "D.9")]
    public Task While_telemetry_is_off_no_sink_but_the_event_log_gets_anything_and_then_all_goes_on() =>
        _sinkLives.While_telemetry_is_off_no_sink_but_the_event_log_gets_anything_and_then_all_goes_on();

    [Fact]
    [Trait("Feature", "D.9")]
    public Task A_sink_is_disposed_when_telemetry_is_switched_off_before_another_process_may_have_it_and_made_anew_when_it_is_on() =>
        _sinkLives.A_sink_is_disposed_when_telemetry_is_switched_off_before_another_process_may_have_it_and_made_anew_when_it_is_on();

    [Fact]
    [Trait("Feature", "D.9")]
    public Task A_sink_is_made_and_its_files_are_when_telemetry_is_switched_on() => _sinkLives.A_sink_is_made_and_its_files_are_when_telemetry_is_switched_on();
}
