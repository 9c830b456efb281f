#![no_main]

#[path = "../../tests/laws/docker_ignore.rs"]
mod laws;

libfuzzer_sys::fuzz_target!(|text: &str| laws::hold(text));
