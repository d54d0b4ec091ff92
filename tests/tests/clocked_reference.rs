//! With a clocked encoder the event-driven kernel agrees, event for event, with a plain clocked program.
//!
//! The reference below moves every neuron at every millisecond, in the most literal way. It takes from the simulation
//! only the encoder's spikes and the initial conductances.

use std::collections::BTreeSet;

use crosspike_tests::run;

const SCENARIO: &str = r#"Scenario(
    dataset: Digits(),
    populations: {
        "pixels": Encoder(Bernoulli(step: "1 ms", probability: 0.2)),
        "output": Lif(
            count: 12, capacitance: "200 pF", leak: "12 ms", threshold: "9 mV", refractory: "3.5 ms",
            adaptation: (increment: "0.4 mV", decay: PerImage(0.9)),
            inhibition: Others(subtract: "3 mV", floor: "0 V", block: "BLOCK ms", strobe: "STROBE ms", ties: TIES),
        ),
    },
    projections: { "synapses": (
        source: "pixels", target: "output",
        crossbar: (
            tile: (24, 5), device: ("ideal", { "g_min": "1 uS", "g_max": "100 uS" }),
            initial: Uniform("20 uS", "90 uS"), read: (voltage: "0.2 V", width: "10 ns"),
        ),
        plasticity: Window(potentiation: "3 uS", depression: "1 uS", window: "4 ms", decay: "5 ms", bounds: Exponential(2.0)),
    ) },
    schedule: [Train(images: 30, present: "80 ms", between: Continue)],
    record: (spikes: ["pixels", "output"], conductance: { "synapses": () }),
)"#;

const ROWS: usize = 64;
const COLUMNS: usize = 12;
const STEPS_PER_IMAGE: usize = 80;
const STEP: f64 = 1e-3;
const MILLISECOND: i64 = 1_000_000_000;

struct Clocked {
    g: Vec<f64>,
    v: [f64; COLUMNS],
    theta: [f64; COLUMNS],
    deaf_until: [f64; COLUMNS],
    last_arrival: [f64; ROWS],
    rules: Rules,
}

/// What a spike does to the others, and what the blocked ones may do.
#[derive(Clone, Copy)]
struct Rules {
    last_index: bool,
    /// In milliseconds.
    block: f64,
    /// Blocked neurons are compared with their threshold in every step.
    strobes: bool,
}

impl Clocked {
    /// One millisecond: decay, arrivals, who is above the threshold, who wins, what is learned.
    fn step(&mut self, k: usize, rows: &[usize]) -> Vec<u32> {
        let now = k as f64 * STEP;
        self.v.iter_mut().for_each(|v| *v *= (-STEP / 12e-3_f64).exp());
        for &row in rows {
            self.last_arrival[row] = now;
        }
        let blocked = |column: &usize| self.deaf_until[*column] > now + 1e-9;
        let losers: Vec<usize> =
            (0..COLUMNS).filter(blocked).filter(|&j| self.v[j] >= 9e-3 + self.theta[j]).collect();
        let mut spikes = if self.rules.strobes { self.settle(now, &losers) } else { Vec::new() };
        let mut above = Vec::new();
        for column in 0..COLUMNS {
            // A deafness of 3.5 ms that began at a step ends half a step before the fourth one after it.
            if self.deaf_until[column] > now + 1e-9 || rows.is_empty() {
                continue;
            }
            let siemens: f64 = rows.iter().map(|row| f64::from(self.g[row * COLUMNS + column] as f32)).sum();
            self.v[column] += siemens * 0.2 * 10e-9 / 200e-12;
            if self.v[column] >= 9e-3 + self.theta[column] {
                above.push(column);
            }
        }
        spikes.extend(self.settle(now, &above));
        for &column in &spikes {
            self.learn(column as usize, now);
        }
        spikes
    }

    fn settle(&mut self, now: f64, above: &[usize]) -> Vec<u32> {
        if self.rules.last_index { self.one_after_the_other(now, above) } else { self.largest(now, above) }
    }

