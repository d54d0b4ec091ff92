//! A reach is the set of nodes that have a path to a terminal through unbroken segments and conducting cells.
//!
//! Unbroken pieces of lines are joined by the cells that conduct. Where every piece has a terminal of its own nothing needs
//! to be looked at.

use super::checked::Circuit;
use super::fault::Place;
use super::lanes::Matrix;
use super::layout::Side;

/// The pieces of the lines, those of word lines first.
#[derive(Clone, Debug)]
pub(super) struct Reach {
    rows: usize,
    columns: usize,
    /// The piece of every word-line node, then of every bit-line node, row by row; empty where every line is one piece.
    pieces: Vec<u32>,
    /// The first piece of every line, and one beyond the last piece.
    firsts: Vec<u32>,
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
        let mut firsts = vec![0];
        for row in 0..rows {
            let nodes = (0..columns).map(|column| row * columns + column);
            number(&mut pieces, &mut firsts, nodes, |node| circuit.word_coupling(row, node));
        }
        for column in 0..columns {
            let nodes = (0..rows).map(|row| (rows + row) * columns + column);
            number(&mut pieces, &mut firsts, nodes, |node| circuit.bit_coupling(column, node));
        }
        let count = firsts[rows + columns] as usize;
        if count == rows + columns {
            pieces = Vec::new();
        }
        let (grounded, parent, has_terminal) = (vec![false; count], vec![0; count], vec![false; count]);
        let mut reach = Reach { rows, columns, pieces, firsts, grounded, parent, has_terminal };
        reach.connect(circuit);
        reach
    }

    /// Takes over the terminals of all sides.
    pub(super) fn connect(&mut self, circuit: &Circuit) {
        self.grounded.fill(false);
        for side in Side::ALL {
            let line = if side.is_of_word_lines() { 0 } else { self.rows };
            for (line, _) in (line..).zip(circuit.terminals(side)).filter(|(_, terminal)| terminal.is_some())
            {
                let piece = match side {
                    Side::Left | Side::Top => self.firsts[line],
                    Side::Right | Side::Bottom => self.firsts[line + 1] - 1,
                };
                self.grounded[piece as usize] = true;
            }
        }
    }

    pub(super) fn byte_count(&self) -> usize {
        size_of_val(&self.pieces[..])
    }

    /// The first node without a path to a terminal, if there is one.
    pub(super) fn check(&mut self, cells: &Matrix) -> Result<(), Place> {
        // Sets of joined pieces without a terminal.
        let mut lonely = self.grounded.iter().filter(|grounded| !**grounded).count();
        if lonely == 0 {
            return Ok(());
        }
        for (piece, parent) in self.parent.iter_mut().enumerate() {
            *parent = piece as u32;
        }
        self.has_terminal.copy_from_slice(&self.grounded);
        let half = self.rows * self.columns;
        for row in 0..self.rows {
            for (column, _) in cells.row(row).iter().enumerate().filter(|(_, cell)| **cell > 0.0) {
                let node = row * self.columns + column;
                lonely -= usize::from(self.join(self.piece(node), self.piece(half + node)));
            }
            if lonely == 0 {
                return Ok(());
            }
        }
        for node in 0..2 * half {
            let piece = self.piece(node);
            if !self.has_terminal[root(&mut self.parent, piece)] {
                let (word, row, column) = (node < half, node % half / self.columns, node % self.columns);
                let (line, node) = if word { (row, column) } else { (column, row) };
                return Err(Place { word, line, node: Some(node) });
            }
        }
        Ok(())
    }

    /// The piece of a node.
    fn piece(&self, node: usize) -> u32 {
        let half = self.rows * self.columns;
        match self.pieces.get(node) {
            Some(&piece) => piece,
            None if node < half => (node / self.columns) as u32,
            None => (self.rows + node % self.columns) as u32,
        }
    }

    /// Joins the sets of two pieces. Returns whether there is then one set without a terminal fewer.
    fn join(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (root(&mut self.parent, a), root(&mut self.parent, b));
        if a == b {
            return false;
        }
        let (has_a, has_b) = (self.has_terminal[a], self.has_terminal[b]);
        self.has_terminal[a] = has_a || has_b;
        self.parent[b] = a as u32;
        !(has_a && has_b)
    }
}

/// Numbers the unbroken pieces of the next line.
fn number(
    pieces: &mut [u32],
    firsts: &mut Vec<u32>,
    nodes: impl ExactSizeIterator<Item = usize>,
    coupling: impl Fn(usize) -> f64,
) {
    let (count, mut piece) = (nodes.len(), firsts.last().copied().unwrap_or_default());
    for (node, place) in nodes.enumerate() {
        pieces[place] = piece;
        piece += u32::from(node + 1 == count || coupling(node) == 0.0);
    }
    firsts.push(piece);
}

/// The piece that stands for the set of another; shortens the way to it.
fn root(parent: &mut [u32], piece: u32) -> usize {
    let mut piece = piece as usize;
    while parent[piece] as usize != piece {
        parent[piece] = parent[parent[piece] as usize];
        piece = parent[piece] as usize;
    }
    piece
}
