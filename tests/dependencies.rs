//! How much the library brings along: a build tool that calls it compiles all of that.

#![expect(clippy::disallowed_types, clippy::unwrap_used, reason = "a test runs cargo, and fails by panicking")]

use std::collections::BTreeSet;
use std::process::Command;

/// Returns the crates that a build with these options needs, one `name version` each.
fn crates(options: &[&str]) -> BTreeSet<String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["tree", "--locked", "--offline", "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    let output = cargo.args(options).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let listed = String::from_utf8(output.stdout).unwrap();
    let name = |line: &str| line.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    listed.lines().map(name).collect()
}

/// `idna` gets its tables from a crate that `Cargo.lock` chooses. Hosts of package indexes are ASCII, so it chooses the one
/// without tables: `cargo update -p idna_adapter --precise 1.0.0` does that again.
#[test]
fn the_library_alone_has_at_most_90_crates() {
    let crates = crates(&["--no-default-features"]);
    assert!((50..=90).contains(&crates.len()), "{}: {crates:#?}", crates.len());
}

/// What only the command needs is not in the library.
#[test]
fn the_library_has_nothing_of_the_command() {
    let library = crates(&["--no-default-features"]);
    for of_command in ["clap", "clap_complete", "clap_mangen", "similar", "indicatif", "annotate-snippets"] {
        let is_it = |found: &String| found.split(' ').next() == Some(of_command);
        assert!(!library.iter().any(is_it), "{of_command}");
        assert!(crates(&[]).iter().any(is_it), "{of_command}");
    }
}
