//! The destination of a written folder: only folders that this tool wrote are replaced, and the destination is complete
//! at every moment.

use std::collections::BTreeMap;
use std::fs::File;
use std::process::Command;
use std::time::{Duration, SystemTime};
use std::{fs, io};

use agentix_gen::bundle::Bundle;
use agentix_gen::context::{FolderError, write_folder};
use agentix_gen::files::{Listing, STAGE_MARKER};
use agentix_gen::project::{Config, Project};
use agentix_gen::value::Cancel;
use camino::Utf8Path;
use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::background::while_repeating;
use super::tree::{self, MANIFEST, Tree};
use super::{Folder, bundle, process, staged, symlink};

/// Returns a bundle of files that all contain the same text.
fn bundle_of(text: &str, files: usize) -> Bundle {
    let files = (0..files).map(|number| (format!("pkg/{number}.py"), text));
    let listing = Listing::from_files(files.chain([("pyproject.toml".into(), MANIFEST)])).unwrap();
    Bundle::new(MANIFEST.parse::<Project>().unwrap(), listing, Config::default()).unwrap()
}

fn write(bundle: &Bundle, destination: &Utf8Path) -> Result<(), FolderError> {
    let left = write_folder(&staged(bundle), destination, &Cancel::default())?;
    assert!(left.is_none(), "{left:?}");
    Ok(())
}

/// Reads a folder that this tool wrote, without its marker.
fn written(destination: &Utf8Path) -> Tree {
    let mut tree = tree::read(destination);
    assert!(tree.remove(STAGE_MARKER).is_some(), "the marker is missing");
    tree
}

