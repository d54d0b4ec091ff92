//! The coefficients of pulses, for eight ranges of the nominal conductance.
//!
//! Source: github.com/caixunshiren/pytorch-metal-oxide-memristor-crossbar, `memristor/dynamic_params.txt`, which keeps the
//! table of Nili 2020.

/// The coefficients of one direction: sizes, and their deviation from device to device.
pub(crate) struct Pulse {
    pub(crate) c: [f64; 5],
    pub(crate) d: [f64; 5],
}

/// A range of G0 up to `highest`, S.
pub(crate) struct Range {
    pub(crate) highest: f64,
    pub(crate) set: Pulse,
    pub(crate) reset: Pulse,
}

pub(crate) const RANGES: [Range; 8] = [
    Range {
        highest: 5.62e-6,
        set: Pulse { c: [1.55e-4, -0.47, -3.851, 9.369, 10.4], d: [-1.26, -0.02, 0.82, -0.57, 0.94] },
        reset: Pulse { c: [-0.89e-4, 0.89, 8.96, 6.2, -10.90], d: [0.04, 2e-4, 0.02, 5e-3, 0.03] },
    },
    Range {
        highest: 10e-6,
        set: Pulse { c: [1.55e-4, -0.47, -3.769, 7.512, 8.419], d: [-1.22, -0.02, 0.84, -0.57, 0.81] },
        reset: Pulse { c: [-0.89e-4, 0.51, 6.88, 6.2, -8.61], d: [-5e-3, -4e-4, -2e-3, -0.01, 0.02] },
    },
    Range {
        highest: 17.8e-6,
        set: Pulse { c: [1.55e-4, -0.47, -3.729, 6.801, 7.582], d: [-1.03, -0.02, 0.72, -0.47, 0.63] },
        reset: Pulse { c: [-0.89e-4, 0.34, 4.93, 6.2, -8.14], d: [-0.07, -3e-3, -0.07, -0.05, -0.02] },
    },
    Range {
        highest: 31.6e-6,
        set: Pulse { c: [1.55e-4, -0.47, -3.517, 6.180, 6.851], d: [-0.78, -0.01, 0.53, -0.33, 0.45] },
        reset: Pulse { c: [-0.89e-4, 0.25, 3.63, 6.2, -7.77], d: [-0.11, -4e-3, -0.11, -0.09, -0.03] },
    },
    Range {
        highest: 56.2e-6,
        set: Pulse { c: [1.55e-4, -0.47, -3.426, 5.946, 6.558], d: [-0.37, 5e-3, 0.15, -0.01, 0.11] },
        reset: Pulse { c: [-0.89e-4, 0.23, 2.91, 6.2, -7.42], d: [-0.15, -6e-3, -0.17, -0.13, -0.06] },
    },
    Range {
        highest: 100e-6,
        set: Pulse { c: [1.55e-4, -0.47, -3.373, 5.005, 5.792], d: [0.14, 0.01, -0.29, 0.31, -0.21] },
        reset: Pulse { c: [-0.89e-4, 0.21, 2.33, 6.2, -7.30], d: [-0.12, -5e-3, -0.16, -0.13, -0.06] },
    },
    Range {
        highest: 178e-6,
        set: Pulse { c: [1.55e-4, -0.47, -3.422, 4.936, 5.840], d: [0.34, 0.01, -0.41, 0.37, -0.29] },
        reset: Pulse { c: [-0.89e-4, 0.22, 1.93, 6.2, -7.10], d: [-0.04, -2e-3, -0.10, -0.11, -0.04] },
    },
    Range {
        highest: 316e-6,
        set: Pulse { c: [1.55e-4, -0.47, -3.572, 4.864, 5.785], d: [0.26, 0.01, -0.29, 0.25, -0.20] },
        reset: Pulse { c: [-0.89e-4, 0.28, 1.68, 6.2, -7.00], d: [0.10, 3e-3, 0.02, -0.05, -4e-3] },
    },
];
