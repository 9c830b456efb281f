#![no_main]

#[path = "../../tests/laws/lock.rs"]
mod laws;

use agentix_gen::project::PoetryLock;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| laws::hold("poetry.lock", PoetryLock::from_bytes, bytes));