fn names_in(folder: &Utf8Path) -> Vec<String> {
    let mut names: Vec<_> =
        folder.read_dir_utf8().unwrap().map(|found| found.unwrap().file_name().to_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_destination_not_written_by_this_tool_is_refused() {
    let parent = Folder::of(&tree::project(&[("folder/keep.txt", "mine"), ("other/keep.txt", "mine"), ("file", "")]));
    symlink("other", &parent.join("link"));
    symlink("nowhere", &parent.join("broken"));
    fs::create_dir_all(parent.join("marked-by-a-folder").join(STAGE_MARKER)).unwrap();
    // The timestamp shows that no scratch folder is created in the parent folder either.
    let state = || (tree::read(parent.path()), fs::metadata(parent.path()).unwrap().modified().unwrap());
    let before = state();
    let inside = |name: &str| parent.join(name);
    let destinations = ["folder", "file", "link", "broken", "marked-by-a-folder", "folder/..", ".", ""];
    for destination in destinations.map(inside) {
        let error = write(&bundle_of("new", 1), &destination).unwrap_err();
        assert!(matches!(error, FolderError::Foreign { .. }), "{destination}: {error:?}");
        assert_eq!(state(), before, "{destination}");
    }
    assert!(matches!(write(&bundle_of("new", 1), "/".into()), Err(FolderError::Foreign { .. })));
}

#[test]
fn an_empty_folder_and_our_own_output_are_replaced() {
    let parent = Folder::empty();
    let destination = parent.join("a/b/context");
    fs::create_dir_all(&destination).unwrap();
    write(&bundle_of("old", 3), &destination).unwrap();
    // A file that was added to our output is removed.
    fs::write(destination.join("project/added.py"), "").unwrap();
    write(&bundle_of("new", 2), &destination).unwrap();
    let fresh = parent.join("fresh");
    write(&bundle_of("new", 2), &fresh).unwrap();
    assert_eq!(written(&destination), written(&fresh));
    assert_eq!(names_in(destination.parent().unwrap()), ["context"]);
}

/// Two concurrent writes to one destination both succeed. The result is the complete output of one of them.
#[test]
fn concurrent_writes_are_not_mixed() {
    let parent = Folder::empty();
    let destination = parent.join("context");
    let bundles = [bundle_of("one", 10), bundle_of("two", 15)];
    let whole = bundles.each_ref().map(|bundle| {
        write(bundle, &destination).unwrap();
        written(&destination)
    });
    let mut won = BTreeMap::new();
    let watch = || {
        assert!(fs::symlink_metadata(&destination).is_ok(), "the destination was missing for a moment");
        std::thread::yield_now();
    };
    while_repeating(watch, || {
        for round in 0..100 {
            std::thread::scope(|scope| {
                for bundle in &bundles {
                    scope.spawn(|| write(bundle, &destination).unwrap());
                }
            });
            let found = written(&destination);
            let winner = whole.iter().position(|whole| *whole == found);
            *won.entry(winner.unwrap_or_else(|| panic!("round {round} left {} entries", found.len()))).or_insert(0) +=
                1;
            assert_eq!(names_in(parent.path()), ["context"], "round {round}");
        }
    });
    assert_eq!(won.values().sum::<i32>(), 100);
}

/// Checks that a failed write leaves a new and an existing destination as they were. Returns the error.
#[track_caller]
fn assert_unchanged_by(attempt: impl Fn(&Utf8Path) -> FolderError) -> FolderError {
    let parent = Folder::empty();
    attempt(&parent.join("fresh"));
    assert_eq!(names_in(parent.path()), Vec::<String>::new());
    let destination = parent.join("context");
    write(&bundle_of("old", 3), &destination).unwrap();
    let before = tree::read(parent.path());
    let error = attempt(&destination);
    assert_eq!(tree::read(parent.path()), before);
    error
}

#[test]
fn a_cancelled_write_leaves_nothing() {
    let cancel = Cancel::default();
    cancel.cancel();
    let bundle = bundle_of("new", 5);
    let error = assert_unchanged_by(|destination| write_folder(&staged(&bundle), destination, &cancel).unwrap_err());
    assert!(matches!(error, FolderError::Cancelled));
}

/// Cancels the write once its scratch folder contains files. On a busy machine this may be too late and the write
/// succeeds; the test then tries again.
#[test]
fn a_write_that_is_cancelled_midway_leaves_nothing() {
    let bundle = bundle_of("new", 20_000);
    let is_cancelled = |existing: Option<&Bundle>| {
        let parent = Folder::empty();
        let destination = parent.join("context");
        if let Some(old) = existing {
            write(old, &destination).unwrap();
        }
        let before = tree::read(parent.path());
        let cancel = Cancel::default();
        let is_filled = |name: &String| name != "context" && parent.join(name).join("project/pkg").exists();
        let has_begun = || names_in(parent.path()).iter().any(is_filled);
        let result = std::thread::scope(|scope| {
            let writing = scope.spawn(|| write_folder(&staged(&bundle), &destination, &cancel));
            while !has_begun() && !writing.is_finished() {}
            cancel.cancel();
            writing.join().unwrap()
        });
        let Err(error) = result else { return false };
        assert!(matches!(error, FolderError::Cancelled), "{error:?}");
        assert_eq!(tree::read(parent.path()), before);
        true
    };
    for existing in [None, Some(&bundle_of("old", 3))] {
        assert!((0..20).any(|_| is_cancelled(existing)), "no write was cancelled in time");
    }
}

#[test]
fn a_write_that_fails_leaves_nothing() {
    let project = Folder::of(&tree::project(&[("a.py", ""), ("z.py", "")]));
    let bundle = bundle(project.path()).unwrap();
    fs::remove_file(project.join("z.py")).unwrap();
    let error = assert_unchanged_by(|destination| write(&bundle, destination).unwrap_err());
    assert!(matches!(error, FolderError::Source(_)));
}

/// The next write to the same destination removes the scratch folder of a killed process, but not that of a running
/// process.
#[test]
fn the_scratch_folder_of_a_killed_process_is_removed() {
    let parent = Folder::empty();
    let destination = parent.join("context");
    let mut killed = process::Writing::start(&destination);
    let begun = |scratch: &String| parent.join(scratch).join("project").exists();
    while !names_in(parent.path()).iter().any(begun) {
        assert!(killed.goes_on(), "the process ended too early");
    }

    write(&bundle_of("new", 3), &destination).unwrap();
    assert_eq!(names_in(parent.path()).len(), 2, "the scratch folder of a running process was removed");
    assert!(killed.goes_on(), "the process ended too early");
    drop(killed);
    assert_eq!(names_in(parent.path()).len(), 2);

    // Folders with similar names, but without a marker, stay.
    for name in [".context.mine", ".context.", "context.agentix-scratch", ".context.mine.agentix-scratch"] {
        fs::create_dir(parent.join(name)).unwrap();
    }
    write(&bundle_of("new", 3), &destination).unwrap();
    let left = [".context.", ".context.mine", ".context.mine.agentix-scratch", "context", "context.agentix-scratch"];
    assert_eq!(names_in(parent.path()), left);
}

/// A process that was killed before it wrote the text of its marker leaves a folder that looks like a new one, but is old.
#[test]
fn an_unfinished_scratch_folder_is_removed_when_it_is_old() {
    let parent = Folder::empty();
    let long_ago = SystemTime::now() - Duration::from_hours(2);
    for name in ["empty", "new-empty", "unwritten", "new-unwritten", "filled"] {
        let folder = parent.join(format!(".context.{name}.agentix-scratch").as_str());
        fs::create_dir(&folder).unwrap();
        match name {
            "unwritten" | "new-unwritten" => fs::write(folder.join(STAGE_MARKER), "").unwrap(),
            "filled" => fs::write(folder.join("of-the-user"), "").unwrap(),
            _ => {}
        }
        let dated = if name == "unwritten" { folder.join(STAGE_MARKER) } else { folder };
        if !name.starts_with("new") {
            File::open(dated).unwrap().set_modified(long_ago).unwrap();
        }
    }
    write(&bundle_of("new", 1), &parent.join("context")).unwrap();
    let left = ["filled", "new-empty", "new-unwritten"].map(|name| format!(".context.{name}.agentix-scratch"));
    assert_eq!(names_in(parent.path()), [&left[..], &["context".to_owned()]].concat());
}

/// A pipe in place of the marker of a scratch folder is not waited for.
#[test]
fn a_pipe_in_place_of_a_marker_is_left_alone() {
    let parent = Folder::empty();
    let odd = parent.join(".context.x.agentix-scratch");
    fs::create_dir(&odd).unwrap();
    mknodat(CWD, odd.join(STAGE_MARKER).as_str(), FileType::Fifo, Mode::RWXU, 0).unwrap();
    write(&bundle_of("new", 1), &parent.join("context")).unwrap();
    assert!(odd.join(STAGE_MARKER).exists());
}

/// A small file system, unmounted on drop.
struct Disk(Folder);

impl Disk {
    /// Mounts a tmpfs. Returns `None` if mounting is not allowed.
    fn of_kilobytes(size: u32) -> Option<Self> {
        let folder = Folder::empty();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={size}k"), "tmpfs", folder.path().as_str()]);
        mount.output().is_ok_and(|output| output.status.success()).then(|| Self(folder))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg(self.0.path()).status();
        assert!(std::thread::panicking() || unmounted.unwrap().success());
    }
}

#[test]
fn a_full_disk_is_an_error_and_leaves_nothing() {
    let Some(disk) = Disk::of_kilobytes(256) else {
        eprintln!("not run: mounting a file system is not allowed here");
        return;
    };
    let destination = disk.0.join("context");
    write(&bundle_of("old", 3), &destination).unwrap();
    let before = tree::read(disk.0.path());
    let error = write(&bundle_of(&"x".repeat(10_000), 100), &destination).unwrap_err();
    let FolderError::Unwritable { source, path } = error else { panic!("{error:?}") };
    assert_eq!(source.kind(), io::ErrorKind::StorageFull, "{path}");
    assert_eq!(tree::read(disk.0.path()), before);
}
