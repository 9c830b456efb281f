//! A project that changes while it is read: an error that names the file, and no output that looks complete.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::sync::mpsc;
use std::time::Duration;

use agentix_gen::context::{ArchiveError, FolderError, write_folder, write_tar};
use agentix_gen::files::SourceError;
use agentix_gen::value::Cancel;
use camino::Utf8Path;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::archives::assert_no_archive;
use super::background::while_repeating;
use super::judges::Judge;
use super::{Folder, bundle, staged, symlink, tree};

/// `n.py`, which changes, and files before and after it.
const FILES: &[(&str, &str)] = &[("a.py", "import n\n"), ("n.py", "print()\n"), ("z.py", "import n\n")];

type Change = fn(&Utf8Path);

/// Changes of a file after it was listed. A reader that waits for a writer of the pipe would wait forever.
const CHANGES: &[(&str, Change)] = &[
    ("removed", |path| fs::remove_file(path).unwrap()),
    ("replaced by a pipe", |path| {
        fs::remove_file(path).unwrap();
        mknodat(CWD, path.as_str(), FileType::Fifo, Mode::RWXU, 0).unwrap();
    }),
    ("replaced by a folder", |path| {
        fs::remove_file(path).unwrap();
        fs::create_dir(path).unwrap();
    }),
    ("replaced by a link to a secret", |path| {
        let secret = path.with_file_name(".env");
        fs::write(&secret, "TOKEN=1").unwrap();
        fs::remove_file(path).unwrap();
        symlink(secret.as_str(), path);
    }),
];

#[test]
fn a_file_that_was_removed_or_replaced_is_an_error() {
    let judge = Judge::start("archive.py");
    for (what, change) in CHANGES {
        let folder = Folder::of(&tree::project(FILES));
        let bundle = bundle(folder.path()).unwrap();
        change(&folder.join("n.py"));
        let destination = folder.join("out/context");
        let (archived, bytes, written) = in_time(move || {
            let mut bytes = Vec::new();
            let archived = write_tar(&staged(&bundle), &mut bytes, &Cancel::default());
            let written = write_folder(&staged(&bundle), &destination, &Cancel::default());
            assert!(!destination.parent().unwrap().exists(), "the failed write left a folder");
            (archived, bytes, written)
        });
        let (archived, written) = (archived.unwrap_err(), written.unwrap_err());
        assert!(matches!(archived, ArchiveError::Source(_)), "{what}: {archived:?}");
        assert!(matches!(written, FolderError::Source(_)), "{what}: {written:?}");
        for error in [archived.to_string(), written.to_string()] {
            assert!(error.contains("/n.py "), "{what}: {error}");
        }
        assert_no_archive(judge.as_ref(), &bytes);
    }
}

/// A link in place of a folder would lead to files outside the project, with the names that were listed.
#[test]
fn a_folder_that_was_replaced_by_a_link_is_an_error() {
    let judge = Judge::start("archive.py");
    let outside = Folder::of(&tree::project(&[("n.py", "outside = 1\n"), ("deep/n.py", "outside = 1\n")]));
    for path in ["pkg", "pkg/deep"] {
        let folder = Folder::of(&tree::project(&[("pkg/n.py", "n = 1\n"), ("pkg/deep/n.py", "n = 1\n")]));
        let bundle = bundle(folder.path()).unwrap();
        fs::rename(folder.join(path), folder.join("kept")).unwrap();
        symlink(outside.path().as_str(), &folder.join(path));
        let mut bytes = Vec::new();
        let archived = write_tar(&staged(&bundle), &mut bytes, &Cancel::default()).unwrap_err();
        assert!(matches!(archived, ArchiveError::Source(SourceError::NotAFile { .. })), "{path}: {archived:?}");
        assert_no_archive(judge.as_ref(), &bytes);
        let written = write_folder(&staged(&bundle), &folder.join("out/context"), &Cancel::default()).unwrap_err();
        assert!(matches!(written, FolderError::Source(SourceError::NotAFile { .. })), "{path}: {written:?}");
    }
}

/// Returns the result of `work`. Panics if it takes more than 30 seconds.
fn in_time<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, result) = mpsc::channel();
    std::thread::spawn(move || done.send(work()));
    result.recv_timeout(Duration::from_secs(30)).unwrap()
}

/// A writer that calls `change` when it receives the first bytes, while a file is being read.
struct ChangesMeanwhile<F: FnMut()> {
    bytes: Vec<u8>,
    change: Option<F>,
}

