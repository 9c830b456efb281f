//! Was stdout closed when the process started, as with `>&-`? Then data is lost, and that is an error.
//!
//! Rust opens `/dev/null` for each of the three standard streams that is closed, before `main`. From then on a closed
//! stdout looks as if the caller had chosen `/dev/null`, as Python's `subprocess.DEVNULL` does. So this file looks before.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

static WAS_CLOSED: AtomicBool = AtomicBool::new(false);

/// Returns an error if stdout was closed when the process started.
pub(super) fn refuse() -> io::Result<()> {
    if WAS_CLOSED.load(Relaxed) { Err(io::Error::new(io::ErrorKind::NotConnected, "it is closed")) } else { Ok(()) }
}

/// Runs before Rust's runtime: it may only ask the system, and must not allocate, print or panic.
extern "C" fn look() {
    WAS_CLOSED.store(rustix::io::fcntl_getfd(rustix::stdio::stdout()).is_err(), Relaxed);
}

/// The C runtime calls each function in this section before `main`. `#[used]` keeps the entry, which nothing names.
#[expect(unsafe_code, reason = "naming a section is unsafe: the entry must be a function that can run before `main`")]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".init_array"))]
#[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
#[used]
static AT_START: extern "C" fn() = look;
