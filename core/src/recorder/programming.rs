//! Programmed cells, passes and missed cells as rows of their tables.

use super::ProgrammingEntry;
use super::buffer::Value;
use crate::crossbar::Pass;

/// All cells of an array after a Program phase.
pub(super) fn cells_row<'a>(entry: &'a ProgrammingEntry<'_>) -> [(&'static str, Value<'a>); 6] {
    [
        ("phase", Value::U32(std::slice::from_ref(&entry.phase))),
        ("target", Value::F64(entry.target)),
        ("reached", Value::F64(entry.reached)),
        ("error", Value::F64(entry.error)),
        ("pulses", Value::U32(entry.pulses)),
        ("fate", Value::U32(entry.fate)),
    ]
}

/// One pass; `[phase, pass]`.
pub(super) fn pass_row<'a>([phase, number]: &'a [u32; 2], pass: &'a Pass) -> [(&'static str, Value<'a>); 8] {
    [
        ("phase", Value::U32(std::slice::from_ref(phase))),
        ("pass", Value::U32(std::slice::from_ref(number))),
        ("addressed", Value::U64(std::slice::from_ref(&pass.addressed))),
        ("pulses", Value::U64(std::slice::from_ref(&pass.pulses))),
        ("missed", Value::U64(std::slice::from_ref(&pass.missed))),
        ("disturbed", Value::U64(std::slice::from_ref(&pass.disturbed))),
        ("median", Value::F64(std::slice::from_ref(&pass.median))),
        ("mean", Value::F64(std::slice::from_ref(&pass.mean))),
    ]
}

/// One missed cell; `[phase, plane, word line, bit line, disturbed]`.
pub(super) fn missed_row(numbers: &[u32; 5]) -> [(&'static str, Value<'_>); 5] {
    let names = ["phase", "plane", "word_line", "bit_line", "disturbed"];
    std::array::from_fn(|k| (names[k], Value::U32(std::slice::from_ref(&numbers[k]))))
}
