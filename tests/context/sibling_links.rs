//! Links that are followed in a sibling: each project says it of its own folder alone.

use std::fs;

use camino::Utf8Path;

use super::archives::extracted;
use super::selection::{kept, reported};
use super::tree::What;
use super::workspace::{folder, project, refused};
use super::{Folder, bundle, symlink, tar};

/// A project that needs `lib`, next to `other`, which nobody needs.
fn workspace(links: &[(&str, &str)]) -> Folder {
    let folder = folder(&[
        ("pyproject.toml", "[tool.uv.workspace]\nmembers = ['*']"),
        ("app/app.py", "of app"),
        ("lib/lib.py", "of lib"),
        ("other/pyproject.toml", &project("other", "", "[tool.agentix]\nexclude = ['*.txt']")),
        ("other/data/a.txt", "of other"),
        ("other/note.txt", "note"),
        ("other/.env", "TOKEN=1"),
        ("other/tls/server.key", "-----BEGIN PRIVATE KEY-----\nMIIE\n"),
        ("other/tls/server.crt", "-----BEGIN CERTIFICATE-----\nMIIE\n"),
    ]);
    say(&folder, "", "");
    for (path, target) in links {
        symlink(target, &folder.join(path));
    }
    folder
}

/// What the two projects say of their contexts.
fn say(folder: &Folder, app: &str, lib: &str) {
    let source = "[tool.uv.sources]\nlib = { workspace = true }\n[tool.agentix]\n";
    let manifests =
        [project("app", "'lib'", &format!("{source}{app}")), project("lib", "", &format!("[tool.agentix]\n{lib}"))];
    for (name, text) in ["app", "lib"].iter().zip(manifests) {
        fs::write(folder.join(&format!("{name}/pyproject.toml")), text).unwrap();
    }
}

const FOLLOW: &str = "symlinks = 'follow'";

/// The files of a context that no project has written itself, with what they hold.
fn taken(app: &Utf8Path) -> Vec<(String, String)> {
    let found = extracted(&tar(&bundle(app).unwrap()).unwrap());
    let files = found.into_iter().filter_map(|(path, node)| match node.what {
        What::File(text) => Some((path.strip_prefix("project/")?.to_owned(), String::from_utf8(text).unwrap())),
        _ => None,
    });
    let own = ["pyproject.toml", "app/app.py", "app/pyproject.toml", "lib/lib.py", "lib/pyproject.toml"];
    files.filter(|(path, _): &(String, String)| !own.contains(&path.as_str())).collect()
}

#[test]
fn a_sibling_takes_what_its_links_lead_to() {
    let outside = folder(&[("shared/a.py", "of all"), ("b.py", "b")]);
    let shared = outside.join("shared");
    let folder = workspace(&[
        ("lib/file", "../app/app.py"),
        ("lib/note", "../other/note.txt"),
        ("lib/data", "../other/data"),
        ("lib/shared", shared.as_str()),
        ("lib/app", "../app"),
    ]);
    let app = folder.join("app");
    say(&folder, "", &format!("{FOLLOW}\nexclude = ['app/pyproject.toml']"));
    let expected = [
        ("lib/app/app.py", "of app"),
        ("lib/data/a.txt", "of other"),
        ("lib/file", "of app"),
        ("lib/note", "note"),
        ("lib/shared/a.py", "of all"),
    ];
    assert_eq!(taken(&app), expected.map(|(path, text)| (path.to_owned(), text.to_owned())));
    // The rules of a folder hold for what is taken into it, and not those of where it lies.
    say(&folder, "exclude = ['app.py', '**/file']", &format!("{FOLLOW}\nexclude = ['shared', 'data/*.txt', 'app']"));
    assert_eq!(
        kept(&app),
        ["app/pyproject.toml", "lib/file", "lib/lib.py", "lib/note", "lib/pyproject.toml", "pyproject.toml"]
    );
}

#[test]
fn a_project_does_not_follow_the_links_of_its_siblings() {
    let outside = folder(&[("a.py", "of all")]);
    let file = outside.join("a.py");
    let folder = workspace(&[("app/far", file.as_str()), ("lib/far", file.as_str())]);
    let app = folder.join("app");
    let refusal = |path: &str| {
        format!(
            "link `{path}` points outside the project, to `{file}`; exclude it with `exclude`, or copy its target with \
             `symlinks = \"follow\"`"
        )
    };
    refused(&app, &refusal("app/far"));
    say(&folder, FOLLOW, "");
    refused(&app, &refusal("lib/far"));
    say(&folder, "", FOLLOW);
    refused(&app, &refusal("app/far"));
    say(&folder, FOLLOW, FOLLOW);
    let expected = ["app/far", "lib/far"].map(|path| (path.to_owned(), "of all".to_owned()));
    assert_eq!(taken(&app), expected);
}

/// By its name there, by what it holds, and by the name that it gets.
#[test]
fn a_secret_of_another_project_is_one() {
    let folder = workspace(&[
        ("lib/settings", "../other/.env"),
        ("lib/tls", "../other/tls"),
        ("lib/.netrc", "../app/app.py"),
        ("lib/all", "../other"),
    ]);
    let app = folder.join("app");
    say(&folder, "include = ['settings', '../lib/settings']", FOLLOW);
    let pem = "a secret: a private key (PEM format)";
    let env = "a secret: an environment file (.env)";
    let expected = [
        ("lib/.netrc", "a secret: repository credentials (.netrc)"),
        ("lib/all/.env", env),
        ("lib/all/tls/server.key", pem),
        ("lib/settings", env),
        ("lib/tls/server.key", pem),
    ];
    assert_eq!(reported(&app), expected.map(|(path, reason)| (path.to_owned(), reason.to_owned())));
    assert!(kept(&app).contains(&"lib/tls/server.crt".to_owned()));
    // Only the sibling itself can ask for it.
    say(&folder, "", &format!("{FOLLOW}\nexclude = ['all', 'tls']\ninclude = ['settings']"));
    assert_eq!(taken(&app), [("lib/settings".to_owned(), "TOKEN=1".to_owned())]);
}

#[test]
fn a_link_without_end_or_target_is_named_from_the_root() {
    for (links, expected) in [
        (&[("lib/up", "..")][..], "link `lib/up` points to `..`, which ends in a loop; exclude it with `exclude`"),
        (
            &[("lib/app", "../app"), ("app/lib", "../lib")],
            "link `lib/app/lib` points to `../lib`, which ends in a loop; exclude it with `exclude`",
        ),
        (&[("lib/x", "../no")], "link `lib/x` points to `../no`, which does not exist; exclude it with `exclude`"),
    ] {
        let folder = workspace(links);
        say(&folder, "exclude = ['lib']", FOLLOW);
        refused(&folder.join("app"), expected);
    }
}
