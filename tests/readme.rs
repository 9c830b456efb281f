//! The README is true: its Dockerfile is the one that is printed, its configuration is one that is read, its commands exist.

#![expect(clippy::disallowed_types, clippy::unwrap_used, reason = "a test runs the command, and fails by panicking")]

use std::process::Command;

const README: &str = include_str!("../README.md");

/// The text of each fenced block of a language.
fn blocks(language: &str) -> impl Iterator<Item = &'static str> {
    README.split("```").skip(1).step_by(2).filter_map(move |block| block.strip_prefix(language)?.strip_prefix('\n'))
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
fn the_dockerfile_is_the_one_that_is_printed() {
    let (done, text) = agentix_gen(&["examples/hello-agent"]);
    assert!(done);
    assert_eq!(blocks("dockerfile").next().unwrap(), text);
}

#[test]
fn the_configuration_is_read() {
    let table = blocks("toml").find(|block| block.starts_with("[tool.agentix]")).unwrap();
    let manifest = format!("[project]\nname = 'x'\nversion = '1'\n{table}");
    let project: agentix_gen::project::Project = manifest.parse().unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(project.config().exclude.len(), 1);
}

/// The blocks that a user's template can fill are told of, all of them and no others.
#[test]
fn the_blocks_are_those_of_the_template() {
    let template = include_str!("../templates/bundle.dockerfile");
    let blocks: Vec<&str> =
        template.lines().filter_map(|line| line.strip_prefix("{% block ")?.strip_suffix(" %}")).collect();
    let (_, table) = README.split_once("| block | holds |\n|---|---|\n").unwrap();
    let told: Vec<&str> = table.lines().map_while(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert_eq!(told, blocks);
}

/// With `--help` after its options, a command is parsed and not run.
#[test]
fn the_commands_exist() {
    let lines = blocks("sh").flat_map(str::lines).flat_map(|line| line.split('|'));
    let commands = lines.map(str::trim).filter(|line| line.starts_with("agentix-gen "));
    let mut count = 0;
    for command in commands {
        let words = command.split(" #").next().unwrap();
        let arguments: Vec<&str> = words.split_whitespace().skip(1).chain(["--help"]).collect();
        assert!(agentix_gen(&arguments).0, "{command}");
        count += 1;
    }
    assert!(count >= 8, "{count} commands found");
}
