//! Judges: programs by other authors that read our output and report what they find.
//!
//! They run in a virtual environment, which `setup` creates below cargo's target folder on first use. If that fails, a
//! test prints a message and passes. With `AGENTIX_REQUIRE_ENGINES=1` it fails.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests run programs, print why they did not run, and panic at the first failure"
)]

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::OnceLock;

use serde::Serialize;
use serde::de::DeserializeOwned;

const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/judges");
const ENVIRONMENT: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/judges");

/// Returns a program in the environment of the judges, or `None` if the environment cannot be created.
pub(crate) fn program(name: &str) -> Option<Command> {
    static CREATED: OnceLock<bool> = OnceLock::new();
    let created = *CREATED.get_or_init(|| match create_environment() {
        Ok(()) => true,
        Err(why) => {
            not_run(&why);
            false
        }
    });
    created.then(|| Command::new(PathBuf::from(ENVIRONMENT).join("venv/bin").join(name)))
}

/// Prints that a test does not run, and why. Panics if `AGENTIX_REQUIRE_ENGINES=1` is set.
pub(crate) fn not_run(why: &str) {
    assert!(std::env::var_os("AGENTIX_REQUIRE_ENGINES").is_none_or(|value| value != "1"), "not run: {why}");
    eprintln!("not run: {why}");
}

fn create_environment() -> Result<(), String> {
    let setup = Command::new(format!("{HERE}/setup")).arg(ENVIRONMENT).stdin(Stdio::null()).output();
    let setup = setup.map_err(|error| format!("tests/judges/setup: {error}"))?;
    if setup.status.success() {
        return Ok(());
    }
    let stderr = String::from_utf8_lossy(&setup.stderr);
    Err(format!("tests/judges/setup: {}: {}", setup.status, stderr.lines().last().unwrap_or_default()))
}

/// A judge that answers questions. Each question and each answer is one line of JSON.
pub(crate) struct Judge(RefCell<Dialogue>);

struct Dialogue {
    process: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Judge {
    /// Starts a script in this folder. Returns `None` without the environment of the judges.
    pub(crate) fn start(script: &str) -> Option<Self> {
        let mut command = program("python")?;
        command.arg(format!("{HERE}/{script}")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let questions = process.stdin.take().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap());
        Some(Self(RefCell::new(Dialogue { process, questions, answers })))
    }

    pub(crate) fn ask<A: DeserializeOwned>(&self, question: &(impl Serialize + ?Sized)) -> A {
        let mut dialogue = self.0.borrow_mut();
        let mut line = serde_json::to_string(question).unwrap();
        line.push('\n');
        dialogue.questions.write_all(line.as_bytes()).unwrap();
        line.clear();
        dialogue.answers.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in the judge's answer {line:?}"))
    }
}

impl Drop for Dialogue {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
