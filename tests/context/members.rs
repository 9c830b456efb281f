//! Which folders are members of a uv workspace: ours are those that uv lists.

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

/// Every path of up to three of these names is a folder, and a project unless it ends in the last one.
const NAMES: [&str; 4] = ["a", "ab", "lib", HIDDEN];

/// Where there is no manifest. Of other names uv asks for one.
const HIDDEN: &str = ".h";

fn places() -> Vec<String> {
    let mut all: Vec<String> = NAMES.map(str::to_owned).to_vec();
    for parent in 0..NAMES.len() * (NAMES.len() + 1) {
        let below = NAMES.map(|name| format!("{}/{name}", all[parent]));
        all.extend(below);
    }
    all.retain(|place| !place.ends_with(HIDDEN));
    all
}

/// The name of the project at a place.
fn name(place: &str) -> String {
    format!("x-{}", place.replace('.', "dot").replace('/', "-"))
}

/// A root with an extra for each project, which needs it as a member.
fn write_root(folder: &Folder, places: &[String], members: &[String], exclude: &[String]) {
    let lines = |line: fn(&str) -> String| places.iter().map(|place| line(&name(place))).collect::<String>();
    let extras = lines(|name| format!("{name} = ['{name}']\n"));
    let sources = lines(|name| format!("{name} = {{ workspace = true }}\n"));
    let more = format!(
        "[project.optional-dependencies]\n{extras}[tool.uv.workspace]\nmembers = {members:?}\nexclude = {exclude:?}\n\
         [tool.uv.sources]\n{sources}"
    );
    fs::write(folder.join("pyproject.toml"), project("root", "", &more)).unwrap();
}

/// The members of the workspace that a place is in, as uv lists them, the root as `""`; none where there is no uv.
fn members_of_uv(folder: &Folder, place: &str) -> Option<Result<BTreeSet<String>, String>> {
    let mut uv = judges::program("uv")?;
    uv.current_dir(folder.join(place)).args(["workspace", "list", "--paths", "--offline"]);
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
fn members_are_those_that_uv_lists() {
    let places = places();
    let files: Vec<(String, String)> =
        places.iter().map(|place| (format!("{place}/pyproject.toml"), project(&name(place), "", ""))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let folder = folder(&files);
    let runs = Runs { cases: 20, failure_persistence: None, ..Runs::default() };
    let outcome = TestRunner::new(runs).run(&(vec(glob(), 1..3), vec(glob(), 0..3)), |(members, exclude)| {
        write_root(&folder, &places, &members, &exclude);
        let Some(theirs) = members_of_uv(&folder, "") else { return Ok(()) };
        let theirs = theirs.map_err(TestCaseError::fail)?;
        for place in &places {
            let extra: Config = toml::from_str(&format!("extra = '{}'", name(place))).unwrap();
            let needed = read_workspace(folder.path(), &extra).map(|workspace| workspace.members().len());
            prop_assert_eq!(needed.is_ok(), theirs.contains(place), "{} is needed: {:?}", place, needed);
        }
        let nearest_is_root = |place: &&String| place.rsplit_once('/').is_none_or(|(around, _)| around == HIDDEN);
        for place in places.iter().filter(nearest_is_root) {
            let ours = read_workspace(&folder.join(place), &Config::default()).unwrap().uv_root().is_some();
            let theirs = members_of_uv(&folder, place).unwrap().map_err(TestCaseError::fail)?;
            prop_assert_eq!(ours, theirs.contains(""), "{} is a member", place);
        }
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

/// uv does, but nothing behind a link is at the same place in an image; and links may go in circles.
#[test]
fn members_are_not_looked_for_behind_links() {
    let outside = folder(&[("x/lib/pyproject.toml", &project("lib", "", ""))]);
    let more = "[tool.uv.workspace]\nmembers = ['**/lib']\n[tool.uv.sources]\nlib = { workspace = true }";
    let folder = folder(&[("pyproject.toml", &project("root", "'lib'", more)), ("here/a", "")]);
    symlink(outside.path().as_str(), &folder.join("here/link"));
    symlink("..", &folder.join("here/up"));
    let missing = "the workspace has no member `lib`; add its folder to tool.uv.workspace.members";
    refused(folder.path(), &format!("tool.uv.sources.lib.workspace: {missing}"));
}
