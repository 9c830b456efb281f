//! Which mutant is chosen: a part of the crate while its mutants are tested.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::sync::{Mutex, OnceLock};

/// Whether the mutant with this number is the chosen one.
pub(crate) fn mutant_is(number: u32) -> bool {
    static CHOSEN: OnceLock<Option<u32>> = OnceLock::new();
    let chosen = CHOSEN.get_or_init(|| std::env::var("MUTANT").ok().map(|number| number.parse().expect("a number")));
    if chosen.is_none() {
        reach(number);
    }
    *chosen == Some(number)
}

/// Without a chosen mutant, the numbers of all that are reached are appended to the file MUTANTS_REACHED.
fn reach(number: u32) {
    static REACHED: OnceLock<Option<Mutex<(BTreeSet<u32>, File)>>> = OnceLock::new();
    let reached = REACHED.get_or_init(|| {
        let path = std::env::var_os("MUTANTS_REACHED")?;
        Some(Mutex::new((BTreeSet::new(), OpenOptions::new().append(true).create(true).open(path).expect("a writable path"))))
    });
    if let Some(reached) = reached {
        let mut reached = reached.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if reached.0.insert(number) {
            writeln!(reached.1, "{number}").expect("the disk has space");
        }
    }
}

/// An iterator that is one of two.
#[derive(Clone)]
pub(crate) enum OneOf<C, S> {
    Changed(C),
    Same(S),
}

impl<C: Iterator<Item = S::Item>, S: Iterator> Iterator for OneOf<C, S> {
    type Item = S::Item;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Changed(iterator) => iterator.next(),
            Self::Same(iterator) => iterator.next(),
        }
    }
}

impl<C: DoubleEndedIterator<Item = S::Item>, S: DoubleEndedIterator> DoubleEndedIterator for OneOf<C, S> {
    fn next_back(&mut self) -> Option<Self::Item> {
        match self {
            Self::Changed(iterator) => iterator.next_back(),
            Self::Same(iterator) => iterator.next_back(),
        }
    }
}
