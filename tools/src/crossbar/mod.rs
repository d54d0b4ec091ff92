//! `crosspike crossbar`: arrays that stand in files, solved exactly or drawn.

mod value;
mod fault;
mod quantity;
mod file;
mod array;
mod solve;
mod svg;
mod tile;
mod map;

use crate::cli::CrossbarCommand;
use crate::exit::Failure;

/// Solves or draws an array.
pub(crate) fn crossbar(command: &CrossbarCommand) -> Result<(), Failure> {
    match command {
        CrossbarCommand::Solve(arguments) => solve::solve(arguments),
        CrossbarCommand::Map(arguments) => map::map(arguments),
    }
}
