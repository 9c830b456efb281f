#![no_main]

#[path = "../../tests/laws/lock.rs"]
mod laws;

use agentix_gen::project::PdmLock;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| laws::hold("pdm.lock", PdmLock::from_bytes, bytes));
