//! Trees of files: as a test describes them, as they are on disk, and as a context should contain them.

use std::collections::BTreeMap;
use std::fs::{self, File, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::time::{Duration, SystemTime};

use agentix_gen::context::ENTRY_TIME;
use camino::Utf8Path;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

pub(crate) const MANIFEST: &str = "[project]\nname = 'hello'\nversion = '1.0'\n";

/// The contents of a folder by path. Each folder has an entry, which is before the entries of its contents.
pub(crate) type Tree = BTreeMap<String, Node>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) what: What,
    /// The permission bits.
    pub(crate) mode: u32,
    /// The modification time, in seconds since 1970-01-01 UTC.
    pub(crate) time: u64,
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum What {
    Folder,
    File(Vec<u8>),
    Link(String),
}

/// Shows the length and the first bytes of a file, so that a failed assertion is readable.
impl std::fmt::Debug for What {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder => f.write_str("folder"),
            Self::File(bytes) => write!(f, "{} bytes, {:?}…", bytes.len(), &bytes[..bytes.len().min(8)]),
            Self::Link(target) => write!(f, "-> {target:?}"),
        }
    }
}

/// Returns a project with a manifest and these files, each a path and a text. A path that ends in `/` is an empty
/// folder.
pub(crate) fn project(files: &[(&str, &str)]) -> Tree {
    let mut tree = Tree::new();
    for (path, text) in [("pyproject.toml", MANIFEST)].iter().chain(files) {
        match path.strip_suffix('/') {
            Some(folder) => add(&mut tree, folder, What::Folder, 0o755),
            None => add(&mut tree, path, What::File((*text).into()), 0o644),
        }
    }
    tree
}

/// Adds a node and its parent folders, unless one of their paths is already a file or a link.
fn add(tree: &mut Tree, path: &str, what: What, mode: u32) {
    let folders = path.match_indices('/').map(|(slash, _)| &path[..slash]);
    if folders.clone().any(|folder| tree.get(folder).is_some_and(|node| node.what != What::Folder)) {
        return;
    }
    let node = |what, mode| Node { what, mode, time: ENTRY_TIME };
    for folder in folders {
        tree.entry(folder.to_owned()).or_insert_with(|| node(What::Folder, 0o755));
    }
    tree.entry(path.to_owned()).or_insert_with(|| node(what, mode));
}

/// Generates projects with unusual names, files and links.
pub(crate) fn any_project() -> impl Strategy<Value = Tree> {
    let path = vec(select(NAMES), 1..5).prop_map(|names| names.join("/"));
    let length = prop_oneof![Just(0_usize), 1..4000_usize, select(&[511, 512, 513, 262_143, 262_144, 262_145][..])];
    let file = (length, any::<u8>()).prop_map(|(length, byte)| Leaf::File(vec![byte; length]));
    let leaf = prop_oneof![5 => file, 1 => Just(Leaf::Folder), 2 => any::<Index>().prop_map(Leaf::Link)];
    let mode = select(&[0o400, 0o444, 0o600, 0o644, 0o664, 0o500, 0o755, 0o777, 0o654, 0o4755][..]);
    vec((path, leaf, mode, 0..4_000_000_000_u64), 0..12).prop_map(|leaves| {
        let mut tree = project(&[]);
        for (path, leaf, mode, time) in leaves {
            let (what, mode) = match leaf {
                Leaf::File(bytes) => (What::File(bytes), mode),
                // Without access for the owner, only root could run this test.
                Leaf::Folder => (What::Folder, mode | 0o700),
                Leaf::Link(index) => (What::Link(inside(&tree, &path, index)), mode),
            };
            add(&mut tree, &path, what, mode);
            tree.entry(path).and_modify(|node| node.time = time);
        }
        tree
    })
}

/// Returns a project that contains `number` random projects, each in its own folder.
pub(crate) fn any_projects(number: u32, runner: &mut TestRunner) -> Tree {
    let mut all = project(&[]);
    for number in 0..number {
        let one = any_project().new_tree(runner).unwrap().current();
        add(&mut all, &format!("tree{number}"), What::Folder, 0o755);
        all.extend(one.into_iter().map(|(path, node)| (format!("tree{number}/{path}"), node)));
    }
    all
}

