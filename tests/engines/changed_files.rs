//! A build fails if a file changes after the folder is listed.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::Command;

use agentix_gen::value::Cancel;

use crate::background::while_repeating;
use crate::engines::image::Image;
use crate::engines::library::{build_bundle, bundle_of, on_every_builder_in_process};
use crate::engines::outcome::Outcome;
use crate::engines::project::Project;

#[test]
fn a_deleted_file_stops_the_build() {
    assert_build_fails(|file| fs::remove_file(file).unwrap(), "{file} cannot be read");
}

/// Opening the pipe would block until another process writes to it.
#[test]
fn a_file_replaced_by_a_pipe_stops_the_build() {
    let replace = |file: &Path| {
        fs::remove_file(file).unwrap();
        Outcome::of_success(Command::new("mkfifo").arg(file));
    };
    assert_build_fails(replace, "{file} was a file when the folder was listed, but is no longer a file");
}

#[test]
fn a_file_replaced_by_a_symbolic_link_stops_the_build() {
    let replace = |file: &Path| {
        fs::remove_file(file).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", file).unwrap();
    };
    assert_build_fails(replace, "{file} was a file when the folder was listed, but is no longer a file");
}

/// The file grows from the first byte of the context on, faster than the context is sent.
#[test]
fn a_file_that_grows_stops_the_build() {
    on_every_builder_in_process(|builder| {
        let image = Image::unbuilt(builder);
        let project = Project::plain().file("log", vec![b'x'; 8 << 20]);
        let bundle = bundle_of(&image, project.path());
        let log = project.path().join("log");
        let mut file = OpenOptions::new().append(true).open(&log).unwrap();
        let work = || build_bundle(&image, &bundle, &Cancel::default(), |_| {});
        let built = while_repeating(|| file.write_all(b"more").unwrap(), work);
        let error = built.err().unwrap().to_string();
        assert_eq!(error, format!("{} changed while it was read; try again when nothing writes to it", log.display()));
        assert!(!image.exists());
    });
}

fn assert_build_fails(change: impl Fn(&Path), message: &str) {
    fn file(project: &Project) -> std::path::PathBuf {
        project.path().join("sample.txt")
    }
    on_every_builder_in_process(|builder| {
        let image = Image::unbuilt(builder);
        let project = Project::plain().file("sample.txt", "text");
        let bundle = bundle_of(&image, project.path());
        change(&file(&project));
        let error = build_bundle(&image, &bundle, &Cancel::default(), |_| {}).err().unwrap();
        assert_eq!(error.to_string(), message.replace("{file}", &file(&project).display().to_string()));
        assert!(!image.exists());
    });
}
