//! Single neurons follow the closed forms of their equations.

use crosspike_tests::driven::{close, sample, spikes, spikes_of, trace};

/// A predicted instant is the first tick at or after the exact one.
fn on_tick(found: i64, exact: f64) {
    let late = found as f64 - exact * 1e12;
    assert!((-0.01..=1.01).contains(&late), "{found} ps is {late} ticks after {exact} s");
}

#[test]
fn the_membrane_decays_to_rest_between_arrivals() {
    let lif = r#"count: 1, leak: "20 ms", threshold: "50 mV", rest: "-3 mV", initial: "2 mV""#;
    let trace = trace(lif, &[(0, 5.0, 10.0)], "Run(duration: \"40 ms\")");
    for ms in 0..40 {
        let t = ms as f64;
        let arrival = if ms >= 5 { 10.0 * (-(t - 5.0) / 20.0).exp() } else { 0.0 };
        close(sample(&trace, ms, 0).0, -3.0 + 5.0 * (-t / 20.0).exp() + arrival);
    }
}

#[test]
fn bias_crosses_the_threshold_within_a_tick_of_its_closed_form() {
    // 30 mV of drive, threshold 20 mV: leak ln 3, then the refractory period and leak ln 3 again.
    for us in [1.0, 17.0, 1e3, 33e3, 1e6] {
        let (leak, refractory) = (us * 1e-6, 0.25e-6 * us);
        let text = format!(
            "count: 1, leak: \"{us} us\", threshold: \"20 mV\", refractory: \"{} us\", bias: \"{} nA\"",
            0.25 * us,
            30e3 / us
        );
        let trace = trace(&text, &[], &format!("Run(duration: \"{} us\")", 5.5 * us));
        let ticks = &trace.spikes[0].ticks;
        assert_eq!(ticks.len(), 4);
        on_tick(ticks[0], leak * 3f64.ln());
        for pair in ticks.windows(2) {
            on_tick(pair[1] - pair[0], refractory + leak * 3f64.ln());
        }
    }
}

