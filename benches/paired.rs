//! Two ways to the same end, measured in turns.
//!
//! A time alone says as much about the machine and its moment as about the code. So what is measured here has a
//! reference beside it that runs in the same minute, once after each run of ours, and what counts is the ratio. It is
//! the median of the ratios of neighbouring runs: a run that something else on the machine disturbed weighs no more than
//! any other. Nothing is asserted; a target is printed beside what it is for.

#![allow(dead_code, reason = "each bench uses its own part of this")]

use std::error::Error;
use std::fmt;
use std::hint::black_box;
use std::time::{Duration, Instant};

pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Whether this is `cargo bench`. `cargo test --all-targets` runs the same programs without this argument, and only
/// wants to see them built.
pub(crate) fn is_bench() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

/// The time that something takes; to throw away what comes of it is no part of it.
pub(crate) fn time<T>(work: impl FnOnce() -> Result<T>) -> Result<Duration> {
    let start = Instant::now();
    let _done = black_box(work()?);
    Ok(start.elapsed())
}

/// The time that one call takes, for work too short to be timed on its own: the mean of a batch of a millisecond.
pub(crate) fn per_call<T>(mut work: impl FnMut() -> Result<T>) -> impl FnMut() -> Result<Duration> {
    const LEAST: Duration = Duration::from_millis(1);
    let mut calls = 1;
    move || loop {
        let taken = time(|| (0..calls).try_for_each(|_| work().map(|done| _ = black_box(done))))?;
        if taken >= LEAST {
            return Ok(taken / calls);
        }
        calls *= 2;
    }
}

/// What came of measuring something of ours beside a reference.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paired {
    pub(crate) ours: Duration,
    pub(crate) reference: Duration,
    /// How many times as long as the reference ours takes.
    pub(crate) ratio: f64,
}

impl Paired {
    /// Runs both in turns, ours first, after one run of each that does not count. Both give the time they took, so that
    /// what a run has to prepare or clear away is not part of it.
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

    /// The medians of runs that were made in turns.
    pub(crate) fn of(pairs: &[(Duration, Duration)]) -> Self {
        Self {
            ours: median(pairs.iter().map(|pair| pair.0)),
            reference: median(pairs.iter().map(|pair| pair.1)),
            ratio: median(pairs.iter().map(|pair| pair.0.as_secs_f64() / pair.1.as_secs_f64())),
        }
    }
}

/// The median time of something that has no reference.
pub(crate) fn alone(rounds: usize, mut work: impl FnMut() -> Result<Duration>) -> Result<Duration> {
    work()?;
    Ok(median((0..rounds).map(|_| work()).collect::<Result<Vec<_>>>()?.into_iter()))
}

/// The middle one; the upper one of two.
fn median<T: PartialOrd>(values: impl Iterator<Item = T>) -> T {
    let mut sorted: Vec<T> = values.collect();
    sorted.sort_by(|a, b| a.partial_cmp(b).expect("a measured value is a number"));
    let middle = sorted.len() / 2;
    sorted.swap_remove(middle)
}

/// A ratio that is aimed at: ours takes at most so many times what the reference takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AtMost(pub(crate) f64);

/// Prints the heading of a table.
pub(crate) fn heading(title: &str) {
    println!("\n{title}\n{:52} {:>10} {:>10} {:>8}  target", "", "ours", "reference", "ratio");
}

/// Prints what was measured beside a reference, or why it was not.
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

/// Prints a value that stands alone.
pub(crate) fn value(what: &str, measured: Result<impl fmt::Display>) {
    match measured {
        Ok(value) => println!("{what:52} {:>10}", value.to_string()),
        Err(why) => println!("{what:52} not run: {why}"),
    }
}

/// A time with three digits.
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

/// A ratio; small ones as fractions, which say "so many times less" at a glance.
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

/// A number of bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bytes(pub(crate) u64);

impl fmt::Display for Bytes {
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            bytes if bytes >= 1 << 20 => write!(f, "{:.1} MiB", bytes as f64 / f64::from(1 << 20)),
            bytes if bytes >= 1 << 10 => write!(f, "{:.1} KiB", bytes as f64 / f64::from(1 << 10)),
            bytes => write!(f, "{bytes} B"),
        }
    }
}
