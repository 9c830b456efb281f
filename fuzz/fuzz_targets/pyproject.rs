#![no_main]

#[path = "../../tests/laws/pyproject.rs"]
mod laws;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| laws::hold(bytes));
