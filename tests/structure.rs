//! Checks the structure of the source: import order, no import cycles, small files, few exports at the root, one
//! declaration of each option.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a test reads the source")]

#[path = "structure/modules.rs"]
mod modules;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use agentix_gen::Config;
use modules::{Modules, files};

/// The top-level modules in pipeline order. Each uses only the modules before it. `lib.rs` only re-exports; `cli` and
/// `main.rs` are a separate crate.
const MODULES: [&str; 11] = [
    "value",
    "project",
    "files",
    "bundle",
    "dockerfile",
    "context",
    "engine",
    "load",
    "build_image",
    "bake",
    "sandbox",
];

/// The top-level modules that `engine` may use. It knows nothing about projects.
const ENGINE_USES: [&str; 3] = ["value", "files", "context"];

#[test]
fn modules_import_only_earlier_modules() {
    let modules = Modules::read();
    let rank = |name: &str| {
        MODULES.iter().position(|known| *known == name).unwrap_or_else(|| panic!("`{name}` is not in MODULES"))
    };
    let mut upward = Vec::new();
    for (from, to) in modules.imports() {
        if rank(&to[0]) > rank(&from[0]) {
            upward.push(format!("{} imports {}", from.join("::"), to.join("::")));
        }
    }
    assert!(upward.is_empty(), "{upward:#?}");
    let used: BTreeSet<String> =
        modules.imports().filter(|(from, _)| from[0] == "engine").map(|(_, to)| to[0].clone()).collect();
    assert!(used.iter().all(|name| name == "engine" || ENGINE_USES.contains(&&**name)), "{used:?}");
}

#[test]
fn imports_have_no_cycles() {
    let cycles = Modules::read().circles();
    assert!(cycles.is_empty(), "{cycles:#?}");
}

#[test]
fn the_docs_of_a_module_list_its_submodules() {
    for module in MODULES {
        let folder = Path::new("src").join(module);
        let head =
            [folder.join("mod.rs"), folder.with_extension("rs")].into_iter().find(|path| path.is_file()).unwrap();
        let text = fs::read_to_string(&head).unwrap();
        let docs: String = text.lines().take_while(|line| line.starts_with("//!")).collect();
        assert!(docs.len() > 100, "{}: the module docs are too short", head.display());
        let submodules: Vec<&str> =
            text.lines().filter_map(|line| line.split("mod ").nth(1)?.strip_suffix(';')).collect();
        // Only a `mod.rs` lists its submodules. The other two modules are single files that you read whole.
        if head.ends_with("mod.rs") {
            let missing: Vec<&&str> =
                submodules.iter().filter(|name| **name != "tests" && !docs.contains(&format!("`{name}`"))).collect();
            assert!(missing.is_empty(), "{} does not list {missing:?}", head.display());
        }
    }
}

#[test]
fn files_are_small() {
    let lines = |path: &Path| fs::read_to_string(path).unwrap().lines().count();
    let mut source: Vec<usize> = files(Path::new("src")).iter().map(|path| lines(path)).collect();
    source.sort_unstable();
    assert!(source[source.len() / 2] <= 150, "the median file has {} lines", source[source.len() / 2]);
    for folder in ["src", "tests", "benches", "examples", "templates"] {
        for path in files(Path::new(folder))
            .into_iter()
            .filter(|path| path.extension().is_none_or(|extension| extension != "lock"))
        {
            assert!(lines(&path) <= 400, "{} has {} lines", path.display(), lines(&path));
        }
    }
}

/// The library forbids unsafe code. The command has one exception, and the rest of the package none.
#[test]
fn one_file_has_unsafe_code() {
    assert!(fs::read_to_string("src/lib.rs").unwrap().contains("\n#![forbid(unsafe_code)]\n"));
    let mut exceptions = Vec::new();
    for path in ["src", "tests", "benches", "examples"].into_iter().flat_map(|folder| files(Path::new(folder))) {
        let allows =
            |text: String| ["expect", "allow"].iter().any(|level| text.contains(&format!("{level}(unsafe_code")));
        if fs::read_to_string(&path).is_ok_and(allows) {
            exceptions.push(path);
        }
    }
    assert_eq!(exceptions, [Path::new("src/cli/closed_stdout.rs")]);
}

/// The root exports only the names that a caller starts with.
#[test]
fn the_root_exports_few_names() {
    let text = fs::read_to_string("src/lib.rs").unwrap();
    let exports = text.lines().filter_map(|line| line.strip_prefix("pub use ")?.split_once("::"));
    let count: usize = exports.map(|(_, names)| names.split(',').count()).sum();
    assert!((10..=25).contains(&count), "{count} names");
}

/// An option is declared in `config.rs` and used in the files whose decisions it affects. No other file lists the
/// options.
#[test]
fn an_option_is_declared_once() {
    let declared = fs::read_to_string("src/project/config.rs").unwrap();
    // The two flags of `runtime` are not options of a project.
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
        // `--template` accepts any path, but its key accepts only a path inside the project.
        let has_own_flag = ["Option", "Vec"].iter().any(|form| arguments.contains(&format!(" {field}: {form}<")));
        assert!(!has_own_flag || field == "template", "{field} has its own flag");
        let using = files(Path::new("src")).into_iter().filter(|path| !path.ends_with("config.rs")).filter(|path| {
            let text = fs::read_to_string(path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            [format!("config.{field}"), format!("config().{field}")].iter().any(|name| {
                code.match_indices(name)
                    .any(|(at, _)| !code[at + name.len()..].starts_with(|c: char| c == '_' || c.is_alphanumeric()))
            })
        });
        let count = using.count();
        assert!(count <= 4, "{field} is used in {count} files: one file should decide, and the others use its result");
    }
}

/// A build tool needs at most 15 lines to build an image from a folder, and at most 8 to render a Dockerfile.
#[test]
fn the_examples_are_short() {
    for (example, max_lines) in [("build_tool", 15), ("dockerfile", 8)] {
        let text = fs::read_to_string(format!("examples/{example}.rs")).unwrap();
        let (_, main) = text.split_once("fn main()").unwrap();
        let lines = main.lines().skip(1).take_while(|line| *line != "}").filter(|line| !line.trim().is_empty()).count();
        assert!(lines <= max_lines, "examples/{example}.rs: main has {lines} lines");
    }
}
