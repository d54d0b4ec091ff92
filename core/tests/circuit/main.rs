//! What the exact solver of arrays promises: other simulators' numbers, published figures, laws of circuits, refusals.

mod anchors;
mod arrays;
mod golden;
mod properties;
mod refusals;
