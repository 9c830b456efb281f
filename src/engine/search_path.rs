//! Searches the absolute entries of a search path (`PATH`) for programs. An entry that is not absolute is skipped, because
//! it would run programs in the current folder.

#![expect(clippy::disallowed_methods, reason = "this module searches PATH for programs")]

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use camino::Utf8PathBuf;

/// Returns the first program with this name.
pub(super) fn find_program(path: &OsStr, name: &str) -> Option<Utf8PathBuf> {
    programs(path, name).next()
}

/// Returns all programs with this name, in the order of the search path. A program that two entries lead to, such as
/// `/bin` and `/usr/bin` on systems where one is a link, is returned once.
pub(super) fn find_programs(path: &OsStr, name: &str) -> Vec<Utf8PathBuf> {
    let mut seen = BTreeSet::new();
    programs(path, name).filter(|program| seen.insert(fs::canonicalize(program).ok())).collect()
}

/// Returns the first file with this name that is not used as a program, and the reason.
pub(super) fn find_ignored(path: &OsStr, name: &str) -> Option<(Utf8PathBuf, &'static str)> {
    let files = std::env::split_paths(path).map(|folder| folder.join(name)).filter(|file| file.is_file());
    files.filter_map(|file| Utf8PathBuf::from_path_buf(file).ok()).find_map(|file| match () {
        () if file.is_relative() => Some((file, "its entry of PATH is not absolute")),
        () if !is_program(file.as_std_path()) => Some((file, "it is not executable")),
        () => None,
    })
}

/// Returns the names of all programs whose name starts with `prefix`, without the prefix. A folder that cannot be read
/// contains none.
pub(super) fn names_with_prefix(path: &OsStr, prefix: &str) -> BTreeSet<String> {
    let entries = folders(path).filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
    entries
        .filter_map(|entry| {
            let name = entry.file_name().to_str()?.strip_prefix(prefix)?.to_owned();
            is_program(&entry.path()).then_some(name)
        })
        .collect()
}

fn programs(path: &OsStr, name: &str) -> impl Iterator<Item = Utf8PathBuf> {
    folders(path)
        .filter_map(move |folder| Utf8PathBuf::from_path_buf(folder.join(name)).ok())
        .filter(|program| is_program(program.as_std_path()))
}

fn folders(path: &OsStr) -> impl Iterator<Item = PathBuf> {
    std::env::split_paths(path).filter(|folder| folder.is_absolute())
}

fn is_program(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}
