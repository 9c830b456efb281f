//! The files that CI systems read: the action, the hook, the workflow of a release, and the recipes of the guide. Their
//! schemas and pre-commit judge.

#![expect(clippy::disallowed_types, clippy::unwrap_used, reason = "a test runs programs, and fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a test reads the guide")]

// Only the environment of the judges is used here.
#[expect(dead_code, reason = "no script is asked")]
#[path = "judges/mod.rs"]
mod judges;

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// Runs a judge. Returns what it says, and whether it accepts the file.
fn judged(mut judge: Command, arguments: &[&str], file: &Path) -> (bool, String) {
    let output = judge.args(arguments).arg(file).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

/// Checks a file against a schema of `check-jsonschema`. The same file with one more key is refused.
fn is_valid(schema: &str, text: &str) {
    let folder = TempDir::new().unwrap();
    for (text, is_valid) in [(text, true), (&*format!("{text}\nruns: [nothing]\n"), false)] {
        let Some(judge) = judges::program("check-jsonschema") else { return };
        let file = folder.path().join("file.yml");
        fs::write(&file, text).unwrap();
        let (accepted, said) = judged(judge, &["--builtin-schema", schema], &file);
        assert_eq!(accepted, is_valid, "{schema}: {said}\n{text}");
    }
}

/// Returns the recipe in the guide whose first line names a file.
fn recipe(file: &str) -> String {
    let guide = fs::read_to_string("docs/ci.md").unwrap();
    let mut recipes = guide.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    recipes.find(|recipe| recipe.starts_with(&format!("# {file}\n"))).unwrap().to_owned()
}

#[test]
fn github_reads_the_workflow_the_action_and_the_recipe() {
    is_valid("vendor.github-workflows", &fs::read_to_string(".github/workflows/release.yml").unwrap());
    is_valid("vendor.github-actions", &fs::read_to_string("action.yml").unwrap());
    is_valid("vendor.github-workflows", &recipe(".github/workflows/image.yml"));
}

#[test]
fn gitlab_reads_the_recipe() {
    is_valid("vendor.gitlab-ci", &recipe(".gitlab-ci.yml"));
}

#[test]
fn pre_commit_reads_the_hook_and_the_recipe() {
    let folder = TempDir::new().unwrap();
    let config = folder.path().join(".pre-commit-config.yaml");
    fs::write(&config, recipe(".pre-commit-config.yaml")).unwrap();
    for (command, file) in [("validate-manifest", Path::new(".pre-commit-hooks.yaml")), ("validate-config", &config)] {
        let Some(judge) = judges::program("pre-commit") else { return };
        let (accepted, said) = judged(judge, &[command], file);
        assert!(accepted && said.is_empty(), "{command}: {said}");
    }
}

/// The recipe gives the action only inputs that it has.
#[test]
fn the_action_has_the_inputs_of_the_guide() {
    let action = fs::read_to_string("action.yml").unwrap();
    let (_, inputs) = action.split_once("\ninputs:\n").unwrap();
    let inputs =
        inputs.split("\n\n").next().unwrap().lines().filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':'));
    let guide = fs::read_to_string("docs/ci.md").unwrap();
    let (_, table) = guide.split_once("| input | default | meaning |\n|---|---|---|\n").unwrap();
    let rows: Vec<&str> = table.lines().map_while(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert_eq!(inputs.filter(|input| !input.starts_with(' ')).collect::<Vec<_>>(), rows);
    let recipe = recipe(".github/workflows/image.yml");
    let (_, given) = recipe.split_once("        with:\n").unwrap();
    let given = given.lines().map_while(|line| line.strip_prefix("          ")?.split(':').next());
    assert!(given.inspect(|input| assert!(rows.contains(input), "{input}")).count() >= 2);
}

/// The options that the hook and the action pass are those of the command.
#[test]
fn check_takes_the_options_of_the_hook_and_the_action() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("pyproject.toml"), "[project]\nname = 'hello'\nversion = '1.0'\n").unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_agentix-gen"));
        command.args(arguments).current_dir(folder.path()).output().unwrap().status.code()
    };
    assert_eq!(run(&["--in-tree", "--output", "."]), Some(0));
    assert_eq!(run(&["check", "--in-tree", "Dockerfile"]), Some(0));
    assert_eq!(run(&["check", "--in-tree", ".", "Dockerfile"]), Some(0));
    assert_eq!(run(&["check", ".", "Dockerfile"]), Some(1));
}
