//! Links that are followed in a sibling: each project sets `symlinks` only for its own folder.

use std::fs;

use camino::Utf8Path;

use super::archives::extracted;
use super::selection::{kept, reported};
use super::tree::What;
use super::workspace::{folder, project, refused};
use super::{Folder, bundle, symlink, tar};

/// Creates a workspace of `app`, which needs `lib`, and of `other`, which no project needs.
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
    configure(&folder, "", "");
    for (path, target) in links {
        symlink(target, &folder.join(path));
    }
    folder
}

/// Writes the manifests of `app` and `lib` with these keys of `[tool.agentix]`.
fn configure(folder: &Folder, app: &str, lib: &str) {
    let source = "[tool.uv.sources]\nlib = { workspace = true }\n[tool.agentix]\n";
    let manifests =
        [project("app", "'lib'", &format!("{source}{app}")), project("lib", "", &format!("[tool.agentix]\n{lib}"))];
    for (name, text) in ["app", "lib"].iter().zip(manifests) {
        fs::write(folder.join(&format!("{name}/pyproject.toml")), text).unwrap();
    }
}

const FOLLOW: &str = "symlinks = 'follow'";

/// Returns the files of a context that come from behind links, with their contents.
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
fn links_of_a_sibling_are_replaced_by_their_targets() {
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
    configure(&folder, "", &format!("{FOLLOW}\nexclude = ['app/pyproject.toml']"));
    let expected = [
        ("lib/app/app.py", "of app"),
        ("lib/data/a.txt", "of other"),
        ("lib/file", "of app"),
        ("lib/note", "note"),
        ("lib/shared/a.py", "of all"),
    ];
    assert_eq!(taken(&app), expected.map(|(path, text)| (path.to_owned(), text.to_owned())));
    // The rules of the project with the link apply, not those of the project with the target.
    configure(
        &folder,
        "exclude = ['app.py', '**/file']",
        &format!("{FOLLOW}\nexclude = ['shared', 'data/*.txt', 'app']"),
    );
    assert_eq!(
        kept(&app),
        ["app/pyproject.toml", "lib/file", "lib/lib.py", "lib/note", "lib/pyproject.toml", "pyproject.toml"]
    );
}

#[test]
fn each_project_decides_only_about_its_own_links() {
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
    configure(&folder, FOLLOW, "");
    refused(&app, &refusal("lib/far"));
    configure(&folder, "", FOLLOW);
    refused(&app, &refusal("app/far"));
    configure(&folder, FOLLOW, FOLLOW);
    let expected = ["app/far", "lib/far"].map(|path| (path.to_owned(), "of all".to_owned()));
    assert_eq!(taken(&app), expected);
}

/// A secret is recognised by the name of the target, the contents, and the name of the link.
#[test]
fn a_secret_of_another_project_is_excluded() {
    let folder = workspace(&[
        ("lib/settings", "../other/.env"),
        ("lib/tls", "../other/tls"),
        ("lib/.netrc", "../app/app.py"),
        ("lib/all", "../other"),
    ]);
    let app = folder.join("app");
    configure(&folder, "include = ['settings', '../lib/settings']", FOLLOW);
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
    // Only the sibling itself can include it.
    configure(&folder, "", &format!("{FOLLOW}\nexclude = ['all', 'tls']\ninclude = ['settings']"));
    assert_eq!(taken(&app), [("lib/settings".to_owned(), "TOKEN=1".to_owned())]);
}

#[test]
fn messages_name_links_relative_to_the_root() {
    for (links, expected) in [
        (&[("lib/up", "..")][..], "link `lib/up` points to `..`, which ends in a loop; exclude it with `exclude`"),
        (
            &[("lib/app", "../app"), ("app/lib", "../lib")],
            "link `lib/app/lib` points to `../lib`, which ends in a loop; exclude it with `exclude`",
        ),
        (&[("lib/x", "../no")], "link `lib/x` points to `../no`, which does not exist; exclude it with `exclude`"),
    ] {
        let folder = workspace(links);
        configure(&folder, "exclude = ['lib']", FOLLOW);
        refused(&folder.join("app"), expected);
    }
}
