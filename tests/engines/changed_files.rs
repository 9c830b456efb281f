//! A file that is not what it was when the folder was listed: no image is made of it.

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
fn a_file_that_is_gone() {
    refused(|file| fs::remove_file(file).unwrap(), "{file} cannot be read");
}

/// Opened and read, it would be waited for until somebody writes into it.
#[test]
fn a_file_that_became_a_pipe() {
    let replace = |file: &Path| {
        fs::remove_file(file).unwrap();
        Outcome::of_success(Command::new("mkfifo").arg(file));
    };
    refused(replace, "{file} was a file when the folder was listed, and is none now");
}

#[test]
fn a_file_that_became_a_link() {
    let replace = |file: &Path| {
        fs::remove_file(file).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", file).unwrap();
    };
    refused(replace, "{file} was a file when the folder was listed, and is none now");
}

/// A file that grows from the first byte of the context on, faster than it can be sent.
#[test]
fn a_file_that_grows_while_it_is_sent() {
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

fn refused(change: impl Fn(&Path), message: &str) {
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
