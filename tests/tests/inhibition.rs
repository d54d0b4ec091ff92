//! Lateral inhibition decides who fires at an instant and what the others lose, as computed by hand.

use crosspike_tests::driven::{close, sample, spikes, spikes_of, trace};

const RUN: &str = "Run(duration: \"100 ms\")";

/// The fields of neurons with a leak of 10 ms, a threshold of 10 mV, and this inhibition.
fn lif(count: usize, inhibition: &str, more: &str) -> String {
    format!("count: {count}, leak: \"10 ms\", threshold: \"10 mV\", inhibition: {inhibition}, {more}")
}

#[test]
fn a_spike_takes_from_all_others_down_to_the_floor_and_blocks_them() {
    let lif = lif(4, r#"Others(subtract: "2 mV", floor: "-0.5 mV", block: "3 ms")"#, "");
    let inputs = [
        (1, 9.0, 6.0),
        (0, 10.0, 11.0),
        (2, 10.0, 1.0),
        (3, 10.0, -1.0),
        (0, 11.0, 5.0),
        (1, 12.0, 20.0),
        (1, 13.0, 1.0),
        (2, 12.999_999_999, 20.0),
    ];
    let trace = trace(&lif, &inputs, RUN);
    assert_eq!(spikes_of(&trace), [(0, 10.0)]);
    let inhibited = 6.0 * (-0.1f64).exp() - 2.0;
    for (neuron, potential) in [0.0, inhibited, -0.5, -1.0].into_iter().enumerate() {
        close(sample(&trace, 10, neuron).0, potential);
    }
    close(sample(&trace, 11, 0).0, 5.0);
    // The potential goes on decaying while arrivals are lost; an arrival at the end of the block counts.
    close(sample(&trace, 12, 1).0, inhibited * (-0.2f64).exp());
    close(sample(&trace, 13, 1).0, inhibited * (-0.3f64).exp() + 1.0);
    close(sample(&trace, 13, 2).0, -0.5 * (-0.3f64).exp());
}

#[test]
fn a_block_extends_a_refractory_period() {
    // Neuron 1 fires at 8 ms, is refractory to 11 ms at its reset, and blocked from 10.4 ms to 11.9 ms.
    let lif = lif(2, r#"Others(block: "1.5 ms")"#, r#"refractory: "3 ms", reset: "4 mV""#);
    let inputs =
        [(1, 8.0, 11.0), (0, 10.4, 11.0), (1, 11.0, 20.0), (1, 11.899_999_999, 20.0), (1, 11.9, 1.0)];
    let trace = trace(&lif, &inputs, RUN);
    assert_eq!(spikes_of(&trace), [(1, 8.0), (0, 10.4)]);
    close(sample(&trace, 10, 1).0, 4.0);
    // From 11 ms on the reset decays, deaf or not.
    close(sample(&trace, 12, 1).0, 4.0 * (-0.1f64).exp() + (-0.01f64).exp());
}

#[test]
fn the_winner_can_reset_all_and_block_all() {
    let lif = lif(2, r#"ResetAll(block: "4 ms")"#, r#"reset: "2 mV""#);
    let inputs = [
        (1, 9.0, 7.0),
        (0, 10.0, 11.0),
        (0, 12.0, 20.0),
        (1, 13.999_999_999, 20.0),
        (0, 14.0, 1.0),
        (1, 14.0, 3.0),
    ];
    let trace = trace(&lif, &inputs, RUN);
    assert_eq!(spikes_of(&trace), [(0, 10.0)]);
    for ms in 10..14 {
        let decayed = 2.0 * (-(ms as f64 - 10.0) / 10.0).exp();
        close(sample(&trace, ms, 0).0, decayed);
        close(sample(&trace, ms, 1).0, decayed);
    }
    close(sample(&trace, 14, 0).0, 2.0 * (-0.4f64).exp() + 1.0);
    close(sample(&trace, 14, 1).0, 2.0 * (-0.4f64).exp() + 3.0);
}

/// Who fires of several at one instant, and where all stand afterwards.
fn tie(inhibition: &str, arrivals: &[f64], fired: &[u32], potentials: &[f64]) {
    let inputs: Vec<(u32, f64, f64)> =
        arrivals.iter().enumerate().map(|(n, &mv)| (n as u32, 5.0, mv)).collect();
    let trace = trace(&lif(arrivals.len(), inhibition, ""), &inputs, RUN);
    let expected: Vec<(u32, f64)> = fired.iter().map(|&neuron| (neuron, 5.0)).collect();
    assert_eq!(spikes_of(&trace), expected, "{inhibition}");
    for (neuron, &potential) in potentials.iter().enumerate() {
        close(sample(&trace, 5, neuron).0, potential);
    }
}

#[test]
fn the_largest_excess_wins_and_of_equal_ones_the_lowest_index() {
    let largest = r#"Others(subtract: "1 mV", block: "50 ms")"#;
    tie(largest, &[11.0, 12.5, 12.0], &[1], &[10.0, 0.0, 11.0]);
    tie(largest, &[11.0, 12.5, 12.5], &[1], &[10.0, 0.0, 11.5]);
}

#[test]
fn the_excess_counts_not_the_potential() {
    // Thresholds 10 and 13 mV: 11 mV exceed by 1 mV, 13.5 mV by half a millivolt.
    let lif =
        lif(2, r#"Others(block: "50 ms")"#, r#"adaptation: (increment: "0 mV", initial: ["0 mV", "3 mV"])"#);
    assert_eq!(spikes(&lif, &[(0, 5.0, 11.0), (1, 5.0, 13.5)]), [(0, 5.0)]);
}

#[test]
fn in_the_order_of_indices_the_last_one_above_keeps_its_spike() {
    let last = r#"Others(subtract: "SUBTRACT mV", block: "50 ms", ties: LastIndex)"#;
    // 0 fires, 1 keeps 10.5 mV and fires, 2 keeps 9 mV; 0, which was reset, loses again and stops at the floor.
    tie(&last.replace("SUBTRACT", "1.5"), &[11.0, 12.0, 12.0], &[1], &[0.0, 0.0, 9.0]);
    tie(&last.replace("SUBTRACT", "0.5"), &[11.0, 12.0, 12.0], &[2], &[0.0, 0.0, 0.0]);
}

#[test]
fn all_may_fire_and_the_others_lose_for_each() {
    tie(
        r#"Others(subtract: "2 mV", block: "50 ms", ties: All)"#,
        &[11.0, 9.0, 12.0, 3.0],
        &[0, 2],
        &[0.0, 5.0, 0.0, 0.0],
    );
}

#[test]
fn a_loser_fires_at_the_end_of_its_block_if_it_is_still_above_its_threshold() {
    // 12 exp(-0.15) = 10.3 mV after 1.5 ms, 12 exp(-0.25) = 9.3 mV after 2.5 ms.
    let inputs = [(0, 1.0, 14.0), (1, 1.0, 12.0)];
    assert_eq!(spikes(&lif(2, r#"Others(block: "1.5 ms")"#, ""), &inputs), [(0, 1.0), (1, 2.5)]);
    assert_eq!(spikes(&lif(2, r#"Others(block: "2.5 ms")"#, ""), &inputs), [(0, 1.0)]);
}

#[test]
fn a_blocked_neuron_above_its_threshold_fires_at_the_next_strobe() {
    // 14 exp(-0.05) mV half a millisecond later; 14 exp(-0.35) = 9.9 mV at 5 ms.
    let inputs = [(0, 1.5, 16.0), (1, 1.5, 14.0)];
    let with =
        |strobe: &str| spikes(&lif(2, &format!(r#"Others(block: "5 ms", strobe: "{strobe}")"#), ""), &inputs);
    assert_eq!(with("1 ms"), [(0, 1.5), (1, 2.0)]);
    assert_eq!(with("5 ms"), [(0, 1.5)]);
    assert_eq!(with("0 ms"), [(0, 1.5)]);
}

/// The expectation of a loser was forgotten where an image or a phase ended before its block.
#[test]
fn a_loser_fires_after_the_end_of_a_phase_too() {
    let phases = r#"Run(duration: "2 ms"), Run(duration: "0.5 ms"), Run(duration: "1 ms")"#;
    let trace = trace(&lif(2, r#"Others(block: "1.5 ms")"#, ""), &[(0, 1.0, 14.0), (1, 1.0, 12.0)], phases);
    assert_eq!(spikes_of(&trace), [(0, 1.0), (1, 2.5)]);
}

#[test]
fn of_simultaneous_predicted_crossings_one_wins_and_the_other_fires_after_its_block() {
    // 30 mV of drive: both reach 10 mV after 10 ln(1.5) = 4.05 ms; the loser, above its threshold, 1 ms later.
    let drive = r#"bias: "3 nA""#;
    let found = spikes(&lif(2, r#"Others(block: "1 ms")"#, drive), &[]);
    let first = 10.0 * 1.5f64.ln();
    for (&(neuron, ms), expected) in found.iter().zip([(0, first), (1, first + 1.0), (0, 2.0 * first)]) {
        assert!(neuron == expected.0 && (ms - expected.1).abs() < 4e-9, "{neuron} at {ms} ms");
    }
    assert!(found.len() > 20);
}

#[test]
fn a_winner_that_resets_all_wins_again() {
    let drive = r#"bias: "3 nA""#;
    let first = 10.0 * 1.5f64.ln();
    // The membranes go on charging while they are blocked: the block of 6 ms ends above the threshold.
    for (block, period) in [(1.0, first), (6.0, 6.0)] {
        let found = spikes(&lif(2, &format!("ResetAll(block: \"{block} ms\")"), drive), &[]);
        for (number, &(neuron, ms)) in found.iter().enumerate() {
            let expected = first + number as f64 * period;
            assert!(
                neuron == 0 && (ms - expected).abs() < 1e-7,
                "{neuron} at {ms} ms instead of {expected} ms"
            );
        }
        assert!(found.len() > 10);
    }
}
