//! Initial conductances: where each cell of an array starts, or is programmed to, before clipping to the range of its
//! device.

use std::path::Path;

use super::matrix::{MatrixError, Wanted};
use crate::random::Stream;
use crate::scenario::schema::InitialConductance;

/// Conductances by a law: planes x rows x columns, S.
///
/// `stream` gives the numbers of laws with chance, `file` is the resolved path of a `File` law.
pub fn initial_conductances(
    law: &InitialConductance,
    (planes, rows, columns): (usize, usize, usize),
    stream: Stream,
    file: Option<&Path>,
) -> Result<Vec<f64>, MatrixError> {
    let each = |value: &dyn Fn(u32, u64) -> f64| {
        (0..planes)
            .flat_map(|plane| (0..rows * columns).map(move |cell| (cell as u32, plane as u64)))
            .map(|(cell, plane)| value(cell, plane))
            .collect()
    };
    Ok(match law {
        InitialConductance::Constant(g) => each(&|_, _| g.si()),
        InitialConductance::Uniform(low, high) => {
            each(&|cell, plane| low.si() + (high.si() - low.si()) * stream.uniform(cell, plane))
        }
        InitialConductance::Normal(mean, sd) => {
            each(&|cell, plane| mean.si() + sd.si() * stream.normal(cell, plane))
        }
        InitialConductance::File(name) => {
            let path = file.unwrap_or_else(|| Path::new(name));
            let wanted = Wanted {
                content: "conductances",
                number: "a conductance; expected siemens, at least 0, such as 1.5e-4",
                accepts: |siemens| siemens.is_finite() && siemens >= 0.0,
                rows: (
                    planes * rows,
                    if planes == 2 { "word lines of g+, then of g-" } else { "word lines" },
                ),
                columns: (columns, "bit lines"),
            };
            return wanted.read(path);
        }
    })
}
