//! Turns: a short run of the suite leaves some work to the runs of other days.

use std::env;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::engines::builder::{Builder, on};

/// Runs a test with a builder, unless it is another builder's turn.
///
/// A turn chooses one of `builders` for each test, and the next turn another one. Without a turn, all of them run.
pub(crate) fn on_its_turn(builder: Builder, builders: &[Builder], name: &str, test: impl FnOnce(Builder)) {
    let Some(turn) = current() else { return on(builder, test) };
    let chosen = chosen(builders, name, turn);
    if builder == chosen {
        on(builder, test);
    } else {
        eprintln!("left to {chosen:?} in turn {turn}");
    }
}

/// Returns the number in `AGENTIX_TURN`. CI sets it to the day.
pub(crate) fn current() -> Option<u64> {
    let text = env::var("AGENTIX_TURN").ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("AGENTIX_TURN is not a number: {text:?}")))
}

fn chosen(builders: &[Builder], name: &str, turn: u64) -> Builder {
    let mut hash = DefaultHasher::new();
    name.hash(&mut hash);
    let length = builders.len() as u64;
    let index = (hash.finish() % length + turn) % length;
    builders[usize::try_from(index).unwrap()]
}

#[test]
fn every_builder_gets_its_turn() {
    for name in ["a", "another"] {
        let mut chosen: Vec<_> = (20_000..20_005).map(|turn| chosen(&Builder::ALL, name, turn) as usize).collect();
        chosen.sort_unstable();
        assert_eq!(chosen, [0, 1, 2, 3, 4], "{name}");
    }
}
