//! Checks that the members of a uv workspace are the folders that uv lists.

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;

use agentix_gen::files::read_workspace;
use agentix_gen::project::Config;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config as Runs, TestRunner};

use super::workspace::{folder, project, refused};
use super::{Folder, judges, symlink};

/// Every path of up to three of these names is a folder. It is a project unless its last name is [`HIDDEN`].
const NAMES: [&str; 4] = ["a", "ab", "lib", HIDDEN];

/// A folder without a manifest. uv requires a manifest in folders with other names.
const HIDDEN: &str = ".h";

fn project_paths() -> Vec<String> {
    let mut all: Vec<String> = NAMES.map(str::to_owned).to_vec();
    for parent in 0..NAMES.len() * (NAMES.len() + 1) {
        let below = NAMES.map(|name| format!("{}/{name}", all[parent]));
        all.extend(below);
    }
    all.retain(|path| !path.ends_with(HIDDEN));
    all
}

/// Returns the name of the project at a path.
fn name(path: &str) -> String {
    format!("x-{}", path.replace('.', "dot").replace('/', "-"))
}

/// Writes the manifest of the root. It has an extra for each project, which requires the project as a member.
fn write_root(folder: &Folder, paths: &[String], members: &[String], exclude: &[String]) {
    let lines = |line: fn(&str) -> String| paths.iter().map(|path| line(&name(path))).collect::<String>();
    let extras = lines(|name| format!("{name} = ['{name}']\n"));
    let sources = lines(|name| format!("{name} = {{ workspace = true }}\n"));
    let more = format!(
        "[project.optional-dependencies]\n{extras}[tool.uv.workspace]\nmembers = {members:?}\nexclude = {exclude:?}\n\
         [tool.uv.sources]\n{sources}"
    );
    fs::write(folder.join("pyproject.toml"), project("root", "", &more)).unwrap();
}

/// Returns the paths of the members that uv lists for the workspace around a project; the root is `""`. Returns `None`
/// without uv.
fn members_of_uv(folder: &Folder, path: &str) -> Option<Result<BTreeSet<String>, String>> {
    let mut uv = judges::program("uv")?;
    uv.current_dir(folder.join(path)).args(["workspace", "list", "--paths", "--offline"]);
    let output = uv.env_remove("VIRTUAL_ENV").stdin(Stdio::null()).output().unwrap();
    if !output.status.success() {
        return Some(Err(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    let root = folder.path().canonicalize_utf8().unwrap();
    let below = |line: &str| line.strip_prefix(root.as_str()).unwrap().trim_start_matches('/').to_owned();
    let text = String::from_utf8(output.stdout).unwrap();
    Some(Ok(text.lines().map(below).collect()))
}

fn glob() -> impl Strategy<Value = String> {
    const PARTS: &[&str] = &["*", "*", "**", "a", "lib", "?", "a?", "[al]b", "[!l]*", ".h", ".h*", "l*", "."];
    (vec(select(PARTS), 1..4), select(&["", "", "", "/"][..])).prop_map(|(parts, end)| parts.join("/") + end)
}

#[test]
fn members_are_the_folders_that_uv_lists() {
    let paths = project_paths();
    let files: Vec<(String, String)> =
        paths.iter().map(|path| (format!("{path}/pyproject.toml"), project(&name(path), "", ""))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let folder = folder(&files);
    let runs = Runs { cases: 20, failure_persistence: None, ..Runs::default() };
    let outcome = TestRunner::new(runs).run(&(vec(glob(), 1..3), vec(glob(), 0..3)), |(members, exclude)| {
        write_root(&folder, &paths, &members, &exclude);
        let Some(theirs) = members_of_uv(&folder, "") else { return Ok(()) };
        let theirs = theirs.map_err(TestCaseError::fail)?;
        for path in &paths {
            let extra: Config = toml::from_str(&format!("extra = '{}'", name(path))).unwrap();
            let needed = read_workspace(folder.path(), &extra).map(|workspace| workspace.members().len());
            prop_assert_eq!(needed.is_ok(), theirs.contains(path), "member `{}`: {:?}", path, needed);
        }
        let nearest_is_root = |path: &&String| path.rsplit_once('/').is_none_or(|(around, _)| around == HIDDEN);
        for path in paths.iter().filter(nearest_is_root) {
            let ours = read_workspace(&folder.join(path), &Config::default()).unwrap().uv_root().is_some();
            let theirs = members_of_uv(&folder, path).unwrap().map_err(TestCaseError::fail)?;
            prop_assert_eq!(ours, theirs.contains(""), "the root is a member for `{}`", path);
        }
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

/// uv follows links. But a folder behind a link has another path in the image, and links may form loops.
#[test]
fn folders_behind_links_are_not_members() {
    let outside = folder(&[("x/lib/pyproject.toml", &project("lib", "", ""))]);
    let more = "[tool.uv.workspace]\nmembers = ['**/lib']\n[tool.uv.sources]\nlib = { workspace = true }";
    let folder = folder(&[("pyproject.toml", &project("root", "'lib'", more)), ("here/a", "")]);
    symlink(outside.path().as_str(), &folder.join("here/link"));
    symlink("..", &folder.join("here/up"));
    let missing = "the workspace has no member `lib`; add its folder to tool.uv.workspace.members";
    refused(folder.path(), &format!("tool.uv.sources.lib.workspace: {missing}"));
}
