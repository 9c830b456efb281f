//! The source distributions in `tests/corpus/sdists.txt`, and which of them a run builds.

use std::env;

use crate::engines::turn;

const TABLE: &str = include_str!("../../corpus/sdists.txt");

/// How many source distributions a turn builds. Without `AGENTIX_TURN` it is the first turn.
const DAILY: usize = 12;

/// One row of the table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Sdist {
    /// `name==version`.
    pub(super) requirement: &'static str,
    /// The module to import.
    pub(super) module: &'static str,
    /// `pip` or `uv`.
    pub(super) installer: &'static str,
    pub(super) needs: Needs,
    /// The backend and what is special.
    pub(super) features: &'static str,
}

/// What a build needs in the runtime image beside Python.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    Nothing,
    /// A compiler for C and C++, and Python's headers.
    Compiler,
    /// A Rust compiler, newer than the one of Debian 12.
    Rust,
}

pub(super) fn all() -> Vec<Sdist> {
    TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(row).collect()
}

/// Returns the rows that `AGENTIX_CORPUS` selects: `all`, or names separated by commas. Without it, returns the rows of
/// the turn.
pub(super) fn selected() -> Vec<Sdist> {
    match env::var("AGENTIX_CORPUS") {
        Ok(names) if names == "all" => all(),
        Ok(names) => names.split(',').map(named).collect(),
        Err(_) => of_turn(turn::current().unwrap_or_default()),
    }
}

/// Returns the row of a distribution.
pub(super) fn named(name: &str) -> Sdist {
    let is_named = |sdist: &Sdist| sdist.requirement.split("==").next() == Some(name);
    all().into_iter().find(is_named).unwrap_or_else(|| panic!("{name} is not in tests/corpus/sdists.txt"))
}

/// Every `n`th row of the table, so that a turn has rows of many backends. `n` turns have all rows.
fn of_turn(turn: u64) -> Vec<Sdist> {
    let all = all();
    let turns = all.len().div_ceil(DAILY);
    let first = usize::try_from(turn % turns as u64).unwrap();
    all.into_iter().skip(first).step_by(turns).collect()
}

fn row(line: &'static str) -> Sdist {
    let columns: Vec<_> = line.split('|').map(str::trim).collect();
    let [requirement, module, installer, needs, features] = columns[..] else { panic!("{line}: five columns") };
    let needs = match needs {
        "" => Needs::Nothing,
        "compiler" => Needs::Compiler,
        "rust" => Needs::Rust,
        other => panic!("{line}: unknown need {other}"),
    };
    Sdist { requirement, module, installer, needs, features }
}

#[test]
fn every_row_has_its_day() {
    let all = all();
    let turns = all.len().div_ceil(DAILY) as u64;
    let mut built: Vec<_> = (0..turns).flat_map(of_turn).map(|sdist| sdist.requirement).collect();
    assert!((0..turns).all(|turn| of_turn(turn).len() <= DAILY));
    built.sort_unstable();
    let mut expected: Vec<_> = all.iter().map(|sdist| sdist.requirement).collect();
    expected.sort_unstable();
    assert_eq!(built, expected);
}
