//! A superblock is the first 48 bytes of an HDF5 file; its end-of-file address bounds every other address in the file.
//!
//! # Why
//!
//! A flush of the library writes datasets' metadata first and the superblock last. Whoever opens a file that was
//! killed in between meets addresses beyond the end that the superblock gives, and is refused data that are there.
//! So the end is moved ahead before every flush; the library then writes the true one.
//!
//! Layout: HDF5 File Format Specification 3.0, II.A "Superblock", versions 2 and 3; checksum: R. Jenkins, lookup3.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

const LENGTH: usize = 48;
const SIGNATURE: &[u8; 8] = b"\x89HDF\r\n\x1a\n";
const VERSION: usize = 8;
/// Where the end-of-file address stands, with addresses of eight bytes.
const END: std::ops::Range<usize> = 28..36;
const CHECKSUM: std::ops::Range<usize> = 44..48;

/// Moves the end-of-file address of the file at `path` so many bytes beyond the end of its data; the file grows
/// accordingly, by a hole that takes no space. A superblock of another version is left alone.
pub(super) fn move_end_ahead(path: &Path, bytes: u64) -> io::Result<()> {
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    let Some(mut block) = read_block(&mut file)? else { return Ok(()) };
    let end = file.metadata()?.len() + bytes;
    file.set_len(end)?;
    block[END].copy_from_slice(&end.to_le_bytes());
    let checksum = lookup3(&block[..CHECKSUM.start]);
    block[CHECKSUM].copy_from_slice(&checksum.to_le_bytes());
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&block)
}

/// Cuts off the hole behind the end-of-file address, once the library has written the true one.
pub(super) fn cut_hole(path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    let Some(block) = read_block(&mut file)? else { return Ok(()) };
    let mut end = [0; 8];
    end.copy_from_slice(&block[END]);
    let end = u64::from_le_bytes(end);
    if end < file.metadata()?.len() { file.set_len(end) } else { Ok(()) }
}

/// The superblock of version 2 with addresses and lengths of eight bytes; `None` where it is another.
fn read_block(file: &mut File) -> io::Result<Option<[u8; LENGTH]>> {
    let mut block = [0; LENGTH];
    file.read_exact(&mut block)?;
    let known = block.starts_with(SIGNATURE) && block[VERSION..VERSION + 3] == [2, 8, 8];
    Ok(known.then_some(block))
}

/// Jenkins' `hashlittle` with the initial value 0, for lengths that are not zero.
fn lookup3(bytes: &[u8]) -> u32 {
    let start = 0xdead_beef_u32.wrapping_add(bytes.len() as u32);
    let [mut a, mut b, mut c] = [start; 3];
    let mut rest = bytes;
    loop {
        let (now, later) = rest.split_at(rest.len().min(12));
        let mut padded = [0_u8; 12];
        padded[..now.len()].copy_from_slice(now);
        let word = |k: usize| u32::from_le_bytes([padded[k], padded[k + 1], padded[k + 2], padded[k + 3]]);
        a = a.wrapping_add(word(0));
        b = b.wrapping_add(word(4));
        c = c.wrapping_add(word(8));
        if later.is_empty() {
            return last_mix(a, b, c);
        }
        (a, b, c) = mix(a, b, c);
        rest = later;
    }
}

fn mix(mut a: u32, mut b: u32, mut c: u32) -> (u32, u32, u32) {
    for shifts in [[4, 6, 8], [16, 19, 4]] {
        a = a.wrapping_sub(c) ^ c.rotate_left(shifts[0]);
        c = c.wrapping_add(b);
        b = b.wrapping_sub(a) ^ a.rotate_left(shifts[1]);
        a = a.wrapping_add(c);
        c = c.wrapping_sub(b) ^ b.rotate_left(shifts[2]);
        b = b.wrapping_add(a);
    }
    (a, b, c)
}

fn last_mix(mut a: u32, mut b: u32, mut c: u32) -> u32 {
    c = (c ^ b).wrapping_sub(b.rotate_left(14));
    a = (a ^ c).wrapping_sub(c.rotate_left(11));
    b = (b ^ a).wrapping_sub(a.rotate_left(25));
    c = (c ^ b).wrapping_sub(b.rotate_left(16));
    a = (a ^ c).wrapping_sub(c.rotate_left(4));
    b = (b ^ a).wrapping_sub(a.rotate_left(14));
    (c ^ b).wrapping_sub(b.rotate_left(24))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_published_one() {
        assert_eq!(lookup3(b"Four score and seven years ago"), 0x1777_0551);
    }

    #[test]
    fn a_superblock_keeps_its_checksum_and_opens() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.h5");
        let mut options = ::hdf5::File::with_options();
        options.with_fcpl(|fcpl| fcpl.file_space_strategy(::hdf5::file::FileSpaceStrategy::None));
        options.create(&path).unwrap().close().unwrap();
        let before = std::fs::read(&path).unwrap();
        assert_eq!(lookup3(&before[..44]).to_le_bytes(), before[CHECKSUM]);
        move_end_ahead(&path, 4096).unwrap();
        let after = std::fs::read(&path).unwrap();
        assert_eq!(after.len(), before.len() + 4096);
        assert_eq!(after[END], (after.len() as u64).to_le_bytes());
        ::hdf5::File::open(&path).unwrap();
    }
}
