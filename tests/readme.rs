//! Checks the README and the guide: the command prints the Dockerfile, the library parses the configuration, the commands
//! exist, and the links lead somewhere.

#![expect(clippy::disallowed_types, clippy::unwrap_used, reason = "a test runs the command, and fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a test reads the documentation")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Returns the README and the pages of the guide, each with its path below the repository.
fn pages() -> Vec<(PathBuf, String)> {
    let mut paths = vec![PathBuf::from("README.md")];
    paths.extend(fs::read_dir("docs").unwrap().map(|entry| entry.unwrap().path()));
    paths.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

/// Returns the text of each fenced block with this language.
fn blocks(language: &str) -> Vec<String> {
    let of_page = |(_, text): (PathBuf, String)| {
        let blocks = text.split("```").skip(1).step_by(2);
        let of_language = blocks.filter_map(|block| block.strip_prefix(language)?.strip_prefix('\n'));
        of_language.map(str::to_owned).collect::<Vec<_>>()
    };
    pages().into_iter().flat_map(of_page).collect()
}

fn agentix_gen(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_agentix-gen"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_command_prints_the_dockerfile() {
    let (done, text) = agentix_gen(&["examples/hello-agent"]);
    assert!(done);
    assert_eq!(blocks("dockerfile"), [text]);
}

#[test]
fn the_configuration_is_parsed() {
    let tables = blocks("toml").into_iter().filter(|block| block.starts_with("[tool.agentix"));
    let mut count = 0;
    for table in tables {
        let manifest = format!("[project]\nname = 'x'\nversion = '1'\n{table}");
        manifest.parse::<agentix_gen::Project>().unwrap_or_else(|error| panic!("{error}:\n{table}"));
        count += 1;
    }
    assert!(count >= 2, "{count} tables found");
}

#[test]
fn relative_links_lead_to_files() {
    for (page, text) in pages() {
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for link in links.filter(|link| !link.contains("://")) {
            let path = page.parent().unwrap_or(Path::new("")).join(link.split('#').next().unwrap());
            assert!(path.exists(), "{}: {link}", page.display());
        }
    }
}

/// The picture is drawn from the example. `UPDATE_GOLDEN=1 cargo test --test readme` draws it.
#[test]
fn the_picture_is_current() {
    let (done, drawn) = agentix_gen(&["plan", "--format", "svg", "examples/hello-agent"]);
    assert!(done);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write("docs/plan.svg", &drawn).unwrap();
    }
    assert_eq!(
        fs::read_to_string("docs/plan.svg").unwrap(),
        drawn,
        "UPDATE_GOLDEN=1 cargo test --test readme draws it"
    );
    assert!(fs::read_to_string("README.md").unwrap().contains("](docs/plan.svg)"));
}

/// `mdbook` makes a book of the pages that the summary lists, each once.
#[test]
fn the_summary_of_the_book_lists_every_page() {
    let summary = fs::read_to_string("docs/SUMMARY.md").unwrap();
    let links = summary.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let mut listed: Vec<PathBuf> = links.map(|link| Path::new("docs").join(link)).collect();
    let mut all: Vec<PathBuf> =
        pages().into_iter().skip(1).map(|(page, _)| page).filter(|page| is_page(page)).collect();
    listed.sort();
    all.sort();
    assert_eq!(listed, all);
}

fn is_page(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "md") && !path.ends_with("SUMMARY.md")
}

/// A front page is read in a minute; the rest is in the guide.
#[test]
fn the_readme_is_short_and_lists_every_page() {
    let readme = fs::read_to_string("README.md").unwrap();
    assert!(readme.lines().count() <= 150, "{} lines", readme.lines().count());
    let pages = pages().into_iter().skip(1).filter(|(page, _)| is_page(page));
    for (page, _) in pages {
        assert!(readme.contains(page.to_str().unwrap()), "{}", page.display());
    }
}

/// The table lists exactly the blocks that a user's template can fill.
#[test]
fn the_table_lists_the_blocks_of_the_template() {
    let template = include_str!("../templates/bundle.dockerfile");
    let blocks: Vec<&str> =
        template.lines().filter_map(|line| line.strip_prefix("{% block ")?.strip_suffix(" %}")).collect();
    let page = fs::read_to_string("docs/templates.md").unwrap();
    let (_, table) = page.split_once("| block | holds |\n|---|---|\n").unwrap();
    let listed: Vec<&str> = table.lines().map_while(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert_eq!(listed, blocks);
}

/// With `--help` after its own options, a command is parsed but not run. What follows `--` is for the engine.
#[test]
fn the_commands_exist() {
    let blocks = blocks("sh");
    let lines = blocks.iter().flat_map(|block| block.lines()).flat_map(|line| line.split('|'));
    let commands = lines.map(str::trim).filter(|line| line.starts_with("agentix-gen "));
    let mut count = 0;
    for command in commands {
        let words = command.split(" #").next().unwrap().split(" -- ").next().unwrap();
        let arguments: Vec<&str> = words.split_whitespace().skip(1).chain(["--help"]).collect();
        assert!(agentix_gen(&arguments).0, "{command}");
        count += 1;
    }
    assert!(count >= 8, "{count} commands found");
}
