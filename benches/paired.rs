//! Paired measurements: our program and a reference, run in turns.
//!
//! An absolute time depends on the machine and its load as much as on the code. Each measurement therefore has a
//! reference that runs in the same minute, once after each run of ours. The result is the ratio, as the median of the
//! ratios of neighbouring runs, so that a disturbed run has little influence. The benchmarks assert nothing. They print
//! the target beside the result.

#![allow(dead_code, reason = "each benchmark uses a part of this module")]

use std::error::Error;
use std::fmt;
use std::hint::black_box;
use std::time::{Duration, Instant};

pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Returns whether `cargo bench` runs this program. `cargo test --all-targets` runs it without the `--bench` argument,
/// only to check that it builds.
pub(crate) fn is_bench() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

/// Returns the time that `work` takes. The time to drop its result does not count.
pub(crate) fn time<T>(work: impl FnOnce() -> Result<T>) -> Result<Duration> {
    let start = Instant::now();
    let _done = black_box(work()?);
    Ok(start.elapsed())
}

/// Returns a measurement for work that is too short to time alone: the mean time of one call, over a batch of calls
/// that takes at least a millisecond.
pub(crate) fn per_call<T>(mut work: impl FnMut() -> Result<T>) -> impl FnMut() -> Result<Duration> {
    const MINIMUM: Duration = Duration::from_millis(1);
    let mut calls = 1;
    move || loop {
        let taken = time(|| (0..calls).try_for_each(|_| work().map(|done| _ = black_box(done))))?;
        if taken >= MINIMUM {
            return Ok(taken / calls);
        }
        calls *= 2;
    }
}

/// The result of a paired measurement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paired {
    pub(crate) ours: Duration,
    pub(crate) reference: Duration,
    /// The time of ours divided by the time of the reference.
    pub(crate) ratio: f64,
}

impl Paired {
    /// Runs both in turns, ours first. The first run of each does not count. Both return the time that they took, so
    /// that setup and cleanup do not count.
    pub(crate) fn measure(
        rounds: usize,
        mut ours: impl FnMut() -> Result<Duration>,
        mut reference: impl FnMut() -> Result<Duration>,
    ) -> Result<Self> {
        ours()?;
        reference()?;
        let pairs = (0..rounds).map(|_| Ok((ours()?, reference()?))).collect::<Result<Vec<_>>>()?;
        Ok(Self::of(&pairs))
    }

    /// Computes the medians from pairs of ours and the reference.
    pub(crate) fn of(pairs: &[(Duration, Duration)]) -> Self {
        Self {
            ours: median(pairs.iter().map(|pair| pair.0)),
            reference: median(pairs.iter().map(|pair| pair.1)),
            ratio: median(pairs.iter().map(|pair| pair.0.as_secs_f64() / pair.1.as_secs_f64())),
        }
    }
}

/// Returns the median time of work that has no reference.
pub(crate) fn alone(rounds: usize, mut work: impl FnMut() -> Result<Duration>) -> Result<Duration> {
    work()?;
    Ok(median((0..rounds).map(|_| work()).collect::<Result<Vec<_>>>()?.into_iter()))
}

/// Returns the median, or the upper of the two middle values.
fn median<T: PartialOrd>(values: impl Iterator<Item = T>) -> T {
    let mut sorted: Vec<T> = values.collect();
    sorted.sort_by(|a, b| a.partial_cmp(b).expect("a measured value is a number"));
    let middle = sorted.len() / 2;
    sorted.swap_remove(middle)
}

/// A target: the maximum ratio of ours to the reference.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AtMost(pub(crate) f64);

/// Prints the title of a table and its column headings.
pub(crate) fn heading(title: &str) {
    println!("\n{title}\n{:52} {:>10} {:>10} {:>8}  target", "", "ours", "reference", "ratio");
}

/// Prints a paired measurement, or the reason why it did not run.
pub(crate) fn row(what: &str, measured: Result<Paired>, target: Option<AtMost>) {
    match measured {
        Ok(Paired { ours, reference, ratio }) => line(what, Time(ours), Time(reference), ratio, target),
        Err(why) => println!("{what:52} not run: {why}"),
    }
}

/// Prints two values and their ratio.
pub(crate) fn line(
    what: &str,
    ours: impl fmt::Display,
    reference: impl fmt::Display,
    ratio: f64,
    target: Option<AtMost>,
) {
    let target = target.map_or(String::new(), |AtMost(most)| format!("at most {}", Ratio(most)));
    let (ours, reference, ratio) = (ours.to_string(), reference.to_string(), Ratio(ratio).to_string());
    println!("{}", format!("{what:52} {ours:>10} {reference:>10} {ratio:>8}  {target}").trim_end());
}

/// Prints a value without a reference.
pub(crate) fn value(what: &str, measured: Result<impl fmt::Display>) {
    match measured {
        Ok(value) => println!("{what:52} {:>10}", value.to_string()),
        Err(why) => println!("{what:52} not run: {why}"),
    }
}

/// A time, displayed with two decimal places.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Time(pub(crate) Duration);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_secs_f64() {
            s if s >= 1.0 => write!(f, "{s:.2} s"),
            s if s >= 1e-3 => write!(f, "{:.2} ms", s * 1e3),
            s => write!(f, "{:.2} µs", s * 1e6),
        }
    }
}

/// A ratio. Ratios below 0.2 are displayed as fractions with numerator 1, which are easier to compare.
#[derive(Debug, Clone, Copy)]
struct Ratio(f64);

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ratio if ratio >= 0.2 => write!(f, "{ratio:.2}"),
            ratio if ratio >= 0.02 => write!(f, "1/{:.1}", 1.0 / ratio),
            ratio => write!(f, "1/{:.0}", 1.0 / ratio),
        }
    }
}

/// A number of bytes, displayed with one decimal place and a binary unit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bytes(pub(crate) u64);

impl fmt::Display for Bytes {
    #[expect(clippy::cast_precision_loss, reason = "one decimal place is displayed")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            bytes if bytes >= 1 << 20 => write!(f, "{:.1} MiB", bytes as f64 / f64::from(1 << 20)),
            bytes if bytes >= 1 << 10 => write!(f, "{:.1} KiB", bytes as f64 / f64::from(1 << 10)),
            bytes => write!(f, "{bytes} B"),
        }
    }
}
