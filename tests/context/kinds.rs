//! Special properties of files: large sizes, holes, hard links, modes, and attributes that are not copied.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::process::{Command, Stdio};

use agentix_gen::context::{write_folder, write_tar};
use agentix_gen::value::Cancel;
use rustix::fs::{XattrFlags, setxattr};
use serde::Deserialize;

use super::archives::{assert_whole, extracted, gnu_tar};
use super::judges::Judge;
use super::tree::{self, What};
use super::{Folder, bundle, set_mode, staged, tar};

/// Returns the contents and the mode that a file of the project has in its archive.
#[track_caller]
fn archived(folder: &Folder, path: &str) -> (What, u32) {
    let mut found = extracted(&tar(&bundle(folder.path()).unwrap()).unwrap());
    let node = found.remove(&format!("project/{path}")).unwrap();
    (node.what, node.mode)
}

fn file(text: &str) -> What {
    What::File(text.into())
}

#[test]
fn hard_links_become_two_files() {
    let folder = Folder::of(&tree::project(&[("a.py", "a")]));
    fs::hard_link(folder.join("a.py"), folder.join("b.py")).unwrap();
    let archive = tar(&bundle(folder.path()).unwrap()).unwrap();
    // Each entry has its own contents, so you can extract one without the other.
    let arguments = ["--extract", "--to-stdout", "project/b.py"];
    assert_eq!(gnu_tar(&arguments, &archive).unwrap(), "a");
    assert_eq!(archived(&folder, "a.py"), (file("a"), 0o644));
}

#[test]
fn names_that_differ_only_in_case_are_different_files() {
    let files =
        [("README", "1"), ("Readme", "2"), ("readme", "3"), ("Src/a", "4"), ("src/a", "5"), ("İ", "6"), ("i", "7")];
    assert_whole(&tree::project(&files));
}

#[test]
fn only_the_executable_bits_of_a_mode_matter() {
    let folder = Folder::of(&tree::project(&[("a", "")]));
    for (mode, expected) in [
        (0o4755, 0o755),
        (0o2755, 0o755),
        (0o1644, 0o644),
        (0o6644, 0o644),
        (0o401, 0o755),
        (0o410, 0o755),
        (0o666, 0o644),
    ] {
        set_mode(&folder.join("a"), mode);
        assert_eq!(archived(&folder, "a").1, expected, "{mode:o}");
    }
}

#[test]
fn holes_are_read_as_zeros() {
    const HOLE: u64 = 3 << 20;
    let folder = Folder::of(&tree::project(&[("disk.img", "start")]));
    let mut image = OpenOptions::new().write(true).open(folder.join("disk.img")).unwrap();
    image.seek(SeekFrom::Start(HOLE)).unwrap();
    image.write_all(b"end").unwrap();
    image.set_len(2 * HOLE).unwrap();
    let expected = fs::read(folder.join("disk.img")).unwrap();
    assert_eq!(archived(&folder, "disk.img"), (What::File(expected.clone()), 0o644));

    let output = Folder::empty();
    write_folder(&staged(&bundle(folder.path()).unwrap()), &output.join("context"), &Cancel::default()).unwrap();
    assert!(fs::read(output.join("context/project/disk.img")).unwrap() == expected);
}

/// Extended attributes, which include access control lists, are not copied.
#[test]
fn extended_attributes_are_not_copied() {
    let folder = Folder::of(&tree::project(&[("a.py", "a")]));
    let before = tar(&bundle(folder.path()).unwrap()).unwrap();
    let path = folder.join("a.py");
    if setxattr(path.as_str(), "user.comment", b"c4n4ry", XattrFlags::CREATE).is_err() {
        eprintln!("not run: this file system does not support extended attributes");
        return;
    }
    let bundle = bundle(folder.path()).unwrap();
    assert!(tar(&bundle).unwrap() == before);
    let output = Folder::empty();
    write_folder(&staged(&bundle), &output.join("context"), &Cancel::default()).unwrap();
    let copy = output.join("context/project/a.py");
    let mut names = [0; 64];
    assert_eq!(rustix::fs::listxattr(copy.as_str(), &mut names).unwrap(), 0, "{names:?}");
}

/// A writer that forwards all bytes and keeps the first 64 KiB.
struct KeepsStart<W> {
    start: Vec<u8>,
    out: W,
}

impl<W: Write> Write for KeepsStart<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        const START: usize = 64 * 1024;
        let missing = START - self.start.len();
        self.start.extend_from_slice(&bytes[..bytes.len().min(missing)]);
        self.out.write_all(bytes).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[derive(Deserialize)]
struct Header {
    path: String,
    size: u64,
}

/// Such a size has more digits than the size field of a tar header.
#[test]
fn a_file_of_more_than_8_gib_is_complete() {
    const LENGTH: u64 = (8 << 30) + 1;
    // A sparse file in memory uses no memory, even while it is read.
    let folder = Folder::in_memory();
    tree::write(&tree::project(&[]), folder.path(), false);
    File::create(folder.join("large.bin")).unwrap().set_len(LENGTH).unwrap();
    let mut gnu = Command::new("tar");
    gnu.args(["--list", "--verbose", "--file", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut gnu = gnu.spawn().unwrap();
    let mut out = KeepsStart { start: Vec::new(), out: gnu.stdin.take().unwrap() };
    let length = write_tar(&staged(&bundle(folder.path()).unwrap()), &mut out, &Cancel::default()).unwrap();
    assert!(length > LENGTH && length < LENGTH + (1 << 20));
    let start = out.start;
    drop(out.out);
    let output = gnu.wait_with_output().unwrap();
    let listed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{listed}");
    let line = listed.lines().find(|line| line.ends_with("project/large.bin")).unwrap();
    assert!(line.contains(&format!(" {LENGTH} ")), "{line}");

    // Python is slow with file contents, so it reads only the headers.
    let file = Folder::empty();
    fs::write(file.join("tar"), start).unwrap();
    if let Some(judge) = Judge::start("headers.py") {
        let headers: Vec<Header> = judge.ask(&file.join("tar"));
        let large = headers.iter().find(|header| header.path == "project/large.bin").unwrap();
        assert_eq!(large.size, LENGTH);
    }
}
