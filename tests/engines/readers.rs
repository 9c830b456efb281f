//! Engines read an archive of ours with code of their own, Go's `archive/tar`: what they see in it is what was put in.

use std::fs::File;

use camino::Utf8Path;
use proptest::test_runner::{Config, TestRunner};
use tempfile::TempDir;

use crate::engines::builder::Builder;
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::tree::{self, Node, Tree};

/// How many random projects one context holds.
const TREES: usize = 36;

/// Where in the context the Dockerfile of the test lies, which only copies.
const DOCKERFILE: &str = "copy.dockerfile";

on_every_builder!(an_archive_is_read_as_it_was_written);

fn an_archive_is_read_as_it_was_written(builder: Builder) {
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
    let odd: Vec<_> = found.iter().filter(|(path, node)| expected.get(*path) != Some(*node)).collect();
    assert!(lost.is_empty() && odd.is_empty(), "{lost:#?}\n{odd:#?}");
}

/// Builders give the folders that they make times of their own.
fn without_time((path, node): (String, Node)) -> (String, Node) {
    (path, Node { time: 0, ..node })
}

/// The project in an image, as a container of it has it.
fn project_in(image: &Image) -> Tree {
    let folder = TempDir::new().unwrap();
    image.export("project", folder.path());
    tree::read(Utf8Path::from_path(folder.path()).unwrap()).into_iter().map(without_time).collect()
}
