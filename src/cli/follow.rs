//! Runs a build and prints the engine's output as it arrives, as steps, or only after a failure.

use std::collections::VecDeque;

use agentix_gen::build_image::BuildError;
use agentix_gen::engine::Capabilities;
use agentix_gen::{Bundle, Cancel, Control, Event};
use camino::Utf8Path;

use super::output;
use super::progress::Progress;
use super::steps::Steps;

/// The number of lines of the engine's output that are printed after a quiet build fails.
const TAIL: usize = 50;

/// What is shown of a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// The engine's output, only if it fails.
    Quiet,
    /// On a terminal the steps, elsewhere the whole output.
    Steps,
    /// The whole output of the engine.
    Whole,
}

impl Detail {
    /// Returns the detail that the switches `--quiet` and `--verbose` ask for.
    pub(crate) fn new(quiet: bool, verbose: bool) -> Self {
        match (quiet, verbose) {
            (true, _) => Self::Quiet,
            (false, true) => Self::Whole,
            (false, false) => Self::Steps,
        }
    }
}

/// Runs a build and prints its events on stderr.
pub(crate) fn follow<T>(
    bundle: &Bundle,
    detail: Detail,
    scratch: &Utf8Path,
    cancel: &Cancel,
    work: impl FnOnce(&mut Control<'_>) -> Result<T, BuildError>,
) -> Result<T, BuildError> {
    let lines = match detail {
        Detail::Quiet => Lines::Kept(VecDeque::with_capacity(TAIL)),
        Detail::Steps if output::has_status() => Lines::Steps(Steps::new()),
        Detail::Steps | Detail::Whole => Lines::Printed,
    };
    let mut printer = Printer { bundle, lines, progress: Progress::new(detail != Detail::Quiet) };
    let mut print = |event: Event<'_>| printer.print(event);
    let done = work(&mut Control::new(scratch, &mut print).with_cancel(cancel.clone()));
    printer.progress.clear();
    match &mut printer.lines {
        Lines::Kept(tail) if done.is_err() => tail.iter().for_each(|line| output::note(line)),
        Lines::Steps(steps) => steps.finish(done.is_err()),
        Lines::Kept(_) | Lines::Printed => {}
    }
    done
}

struct Printer<'a> {
    bundle: &'a Bundle,
    lines: Lines,
    progress: Progress,
}

/// What becomes of the engine's output.
enum Lines {
    /// The last lines of a quiet build are kept.
    Kept(VecDeque<String>),
    Steps(Steps),
    Printed,
}

impl Printer<'_> {
    fn print(&mut self, event: Event<'_>) {
        match event {
            Event::Warning(text) => output::warning_text(text),
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
            Event::OwnBuilder { selected, base } => output::note(&format!(
                "docker's own builder builds instead of `{selected}`, which does not see the local image {base}"
            )),
            Event::Line(line) => self.line(line),
            Event::Leftover(leftover) => {
                self.progress.clear();
                output::warning(leftover);
            }
            // The block of steps has the end of the terminal for itself.
            Event::ContextSent(_) | Event::ContextStaged(_) if matches!(&self.lines, Lines::Steps(steps) if steps.is_shown()) =>
                {}
            Event::ContextSent(bytes) => self.progress.report(bytes, "sent"),
            Event::ContextStaged(bytes) => self.progress.report(bytes, "staged"),
            _ => {}
        }
    }

    fn line(&mut self, line: &str) {
        match &mut self.lines {
            Lines::Kept(tail) => {
                if tail.len() == TAIL {
                    tail.pop_front();
                }
                tail.push_back(line.to_owned());
            }
            Lines::Steps(steps) => {
                self.progress.clear();
                steps.line(line);
            }
            Lines::Printed => {
                self.progress.clear();
                output::note(line);
            }
        }
    }
}
