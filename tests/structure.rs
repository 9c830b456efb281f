//! The structure of the source: rooms in order, no circles, small files, a chosen surface, one place for each option.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a test reads the source")]

#[path = "structure/modules.rs"]
mod modules;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use agentix_gen::Config;
use modules::{Modules, files};

/// From DESIGN: each room uses only those before it. `lib.rs` is the table of contents, `cli` and `main.rs` a crate of
/// their own.
const ROOMS: [&str; 9] =
    ["value", "project", "files", "bundle", "dockerfile", "context", "engine", "load", "build_image"];

/// The rooms that `engine` uses: it knows no project.
const ENGINE_USES: [&str; 3] = ["value", "files", "context"];

#[test]
fn imports_go_down_the_rooms() {
    let modules = Modules::read();
    let rank = |room: &str| ROOMS.iter().position(|known| *known == room).unwrap_or_else(|| panic!("no room {room}"));
    let mut upward = Vec::new();
    for (from, to) in modules.imports() {
        if rank(&to[0]) > rank(&from[0]) {
            upward.push(format!("{} imports {}", from.join("::"), to.join("::")));
        }
    }
    assert!(upward.is_empty(), "{upward:#?}");
    let used: BTreeSet<String> =
        modules.imports().filter(|(from, _)| from[0] == "engine").map(|(_, to)| to[0].clone()).collect();
    assert!(used.iter().all(|room| room == "engine" || ENGINE_USES.contains(&&**room)), "{used:?}");
}

#[test]
fn no_file_imports_itself_through_others() {
    let circles = Modules::read().circles();
    assert!(circles.is_empty(), "{circles:#?}");
}

#[test]
fn every_file_is_in_a_room_that_lists_it() {
    for room in ROOMS {
        let folder = Path::new("src").join(room);
        let head =
            [folder.join("mod.rs"), folder.with_extension("rs")].into_iter().find(|path| path.is_file()).unwrap();
        let text = fs::read_to_string(&head).unwrap();
        let docs: String = text.lines().take_while(|line| line.starts_with("//!")).collect();
        assert!(docs.len() > 100, "{} says why it exists", head.display());
        let inside: Vec<&str> = text.lines().filter_map(|line| line.split("mod ").nth(1)?.strip_suffix(';')).collect();
        // The two front doors are read whole; a room opens with a list of what is inside.
        if head.ends_with("mod.rs") {
            let missing: Vec<&&str> =
                inside.iter().filter(|name| **name != "tests" && !docs.contains(&format!("`{name}`"))).collect();
            assert!(missing.is_empty(), "{} does not list {missing:?}", head.display());
        }
    }
}

#[test]
fn files_hold_one_idea() {
    let lines = |path: &Path| fs::read_to_string(path).unwrap().lines().count();
    let mut source: Vec<usize> = files(Path::new("src")).iter().map(|path| lines(path)).collect();
    source.sort_unstable();
    assert!(source[source.len() / 2] <= 150, "the median file has {} lines", source[source.len() / 2]);
    for folder in ["src", "tests", "benches", "examples", "templates"] {
        for path in files(Path::new(folder)) {
            assert!(lines(&path) <= 400, "{} has {} lines", path.display(), lines(&path));
        }
    }
}

/// The names that a caller starts from.
#[test]
fn the_root_exports_few_names() {
    let text = fs::read_to_string("src/lib.rs").unwrap();
    let exports = text.lines().filter_map(|line| line.strip_prefix("pub use ")?.split_once("::"));
    let count: usize = exports.map(|(_, names)| names.split(',').count()).sum();
    assert!((10..=25).contains(&count), "{count} names");
}

/// An option is declared in `config.rs`, and used where it decides. Nothing lists options a second time.
#[test]
fn an_option_is_declared_in_one_place() {
    let declared = fs::read_to_string("src/project/config.rs").unwrap();
    // `runtime` is about no project: its two flags are no options of one.
    let arguments = fs::read_to_string("src/cli/arguments.rs").unwrap();
    let (arguments, _) = arguments.split_once("struct RuntimeArguments").unwrap();
    let generic: String = ["src/cli/flags.rs", "src/bundle/plan.rs"]
        .iter()
        .chain(&["src/project/config/option.rs", "src/project/config/value.rs", "src/project/config/schema.rs"])
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    for option in Config::OPTIONS {
        let field = option.key.replace('-', "_");
        let declaration = format!("        {field}: ");
        assert_eq!(declared.matches(&declaration).count(), 1, "{field}");
        assert!(!generic.contains(&format!("config.{field}")), "{field} is listed a second time");
        assert!(!generic.contains(&format!("self.{field}")), "{field} is listed a second time");
        // The flag `--template` takes any path, its key one of the project.
        let own = ["Option", "Vec"].iter().any(|form| arguments.contains(&format!(" {field}: {form}<")));
        assert!(!own || field == "template", "{field} has a flag of its own");
        let using = files(Path::new("src")).into_iter().filter(|path| !path.ends_with("config.rs")).filter(|path| {
            let text = fs::read_to_string(path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            [format!("config.{field}"), format!("config().{field}")].iter().any(|name| {
                code.match_indices(name)
                    .any(|(at, _)| !code[at + name.len()..].starts_with(|c: char| c == '_' || c.is_alphanumeric()))
            })
        });
        let count = using.count();
        assert!(count <= 4, "{field} is used in {count} files: one decides, the others read what it decided");
    }
}

/// A build tool needs 15 lines from a folder to an image, and 8 to a Dockerfile.
#[test]
fn the_examples_are_short() {
    for (example, most) in [("build_tool", 15), ("dockerfile", 8)] {
        let text = fs::read_to_string(format!("examples/{example}.rs")).unwrap();
        let (_, main) = text.split_once("fn main()").unwrap();
        let lines = main.lines().skip(1).take_while(|line| *line != "}").filter(|line| !line.trim().is_empty()).count();
        assert!(lines <= most, "examples/{example}.rs: main has {lines} lines");
    }
}
