//! Compiles many mutants into one program: each mutated place asks which mutant is chosen.
//!
//!     campaign-mutants LIST SOURCE OUT [LEFT-OUT]
//!
//! LIST is what `cargo mutants --list --json` prints for the folder SOURCE, of which OUT is a copy. The number of a mutant is its
//! index in the list. The files of OUT are written again, with every mutant that is not in LEFT-OUT (numbers, separated by white
//! space). Prints the numbers of the mutants that were written.
//!
//! A comment `/*<1,2*/` begins what the mutants 1 and 2 need, and `/*<!1*/` begins the code of the mutant 1 alone; `/*>*/` ends both.
//! They show which mutant an error of the compiler is about.

mod edit;
mod place;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{env, fs};

use edit::rendered;
use place::{Mutant, edits};

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [list, source, out, rest @ ..] = arguments.as_slice() else { panic!("LIST SOURCE OUT [LEFT-OUT]") };
    let list: Vec<serde_json::Value> = serde_json::from_str(&read(Path::new(list))).expect("a list of mutants");
    let left_out = rest.first().map(|path| read(Path::new(path))).unwrap_or_default();
    let left_out: BTreeSet<usize> =
        left_out.split_whitespace().map(|number| number.parse().expect("a number")).collect();

    let mut files: BTreeMap<&str, Vec<Mutant>> = BTreeMap::new();
    for (number, entry) in list.iter().enumerate() {
        files.entry(entry["file"].as_str().expect("a path")).or_default().push(Mutant::new(number, entry));
    }
    for (path, mutants) in files {
        let text = read(&Path::new(source).join(path));
        let wanted = mutants.into_iter().filter(|mutant| !left_out.contains(&mutant.number)).collect();
        let (edits, written) = edits(&text, wanted);
        fs::write(Path::new(out).join(path), rendered(&text, edits)).expect("the copy is writable");
        written.iter().for_each(|number| println!("{number}"));
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
