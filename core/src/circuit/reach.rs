//! A reach is the set of nodes that have a path to a terminal through unbroken segments and conducting cells.
//!
//! Unbroken pieces of lines are joined by the cells that conduct. Where every piece has a terminal of its own nothing is
//! kept and nothing needs to be looked at.

use super::checked::Circuit;
use super::fault::Place;
use super::lanes::Matrix;
use super::layout::Side;

/// The pieces of the lines, kept only where one of them has no terminal.
#[derive(Clone, Debug)]
pub(super) struct Reach {
    columns: usize,
    /// The piece of every word-line node, then of every bit-line node, row by row.
    pieces: Vec<u32>,
    /// Per piece: whether it has a terminal.
    grounded: Vec<bool>,
    /// Union-find over pieces.
    parent: Vec<u32>,
    has_terminal: Vec<bool>,
}

impl Reach {
    pub(super) fn new(circuit: &Circuit) -> Reach {
        let (rows, columns) = (circuit.word_lines(), circuit.bit_lines());
        let mut pieces = vec![0; 2 * rows * columns];
        let mut grounded = Vec::new();
        let [left, right, top, bottom] = Side::ALL.map(|side| circuit.terminals(side));
        for row in 0..rows {
            let nodes = (0..columns).map(|column| row * columns + column);
            let ends = [left[row].is_some(), right[row].is_some()];
            number(&mut pieces, &mut grounded, nodes, ends, |node| circuit.word_coupling(row, node));
        }
        for column in 0..columns {
            let nodes = (0..rows).map(|row| (rows + row) * columns + column);
            let ends = [top[column].is_some(), bottom[column].is_some()];
            number(&mut pieces, &mut grounded, nodes, ends, |node| circuit.bit_coupling(column, node));
        }
        if grounded.iter().all(|&grounded| grounded) {
            (pieces, grounded) = (Vec::new(), Vec::new());
        }
        let (parent, has_terminal) = (vec![0; grounded.len()], grounded.clone());
        Reach { columns, pieces, grounded, parent, has_terminal }
    }

    pub(super) fn byte_count(&self) -> usize {
        size_of_val(&self.pieces[..])
    }

    /// The first node without a path to a terminal, if there is one.
    pub(super) fn check(&mut self, cells: &Matrix) -> Result<(), Place> {
        if self.pieces.is_empty() {
            return Ok(());
        }
        for (piece, parent) in self.parent.iter_mut().enumerate() {
            *parent = piece as u32;
        }
        self.has_terminal.copy_from_slice(&self.grounded);
        let half = self.pieces.len() / 2;
        for (row, first) in (0..half).step_by(self.columns).enumerate() {
            for (column, _) in cells.row(row).iter().enumerate().filter(|(_, cell)| **cell > 0.0) {
                self.join(self.pieces[first + column], self.pieces[half + first + column]);
            }
        }
        let lonely = |&node: &usize| !self.has_terminal[root(&self.parent, self.pieces[node])];
        match (0..2 * half).find(lonely) {
            None => Ok(()),
            Some(node) => {
                let (word, row, column) = (node < half, node % half / self.columns, node % self.columns);
                let (line, node) = if word { (row, column) } else { (column, row) };
                Err(Place { word, line, node: Some(node) })
            }
        }
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (root(&self.parent, a), root(&self.parent, b));
        if a != b {
            self.has_terminal[a] |= self.has_terminal[b];
            self.parent[b] = a as u32;
        }
    }
}

/// Numbers the unbroken pieces of one line.
fn number(
    pieces: &mut [u32],
    grounded: &mut Vec<bool>,
    nodes: impl ExactSizeIterator<Item = usize>,
    ends: [bool; 2],
    coupling: impl Fn(usize) -> f64,
) {
    let count = nodes.len();
    grounded.push(ends[0]);
    for (node, place) in nodes.enumerate() {
        pieces[place] = (grounded.len() - 1) as u32;
        if node + 1 < count && coupling(node) == 0.0 {
            grounded.push(false);
        }
    }
    if let Some(last) = grounded.last_mut() {
        *last |= ends[1];
    }
}

fn root(parent: &[u32], piece: u32) -> usize {
    let mut piece = piece as usize;
    while parent[piece] as usize != piece {
        piece = parent[piece] as usize;
    }
    piece
}
