#![no_main]

#[path = "../../tests/laws/plugin_output.rs"]
mod laws;

libfuzzer_sys::fuzz_target!(|text: &str| laws::hold(text));
