//! Tokens in source code, found while an archive is written.

use std::fs;

use agentix_gen::context::write_tar_and_search;
use agentix_gen::files::source_tokens;
use agentix_gen::{Bundle, Cancel, Config, Listing, Project};

use crate::{Folder, bundle, staged, tar};

/// A file of this length with a token in its last line.
fn source(length: usize) -> String {
    // No scanner of this repository finds it.
    let token = format!("TOKEN = '{}'\n", ["ghp", "Zx8vQp2mRt6wLk4sNb7yHc3dJf5gTq9aWe1u"].join("_"));
    let lines = "x = 1\n".repeat(length.saturating_sub(token.len()) / 6);
    lines + &token
}

fn sources() -> Vec<(String, String)> {
    let lengths = [100, 32 * 1024 - 100, 32 * 1024 + 100, 100_000, 255 * 1024, 257 * 1024];
    let files = lengths.iter().map(|length| (format!("src/{length}.py"), source(*length)));
    // More than one batch of files, with a file that has no token between them.
    let small = (0..100).map(|n| (format!("src/many/{n}.py"), source(50 * (n % 3)))).chain(
        [("src/none.py", ""), ("pyproject.toml", "[project]\nname = 'x'\nversion = '1'\n")]
            .map(|(path, text)| (path.to_owned(), text.to_owned())),
    );
    files.chain(small).collect()
}

fn assert_same(bundle: &Bundle) {
    let (mut archive, mut found) = (Vec::new(), Vec::new());
    write_tar_and_search(&staged(bundle), &mut archive, &Cancel::default(), |token| found.push(token)).unwrap();
    assert!(archive == tar(bundle).unwrap());
    let expected = source_tokens(bundle.listing());
    assert_eq!(expected.len(), 105);
    assert!(expected.iter().any(|token| token.path == format!("src/{}.py", 255 * 1024) && token.line > 40_000));
    assert_eq!(found, expected);
}

#[test]
fn the_archive_is_searched_as_the_listing_is() {
    let folder = Folder::empty();
    for (path, text) in sources() {
        let path = folder.join(&path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    assert_same(&bundle(folder.path()).unwrap());
    let listing = Listing::from_files(sources()).unwrap();
    let project: Project = "[project]\nname = 'x'\nversion = '1'\n".parse().unwrap();
    assert_same(&Bundle::new(project, listing, Config::default()).unwrap());
}
