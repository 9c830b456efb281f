//! Runs a build and prints the engine's output as it arrives, or only after a failure.

#![expect(clippy::disallowed_methods, reason = "the folder for temporary files is read here")]

use std::collections::VecDeque;
use std::env;

use agentix_gen::build_image::BuildError;
use agentix_gen::engine::Capabilities;
use agentix_gen::{Bundle, Cancel, Control, Event};
use camino::Utf8PathBuf;

use super::error::CommandError;
use super::output;
use super::progress::Progress;

/// The number of lines of the engine's output that are printed after a quiet build fails.
const TAIL: usize = 50;

/// Runs a build and prints its events on stderr.
pub(crate) fn follow<T>(
    bundle: &Bundle,
    quiet: bool,
    cancel: &Cancel,
    work: impl FnOnce(&mut Control<'_>) -> Result<T, BuildError>,
) -> Result<T, CommandError> {
    let scratch = Utf8PathBuf::from_path_buf(env::temp_dir()).map_err(|_| CommandError::TemporaryFolder)?;
    let mut printer = Printer { bundle, quiet, tail: VecDeque::with_capacity(TAIL), progress: Progress::new(!quiet) };
    let mut print = |event: Event<'_>| printer.print(event);
    let done = work(&mut Control::new(&scratch, &mut print).with_cancel(cancel.clone()));
    printer.progress.clear();
    if done.is_err() {
        printer.tail.iter().for_each(|line| output::note(line));
    }
    Ok(done?)
}

struct Printer<'a> {
    bundle: &'a Bundle,
    quiet: bool,
    /// The last lines of a quiet build.
    tail: VecDeque<String>,
    progress: Progress,
}

impl Printer<'_> {
    fn print(&mut self, event: Event<'_>) {
        match event {
            Event::ContextMeasured { size, largest } => {
                self.progress.set_total(size);
                if let Some(largest) = largest {
                    output::large_context(size, largest);
                }
            }
            Event::UpToDate(image) => output::note(&format!("{image} is up to date")),
            Event::Building { image, base, engine, capabilities: Capabilities { version, builder, .. } } => {
                output::excluded_secrets(self.bundle);
                output::note(&format!("building {image} on {base} with {engine} {version} ({builder})"));
            }
            Event::Line(line) if self.quiet => {
                if self.tail.len() == TAIL {
                    self.tail.pop_front();
                }
                self.tail.push_back(line.to_owned());
            }
            Event::Line(line) => {
                self.progress.clear();
                output::note(line);
            }
            Event::Leftover(leftover) => {
                self.progress.clear();
                output::warning(leftover);
            }
            Event::ContextSent(bytes) => self.progress.report(bytes, "sent"),
            Event::ContextStaged(bytes) => self.progress.report(bytes, "staged"),
            _ => {}
        }
    }
}
