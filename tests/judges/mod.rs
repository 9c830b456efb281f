//! Judges that we did not write: programs of other people that read what we made, and say what they found.
//!
//! They live in a virtual environment that `setup` makes below cargo's target folder on first use. Where that cannot be
//! done a test says so and passes, unless `AGENTIX_REQUIRE_ENGINES=1` asks for all of them.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests run programs, say why they did not, and stop at the first thing that goes wrong"
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

/// A program of the judges' environment; none where the environment cannot be made.
pub(crate) fn program(name: &str) -> Option<Command> {
    static MADE: OnceLock<bool> = OnceLock::new();
    let made = *MADE.get_or_init(|| match make_environment() {
        Ok(()) => true,
        Err(why) => {
            not_run(&why);
            false
        }
    });
    made.then(|| Command::new(PathBuf::from(ENVIRONMENT).join("venv/bin").join(name)))
}

/// Says that a test is not run, which is a failure where all of them are asked for.
pub(crate) fn not_run(why: &str) {
    assert!(std::env::var_os("AGENTIX_REQUIRE_ENGINES").is_none_or(|value| value != "1"), "not run: {why}");
    eprintln!("not run: {why}");
}

fn make_environment() -> Result<(), String> {
    let setup = Command::new(format!("{HERE}/setup")).arg(ENVIRONMENT).stdin(Stdio::null()).output();
    let setup = setup.map_err(|error| format!("tests/judges/setup: {error}"))?;
    if setup.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&setup.stderr);
    Err(format!("tests/judges/setup: {}: {}", setup.status, said.lines().last().unwrap_or_default()))
}

/// A judge that answers many questions, one line of JSON each.
pub(crate) struct Judge(RefCell<Dialogue>);

struct Dialogue {
    process: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Judge {
    /// Starts a script of this folder.
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
