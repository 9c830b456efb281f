#![no_main]

#[path = "../../tests/laws/lock.rs"]
mod laws;

use agentix_gen::project::RequirementsFile;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| laws::hold("requirements.txt", RequirementsFile::from_bytes, bytes));
