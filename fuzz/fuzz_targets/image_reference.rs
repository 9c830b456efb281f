#![no_main]

#[path = "../../tests/laws/image_reference.rs"]
mod laws;

libfuzzer_sys::fuzz_target!(|text: &str| laws::hold(text));
