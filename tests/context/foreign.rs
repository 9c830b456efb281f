//! Random destinations among random files of the user: a write removes nothing that this tool did not create.

use std::fs;
use std::sync::LazyLock;

use agentix_gen::bundle::Bundle;
use agentix_gen::context::{Context, write_folder};
use agentix_gen::files::{Listing, STAGE_MARKER};
use agentix_gen::project::{Config, Project};
use agentix_gen::value::Cancel;
use camino::{Utf8Path, Utf8PathBuf};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::cases::cases;
use super::tree::{self, MANIFEST, Tree, What};
use super::{Folder, staged, symlink};

/// Names of the user, some of them as this tool chooses them.
const NAMES: &[&str] = &[
    "out",
    "context",
    "a b",
    "é",
    "-x",
    "\n",
    ".out.abc123.agentix-scratch",
    ".context.agentix-scratch",
    ".agentix-stage",
    "agentix-gen.x.agentix-scratch",
];

#[derive(Debug, Clone)]
enum Kind {
    File,
    Folder,
    Link(&'static str),
}

fn path() -> impl Strategy<Value = String> {
    let name = prop_oneof![9 => select(NAMES).prop_map(str::to_owned), 1 => Just("x".repeat(255))];
    vec(name, 1..4).prop_map(|names| names.join("/"))
}

fn kind() -> impl Strategy<Value = Kind> {
    let link = select(&["..", "out", "nowhere", "context/out"][..]).prop_map(Kind::Link);
    prop_oneof![3 => Just(Kind::File), 3 => Just(Kind::Folder), 1 => link]
}

/// A destination: any path, with parts that lead back or nowhere.
fn destination() -> impl Strategy<Value = String> {
    (path(), select(&["", "/", "/..", "/.", "//", "/../out"][..])).prop_map(|(path, end)| path + end)
}

fn put(folder: &Utf8Path, path: &str, kind: &Kind) {
    let path = folder.join(path);
    // A parent may be a file, or a link that leads out of the folder.
    let is_real = |above: &Utf8Path| fs::symlink_metadata(above).is_ok_and(|found| found.is_dir());
    let parents: Vec<Utf8PathBuf> = path.ancestors().skip(1).map(Utf8Path::to_owned).collect();
    let inside = parents.iter().take_while(|above| *above != folder);
    if inside.clone().any(|above| fs::symlink_metadata(above).is_ok() && !is_real(above)) {
        return;
    }
    fs::create_dir_all(&parents[0]).unwrap();
    if fs::symlink_metadata(&path).is_ok() {
        return;
    }
    match kind {
        Kind::File => fs::write(&path, "of the user").unwrap(),
        Kind::Folder => fs::create_dir(&path).unwrap(),
        Kind::Link(target) => symlink(target, &path),
    }
}

/// Whether a path is a folder that is ours to replace: it is empty or has our marker, which the user may have copied.
fn is_ours(before: &Tree, path: &str) -> bool {
    let is_folder = before.get(path).is_some_and(|node| matches!(node.what, What::Folder));
    let below = format!("{path}/");
    let marker = before.get(&format!("{below}{STAGE_MARKER}"));
    let is_marked = marker.is_some_and(|node| matches!(node.what, What::File(_)));
    is_folder && (is_marked || !before.keys().any(|other| other.starts_with(&below)))
}

/// What is written: the same for each destination.
static CONTEXT: LazyLock<Context<'static>> = LazyLock::new(|| {
    let listing = Listing::from_files([("pyproject.toml", MANIFEST), ("new.py", "")]).unwrap();
    let bundle = Bundle::new(MANIFEST.parse::<Project>().unwrap(), listing, Config::default()).unwrap();
    staged(Box::leak(Box::new(bundle)))
});

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases(100)) })]

    #[test]
    fn nothing_of_the_user_is_lost(users in vec((path(), kind()), 0..10), destinations in vec(destination(), 1..4)) {
        let folder = Folder::in_memory();
        // Links and destinations lead up a few folders.
        let home = folder.join("1/2/3/4/5/6/7/8");
        fs::create_dir_all(&home).unwrap();
        for (path, kind) in &users {
            put(&home, path, kind);
        }
        for destination in destinations {
            let before = tree::read(folder.path());
            let written = write_folder(&CONTEXT, &home.join(&destination), &Cancel::default());
            let after = tree::read(folder.path());
            let lost = before.iter().filter(|(path, node)| after.get(*path).is_none_or(|now| now.what != node.what));
            for (path, node) in lost {
                let around = path.match_indices('/').map(|(slash, _)| &path[..slash]).chain([path.as_str()]);
                let ours = around.into_iter().any(|above| is_ours(&before, above));
                prop_assert!(ours, "{:?} lost {:?} ({:?}): {:?}", destination, path, node, written);
            }
            // What an earlier run left, by its name and marker, may be gone.
            let new = after.keys().find(|path| written.is_err() && !before.contains_key(*path));
            prop_assert_eq!(new, None, "{:?}: {:?}", destination, written);
        }
    }
}