impl<F: FnMut()> Write for ChangesMeanwhile<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(mut change) = self.change.take() {
            change();
        }
        self.bytes.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_file_that_changes_while_it_is_archived_is_an_error() {
    const LENGTH: u64 = 1 << 20;
    let judge = Judge::start("archive.py");
    let lengths = [0, 1, LENGTH / 2, LENGTH - 513, LENGTH - 512, LENGTH - 1, LENGTH + 1, LENGTH + 512, LENGTH * 2];
    for length in lengths {
        let folder = Folder::of(&tree::project(&[("large.bin", &"x".repeat(1 << 20)), ("z.py", "")]));
        let bundle = bundle(folder.path()).unwrap();
        let path = folder.join("large.bin");
        let (error, bytes) = in_time(move || {
            let change = || OpenOptions::new().write(true).open(&path).unwrap().set_len(length).unwrap();
            let mut out = ChangesMeanwhile { bytes: Vec::new(), change: Some(change) };
            let error = write_tar(&staged(&bundle), &mut out, &Cancel::default()).unwrap_err();
            (error, out.bytes)
        });
        assert!(matches!(&error, ArchiveError::Source(SourceError::Changed { .. })), "{length}: {error:?}");
        assert!(error.to_string().contains("/large.bin changed"), "{error}");
        assert_no_archive(judge.as_ref(), &bytes);
    }
}

/// A file can have the same length but other contents.
#[test]
fn a_file_that_is_overwritten_while_it_is_archived_is_an_error() {
    let judge = Judge::start("archive.py");
    let folder = Folder::of(&tree::project(&[("large.bin", &"x".repeat(1 << 20)), ("z.py", "")]));
    let bundle = bundle(folder.path()).unwrap();
    let overwrite = || OpenOptions::new().write(true).open(folder.join("large.bin")).unwrap().write_all(b"y").unwrap();
    let mut out = ChangesMeanwhile { bytes: Vec::new(), change: Some(overwrite) };
    let error = write_tar(&staged(&bundle), &mut out, &Cancel::default()).unwrap_err();
    assert!(error.to_string().contains("/large.bin changed"), "{error}");
    assert_no_archive(judge.as_ref(), &out.bytes);
}

/// The same for a folder. The kernel copies the file, and a test cannot know when. So the file changes all the time.
#[test]
fn a_file_that_changes_while_it_is_copied_is_an_error() {
    const LENGTH: usize = 16 << 20;
    let grow: fn(&File) = |mut file| file.write_all(b"more").unwrap();
    let shrink_and_grow: fn(&File) = |file| {
        file.set_len(LENGTH as u64 / 2).unwrap();
        file.set_len(LENGTH as u64).unwrap();
    };
    for change in [grow, shrink_and_grow] {
        let folder = Folder::of(&tree::project(&[("large.bin", &"x".repeat(LENGTH))]));
        let bundle = bundle(folder.path()).unwrap();
        let file = OpenOptions::new().append(true).open(folder.join("large.bin")).unwrap();
        let output = Folder::empty();
        let write = |_| write_folder(&staged(&bundle), &output.join("context"), &Cancel::default()).err();
        let error = while_repeating(|| change(&file), || (0..200).find_map(write));
        assert!(matches!(error, Some(FolderError::Source(SourceError::Changed { .. }))), "{error:?}");
    }
}

/// An archive that ends early is invalid, wherever it ends and whatever was written before.
#[test]
fn an_archive_that_ends_early_is_invalid() {
    let judge = Judge::start("archive.py");
    let length = select(&[0, 1, 511, 512, 513, 1024, 100_000, 262_143, 262_144, 300_000, 524_288][..]);
    let mut runner = TestRunner::new(Config { cases: 60, failure_persistence: None, ..Config::default() });
    let result = runner.run(&(proptest::collection::vec(length, 0..6), 0..200_usize), |(lengths, long)| {
        let files = lengths.iter().enumerate();
        // A path that is too long for a header has a separate entry.
        let files: Vec<_> =
            files.map(|(n, length)| (format!("{}{n}", "a".repeat(long)), "x".repeat(*length))).collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let folder = Folder::of(&tree::project(&[&files[..], &[("b", "")]].concat()));
        let bundle = bundle(folder.path()).unwrap();
        fs::remove_file(folder.join("b")).unwrap();
        let mut bytes = Vec::new();
        write_tar(&staged(&bundle), &mut bytes, &Cancel::default()).unwrap_err();
        assert_no_archive(judge.as_ref(), &bytes);

        // The same for a cancelled archive.
        let cancel = Cancel::default();
        let mut out = ChangesMeanwhile { bytes: Vec::new(), change: Some(|| cancel.cancel()) };
        fs::write(folder.join("b"), vec![0; 600_000]).unwrap();
        let error = write_tar(&staged(&bundle), &mut out, &cancel).unwrap_err();
        prop_assert!(matches!(error, ArchiveError::Cancelled), "{:?}", error);
        assert_no_archive(judge.as_ref(), &out.bytes);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

/// A full disk is an error that includes its cause.
#[test]
fn an_archive_on_a_full_disk_is_an_error() {
    let folder = Folder::of(&tree::project(FILES));
    let full = File::create("/dev/full").unwrap();
    let error = write_tar(&staged(&bundle(folder.path()).unwrap()), full, &Cancel::default()).unwrap_err();
    let ArchiveError::Output(reason) = error else { panic!("{error:?}") };
    assert_eq!(reason.kind(), io::ErrorKind::StorageFull);
}
