//! The digest of a project on disk: what affects it, what does not, and files that change after it was computed.

use std::fs::{self, File};
use std::time::{Duration, SystemTime};

use agentix_gen::bundle::Bundle;
use agentix_gen::context::{ArchiveError, Digest, DigestError, FolderError, stage, write_folder, write_tar};
use agentix_gen::engine::BuildRequest;
use agentix_gen::files::SourceError;
use agentix_gen::value::Cancel;
use agentix_gen::{Config, Dialect, load};
use camino::Utf8Path;
use proptest::prelude::*;
use proptest::sample::Index;
use sha2::{Digest as _, Sha256};

use super::cases::cases;
use super::tree::{self, Tree, What};
use super::{Folder, bundle, set_mode, staged, symlink};

fn digest_of(bundle: &Bundle) -> Result<Digest, DigestError> {
    BuildRequest::from_bundle(bundle).digest(&staged(bundle), &[None], &Cancel::default())
}

fn digest_in(folder: &Utf8Path) -> String {
    digest_of(&bundle(folder).unwrap()).unwrap().to_string()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(128)))]

    /// The folder, the order and time of writing, and mode bits that an image does not have do not affect the digest.
    #[test]
    fn equal_projects_have_equal_digests(tree in tree::any_project(), time in 0..4_000_000_000_u64) {
        let folder = Folder::of(&tree);
        let mut other = tree.clone();
        for node in other.values_mut() {
            node.time = time;
            if matches!(node.what, What::File(_)) {
                node.mode = if node.mode & 0o111 == 0 { 0o600 } else { 0o711 };
            }
        }
        let again = Folder::empty();
        tree::write(&other, again.path(), true);
        prop_assert_eq!(digest_in(folder.path()), digest_in(again.path()));
    }

    #[test]
    fn different_projects_have_different_digests(tree in tree::any_project(), index in any::<Index>()) {
        let folder = Folder::of(&tree);
        let before = digest_in(folder.path());
        for changed in changes(&tree, index) {
            prop_assert_ne!(&before, &digest_in(Folder::of(&changed).path()), "{:?}", changed);
        }
    }
}

/// Returns copies of a project with one change each: a new path, and all possible changes of one path.
fn changes(tree: &Tree, index: Index) -> Vec<Tree> {
    let paths: Vec<&String> = tree.keys().filter(|path| *path != "pyproject.toml").collect();
    let mut changed = vec![with(tree, "new", What::Folder), with(tree, "new", What::File(Vec::new()))];
    if paths.is_empty() {
        return changed;
    }
    let path = *index.get(&paths);
    let node = &tree[path];
    if let What::File(bytes) = &node.what {
        let flipped = bytes.split_last().map(|(last, rest)| [rest, &[last ^ 1]].concat());
        changed.extend(flipped.map(|bytes| with(tree, path, What::File(bytes))));
        changed.push(with(tree, path, What::File([bytes.as_slice(), b"\0"].concat())));
        let mut other_mode = tree.clone();
        other_mode.get_mut(path).unwrap().mode = if node.mode & 0o111 == 0 { 0o744 } else { 0o644 };
        changed.push(other_mode);
    }
    if let What::Link(target) = &node.what {
        changed.push(with(tree, path, What::Link(format!("./{target}"))));
    }
    if node.what != What::Folder {
        let mut renamed = tree.clone();
        let moved = renamed.remove(path).unwrap();
        renamed.insert(format!("{path}2"), moved);
        changed.push(renamed);
    }
    changed
}

fn with(tree: &Tree, path: &str, what: What) -> Tree {
    let mut changed = tree.clone();
    let mode = if matches!(what, What::Folder) { 0o755 } else { 0o644 };
    let node = tree::Node { what, mode: tree.get(path).map_or(mode, |node| node.mode), time: 0 };
    changed.insert(path.to_owned(), node);
    changed
}

/// Changes a path. If it is still a file, its length is the same as before.
type Change = fn(&Utf8Path);

