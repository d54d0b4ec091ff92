//! Tests of encoders against closed forms, at fixed seeds with bounds of four standard deviations.

use super::*;
use crate::units::{Frequency, Span};

const PRESENT: Time = Time::from_ticks(350_000_000_000);

fn key(presentation: u64) -> Key {
    Key { seed: 3, population: 1, presentation }
}

fn spikes(encoder: &Encoder, image: &[f32], presentation: u64) -> Vec<InputSpike> {
    let mut out = Vec::new();
    encode(encoder, image, PRESENT, key(presentation), &mut out);
    out
}

fn poisson() -> Encoder {
    Encoder::Poisson { rate: Frequency::new(40.0) }
}

fn bernoulli(probability: f64) -> Encoder {
    Encoder::Bernoulli { step: Span::new(1e-3), probability }
}

fn regular(jitter: f64) -> Encoder {
    Encoder::Regular { rate: Frequency::new(100.0), jitter }
}

fn all() -> [Encoder; 6] {
    let latency = Encoder::Latency { earliest: Span::new(1e-3), latest: Span::new(0.5), threshold: 0.0 };
    let amplitude = Encoder::Amplitude { step: Span::new(1e-3), threshold: 0.3 };
    [poisson(), bernoulli(0.1), regular(0.0), regular(0.5), latency, amplitude]
}

/// Spike counts of pixel 0 over many presentations.
fn counts(encoder: &Encoder, intensity: f32, presentations: u64) -> Vec<f64> {
    (0..presentations).map(|image| spikes(encoder, &[intensity], image).len() as f64).collect()
}

fn mean_and_variance(values: &[f64]) -> (f64, f64) {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, squares / (values.len() - 1) as f64)
}

#[track_caller]
fn near(found: f64, expected: f64, deviation: f64) {
    assert!((found - expected).abs() < 4.0 * deviation, "{found} is not {expected} within 4 x {deviation}");
}

#[test]
fn poisson_counts_have_equal_mean_and_variance() {
    let n = 20_000.0;
    let (mean, variance) = mean_and_variance(&counts(&poisson(), 0.5, n as u64));
    let expected: f64 = 40.0 * 0.5 * PRESENT.seconds();
    near(mean, expected, (expected / n).sqrt());
    // The fourth central moment is m + 3 m^2, so the variance of the estimate is (m + 2 m^2) / n.
    near(variance, expected, ((expected + 2.0 * expected * expected) / n).sqrt());
}

#[test]
fn poisson_spikes_are_spread_evenly_over_the_presentation() {
    const BINS: usize = 50;
    let mut bins = [0.0f64; BINS];
    for image in 0..5_000 {
        for spike in spikes(&poisson(), &[1.0], image) {
            bins[(spike.offset.ticks() as u64 * BINS as u64 / PRESENT.ticks() as u64) as usize] += 1.0;
        }
    }
    let expected = 5_000.0 * 40.0 * PRESENT.seconds() / BINS as f64;
    let chi_square: f64 = bins.iter().map(|found| (found - expected).powi(2) / expected).sum();
    // Counts of a Poisson process in disjoint bins are independent: chi-square with one degree per bin.
    near(chi_square, BINS as f64, (2.0 * BINS as f64).sqrt());
}

#[test]
fn poisson_gaps_are_exponential() {
    const BINS: usize = 20;
    // A long train, so that the end of the presentation cuts no gap that matters.
    let present = Time::from_seconds(5_000.0).unwrap();
    let mut train = Vec::new();
    encode(&poisson(), &[1.0], present, key(0), &mut train);
    let mut bins = [0.0f64; BINS];
    for pair in train.windows(2) {
        let survival = (-40.0 * pair[1].offset.since(pair[0].offset)).exp();
        bins[((survival * BINS as f64) as usize).min(BINS - 1)] += 1.0;
    }
    let expected = (train.len() - 1) as f64 / BINS as f64;
    let chi_square: f64 = bins.iter().map(|found| (found - expected).powi(2) / expected).sum();
    let degrees = (BINS - 1) as f64;
    near(chi_square, degrees, (2.0 * degrees).sqrt());
}

#[test]
fn poisson_pixels_are_independent() {
    let n = 20_000;
    let products: Vec<f64> = (0..n)
        .map(|image| {
            let train = spikes(&poisson(), &[1.0, 1.0], image);
            let first = train.iter().filter(|spike| spike.neuron == 0).count() as f64;
            (first - 14.0) * (train.len() as f64 - first - 14.0)
        })
        .collect();
    near(mean_and_variance(&products).0, 0.0, 14.0 / (n as f64).sqrt());
}

#[test]
fn bernoulli_counts_are_binomial() {
    let (n, steps, p) = (20_000.0, 350.0, 0.1 * 0.5);
    let (mean, variance) = mean_and_variance(&counts(&bernoulli(0.1), 0.5, n as u64));
    near(mean, steps * p, (steps * p * (1.0 - p) / n).sqrt());
    near(variance, steps * p * (1.0 - p), steps * p * (1.0 - p) * (2.0f64 / n).sqrt() * 1.1);
}

