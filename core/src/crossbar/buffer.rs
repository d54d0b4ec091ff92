//! A buffer is an array of f64 or f32 that starts on a 64-byte line, as the device interface promises to plug-ins.

use bytemuck::{Pod, Zeroable};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One cache line.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C, align(64))]
struct Line([f64; 8]);

/// Numbers of one kind, aligned to 64 bytes. The length is rounded up to whole lines.
#[derive(Clone, Debug)]
pub(crate) struct Buffer<T> {
    lines: Vec<Line>,
    kind: std::marker::PhantomData<T>,
}

impl<T: Pod> Buffer<T> {
    /// At least `length` zeros.
    pub(crate) fn zeros(length: usize) -> Buffer<T> {
        let per_line = size_of::<Line>() / size_of::<T>();
        Buffer { lines: vec![Line([0.0; 8]); length.div_ceil(per_line)], kind: std::marker::PhantomData }
    }

    pub(crate) fn as_slice(&self) -> &[T] {
        bytemuck::cast_slice(&self.lines)
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [T] {
        bytemuck::cast_slice_mut(&mut self.lines)
    }
}

impl Serialize for Buffer<f64> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_slice().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Buffer<f64> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let numbers = Vec::<f64>::deserialize(deserializer)?;
        let mut buffer = Buffer::zeros(numbers.len());
        buffer.as_mut_slice()[..numbers.len()].copy_from_slice(&numbers);
        Ok(buffer)
    }
}
