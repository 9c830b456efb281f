//! The place that a folder is written to: nobody else's, and whole at every moment.

use std::collections::BTreeMap;
use std::process::Command;
use std::{fs, io};

use agentix_gen::bundle::Bundle;
use agentix_gen::context::{FolderError, write_folder};
use agentix_gen::files::{Listing, STAGE_MARKER};
use agentix_gen::project::{Config, Project};
use agentix_gen::value::Cancel;
use camino::Utf8Path;

use super::background::while_repeating;
use super::tree::{self, MANIFEST, Tree};
use super::{Folder, bundle, process, staged, symlink};

/// A bundle of files that all hold the same text.
fn bundle_of(text: &str, files: usize) -> Bundle {
    let files = (0..files).map(|number| (format!("pkg/{number}.py"), text));
    let listing = Listing::from_files(files.chain([("pyproject.toml".into(), MANIFEST)])).unwrap();
    Bundle::new(MANIFEST.parse::<Project>().unwrap(), listing, Config::default()).unwrap()
}

fn write(bundle: &Bundle, place: &Utf8Path) -> Result<(), FolderError> {
    let left = write_folder(&staged(bundle), place, &Cancel::default())?;
    assert!(left.is_none(), "{left:?}");
    Ok(())
}

/// What a folder holds that was written by us, without the time of the marker.
fn written(place: &Utf8Path) -> Tree {
    let mut tree = tree::read(place);
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
fn what_somebody_else_put_there_is_refused_untouched() {
    let parent = Folder::of(&tree::project(&[("folder/keep.txt", "mine"), ("other/keep.txt", "mine"), ("file", "")]));
    symlink("other", &parent.join("link"));
    symlink("nowhere", &parent.join("broken"));
    fs::create_dir_all(parent.join("marked-by-a-folder").join(STAGE_MARKER)).unwrap();
    // Nothing is made beside it and removed again, either.
    let state = || (tree::read(parent.path()), fs::metadata(parent.path()).unwrap().modified().unwrap());
    let before = state();
    let inside = |name: &str| parent.join(name);
    let places = ["folder", "file", "link", "broken", "marked-by-a-folder", "folder/..", ".", ""];
    for place in places.map(inside) {
        let error = write(&bundle_of("new", 1), &place).unwrap_err();
        assert!(matches!(error, FolderError::Foreign { .. }), "{place}: {error:?}");
        assert_eq!(state(), before, "{place}");
    }
    assert!(matches!(write(&bundle_of("new", 1), "/".into()), Err(FolderError::Foreign { .. })));
}

#[test]
fn an_empty_folder_is_filled_and_our_own_is_replaced() {
    let parent = Folder::empty();
    let place = parent.join("a/b/context");
    fs::create_dir_all(&place).unwrap();
    write(&bundle_of("old", 3), &place).unwrap();
    // What somebody added to our own folder is not part of what they asked for now.
    fs::write(place.join("project/added.py"), "").unwrap();
    write(&bundle_of("new", 2), &place).unwrap();
    let fresh = parent.join("fresh");
    write(&bundle_of("new", 2), &fresh).unwrap();
    assert_eq!(written(&place), written(&fresh));
    assert_eq!(names_in(place.parent().unwrap()), ["context"]);
}

/// Two that write to one place at once: one of them wins, and both are done.
#[test]
fn who_writes_last_wins_whole() {
    let parent = Folder::empty();
    let place = parent.join("context");
    let bundles = [bundle_of("one", 10), bundle_of("two", 15)];
    let whole = bundles.each_ref().map(|bundle| {
        write(bundle, &place).unwrap();
        written(&place)
    });
    let mut won = BTreeMap::new();
    let watch = || {
        assert!(fs::symlink_metadata(&place).is_ok(), "for a moment, nothing is there");
        std::thread::yield_now();
    };
    while_repeating(watch, || {
        for round in 0..100 {
            std::thread::scope(|scope| {
                for bundle in &bundles {
                    scope.spawn(|| write(bundle, &place).unwrap());
                }
            });
            let found = written(&place);
            let winner = whole.iter().position(|whole| *whole == found);
            *won.entry(winner.unwrap_or_else(|| panic!("round {round} left {} entries", found.len()))).or_insert(0) +=
                1;
            assert_eq!(names_in(parent.path()), ["context"], "round {round}");
        }
    });
    assert_eq!(won.values().sum::<i32>(), 100);
}

/// What stood there before stands there after an error.
#[track_caller]
fn assert_unchanged_by(attempt: impl Fn(&Utf8Path) -> FolderError) -> FolderError {
    let parent = Folder::empty();
    attempt(&parent.join("fresh"));
    assert_eq!(names_in(parent.path()), Vec::<String>::new());
    let place = parent.join("context");
    write(&bundle_of("old", 3), &place).unwrap();
    let before = tree::read(parent.path());
    let error = attempt(&place);
    assert_eq!(tree::read(parent.path()), before);
    error
}

#[test]
fn a_write_that_is_stopped_leaves_nothing() {
    let cancel = Cancel::default();
    cancel.cancel();
    let bundle = bundle_of("new", 5);
    let error = assert_unchanged_by(|place| write_folder(&staged(&bundle), place, &cancel).unwrap_err());
    assert!(matches!(error, FolderError::Cancelled));
}

/// The same once it has begun, which shows in what lies in a second folder beside the place. The wish may come too late
/// on a machine that does much else: then the write has succeeded, and another one is made.
#[test]
fn a_write_that_is_stopped_midway_leaves_nothing() {
    let bundle = bundle_of("new", 20_000);
    let is_stopped = |over: Option<&Bundle>| {
        let parent = Folder::empty();
        let place = parent.join("context");
        if let Some(old) = over {
            write(old, &place).unwrap();
        }
        let before = tree::read(parent.path());
        let cancel = Cancel::default();
        let is_filled = |name: &String| name != "context" && parent.join(name).join("project/pkg").exists();
        let has_begun = || names_in(parent.path()).iter().any(is_filled);
        let stopped = std::thread::scope(|scope| {
            let writing = scope.spawn(|| write_folder(&staged(&bundle), &place, &cancel));
            while !has_begun() && !writing.is_finished() {}
            cancel.cancel();
            writing.join().unwrap()
        });
        let Err(error) = stopped else { return false };
        assert!(matches!(error, FolderError::Cancelled), "{error:?}");
        assert_eq!(tree::read(parent.path()), before);
        true
    };
    for over in [None, Some(&bundle_of("old", 3))] {
        assert!((0..20).any(|_| is_stopped(over)), "no wish to stop is heard");
    }
}

#[test]
fn a_write_that_fails_leaves_nothing() {
    let project = Folder::of(&tree::project(&[("a.py", ""), ("z.py", "")]));
    let bundle = bundle(project.path()).unwrap();
    fs::remove_file(project.join("z.py")).unwrap();
    let error = assert_unchanged_by(|place| write(&bundle, place).unwrap_err());
    assert!(matches!(error, FolderError::Source(_)));
}

/// What a killed process left is removed by the next one that writes to the place; what a living one writes is not.
#[test]
fn what_a_killed_process_left_is_swept() {
    let parent = Folder::empty();
    let place = parent.join("context");
    let mut killed = process::Writing::start(&place);
    let begun = |scratch: &String| parent.join(scratch).join("project").exists();
    while !names_in(parent.path()).iter().any(begun) {
        assert!(killed.goes_on(), "it has ended too early");
    }

    write(&bundle_of("new", 3), &place).unwrap();
    assert_eq!(names_in(parent.path()).len(), 2, "a living process lost its folder");
    assert!(killed.goes_on(), "it has ended too early");
    drop(killed);
    assert_eq!(names_in(parent.path()).len(), 2);

    // Neither is anything removed that only looks like it.
    for name in [".context.mine", ".context.", "context.agentix-scratch", ".context.mine.agentix-scratch"] {
        fs::create_dir(parent.join(name)).unwrap();
    }
    write(&bundle_of("new", 3), &place).unwrap();
    let left = [".context.", ".context.mine", ".context.mine.agentix-scratch", "context", "context.agentix-scratch"];
    assert_eq!(names_in(parent.path()), left);
}

/// A small disk of its own.
struct Disk(Folder);

impl Disk {
    /// None where mounting is not allowed.
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
fn a_full_disk_is_an_error_that_leaves_nothing() {
    let Some(disk) = Disk::of_kilobytes(256) else {
        eprintln!("not run: no disk can be mounted here");
        return;
    };
    let place = disk.0.join("context");
    write(&bundle_of("old", 3), &place).unwrap();
    let before = tree::read(disk.0.path());
    let error = write(&bundle_of(&"x".repeat(10_000), 100), &place).unwrap_err();
    let FolderError::Unwritable { source, path } = error else { panic!("{error:?}") };
    assert_eq!(source.kind(), io::ErrorKind::StorageFull, "{path}");
    assert_eq!(tree::read(disk.0.path()), before);
}
