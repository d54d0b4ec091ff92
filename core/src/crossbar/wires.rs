//! Wires turn the voltages on word lines and the conductances of a tile into the currents of its bit lines.

use multiversion::multiversion;

use super::tile::Tile;

/// One way to treat the interconnect. A read adds to the charge of every bit line of one tile.
pub(crate) trait Wires {
    /// Adds `scale` x (sum over `rows` of the conductance of each cell) to `sums`, one element per bit line.
    ///
    /// `rows` are the word lines of the tile at the read voltage, ascending; all others are at 0 V. `scale` holds
    /// what is common to all: read voltage, pulse width, capacitance.
    fn read(&self, tile: &Tile, rows: &[u32], scale: f64, sums: &mut [f64]);
}

/// Wires without resistance: every cell of a driven word line sees the whole read voltage.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IdealWires;

impl Wires for IdealWires {
    fn read(&self, tile: &Tile, rows: &[u32], scale: f64, sums: &mut [f64]) {
        for &row in rows {
            add_row(tile.read_row(row as usize), scale, sums);
        }
    }
}

/// sums += scale * row. Eight lanes at a time where the machine has them; no fused operations, so that every
/// instruction set gives the same bits.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
fn add_row(row: &[f32], scale: f64, sums: &mut [f64]) {
    for (sum, &conductance) in sums.iter_mut().zip(row) {
        *sum += scale * f64::from(conductance);
    }
}
