//! Settings of a workspace root that the lock of a member is compared with.

use super::super::LockRoot;
use super::refused;
use crate::project::lock::UvLock;
use crate::project::manifest::Project;

/// In the manifest of a root, an element without a package is of the root: not of the member that is checked.
#[test]
fn the_conflicts_of_a_workspace_root_are_its_own() {
    let conflicts = "conflicts = [[{ package = 'app', extra = 'a' }, { package = 'root', group = 'dev' }]]";
    let lock = |conflicts: &str| -> UvLock {
        format!(
            "version = 1\nrevision = 5\n{conflicts}\n[manifest]\nmembers = ['app', 'root']\n[[package]]\nname = 'app'\n\
             version = '1'\nsource = {{ editable = 'app' }}\n[package.metadata]\nprovides-extras = ['a', 'b']"
        )
        .parse()
        .unwrap()
    };
    let project: Project = "[project]\nname = 'app'\nversion = '1'\noptional-dependencies = { a = [], b = [] }\n\
                            [build-system]\nrequires = []\n"
        .parse()
        .unwrap();
    let check = |lock: &UvLock, own: &str| {
        let root = format!("[project]\nname = 'root'\nversion = '1'\n[tool.uv]\nconflicts = [[{own}]]\n");
        let checked = lock.check_project(&project, Some(&LockRoot::read(&root, false).unwrap()));
        checked.map_err(|error| error.to_string())
    };
    assert_eq!(check(&lock(conflicts), "{ package = 'app', extra = 'a' }, { group = 'dev' }"), Ok(()));
    let missing = check(&lock(""), "{ package = 'app', extra = 'a' }, { package = 'app', extra = 'b' }").unwrap_err();
    assert!(missing.contains("extra `a` and extra `b` is missing"), "{missing}");
}

/// A workspace root has sources for its members. `uv lock` 0.13.9 writes the same lock for a source in either manifest.
#[test]
fn the_sources_of_a_workspace_root_are_compared() {
    let lock = |source: &str| {
        let lock: UvLock = format!(
            "version = 1\nrevision = 5\n[manifest]\nmembers = ['app', 'root']\n[[package]]\nname = 'app'\nversion = '1'\n\
             source = {{ editable = 'packages/app' }}\n[package.metadata]\nrequires-dist = [{{ name = 'six', {source} }}]"
        )
        .parse()
        .unwrap();
        lock
    };
    let git = |tag: &str| format!("[tool.uv.sources]\nsix = {{ git = 'https://g.example.org/six', tag = '{tag}' }}\n");
    let check = |locked: &str, root: &str, own: &str| {
        let manifest =
            "[project]\nname = 'app'\nversion = '1'\ndependencies = ['six>=1']\n[build-system]\nrequires = []\n";
        let project: Project = format!("{manifest}{own}").parse().unwrap();
        let checked = lock(locked).check_project(&project, Some(&LockRoot::read(root, false).unwrap()));
        checked.map_err(|error| error.to_string().replace("uv.lock: out of date: ", "").replace("; run `uv lock`", ""))
    };
    let (v1, v2) = ("git = 'https://g.example.org/six?tag=v1'", "git = 'https://g.example.org/six?tag=v2'");
    let other = refused("[tool.uv.sources] names another source of `six`");
    assert_eq!(check(v1, &git("v1"), ""), Ok(()));
    assert_eq!(check(v1, &git("v2"), ""), other);
    assert_eq!(check(v1, &git("v2"), &git("v1")), Ok(()), "the source of the member comes first");
    assert_eq!(check(v2, &git("v2"), &git("v1")), other);
    assert_eq!(check("specifier = '>=1'", &git("v1"), ""), other);
    let unnamed = refused("it has a source of `six`, which [tool.uv.sources] does not name");
    assert_eq!(check(v1, "", ""), unnamed);
    assert_eq!(check("specifier = '>=1', index = 'https://i.example.org'", "", ""), unnamed);
    assert_eq!(check(v1, "[tool.uv]\nno-sources = true", ""), Ok(()));
    assert_eq!(check(v1, "[tool.uv]\nno-sources-package = ['Six']", ""), Ok(()));
    assert_eq!(check(v1, "[tool.uv]\nno-sources-package = ['other']", ""), unnamed);
    let path = "[tool.uv.sources]\nsix = { path = 'vendor/six' }";
    assert_eq!(check("directory = 'vendor/six'", path, ""), Ok(()));
    assert_eq!(check(v1, path, ""), other);
}
