//! The program from outside: what it prints, where, with which exit code, and who can read what it writes.

mod cli;
mod crossbar;
mod device;
mod h5py;
mod laboratory;
mod resume;
mod support;
mod sweep;
mod transfer;
