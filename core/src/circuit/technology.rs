//! A technology is a generation of on-chip wires, and gives the resistance of one segment between two cells.

/// The wires of one generation.
///
/// Resistivity, width and aspect ratio at 300 K are those of the tables in NeuroSim and SIMBRAIN; the resistance of a
/// segment follows from them as resistivity x length / (width^2 x aspect ratio).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Technology {
    /// The name of the generation, nm.
    pub node: &'static str,
    /// Width of a wire, m.
    pub width: f64,
    /// Height over width.
    pub aspect_ratio: f64,
    /// Resistivity at 300 K, ohm m.
    pub resistivity: f64,
    /// Ohm from cell to cell at a pitch of two half-pitches (2F), as in a crossbar without transistors.
    pub crossbar_segment: f64,
    /// Ohm from cell to cell at a pitch of 4F, as with one transistor per cell.
    pub transistor_segment: f64,
}

impl Technology {
    /// Resistance in ohm of a wire of `length` (m) at `temperature` (K): resistivity x (1 + 0.00451 |T - 300|) x length /
    /// (width^2 x aspect ratio).
    pub fn resistance(&self, length: f64, temperature: f64) -> f64 {
        let resistivity = self.resistivity * (1.0 + 0.00451 * (temperature - 300.0).abs());
        resistivity * length / (self.width * self.width * self.aspect_ratio)
    }
}

/// The generations from 130 nm to 7 nm.
///
/// ```
/// use crosspike::circuit::TECHNOLOGIES;
/// let wires = TECHNOLOGIES.iter().find(|wires| wires.node == "22").expect("a known generation");
/// assert_eq!(wires.crossbar_segment, 1.48);
/// // 64 nm are two half-pitches of 32 nm.
/// assert!((wires.resistance(64e-9, 300.0) / 1.48 - 1.0).abs() < 0.01);
/// ```
pub const TECHNOLOGIES: [Technology; 7] = [
    wires("130/90", 200e-9, 2.10, 2.42e-8, 0.115, 0.230),
    wires("65", 100e-9, 2.30, 2.73e-8, 0.237, 0.475),
    wires("45", 50e-9, 2.34, 3.91e-8, 0.668, 1.34),
    wires("32", 40e-9, 1.90, 4.03e-8, 1.06, 2.12),
    wires("22", 32e-9, 1.90, 4.51e-8, 1.48, 2.97),
    wires("14/10", 22e-9, 2.00, 5.41e-8, 2.46, 4.92),
    wires("7", 14e-9, 2.10, 7.43e-8, 5.05, 10.1),
];

const fn wires(
    node: &'static str,
    width: f64,
    aspect_ratio: f64,
    resistivity: f64,
    crossbar_segment: f64,
    transistor_segment: f64,
) -> Technology {
    Technology { node, width, aspect_ratio, resistivity, crossbar_segment, transistor_segment }
}
