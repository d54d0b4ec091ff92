//! A scheme says which voltage each line of a tile has while program pulses of voltage V write one bit line.
//!
//! | lines | `Half` | `Third` | `Grounded` | `Gated` | `Floating` |
//! |---|---|---|---|---|---|
//! | driven word lines | V | V | V | V | V |
//! | other word lines | V/2 | V/3 | 0 | 0 | float |
//! | the written bit line | 0 | 0 | 0 | 0 | 0 |
//! | other bit lines | V/2 | 2V/3 | 0 | 0, gates off | float |
//!
//! Without resistance of the wires a cell sees the difference of its lines:
//!
//! | cells | `Half` | `Third` | `Grounded` | `Gated` |
//! |---|---|---|---|---|
//! | selected: driven word line, written bit line | V | V | V | V |
//! | half-selected: driven word line, other bit line | V/2 | V/3 | V | open |
//! | half-selected: other word line, written bit line | V/2 | V/3 | 0 | 0 |
//! | unselected | 0 | -V/3 | 0 | open |
//!
//! With `Floating` lines the cells divide V among themselves. In an array of m x n equal cells with one driven word line the
//! half-selected cells of the driven word line, the unselected ones and the half-selected ones of the written bit line are
//! three resistances in series, of n-1, (m-1)(n-1) and m-1 cells side by side.

use crate::scenario::schema::Scheme;

/// The voltages of the lines of a tile, V.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Lines {
    /// Of word lines with a pulse.
    pub(super) driven: f64,
    /// Of word lines without, or whose pulse has ended; `None` where they float.
    pub(super) word: Option<f64>,
    /// Of the bit line that is written.
    pub(super) written: f64,
    /// Of the other bit lines; `None` where they float.
    pub(super) bit: Option<f64>,
}

impl Scheme {
    /// The voltages of the lines during pulses of `voltage`, V.
    pub(super) fn lines(self, voltage: f64) -> Lines {
        let (word, bit) = match self {
            Scheme::Half => (Some(voltage / 2.0), Some(voltage / 2.0)),
            Scheme::Third => (Some(voltage / 3.0), Some(2.0 * voltage / 3.0)),
            Scheme::Grounded | Scheme::Gated => (Some(0.0), Some(0.0)),
            Scheme::Floating => (None, None),
        };
        Lines { driven: voltage, word, written: 0.0, bit }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What cells see: selected, half-selected on a driven word line and on the written bit line, unselected.
    fn cells(scheme: Scheme, voltage: f64) -> [f64; 4] {
        let Lines { driven, word, written, bit } = scheme.lines(voltage);
        let (word, bit) = (word.expect("held"), bit.expect("held"));
        [driven - written, driven - bit, word - written, word - bit]
    }

    #[test]
    fn half_puts_exactly_half_on_half_selected_cells_and_nothing_on_the_others() {
        for voltage in [1.2, -1.2, 0.7, 1e-3] {
            assert_eq!(cells(Scheme::Half, voltage), [voltage, voltage / 2.0, voltage / 2.0, 0.0]);
        }
    }

    #[test]
    fn third_puts_a_third_on_every_cell_but_the_selected_one() {
        for voltage in [1.2, -1.2, 0.7] {
            let third = voltage / 3.0;
            let expected = [voltage, third, third, -third];
            for (found, expected) in cells(Scheme::Third, voltage).into_iter().zip(expected) {
                assert!((found - expected).abs() <= 2.0 * f64::EPSILON * voltage.abs(), "{found}");
            }
        }
    }

    #[test]
    fn grounded_lines_put_the_whole_pulse_on_every_cell_of_a_driven_word_line() {
        assert_eq!(cells(Scheme::Grounded, -1.5), [-1.5, -1.5, 0.0, 0.0]);
    }
}