    fn fire(&mut self, now: f64, winner: usize) {
        self.v[winner] = 0.0;
        self.theta[winner] += 0.4e-3;
        self.deaf_until[winner] = now + 3.5e-3;
        for other in (0..COLUMNS).filter(|&other| other != winner) {
            self.v[other] = (self.v[other] - 3e-3).max(0.0);
            self.deaf_until[other] = self.deaf_until[other].max(now + self.rules.block * 1e-3);
        }
    }

    fn largest(&mut self, now: f64, above: &[usize]) -> Vec<u32> {
        let excess = |column: usize| self.v[column] - self.theta[column];
        let winner =
            above.iter().copied().reduce(|best, next| if excess(next) > excess(best) { next } else { best });
        winner.into_iter().inspect(|&winner| self.fire(now, winner)).map(|winner| winner as u32).collect()
    }

    fn one_after_the_other(&mut self, now: f64, above: &[usize]) -> Vec<u32> {
        let mut last = None;
        for &column in above {
            if self.v[column] >= 9e-3 + self.theta[column] {
                self.fire(now, column);
                last = Some(column as u32);
            }
        }
        last.into_iter().collect()
    }

    fn learn(&mut self, column: usize, now: f64) {
        for row in 0..ROWS {
            let g = &mut self.g[row * COLUMNS + column];
            let (x, age) = ((*g - 1e-6) / 99e-6, now - self.last_arrival[row]);
            let change = if age <= 4e-3 + 1e-9 {
                3e-6 * (-age / 5e-3).exp() * (-2.0 * x).exp()
            } else {
                -1e-6 * (-2.0 * (1.0 - x)).exp()
            };
            *g = (*g + change).clamp(1e-6, 100e-6);
        }
    }
}

/// Runs both and compares them.
fn compare(rules: Rules) {
    let scenario = SCENARIO
        .replace("TIES", if rules.last_index { "LastIndex" } else { "Largest" })
        .replace("BLOCK", &rules.block.to_string())
        .replace("STROBE", if rules.strobes { "1" } else { "0" });
    let trace = run(&scenario, &[], 1);
    let (inputs, outputs) = (&trace.spikes[0], &trace.spikes[1]);
    let frames = &trace.key_frames[0];
    let mut clocked = Clocked {
        g: frames[0].values.clone(),
        v: [0.0; COLUMNS],
        theta: [0.0; COLUMNS],
        deaf_until: [f64::NEG_INFINITY; COLUMNS],
        last_arrival: [f64::NEG_INFINITY; ROWS],
        rules,
    };
    let input: BTreeSet<(i64, u32)> =
        inputs.ticks.iter().copied().zip(inputs.neurons.iter().copied()).collect();
    let mut expected = Vec::new();
    for k in 0..30 * STEPS_PER_IMAGE {
        if k > 0 && k % STEPS_PER_IMAGE == 0 {
            clocked.theta.iter_mut().for_each(|theta| *theta *= 0.9);
        }
        let tick = k as i64 * MILLISECOND;
        let rows: Vec<usize> =
            input.range((tick, 0)..=(tick, u32::MAX)).map(|&(_, row)| row as usize).collect();
        let spikes = clocked.step(k, &rows);
        expected.extend(spikes.into_iter().map(|neuron| (tick, neuron)));
    }
    let found: Vec<(i64, u32)> = outputs.ticks.iter().copied().zip(outputs.neurons.iter().copied()).collect();
    assert!(found.len() > 200, "the network is busy: {} spikes", found.len());
    assert_eq!(found, expected);
    for (found, expected) in frames[1].values.iter().zip(&clocked.g) {
        assert!((found - expected).abs() < 1e-15, "{found} S instead of {expected} S");
    }
}

#[test]
fn the_largest_excess_wins_as_in_a_clocked_program() {
    compare(Rules { last_index: false, block: 2.5, strobes: false });
}

#[test]
fn the_last_index_keeps_its_spike_as_in_a_clocked_program() {
    compare(Rules { last_index: true, block: 2.5, strobes: false });
}

/// As in the founding study's program: who fires hears again before those that it has blocked, and who is blocked above its
/// threshold fires all the same.
#[test]
fn blocked_neurons_above_their_threshold_fire_in_the_next_step_as_in_a_clocked_program() {
    compare(Rules { last_index: true, block: 4.5, strobes: true });
    compare(Rules { last_index: false, block: 4.5, strobes: true });
}
