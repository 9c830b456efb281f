//! A project that changes all the time: writing a context gives a complete context or an error.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};

use agentix_gen::context::{write_folder, write_tar};
use agentix_gen::value::Cancel;
use camino::Utf8Path;
use rustix::fs::{CWD, FileType, Mode, mknodat};
use serde::Deserialize;

use super::archives::{assert_no_archive, gnu_tar};
use super::background::while_repeating;
use super::cases::cases;
use super::judges::Judge;
use super::tree::{self, Tree, What};
use super::{Folder, bundle, staged, symlink};

const RUNS: u32 = 1000;

/// The contents of a file outside the project. No context may contain them.
const CANARY: &str = "c4n4ryc4n4ryc4n4ry";

/// The maximum length of a file, in bytes. One read returns less.
const LONGEST: usize = 400 * 1024;

/// Returns a version of the file that is replaced: one repeated letter, which determines the length.
fn version(number: usize) -> Vec<u8> {
    let letter = b'a' + u8::try_from(number % 26).unwrap();
    vec![letter; length_of(letter)]
}

fn length_of(letter: u8) -> usize {
    usize::from(letter - b'a') * LONGEST / 26 + 1
}

/// Returns the byte at an offset of the file that grows.
fn digit_at(offset: usize) -> u8 {
    b'0' + u8::try_from(offset % 10).unwrap()
}

/// Returns a function that changes the project, in another way on each call. `outside` is for files that are prepared
/// before they are moved into the project.
fn disturb(project: &Utf8Path, outside: &Utf8Path) -> impl FnMut() {
    let secret = outside.join("secret");
    fs::write(&secret, CANARY).unwrap();
    let (swapped, grows, comes_and_goes) =
        (project.join("swapped.txt"), project.join("grows.log"), project.join("new"));
    let new = outside.join("new");
    let put = |new: &Utf8Path, path: &Utf8Path| fs::rename(new, path).unwrap();
    let mut rounds = 0..;
    move || {
        let round: usize = rounds.next().unwrap();
        match round % 40 {
            7 => {
                symlink(secret.as_str(), &new);
                put(&new, &swapped);
            }
            15 => {
                mknodat(CWD, new.as_str(), FileType::Fifo, Mode::RWXU, 0).unwrap();
                put(&new, &swapped);
            }
            23 => fs::remove_file(&swapped).unwrap(),
            _ => {
                fs::write(&new, version(round)).unwrap();
                put(&new, &swapped);
            }
        }

        let mut log = OpenOptions::new().append(true).create(true).open(&grows).unwrap();
        let length = usize::try_from(log.metadata().unwrap().len()).unwrap();
        if length > LONGEST {
            log.set_len(0).unwrap();
        } else {
            let more: Vec<u8> = (length..length + 1 + round % 7 * 1000).map(digit_at).collect();
            log.write_all(&more).unwrap();
        }

        if round.is_multiple_of(3) {
            fs::create_dir_all(comes_and_goes.join("deep")).unwrap();
            File::create(comes_and_goes.join("deep/a.py")).unwrap();
        } else {
            let _ = fs::remove_dir_all(&comes_and_goes);
        }
        std::thread::yield_now();
    }
}

/// The contents that the files of the project had at some moment.
struct Moments {
    digits: Vec<u8>,
}

impl Moments {
    fn new() -> Self {
        Self { digits: (0..LONGEST + 10_000).map(digit_at).collect() }
    }

    fn assert_one(&self, path: &str, bytes: &[u8]) {
        assert!(!String::from_utf8_lossy(bytes).contains(CANARY), "{path} has contents from outside the project");
        match path {
            "project/swapped.txt" => assert!(bytes == vec![bytes[0]; length_of(bytes[0])], "{path} mixes two versions"),
            "project/grows.log" => {
                assert!(bytes == &self.digits[..bytes.len()], "{path} is wrong, {} bytes long", bytes.len());
            }
            _ => {}
        }
    }

    fn assert_all(&self, context: &Tree) {
        for (path, node) in context {
            if let What::File(bytes) = &node.what {
                self.assert_one(path, bytes);
            }
        }
    }
}

#[derive(Deserialize)]
struct Header {
    path: String,
    size: u64,
}

/// Checks that GNU tar, Python and the `tar` crate read the same entries, and that each file is as it was at some
/// moment.
fn assert_whole(judge: Option<&Judge>, moments: &Moments, archive: &[u8]) {
    let listed = gnu_tar(&["--list"], archive).unwrap();
    let mut paths = Vec::new();
    let mut sizes = Vec::new();
    for entry in tar::Archive::new(archive).entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().to_str().unwrap().trim_end_matches('/').to_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        moments.assert_one(&path, &bytes);
        sizes.push(bytes.len() as u64);
        paths.push(path);
    }
    assert_eq!(listed.lines().map(|path| path.trim_end_matches('/')).collect::<Vec<_>>(), paths);
    if let Some(judge) = judge {
        let file = Folder::empty();
        fs::write(file.join("tar"), archive).unwrap();
        let headers: Vec<Header> = judge.ask(&file.join("tar"));
        assert_eq!(headers.iter().map(|header| header.size).collect::<Vec<_>>(), sizes);
        assert_eq!(headers.into_iter().map(|header| header.path).collect::<Vec<_>>(), paths);
    }
}

#[test]
fn a_context_of_a_changing_project_is_complete_or_an_error() {
    let (judge, headers) = (Judge::start("archive.py"), Judge::start("headers.py"));
    let moments = Moments::new();
    let folder = Folder::of(&tree::project(&[("a.py", "a"), ("grows.log", ""), ("z.py", "z")]));
    let (outside, output) = (Folder::empty(), Folder::empty());
    fs::write(folder.join("swapped.txt"), version(0)).unwrap();
    let (mut complete, mut refused, mut aborted) = (0, 0, 0);
    while_repeating(disturb(folder.path(), outside.path()), || {
        for run in 0..cases(RUNS) {
            let Ok(bundle) = bundle(folder.path()) else {
                refused += 1;
                continue;
            };
            if run % 8 == 0 {
                let destination = output.join("context");
                if write_folder(&staged(&bundle), &destination, &Cancel::default()).is_ok() {
                    moments.assert_all(&tree::read(&destination));
                }
                continue;
            }
            let mut bytes = Vec::new();
            match write_tar(&staged(&bundle), &mut bytes, &Cancel::default()) {
                Ok(_) => {
                    assert_whole(headers.as_ref(), &moments, &bytes);
                    complete += 1;
                }
                Err(_) => {
                    assert_no_archive(judge.as_ref(), &bytes);
                    aborted += 1;
                }
            }
        }
    });
    for (outcome, count) in [("complete", complete), ("refused", refused), ("aborted", aborted)] {
        assert!(count > 0, "no run was {outcome}");
    }
}