#[derive(Debug, Clone)]
enum Leaf {
    File(Vec<u8>),
    Folder,
    Link(Index),
}

/// Returns a target for a link at `path`: an existing path of the project, or a path that does not exist.
fn inside(tree: &Tree, path: &str, index: Index) -> String {
    let up = "../".repeat(path.matches('/').count());
    let there = tree.iter().filter(|(_, node)| !matches!(node.what, What::Link(_))).map(|(path, _)| path.as_str());
    let anything = there.chain(["nowhere", "./no where", "\n", LONG]);
    // A link to itself is refused.
    let targets: Vec<&str> = anything.filter(|target| *target != path).collect();
    format!("{up}{}", index.get(&targets))
}

/// Longer than 100 bytes, the length of a path in a tar header. A path of four of these is longer than 255 bytes.
const LONG: &str =
    "a name of many characters, as a test of a template or a recorded answer of a server has one now and then, and ü";

const NAMES: &[&str] = &[
    "a",
    "b",
    "pkg",
    "a.py",
    " ",
    " a ",
    "-rf",
    "--help",
    "\"",
    "'",
    "\\",
    "a\\nb",
    "new\nline",
    "tab\t",
    "\r",
    "\u{1b}[31m",
    "$HOME",
    "`id`",
    "*",
    "?",
    "[a]",
    "#",
    "~",
    "%s",
    ";",
    "é",
    "e\u{301}",
    "日本",
    "🦀",
    "\u{202e}",
    "...",
    ".hidden",
    LONG,
];

impl Node {
    /// Returns the node as it is in a context.
    fn in_context(&self) -> Self {
        let mode = match self.what {
            What::Folder => 0o755,
            What::File(_) if self.mode & 0o111 != 0 => 0o755,
            What::File(_) => 0o644,
            What::Link(_) => 0o777,
        };
        Self { what: self.what.clone(), mode, time: ENTRY_TIME }
    }
}

/// Returns the part of a context that contains the project.
pub(crate) fn in_context(tree: &Tree) -> Tree {
    tree.iter().map(|(path, node)| (format!("project/{path}"), node.in_context())).collect()
}

/// Writes a tree into a folder, in the order of its paths or in reverse order.
pub(crate) fn write(tree: &Tree, root: &Utf8Path, backwards: bool) {
    let mut paths: Vec<&String> = tree.keys().collect();
    if backwards {
        paths.reverse();
    }
    for path in &paths {
        let on_disk = root.join(path);
        fs::create_dir_all(on_disk.parent().unwrap()).unwrap();
        match &tree[*path].what {
            What::Folder => fs::create_dir_all(&on_disk).unwrap(),
            What::File(bytes) => fs::write(&on_disk, bytes).unwrap(),
            What::Link(target) => symlink(target, &on_disk).unwrap(),
        }
    }
    // Contents first, because writing into a folder changes its timestamp.
    for (path, node) in tree.iter().rev().filter(|(_, node)| !matches!(node.what, What::Link(_))) {
        let on_disk = root.join(path);
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(node.time);
        File::open(&on_disk).unwrap().set_modified(time).unwrap();
        fs::set_permissions(&on_disk, Permissions::from_mode(node.mode)).unwrap();
    }
}

/// Reads the contents of a folder.
pub(crate) fn read(root: &Utf8Path) -> Tree {
    let mut tree = Tree::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for found in folder.read_dir_utf8().unwrap() {
            let path = found.unwrap().into_path();
            let metadata = fs::symlink_metadata(&path).unwrap();
            let what = match metadata.file_type() {
                kind if kind.is_dir() => What::Folder,
                kind if kind.is_symlink() => What::Link(path.read_link_utf8().unwrap().into_string()),
                _ => What::File(fs::read(&path).unwrap()),
            };
            if what == What::Folder {
                folders.push(path.clone());
            }
            let node = Node { what, mode: metadata.mode() & 0o7777, time: metadata.mtime().cast_unsigned() };
            tree.insert(path.strip_prefix(root).unwrap().to_string(), node);
        }
    }
    tree
}