#[test]
fn bernoulli_steps_are_equally_likely() {
    let mut steps = [0.0f64; 350];
    for image in 0..20_000 {
        for spike in spikes(&bernoulli(0.5), &[0.25], image) {
            assert_eq!(spike.offset.ticks() % 1_000_000_000, 0);
            steps[(spike.offset.ticks() / 1_000_000_000) as usize] += 1.0;
        }
    }
    let (expected, variance) = (20_000.0 * 0.125, 20_000.0 * 0.125 * 0.875);
    let chi_square: f64 = steps.iter().map(|found| (found - expected).powi(2) / variance).sum();
    near(chi_square, 350.0, (2.0f64 * 350.0).sqrt());
}

#[test]
fn a_certain_bernoulli_pixel_spikes_at_every_step() {
    let train = spikes(&bernoulli(1.0), &[1.0, 0.0], 0);
    let expected =
        (0..350).map(|step| InputSpike { offset: Time::from_ticks(step * 1_000_000_000), neuron: 0 });
    assert_eq!(train, expected.collect::<Vec<_>>());
    assert_eq!(spikes(&bernoulli(0.0), &[1.0], 0), []);
}

#[test]
fn a_step_that_starts_with_the_end_is_not_part_of_the_presentation() {
    let mut train = Vec::new();
    encode(&bernoulli(1.0), &[1.0], Time::from_ticks(2_000_000_001), key(0), &mut train);
    assert_eq!(train.len(), 3);
    encode(&bernoulli(1.0), &[1.0], Time::from_ticks(2_000_000_000), key(0), &mut train);
    assert_eq!(train.len(), 2);
}

#[test]
fn regular_intervals_without_jitter_are_exact() {
    for image in 0..100 {
        // 100 Hz x 0.5 is an interval of 20 ms, 17 or 18 of them in 350 ms.
        let train = spikes(&regular(0.0), &[0.5], image);
        assert!(train[0].offset > Time::ZERO && train[0].offset <= Time::from_ticks(20_000_000_000));
        assert!(train.windows(2).all(|pair| (pair[1].offset - pair[0].offset).ticks() == 20_000_000_000));
        assert!(train[train.len() - 1].offset >= PRESENT - Time::from_ticks(20_000_000_000));
    }
}

#[test]
fn regular_first_spikes_are_uniform_in_the_first_interval() {
    let n = 20_000.0;
    let firsts: Vec<f64> =
        (0..n as u64).map(|image| spikes(&regular(0.0), &[1.0], image)[0].offset.seconds()).collect();
    let (mean, variance) = mean_and_variance(&firsts);
    near(mean, 5e-3, 1e-2 / (12.0f64 * n).sqrt());
    near(variance, 1e-4 / 12.0, 1e-4 * (1.0f64 / 180.0 / n).sqrt());
}

#[test]
fn jitter_spreads_intervals_about_the_same_mean() {
    let mut train = Vec::new();
    encode(&regular(0.2), &[1.0], Time::from_seconds(200.0).unwrap(), key(0), &mut train);
    let gaps: Vec<f64> = train.windows(2).map(|pair| pair[1].offset.since(pair[0].offset)).collect();
    let (mean, variance) = mean_and_variance(&gaps);
    let n = gaps.len() as f64;
    near(mean, 10e-3, 2e-3 / n.sqrt());
    near(variance.sqrt(), 2e-3, 2e-3 / (2.0 * n).sqrt());
}

#[test]
fn strong_jitter_keeps_the_rate_and_the_order() {
    let mut train = Vec::new();
    encode(&regular(0.5), &[1.0], Time::from_seconds(200.0).unwrap(), key(0), &mut train);
    assert!(train.windows(2).all(|pair| pair[0].offset < pair[1].offset));
    near(train.len() as f64, 20_000.0, 0.5 * 20_000.0f64.sqrt());
}

#[test]
fn a_pixel_of_an_amplitude_sends_a_pulse_in_every_step() {
    let encoder = Encoder::Amplitude { step: Span::new(100e-3), threshold: 0.25 };
    let at = |step: i64, neuron| InputSpike { offset: Time::from_ticks(step * 100_000_000_000), neuron };
    let train = spikes(&encoder, &[0.25, 0.0, 0.24, 1.0], 0);
    assert_eq!(train, (0..4).flat_map(|step| [at(step, 0), at(step, 3)]).collect::<Vec<_>>());
}

