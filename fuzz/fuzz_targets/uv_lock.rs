#![no_main]

#[path = "../../tests/laws/lock.rs"]
mod laws;

use agentix_gen::project::UvLock;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| laws::hold("uv.lock", UvLock::from_bytes, bytes));
