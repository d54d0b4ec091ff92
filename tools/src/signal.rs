//! A stop is a request to end early: Ctrl-C or SIGTERM. The second one is not a request.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::exit::Code;

/// Whether a stop has been asked for.
pub(crate) struct Stop {
    interrupted: Arc<AtomicBool>,
    terminated: Arc<AtomicBool>,
}

impl Stop {
    /// Listens for both signals until the process ends.
    pub(crate) fn listen() -> io::Result<Stop> {
        let stop = Stop { interrupted: Arc::default(), terminated: Arc::default() };
        let signals =
            [(SIGINT, Code::Interrupted, &stop.interrupted), (SIGTERM, Code::Terminated, &stop.terminated)];
        // Those that end the process come first, so that they see only the flags of an earlier signal.
        for (signal, code, _) in signals {
            for flagged in [&stop.interrupted, &stop.terminated] {
                flag::register_conditional_shutdown(signal, code as i32, Arc::clone(flagged))?;
            }
        }
        for (signal, _, own) in signals {
            flag::register(signal, Arc::clone(own))?;
        }
        Ok(stop)
    }

    /// The exit code of the signal that asked, if one did.
    pub(crate) fn asked(&self) -> Option<Code> {
        if self.interrupted.load(Ordering::Relaxed) {
            Some(Code::Interrupted)
        } else if self.terminated.load(Ordering::Relaxed) {
            Some(Code::Terminated)
        } else {
            None
        }
    }
}
