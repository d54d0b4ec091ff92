//! Work is what the reads or the writes of an array take: energy, and solves of its circuits.
//!
//! # Energy
//!
//! A pulse dissipates power x width, with the power of the operating point at its start: in cells (device and access element),
//! in wires, and in drivers with sense circuits. By Tellegen's theorem that is what the sources give. Parts of a program
//! pulse in which the voltages change count with a point each. The periphery behind the bit lines has none.
//!
//! With ideal wires all of it is in the cells: voltage x current. With resistive ones a read that was not a solve of its
//! own takes one more, which changes nothing else.

use serde::{Deserialize, Serialize};

use super::Array;
use super::fault::ArrayFault;
use super::rows::Rows;
use crate::circuit::{Power, Report};

/// Energies in joule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Energy {
    /// Dissipated in cells: devices and access elements.
    pub cells: f64,
    /// Dissipated in the segments of word lines and bit lines.
    pub wires: f64,
    /// Dissipated in the resistances of drivers and sense circuits.
    pub drivers: f64,
}

impl Energy {
    /// Of a power that lasts so long, s.
    pub(super) fn of(power: Power, seconds: f64) -> Energy {
        Energy {
            cells: power.cells * seconds,
            wires: (power.word_wires + power.bit_wires) * seconds,
            drivers: power.terminals * seconds,
        }
    }

    /// All parts together, J.
    pub fn total(&self) -> f64 {
        self.cells + self.wires + self.drivers
    }
}

impl std::ops::AddAssign for Energy {
    fn add_assign(&mut self, other: Energy) {
        self.cells += other.cells;
        self.wires += other.wires;
        self.drivers += other.drivers;
    }
}

/// What reads, or writes, have taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Work {
    /// Zero where it is not asked for.
    pub energy: Energy,
    /// Program pulses: one for each selected cell. None of reads.
    pub pulses: u64,
    /// Solves for operating points; none with ideal wires. Those for rows of a transfer matrix are not counted: how many
    /// there are depends on whether a run was resumed.
    pub solves: u64,
    /// Their iterations.
    pub iterations: u64,
    /// The largest residual that one of them has left.
    pub residual: f64,
}

impl Work {
    /// Counts a solve.
    pub(super) fn count(&mut self, report: Report) {
        self.solves += 1;
        self.iterations += report.iterations as u64;
        self.residual = self.residual.max(report.residual);
    }
}

impl std::ops::AddAssign for Work {
    fn add_assign(&mut self, other: Work) {
        self.energy += other.energy;
        self.pulses += other.pulses;
        self.solves += other.solves;
        self.iterations += other.iterations;
        self.residual = self.residual.max(other.residual);
    }
}

/// The conductances of all cells of each synapse together, S, of each tile: with ideal wires, where energy is asked for.
pub(super) type Totals = Vec<Rows>;

impl Array {
    /// Room for the conductances of every tile.
    pub(super) fn no_totals(&self) -> Totals {
        if !self.plan.energy || !self.circuits.is_empty() {
            return Totals::new();
        }
        self.cells.tiles.iter().map(|tile| Rows::zeros(tile.rows, tile.columns)).collect()
    }

    /// Takes the conductances of the cells of one bit line from the scratch buffers.
    pub(super) fn refresh_totals(&mut self, number: usize, column: usize) {
        let Some(totals) = self.totals.get_mut(number) else { return };
        let [first, second] = &self.scratch.conductance;
        let sums = &mut self.scratch.share[..first.len()];
        sums.copy_from_slice(first);
        if self.plan.signed {
            sums.iter_mut().zip(second).for_each(|(sum, g)| *sum += g);
        }
        let tile = &self.cells.tiles[number];
        totals.write_column(column - tile.first_column, &sums[..tile.rows]);
    }

    /// What driven word lines dissipate in the cells of a tile with ideal wires, J.
    pub(super) fn ideal_read_energy(&self, number: usize, rows: &[u32]) -> Energy {
        let Some(totals) = self.totals.get(number) else { return Energy::default() };
        let first = self.cells.tiles[number].first_row;
        let siemens: f64 = rows.iter().map(|&row| totals.sum(row as usize - first)).sum();
        let (volts, seconds) = (self.plan.read.voltage.si(), self.plan.read.width.si());
        Energy { cells: volts * volts * siemens * seconds, ..Energy::default() }
    }

    /// What writes have taken since this was last asked.
    pub fn take_written(&mut self) -> Work {
        std::mem::take(&mut self.cells.written)
    }

    /// The power that the cells of one bit line of a tile with ideal wires dissipate at `volts`, W.
    pub(super) fn line_power(
        &mut self,
        (number, plane, column): (usize, usize, usize),
        volts: &[f64],
    ) -> Result<f64, ArrayFault> {
        let tile = &mut self.cells.tiles[number];
        let place = column - tile.first_column;
        let sound = (&*self.device, &self.variation);
        let mut devices = super::law::Devices::of(sound, (&self.stuck, number), tile, plane, place);
        let [currents, slopes] = &mut self.scratch.conductance;
        let outcome = devices.currents(self.pairs.as_mut(), volts, (currents, slopes));
        let power = volts.iter().zip(currents.iter()).map(|(volt, current)| volt * current).sum();
        outcome.map_err(|fault| self.fault(number, column, fault))?;
        Ok(power)
    }
}
