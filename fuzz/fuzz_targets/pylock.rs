#![no_main]

#[path = "../../tests/laws/lock.rs"]
mod laws;

use agentix_gen::project::Pylock;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| laws::hold("pylock.toml", Pylock::from_bytes, bytes));