#[test]
fn a_falling_threshold_meets_a_rising_membrane_within_a_tick_of_the_closed_form() {
    // With leak = decay = tau: 30 - 30 e = 10 + theta e, so e = exp(-t/tau) = 20 / (30 + theta).
    for us in [1.0, 17.0, 1e3, 33e3, 1e6] {
        let text = format!(
            "count: 1, leak: \"{us} us\", threshold: \"10 mV\", bias: \"{} nA\",
             adaptation: (increment: \"5 mV\", decay: Time(\"{us} us\"), initial: \"20 mV\")",
            30e3 / us
        );
        let trace = trace(&text, &[], &format!("Run(duration: \"{} us\")", 4.0 * us));
        let ticks = &trace.spikes[0].ticks;
        let (mut theta, mut before) = (20.0, 0);
        for &tick in ticks {
            let e: f64 = 20.0 / (30.0 + theta);
            on_tick(tick - before, -us * 1e-6 * e.ln());
            let decayed = theta * (-(tick - before) as f64 * 1e-6 / us).exp();
            (theta, before) = (decayed + 5.0, tick);
        }
        assert!(ticks.len() >= 4, "{} spikes", ticks.len());
    }
}

#[test]
fn a_threshold_at_its_floor_is_crossed_where_the_floor_is() {
    // 20 exp(-t/5) stops at 8 after 4.58 ms; 30 (1 - exp(-t/10)) reaches 18 after 10 ln(30/12) = 9.16 ms.
    let trace = trace(
        r#"count: 1, leak: "10 ms", threshold: "10 mV", bias: "3 nA",
           adaptation: (increment: "0 mV", decay: Time("5 ms"), initial: "20 mV", floor: "8 mV")"#,
        &[],
        "Run(duration: \"10 ms\")",
    );
    assert_eq!(trace.spikes[0].ticks.len(), 1);
    on_tick(trace.spikes[0].ticks[0], 10e-3 * 2.5f64.ln());
    for ms in 0..10 {
        close(sample(&trace, ms, 0).1, 10.0 + (20.0 * (-ms as f64 / 5.0).exp()).max(8.0));
    }
}

#[test]
fn reset_and_rest_may_differ() {
    // Rest -5 mV and 30 mV of drive lead to 25 mV: from -5 mV 10 ln(30/15) ms, from 3 mV 10 ln(22/15) ms.
    let lif = r#"count: 1, leak: "10 ms", threshold: "10 mV", rest: "-5 mV", reset: "3 mV", bias: "3 nA""#;
    let ticks = trace(lif, &[], "Run(duration: \"20 ms\")").spikes[0].ticks.clone();
    on_tick(ticks[0], 10e-3 * 2f64.ln());
    on_tick(ticks[1] - ticks[0], 10e-3 * (22.0f64 / 15.0).ln());
}

#[test]
fn arrivals_are_lost_until_the_refractory_period_ends_and_count_at_its_end() {
    let lif = r#"count: 1, leak: "10 ms", threshold: "10 mV", refractory: "5 ms""#;
    let inputs = [(0, 1.0, 11.0), (0, 5.999_999_999, 11.0), (0, 6.0, 11.0), (0, 11.0, 9.9), (0, 12.0, 1.0)];
    // 9.9 exp(-0.1) + 1 = 9.96 stays below.
    assert_eq!(spikes(lif, &inputs), [(0, 1.0), (0, 6.0)]);
}

#[test]
fn the_threshold_rises_per_spike_to_its_cap() {
    let lif = r#"count: 1, leak: "1 ms", threshold: "10 mV", adaptation: (increment: "4 mV", cap: "7 mV")"#;
    let inputs = [(0, 10.0, 10.5), (0, 20.0, 13.9), (0, 30.0, 14.1), (0, 40.0, 16.9), (0, 50.0, 17.1)];
    let trace = trace(lif, &inputs, "Run(duration: \"60 ms\")");
    assert_eq!(spikes_of(&trace), [(0, 10.0), (0, 30.0), (0, 50.0)]);
    for (ms, threshold) in [(9, 10.0), (10, 14.0), (29, 14.0), (30, 17.0), (59, 17.0)] {
        close(sample(&trace, ms, 0).1, threshold);
    }
}

#[test]
fn the_threshold_falls_exponentially_in_time() {
    let lif = r#"count: 1, leak: "1 ms", threshold: "10 mV", adaptation: (increment: "4 mV", decay: Time("20 ms"))"#;
    let trace = trace(lif, &[(0, 10.0, 10.5), (0, 30.0, 20.0)], "Run(duration: \"60 ms\")");
    let decay = |ms: f64| (-ms / 20.0).exp();
    close(sample(&trace, 25, 0).1, 10.0 + 4.0 * decay(15.0));
    close(sample(&trace, 50, 0).1, 10.0 + 4.0 * decay(40.0) + 4.0 * decay(20.0));
}

#[test]
fn the_threshold_falls_by_a_factor_per_training_image_to_its_floor() {
    let lif = r#"count: 1, leak: "1 ms", threshold: "10 mV",
        adaptation: (increment: "1 mV", decay: PerImage(0.5), initial: "8 mV", floor: "3 mV")"#;
    let trace = trace(lif, &[], "Train(images: 4, present: \"5 ms\")");
    for (ms, threshold) in [(0, 18.0), (4, 18.0), (5, 14.0), (10, 13.0), (15, 13.0)] {
        close(sample(&trace, ms, 0).1, threshold);
    }
}

#[test]
fn homeostasis_moves_each_threshold_by_its_spikes_too_many() {
    // 1 V of drive reaches some 10 mV in 0.1 ms, so the refractory period sets the count in 20 ms: 4, 2, and 0 without
    // drive. The target is 2 per image.
    let lif = r#"count: 3, leak: "10 ms", threshold: "10 mV", bias: ["100 nA", "100 nA", "0 nA"],
        refractory: ["6 ms", "12 ms", "0 ms"], homeostasis: (target: "100 Hz", step: "1 mV")"#;
    let trace = trace(lif, &[], "Train(images: 3, present: \"20 ms\"), Run(duration: \"1 ms\")");
    assert_eq!(
        trace.images.iter().map(|image| image.counts.clone()).collect::<Vec<_>>(),
        vec![vec![4, 2, 0]; 3]
    );
    for (ms, thresholds) in
        [(19, [10.0, 10.0, 10.0]), (20, [12.0, 10.0, 8.0]), (40, [14.0, 10.0, 6.0]), (60, [16.0, 10.0, 4.0])]
    {
        (0..3).for_each(|neuron| close(sample(&trace, ms, neuron).1, thresholds[neuron]));
    }
}

#[test]
fn thresholds_stand_still_in_label_and_test_phases() {
    let lif = r#"count: 1, leak: "10 ms", threshold: "10 mV", bias: "10 nA",
        adaptation: (increment: "1 mV", decay: PerImage(0.5)), homeostasis: (target: "1 Hz", step: "1 mV")"#;
    let schedule = r#"Train(images: 1, present: "20 ms"), Label(images: 2, present: "20 ms", between: BETWEEN),
        Test(images: 2, present: "20 ms", between: BETWEEN)"#;
    for between in ["Reset", "Continue"] {
        let trace = trace(lif, &[], &schedule.replace("BETWEEN", between));
        let count = |phase: u32| trace.images.iter().find(|image| image.phase == phase).unwrap().counts[0];
        assert!(count(1) > 3 && count(2) > 3, "the neuron fires on");
        let trained = 10.0 + f64::from(count(0)) * 0.5 + f64::from(count(0)) - 0.02;
        (20..100).for_each(|ms| close(sample(&trace, ms, 0).1, trained));
    }
}

#[test]
fn thresholds_stand_still_in_a_run_without_learning_and_fall_on_afterwards() {
    let lif = r#"count: 1, leak: "1 ms", threshold: "10 mV",
        adaptation: (increment: "4 mV", decay: Time("20 ms"), initial: "6 mV")"#;
    let schedule =
        r#"Run(duration: "10 ms"), Run(duration: "10 ms", learning: false), Run(duration: "5 ms")"#;
    // The train is played again in each phase: a spike at 5 ms of the second one.
    let trace = trace(lif, &[(0, 5.0, 20.0)], schedule);
    assert_eq!(spikes_of(&trace), [(0, 5.0), (0, 15.0)]);
    let frozen = 6.0 * (-0.5f64).exp() + 4.0 * (-0.25f64).exp();
    (10..20).for_each(|ms| close(sample(&trace, ms, 0).1, 10.0 + frozen));
    close(sample(&trace, 24, 0).1, 10.0 + frozen * (-0.2f64).exp());
}
