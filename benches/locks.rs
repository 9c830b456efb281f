//! Measures the time to read a lock of five megabytes, of each kind, in process.
//!
//! A caller reads a lock once: `read` parses it, `export` chooses the packages and writes them as a list for pip. The
//! reference is the parser of the format alone, which makes a tree of values.

#![expect(clippy::print_stdout, reason = "a benchmark prints a table")]

mod locks_text;
mod paired;

use agentix_gen::project::{Lock, Project};
use camino::Utf8Path;
use locks_text::LOCKS;
use paired::{Paired, Result, Time, alone, heading, is_bench, row, time, value};

const ROUNDS: usize = 25;

const MANIFEST: &str =
    "[project]\nname = 'app'\nversion = '1'\ndependencies = ['package-0', 'package-1', 'package-2']\n";

fn main() -> Result<()> {
    if !is_bench() {
        return Ok(());
    }
    heading("read a lock of 5 MB vs. its format alone (target of ours: 50 ms)");
    for (file, make) in LOCKS {
        let text = make();
        row(&format!("{file}, {} kB", text.len() / 1000), read(file, &text), None);
    }
    heading("write the list for pip");
    for (file, make) in LOCKS {
        let lock = Lock::from_bytes(Utf8Path::new(file), make().as_bytes())?;
        if matches!(lock, Lock::Poetry(_) | Lock::Pdm(_) | Lock::Pipfile(_)) {
            value(file, alone(ROUNDS, || time(|| export(&lock))).map(Time));
        }
    }
    Ok(())
}

fn read(file: &str, text: &str) -> Result<Paired> {
    let ours = || time(|| Ok(Lock::from_bytes(Utf8Path::new(file), text.as_bytes())?));
    Paired::measure(ROUNDS, ours, || time(|| plain(file, text)))
}

/// Parses the text as TOML, as JSON or as lines.
fn plain(file: &str, text: &str) -> Result<usize> {
    Ok(match file {
        "requirements.txt" => text.lines().count(),
        "Pipfile.lock" => serde_json::from_str::<serde_json::Map<_, _>>(text)?.len(),
        _ => toml::from_str::<toml::Table>(text)?.len(),
    })
}

/// Returns the length of the list.
fn export(lock: &Lock) -> Result<usize> {
    let project: Project = MANIFEST.parse()?;
    let list = match lock {
        Lock::Poetry(lock) => lock.export(&project, &[], &[])?,
        Lock::Pdm(lock) => lock.export(&project, &[], &[])?,
        Lock::Pipfile(lock) => lock.export(&[], None)?,
        _ => return Err("installers read this lock".into()),
    };
    Ok(list.text.len())
}
