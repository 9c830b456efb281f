//! Turns: a short run of the suite leaves some work to the runs of other days.

use std::env;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::engines::builder::{Builder, on};

/// A test runs in every second turn, with one builder.
pub(crate) const USUAL: u64 = 2;

/// A test that takes minutes, or of a part that seldom changes, runs in one of four turns.
pub(crate) const SLOW: u64 = 4;

/// Runs a test with a builder, unless it is the turn of another builder or of other tests.
///
/// In one of `pace` turns, a test runs with one of `builders`, and the next time with another one. Without a turn, all of them run.
pub(crate) fn on_its_turn(builder: Builder, builders: &[Builder], pace: u64, name: &str, test: impl FnOnce(Builder)) {
    let Some(turn) = current() else { return on(builder, test) };
    if chosen(builders, pace, name, turn) == Some(builder) {
        on(builder, test);
    } else {
        eprintln!("left to a turn other than {turn}");
    }
}

/// Returns whether a slow test without a builder of its own is left to another turn.
pub(crate) fn is_left(name: &str) -> bool {
    let is_left = current().is_some_and(|turn| chosen(&[Builder::Buildx], SLOW, name, turn).is_none());
    if is_left {
        eprintln!("left to another turn");
    }
    is_left
}

/// Returns the number in `AGENTIX_TURN`. CI sets it to the day.
pub(crate) fn current() -> Option<u64> {
    let text = env::var("AGENTIX_TURN").ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("AGENTIX_TURN is not a number: {text:?}")))
}

fn chosen(builders: &[Builder], pace: u64, name: &str, turn: u64) -> Option<Builder> {
    let mut hash = DefaultHasher::new();
    name.hash(&mut hash);
    let number = (hash.finish() >> 32) + turn;
    let index = usize::try_from(number / pace).unwrap() % builders.len();
    number.is_multiple_of(pace).then_some(builders[index])
}

#[test]
fn every_builder_gets_its_turn() {
    for pace in [USUAL, SLOW] {
        for name in ["a", "another"] {
            let turns = 20_000..20_000 + 5 * pace;
            let mut chosen: Vec<_> = turns
                .filter_map(|turn| chosen(&Builder::ALL, pace, name, turn))
                .map(|builder| builder as usize)
                .collect();
            chosen.sort_unstable();
            assert_eq!(chosen, [0, 1, 2, 3, 4], "{name}");
        }
    }
}
