//! Links that are followed: their targets are copied in their place.

use std::fs;

use camino::Utf8Path;
use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::archives::extracted;
use super::selection::{kept, refusal, reported, with_config};
use super::tree::{Node, What};
use super::{Folder, bundle, set_mode, staged, symlink, tar, tree};
use agentix_gen::context::{ENTRY_TIME, write_folder};
use agentix_gen::files::STAGE_MARKER;
use agentix_gen::value::Cancel;

/// Creates a project whose links are followed.
fn following(files: &[(&str, &str)], links: &[(&str, &str)]) -> Folder {
    let folder = Folder::of(&tree::project(files));
    with_config(&folder, "symlinks = 'follow'");
    for (path, target) in links {
        symlink(target, &folder.join(path));
    }
    folder
}

#[test]
fn a_followed_link_is_replaced_by_its_target() {
    let outside = Folder::of(&tree::project(&[("shared/lib/a.py", "a"), ("shared/run", "#!/bin/sh"), ("empty/", "")]));
    set_mode(&outside.join("shared/run"), 0o700);
    symlink("lib/a.py", &outside.join("shared/b.py"));
    let shared = outside.join("shared");
    let folder = following(
        &[("src/x.py", "x"), ("real/y.py", "y")],
        &[
            ("src/linked.py", "x.py"),
            ("src/chain.py", "linked.py"),
            ("src/folder", "../real"),
            ("shared", shared.as_str()),
            ("src/nothing", outside.join("empty").as_str()),
            ("run", &format!("{shared}/../shared/run")),
        ],
    );
    let bundle = bundle(folder.path()).unwrap();
    let archive = tar(&bundle).unwrap();
    let mut found = extracted(&archive);
    let output = Folder::empty();
    write_folder(&staged(&bundle), &output.join("context"), &Cancel::default()).unwrap();
    let mut written = tree::read(&output.join("context"));
    written.remove(STAGE_MARKER);
    assert_eq!(written, found);

    found.retain(|path, _| path.starts_with("project/") && path != "project/pyproject.toml");
    let node = |what, mode| Node { what, mode, time: ENTRY_TIME };
    let file = |text: &str| node(What::File(text.into()), 0o644);
    let folder = || node(What::Folder, 0o755);
    let program = || node(What::File("#!/bin/sh".into()), 0o755);
    let expected = [
        ("real", folder()),
        ("real/y.py", file("y")),
        ("run", program()),
        ("shared", folder()),
        ("shared/b.py", file("a")),
        ("shared/lib", folder()),
        ("shared/lib/a.py", file("a")),
        ("shared/run", program()),
        ("src", folder()),
        ("src/chain.py", file("x")),
        ("src/folder", folder()),
        ("src/folder/y.py", file("y")),
        ("src/linked.py", file("x")),
        ("src/nothing", folder()),
        ("src/x.py", file("x")),
    ];
    assert_eq!(found, expected.map(|(path, node)| (format!("project/{path}"), node)).into());
}

/// A secret is recognised by the name of the link, the name of the target, the folder of the target, and the contents.
#[test]
fn a_secret_behind_a_link_is_excluded() {
    let key = "-----BEGIN PRIVATE KEY-----\nMIIE\n";
    let outside = Folder::of(&tree::project(&[
        ("plain", "x"),
        (".env", "x"),
        (".ssh/config", "x"),
        ("signing.pem", key),
        ("kit/a.py", ""),
        ("kit/.netrc", ""),
        ("kit/tls/server.key", key),
        ("kit/__pycache__/a.pyc", ""),
        ("kit/.venv/pyvenv.cfg", ""),
    ]));
    symlink("../plain", &outside.join("kit/.pypirc"));
    symlink("../.env", &outside.join("kit/settings"));
    let at = |path: &str| outside.join(path).into_string();
    let links = [
        (".netrc", at("plain")),
        ("settings", at(".env")),
        ("config", at(".ssh/config")),
        ("ssh", at(".ssh")),
        ("certificate", at("signing.pem")),
        ("key.pem", at("signing.pem")),
        ("kit", at("kit")),
    ];
    let links: Vec<(&str, &str)> = links.iter().map(|(path, target)| (*path, target.as_str())).collect();
    let folder = following(&[], &links);
    assert_eq!(kept(folder.path()), ["kit/a.py", "pyproject.toml"]);
    let reported: Vec<(String, String)> = reported(folder.path());
    let found: Vec<(&str, &str)> = reported.iter().map(|(path, reason)| (path.as_str(), reason.as_str())).collect();
    let pem = "a secret: a private key (PEM format)";
    assert_eq!(
        found,
        [
            (".netrc", "a secret: repository credentials (.netrc)"),
            ("certificate", pem),
            ("config", "a secret: a private key (.ssh/)"),
            ("key.pem", pem),
            ("kit/.netrc", "a secret: repository credentials (.netrc)"),
            ("kit/.pypirc", "a secret: package index credentials (.pypirc)"),
            ("kit/.venv", "a virtual environment"),
            ("kit/__pycache__", "a cache"),
            ("kit/settings", "a secret: an environment file (.env)"),
            ("kit/tls/server.key", pem),
            ("settings", "a secret: an environment file (.env)"),
            ("ssh", "a secret: a private key (.ssh/)"),
        ]
    );

    with_config(&folder, "symlinks = 'follow'\ninclude = ['settings', 'ssh', 'kit/tls/*.key']\nexclude = ['kit/a.py']");
    assert_eq!(kept(folder.path()), ["kit/tls/server.key", "pyproject.toml", "settings", "ssh/config"]);
}