#[test]
fn files_that_changed_after_the_digest_are_not_written() {
    let changes: [(&str, Change); 5] = [
        ("overwritten", |path| fs::write(path, "123").unwrap()),
        ("overwritten, with the old timestamp", |path| {
            fs::write(path, "123").unwrap();
            File::open(path).unwrap().set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(7)).unwrap();
        }),
        ("replaced", |path| {
            fs::write(path.with_extension("new"), "abc").unwrap();
            fs::rename(path.with_extension("new"), path).unwrap();
        }),
        ("executable", |path| set_mode(path, 0o755)),
        ("replaced by a link", |path| {
            fs::remove_file(path).unwrap();
            symlink("pyproject.toml", path);
        }),
    ];
    for (what, change) in changes {
        let folder = Folder::of(&tree::project(&[("a.py", ""), ("n.py", "abc"), ("z.py", "")]));
        File::open(folder.join("n.py")).unwrap().set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(7)).unwrap();
        let bundle = bundle(folder.path()).unwrap();
        let digest = digest_of(&bundle).unwrap();
        let context = staged(&bundle);
        let seen = context.with_stamps(digest.file_stamps());
        write_tar(&seen, Vec::new(), &Cancel::default()).unwrap();
        // File timestamps have a limited resolution.
        std::thread::sleep(Duration::from_millis(20));
        change(&folder.join("n.py"));
        let archived = write_tar(&seen, Vec::new(), &Cancel::default());
        let Err(ArchiveError::Source(error)) = archived else { panic!("{what}: {archived:?}") };
        assert!(is_about(&error, "n.py"), "{what}: {error}");
        let written = write_folder(&seen, &folder.join("out/context"), &Cancel::default());
        let Err(FolderError::Source(error)) = written else { panic!("{what}: {written:?}") };
        assert!(is_about(&error, "n.py"), "{what}: {error}");
        // The bundle now has another digest, or none.
        if let Ok(now) = digest_of(&bundle) {
            assert!(now != digest, "{what}");
        }
    }
}

fn is_about(error: &SourceError, name: &str) -> bool {
    match error {
        SourceError::Changed { path } | SourceError::NotAFile { path } => path.ends_with(name),
        _ => false,
    }
}

#[test]
fn a_cancelled_digest_is_an_error() {
    let folder = Folder::of(&tree::project(&[("a.py", "")]));
    let bundle = bundle(folder.path()).unwrap();
    let cancel = Cancel::default();
    cancel.cancel();
    let taken = BuildRequest::from_bundle(&bundle).digest(&staged(&bundle), &[], &cancel);
    assert!(matches!(taken, Err(DigestError::Cancelled)), "{taken:?}");
}

/// Uses more files than one thread reads.
#[test]
fn files_that_are_read_in_parallel_keep_their_order() {
    let files: Vec<(String, String)> = (0..1000).map(|n| (format!("pkg/{n}.py"), format!("n = {n}"))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let folder = Folder::of(&tree::project(&files));
    let before = digest_in(folder.path());
    assert_eq!(before, digest_in(folder.path()));
    fs::rename(folder.join("pkg/1.py"), folder.join("pkg/x")).unwrap();
    fs::rename(folder.join("pkg/999.py"), folder.join("pkg/1.py")).unwrap();
    fs::rename(folder.join("pkg/x"), folder.join("pkg/999.py")).unwrap();
    assert_ne!(before, digest_in(folder.path()));
}

/// The bytes of a context and the digest of its image are the same in each version of this tool, so that images are not
/// rebuilt. If you change the Dockerfile or the context on purpose, update these checksums.
#[test]
fn the_example_has_the_same_bytes_as_before() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/hello-agent");
    for (dialect, archive, digest) in [
        (
            Dialect::BuildKit,
            "256c273a86ec5dc3132adf52e504a166bd1d48ad7bfa3c5ac096aa2c5db9f65f",
            "sha256:4a0802c98fb14f27e09be041882ec92d0fc8d232fb03b710047e554541844cef",
        ),
        (
            Dialect::Classic,
            "bb4c26213f61966f8a6e2f1d11e4173fd5fba98392cd4b499816b683acde5b36",
            "sha256:cfaaa2980c1310e68fdf8fc2bc8849e7ba28366c6c0ea80b1b83327f79ce06b2",
        ),
    ] {
        let bundle = load(folder, Config::default()).unwrap();
        let context = stage(&bundle, dialect).unwrap();
        let mut bytes = Vec::new();
        write_tar(&context, &mut bytes, &Cancel::default()).unwrap();
        assert_eq!(sha256(&bytes), archive, "{dialect:?}");
        let taken = BuildRequest::from_bundle(&bundle).digest(&context, &[None], &Cancel::default()).unwrap();
        assert_eq!(taken.to_string(), digest, "{dialect:?}");
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}