#[test]
fn latency_is_linear_in_the_intensity() {
    let encoder = Encoder::Latency { earliest: Span::new(2e-3), latest: Span::new(10e-3), threshold: 0.25 };
    let at = |milliseconds: i64, neuron| InputSpike {
        offset: Time::from_ticks(milliseconds * 1_000_000_000),
        neuron,
    };
    let train = spikes(&encoder, &[0.25, 1.0, 0.0, 0.5, 0.24, 1.0], 0);
    assert_eq!(train, [at(2, 1), at(2, 5), at(6, 3), at(8, 0)]);
}

#[test]
fn latencies_round_up_to_the_next_tick() {
    let encoder = Encoder::Latency { earliest: Span::default(), latest: Span::new(3e-12), threshold: 0.0 };
    assert_eq!(spikes(&encoder, &[0.5], 0)[0].offset, Time::from_ticks(2));
}

#[test]
fn images_do_not_depend_on_the_images_before_them() {
    let image: Vec<f32> = (0..60).map(|pixel| pixel as f32 / 59.0).collect();
    for encoder in all() {
        let ascending: Vec<_> = (0..20).map(|number| spikes(&encoder, &image, number)).collect();
        let mut out = Vec::new();
        for number in (0..20).rev() {
            encode(&encoder, &image, PRESENT, key(number), &mut out);
            assert_eq!(out, ascending[number as usize]);
        }
    }
}

#[test]
fn seeds_populations_and_presentations_have_trains_of_their_own() {
    let first = spikes(&poisson(), &[1.0], 0);
    for other in [Key { seed: 4, ..key(0) }, Key { population: 2, ..key(0) }, key(1)] {
        let mut train = Vec::new();
        encode(&poisson(), &[1.0], PRESENT, other, &mut train);
        assert_ne!(train, first);
    }
}

#[test]
fn a_pixel_keeps_its_train_whatever_the_others_are() {
    let alone = spikes(&poisson(), &[0.0, 0.7, 0.0], 5);
    let mut among = spikes(&poisson(), &[1.0, 0.7, 0.3], 5);
    among.retain(|spike| spike.neuron == 1);
    assert_eq!(among, alone);
}

#[test]
fn spikes_are_sorted_and_unique_and_during_the_presentation() {
    let image: Vec<f32> = (0..200).map(|pixel| (pixel % 8) as f32 / 7.0).collect();
    for encoder in all() {
        for number in 0..50 {
            let train = spikes(&encoder, &image, number);
            assert!(!train.is_empty());
            assert!(train.windows(2).all(|pair| pair[0] < pair[1]));
            assert!(train.iter().all(|spike| spike.offset >= Time::ZERO && spike.offset < PRESENT));
            assert!(train.iter().all(|spike| image[spike.neuron as usize] > 0.0));
        }
    }
}

#[test]
fn rates_near_the_resolution_of_time_give_each_tick_once() {
    let encoder = Encoder::Poisson { rate: Frequency::new(3e12) };
    let mut train = Vec::new();
    encode(&encoder, &[1.0], Time::from_ticks(1000), key(0), &mut train);
    assert!(train.windows(2).all(|pair| pair[0] < pair[1]));
    near(train.len() as f64, 999.0 * (1.0 - (-3.0f64).exp()), (999.0f64 * 0.05).sqrt());
}

#[test]
fn vanishing_intensity_and_long_presentations_stay_in_range() {
    let present = Time::LONGEST;
    let mut train = Vec::new();
    for encoder in [poisson(), bernoulli(1.0), regular(0.5)] {
        encode(&encoder, &[f32::MIN_POSITIVE, -1.0, f32::NAN], present, key(0), &mut train);
        assert_eq!(train, []);
    }
    let rare = Encoder::Poisson { rate: Frequency::new(1e-4) };
    encode(&rare, &vec![1.0; 5000], present, key(0), &mut train);
    assert!(train.windows(2).all(|pair| pair[0] < pair[1]));
    near(train.len() as f64, 500_000.0, 500_000.0f64.sqrt());
}

#[test]
fn crowded_instants_are_in_order_too() {
    // Latencies of 3,000 pixels within a hundredth of the presentation, in descending order; two at each instant.
    let encoder = Encoder::Latency { earliest: Span::default(), latest: Span::new(3.5e-3), threshold: 0.0 };
    let image: Vec<f32> = (0..3000).map(|pixel| (pixel / 2 + 1) as f32 / 1500.0).collect();
    let train = spikes(&encoder, &image, 0);
    assert_eq!(train.len(), 3000);
    assert!(train.windows(2).all(|pair| pair[0] < pair[1]));
    assert_eq!((train[0].neuron, train[1].neuron, train[2999].neuron), (2998, 2999, 1));
}

#[test]
fn nothing_is_allocated_where_the_capacity_suffices() {
    let mut out = Vec::with_capacity(4096);
    let place = out.as_ptr();
    for number in 0..20 {
        encode(&poisson(), &[1.0; 100], PRESENT, key(number), &mut out);
    }
    assert_eq!((out.as_ptr(), out.capacity()), (place, 4096));
}
