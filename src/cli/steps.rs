//! Shows the steps of a build on a terminal: a live block for those that run, and one line for each that has ended.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use agentix_gen::value::OneLine;
use console::{Term, truncate_str};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::build_log::{LogLine, read};
use super::output;

/// The number of lines that are printed of a failed step.
const TAIL: usize = 50;

/// How often the elapsed time is drawn.
const TICK: Duration = Duration::from_millis(200);

/// The steps of a build.
pub(crate) struct Steps {
    block: MultiProgress,
    running: Vec<Step>,
    /// The last lines of the step that failed.
    failed: Option<VecDeque<String>>,
    /// Inside the part of the log where `BuildKit` repeats the failed step.
    is_repeated: bool,
}

struct Step {
    number: Option<u32>,
    name: String,
    since: Instant,
    is_cached: bool,
    tail: VecDeque<String>,
    bar: ProgressBar,
}

impl Steps {
    pub(crate) fn new() -> Self {
        Self { block: MultiProgress::new(), running: Vec::new(), failed: None, is_repeated: false }
    }

    /// Shows a line of the builder's log.
    pub(crate) fn line(&mut self, line: &str) {
        match read(line) {
            LogLine::Step { number, name } => self.start(number, name),
            LogLine::Cached { number } => {
                if let Some(step) = self.find(number) {
                    step.is_cached = true;
                }
                // Without numbers, the step ends when the next one starts.
                if number.is_some() {
                    self.end(number);
                }
            }
            LogLine::Done { number } => self.end(number),
            LogLine::Failed { number } => self.fail(number),
            LogLine::Output { number, text } => self.output(number, text),
            LogLine::Other(text) if self.running.iter().any(|step| step.number.is_none()) => self.output(None, text),
            LogLine::Other("------") => self.is_repeated = !self.is_repeated,
            LogLine::Other(text) if !self.is_repeated && !text.trim().is_empty() => self.note(text),
            LogLine::Other(_) => {}
        }
    }

    /// Prints a line above the block.
    pub(crate) fn note(&self, text: &str) {
        self.block.suspend(|| output::note(text));
    }

    /// Returns `true` while the block is shown.
    pub(crate) fn is_shown(&self) -> bool {
        !self.running.is_empty()
    }

    /// Ends the block. After a failure, prints the last lines of the step that failed: the one that the builder named, or
    /// else the one that ran.
    pub(crate) fn finish(&mut self, has_failed: bool) {
        if !has_failed {
            self.end(None);
        }
        let running = std::mem::take(&mut self.running);
        for step in &running {
            step.bar.finish_and_clear();
        }
        let tail = self.failed.take().or_else(|| running.into_iter().next_back().map(Step::into_tail));
        if has_failed {
            tail.into_iter().flatten().for_each(|line| output::note(&line));
        }
    }

    fn find(&mut self, number: Option<u32>) -> Option<&mut Step> {
        self.running.iter_mut().find(|step| step.number == number)
    }

    fn start(&mut self, number: Option<u32>, name: &str) {
        if number.is_none() {
            self.end(None);
        }
        // What the builder does before the first step takes no time, and says nothing about the image.
        if name.starts_with("[internal]") || self.find(number).is_some() {
            return;
        }
        let style = ProgressStyle::with_template("{elapsed:>8}  {prefix}\n          {wide_msg:.dim}");
        let bar = ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        let bar = self.block.add(bar.with_prefix(short(name)));
        bar.enable_steady_tick(TICK);
        let (since, tail) = (Instant::now(), VecDeque::new());
        self.running.push(Step { number, name: name.to_owned(), since, is_cached: false, tail, bar });
    }

    fn output(&mut self, number: Option<u32>, text: &str) {
        // BuildKit writes this when it goes on with another step.
        if text == "..." {
            return;
        }
        let Some(step) = self.find(number) else { return };
        let text = OneLine(text).to_string();
        step.bar.set_message(text.clone());
        if step.tail.len() == TAIL {
            step.tail.pop_front();
        }
        step.tail.push_back(text);
    }

    /// Replaces a step by one line.
    fn end(&mut self, number: Option<u32>) {
        if let Some(step) = self.take(number) {
            let result = if step.is_cached { "CACHED".to_owned() } else { seconds(step.since.elapsed()) };
            self.note(&format!("{result:>8}  {}", short(&step.name)));
        }
    }

    fn fail(&mut self, number: Option<u32>) {
        if let Some(step) = self.take(number) {
            self.note(&format!("  FAILED  {}", short(&step.name)));
            // Steps that are cancelled because of the first failure explain nothing.
            self.failed.get_or_insert(step.into_tail());
        }
    }

    fn take(&mut self, number: Option<u32>) -> Option<Step> {
        let index = self.running.iter().position(|step| step.number == number)?;
        let step = self.running.remove(index);
        step.bar.finish_and_clear();
        self.block.remove(&step.bar);
        Some(step)
    }
}

impl Step {
    /// Returns the name and the last lines.
    fn into_tail(mut self) -> VecDeque<String> {
        self.tail.push_front(short(&self.name));
        self.tail
    }
}

/// Returns the name of a step in one line of the terminal, beside its time. The mounts of the step are left out.
fn short(name: &str) -> String {
    const TIME: usize = 10;
    let words: Vec<&str> = name.split_whitespace().filter(|word| !word.starts_with("--mount=")).collect();
    let columns = usize::from(Term::stderr().size().1);
    truncate_str(&OneLine(&words.join(" ")).to_string(), columns.saturating_sub(TIME + 1), "…").into_owned()
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
