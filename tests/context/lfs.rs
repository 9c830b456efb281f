//! Files of Git LFS whose content was not fetched.

use std::fs;

use super::tree;
use super::{Folder, bundle};

const POINTER: &str = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n";

/// A project is searched only if a `.gitattributes` says that it may have such files: its own, one in a folder of it, or one
/// above it in the same repository.
#[test]
fn pointers_are_found_where_git_attributes_name_the_filter() {
    let attributes = "*.bin filter=lfs diff=lfs merge=lfs -text\n";
    let large = format!("{POINTER}{}", "x".repeat(2000));
    let files = [("data/a.bin", POINTER), ("data/b.bin", "content"), ("data/c.bin", large.as_str())];
    for (place, repository, is_told) in [
        (None, ".", false),
        (Some(".gitattributes"), ".", true),
        (Some("data/.gitattributes"), ".", true),
        (Some("../.gitattributes"), "..", true),
        (Some("../.gitattributes"), ".", false),
    ] {
        let above = Folder::empty();
        let project = above.join("project");
        tree::write(&tree::project(&files), &project, false);
        fs::create_dir(project.join(repository).join(".git")).unwrap();
        if let Some(place) = place {
            fs::write(project.join(place), attributes).unwrap();
        }
        let found = bundle(&project).unwrap().listing().lfs_pointers().to_vec();
        assert_eq!(found, if is_told { vec!["data/a.bin"] } else { vec![] }, "{place:?} {repository}");
    }
}
