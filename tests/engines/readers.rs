//! Engines read our archives with Go's `archive/tar`. They must see the same entries that we wrote.

use std::fs::File;

use camino::Utf8Path;
use proptest::test_runner::{Config, TestRunner};
use tempfile::TempDir;

use crate::engines::builder::Builder;
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::tree::{self, Node, Tree};

/// The number of random projects in one context.
const TREES: u32 = 36;

/// The path of the test's Dockerfile in the project. It only copies the project.
const DOCKERFILE: &str = "copy.dockerfile";

on_every_builder!(an_engine_reads_the_entries_that_we_wrote);

fn an_engine_reads_the_entries_that_we_wrote(builder: Builder) {
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let mut project = tree::project(&[(DOCKERFILE, "FROM scratch\nCOPY project /project\n")]);
    project.extend(tree::any_projects(TREES, &mut runner));
    let (folder, beside) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    tree::write(&project, Utf8Path::from_path(folder.path()).unwrap(), false);

    let image = Image::unbuilt(builder);
    let archive = beside.path().join("context.tar");
    let mut printing = builder.agentix_gen();
    printing.arg("context").arg(folder.path()).stdout(File::create(&archive).unwrap());
    Outcome::of_success(&mut printing);
    let mut engine = builder.command(builder.engine());
    engine.args(["build", "--tag", &image.name, "--file", &format!("project/{DOCKERFILE}"), "-"]);
    Outcome::of_success(engine.stdin(File::open(&archive).unwrap()));

    let expected: Tree = tree::in_context(&project).into_iter().map(without_time).collect();
    let found: Tree = project_in(&image).into_iter().filter(|(path, _)| path.starts_with("project/")).collect();
    let lost: Vec<_> = expected.iter().filter(|(path, node)| found.get(*path) != Some(*node)).collect();
    let unexpected: Vec<_> = found.iter().filter(|(path, node)| expected.get(*path) != Some(*node)).collect();
    assert!(lost.is_empty() && unexpected.is_empty(), "lost: {lost:#?}\nunexpected: {unexpected:#?}");
}

/// Removes the timestamp, because builders set their own timestamps on the folders that they create.
fn without_time((path, node): (String, Node)) -> (String, Node) {
    (path, Node { time: 0, ..node })
}

/// Returns the project in an image, from an exported container.
fn project_in(image: &Image) -> Tree {
    let folder = TempDir::new().unwrap();
    image.export("project", folder.path());
    tree::read(Utf8Path::from_path(folder.path()).unwrap()).into_iter().map(without_time).collect()
}