/// Here as well, a pattern can include a path in an excluded folder.
#[test]
fn patterns_apply_to_paths_behind_a_link() {
    let outside =
        Folder::of(&tree::project(&[("build/a", ""), ("build/b", ""), ("docs/a.md", ""), ("docs/b.txt", "")]));
    let folder = following(
        &[(".dockerignore", "**/*.md\nlinked/build\n!linked/build/a\n")],
        &[("linked", outside.path().as_str()), ("build", outside.join("build").as_str())],
    );
    with_config(&folder, "symlinks = 'follow'\ninclude = ['build/b']");
    let expected = [".dockerignore", "build/b", "linked/build/a", "linked/docs/b.txt", "linked/pyproject.toml"];
    assert_eq!(kept(folder.path())[..5], expected);
    with_config(&folder, "symlinks = 'follow'\nexclude = ['linked', 'build']");
    assert_eq!(kept(folder.path()), [".dockerignore", "pyproject.toml"]);
}

#[test]
fn a_broken_link_or_a_loop_is_refused() {
    let outside = Folder::of(&tree::project(&[("a/b/", "")]));
    let twin = Folder::empty();
    symlink(twin.path().as_str(), &outside.join("a/b/twin"));
    symlink(outside.join("a").as_str(), &twin.join("back"));
    let in_a_loop = |path: &str, target: &str| {
        format!("link `{path}` points to `{target}`, which ends in a loop; exclude it with `exclude`")
    };
    let broken = |path: &str, target: &str| {
        format!("link `{path}` points to `{target}`, which does not exist; exclude it with `exclude`")
    };
    let a = outside.join("a").into_string();
    for (links, expected) in [
        (&[("x", "x")][..], in_a_loop("x", "x")),
        (&[("x", "y"), ("y", "x")], in_a_loop("x", "y")),
        (&[("x", ".")], in_a_loop("x", ".")),
        (&[("pkg/up", "..")], in_a_loop("pkg/up", "..")),
        (&[("pkg/self", "../pkg")], in_a_loop("pkg/self", "../pkg")),
        (&[("x", &a)], in_a_loop("x/b/twin/back", &a)),
        (&[("x", "nowhere")], broken("x", "nowhere")),
        (&[("x", "/no/where\n")], broken("x", "/no/where\\n")),
    ] {
        let folder = following(&[("pkg/b.py", "")], links);
        assert_eq!(refusal(folder.path()), expected);
        with_config(&folder, "symlinks = 'follow'\nexclude = ['x', 'y', 'pkg/up', 'pkg/self']");
        assert_eq!(kept(folder.path()), ["pkg/b.py", "pyproject.toml"]);
    }
    // Two links to one folder are not a loop.
    let folder = following(&[("pkg/b.py", "")], &[("x", "pkg"), ("y", "pkg")]);
    assert_eq!(kept(folder.path()), ["pkg/b.py", "pyproject.toml", "x/b.py", "y/b.py"]);
}

#[test]
fn a_special_file_behind_a_link_is_refused() {
    let outside = Folder::of(&tree::project(&[("pipes/", "")]));
    mknodat(CWD, outside.join("pipes/key.pem").as_str(), FileType::Fifo, Mode::RWXU, 0).unwrap();
    let refused = |path: &str, target: &Utf8Path, what: &str| {
        let folder = following(&[], &[(path, target.as_str())]);
        let expected = format!("`{what}` is a named pipe; exclude it with `exclude`");
        assert_eq!(refusal(folder.path()), expected);
    };
    refused("id.pem", &outside.join("pipes/key.pem"), "id.pem");
    refused("pipes", &outside.join("pipes"), "pipes/key.pem");
    let folder = following(&[], &[("null", "/dev/null")]);
    assert_eq!(refusal(folder.path()), "`null` is a device; exclude it with `exclude`");
}

/// A file behind a link must not change, like a file of the project.
#[test]
fn a_link_in_place_of_a_followed_file_is_refused() {
    let outside = Folder::of(&tree::project(&[("a", "x")]));
    let folder = following(&[], &[("a", outside.join("a").as_str())]);
    let bundle = bundle(folder.path()).unwrap();
    fs::remove_file(outside.join("a")).unwrap();
    symlink("/etc/passwd", &outside.join("a"));
    assert!(
        tar(&bundle)
            .unwrap_err()
            .to_string()
            .ends_with("/a was a file when the folder was listed, but is no longer a file")
    );
}
