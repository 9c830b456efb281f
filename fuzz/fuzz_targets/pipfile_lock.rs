#![no_main]

#[path = "../../tests/laws/lock.rs"]
mod laws;

use agentix_gen::project::PipfileLock;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| laws::hold("Pipfile.lock", PipfileLock::from_bytes, bytes));
