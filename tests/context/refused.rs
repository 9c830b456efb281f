//! Paths that no context may contain: they are refused by name and never opened.

use std::ffi::OsString;
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::net::UnixListener;

use camino::Utf8Path;
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use rustix::fs::{CWD, FileType, Mode, makedev, mknodat};
use rustix::io::Errno;

use super::selection::{kept, refusal, with_config};
use super::{Folder, bundle, symlink, tar, tree};

#[test]
fn a_link_that_leaves_the_project_is_refused() {
    let secret = Folder::of(&tree::project(&[("id", "secret")]));
    for (path, target) in [
        ("a", secret.join("id").as_str()),
        ("a", "/etc"),
        ("a", "/nowhere"),
        ("a", ".."),
        ("pkg/a", "../../pyproject.toml"),
        ("pkg/a", "sub/../../../x"),
        ("pkg/sub/a", "../../.."),
        ("é \"a\"\n", "../x\n"),
    ] {
        let folder = Folder::of(&tree::project(&[("pkg/sub/b.py", "")]));
        symlink(target, &folder.join(path));
        let shown = |text: &str| text.replace('\n', "\\n");
        let expected = format!(
            "link `{}` points outside the project, to `{}`; exclude it with `exclude`, or copy its target with \
             `symlinks = \"follow\"`",
            shown(path),
            shown(target)
        );
        assert_eq!(refusal(folder.path()), expected);
    }
}

/// Each link alone stays in the project, but both together lead out of it.
#[test]
fn a_link_that_leaves_through_another_is_refused() {
    let folder = Folder::of(&tree::project(&[("pkg/sub/b.py", "")]));
    symlink("pkg/sub", &folder.join("deep"));
    symlink("deep/../..", &folder.join("root"));
    assert!(bundle(folder.path()).is_ok());
    symlink("root/../x", &folder.join("z"));
    assert!(refusal(folder.path()).starts_with("link `z` points outside the project, to `root/../x`"));
}

#[test]
fn a_link_that_ends_in_a_loop_is_refused() {
    for links in [&[("a", "a")][..], &[("a", "b"), ("b", "a")], &[("pkg/a", "../pkg/a/b")]] {
        let folder = Folder::of(&tree::project(&[("pkg/b.py", "")]));
        for (path, target) in links {
            symlink(target, &folder.join(path));
        }
        let (path, target) = links[0];
        let expected = format!("link `{path}` points to `{target}`, which ends in a loop; exclude it with `exclude`");
        assert_eq!(refusal(folder.path()), expected);
    }
    // A link to a parent folder is a loop only if links are followed.
    let folder = Folder::of(&tree::project(&[("pkg/b.py", "")]));
    symlink("..", &folder.join("pkg/up"));
    assert!(tar(&bundle(folder.path()).unwrap()).is_ok());
}

/// Paths of named pipes. Regular files with most of these names are opened and checked.
const PIPES: &[&str] = &["pipe", "key.pem", "src/pyvenv.cfg", "src/.agentix-stage", "src/README.md"];

#[test]
fn special_files_are_refused_and_not_opened() {
    for path in PIPES {
        assert_refused_and_not_opened(path, "a named pipe", |path| {
            mknodat(CWD, path.as_str(), FileType::Fifo, Mode::RWXU, 0)
        });
    }
    assert_refused_and_not_opened("run.sock", "a socket", |path| {
        UnixListener::bind(path).unwrap();
        Ok(())
    });
    let null = makedev(1, 3);
    assert_refused_and_not_opened("null", "a device", |path| {
        mknodat(CWD, path.as_str(), FileType::CharacterDevice, Mode::RWXU, null)
    });
}

#[track_caller]
fn assert_refused_and_not_opened(path: &str, what: &str, make: impl FnOnce(&Utf8Path) -> Result<(), Errno>) {
    let folder = Folder::of(&tree::project(&[("src/a.py", "")]));
    if make(&folder.join(path)) == Err(Errno::PERM) {
        eprintln!("not run: {what} cannot be created here");
        return;
    }
    let watched = folder.join(path);
    let opened = opened_by(watched.parent().unwrap(), || {
        assert_eq!(refusal(folder.path()), format!("`{path}` is {what}; exclude it with `exclude`"));
    });
    let name = watched.file_name().unwrap();
    assert!(!opened.iter().any(|opened| opened == name), "{name} was opened");
}

/// Excluded files are not opened either.
#[test]
fn excluded_secrets_are_not_opened() {
    let folder = Folder::of(&tree::project(&[(".env", ""), (".netrc", ""), ("id_rsa", ""), ("a.py", "")]));
    let opened = opened_by(folder.path(), || _ = tar(&bundle(folder.path()).unwrap()).unwrap());
    assert!(opened.contains(&"a.py".into()), "{opened:?}");
    for secret in [".env", ".netrc", "id_rsa"] {
        assert!(!opened.contains(&secret.into()), "{secret} was opened");
    }
}

/// Returns the names of the files in `folder` that are opened while `work` runs.
fn opened_by(folder: &Utf8Path, work: impl FnOnce()) -> Vec<OsString> {
    let watch = inotify::init(CreateFlags::NONBLOCK).unwrap();
    inotify::add_watch(&watch, folder.as_str(), WatchFlags::OPEN).unwrap();
    work();
    let mut buffer = [MaybeUninit::uninit(); 16 * 1024];
    let mut events = inotify::Reader::new(watch, &mut buffer);
    let mut opened = Vec::new();
    loop {
        match events.next() {
            Ok(event) => {
                assert!(!event.events().contains(ReadFlags::QUEUE_OVERFLOW));
                let name = event.file_name().map(|name| OsString::from_vec(name.to_bytes().to_vec()));
                opened.extend(name);
            }
            Err(Errno::AGAIN) => return opened,
            Err(error) => panic!("{error}"),
        }
    }
}

/// A pipe in place of a manifest or an ignore file is refused as well, without waiting for a writer.
#[test]
fn a_pipe_in_place_of_a_manifest_is_refused() {
    for name in ["pyproject.toml", ".dockerignore"] {
        let folder = Folder::of(&tree::project(&[(".dockerignore", "")]));
        std::fs::remove_file(folder.join(name)).unwrap();
        mknodat(CWD, folder.join(name).as_str(), FileType::Fifo, Mode::RWXU, 0).unwrap();
        assert_eq!(refusal(folder.path()), format!("`{}` cannot be read", folder.join(name)));
    }
}

/// Archive readers do not agree on names that are not UTF-8. An excluded path may have such a name.
#[test]
fn a_name_that_is_not_utf8_is_refused_unless_it_is_excluded() {
    let folder = Folder::of(&tree::project(&[("src/a.py", "")]));
    let name = |bytes: &[u8]| OsString::from_vec(bytes.to_vec());
    let src = folder.join("src").into_std_path_buf();
    std::fs::write(src.join(name(b"caf\xe9.py")), "").unwrap();
    let advice = "has a name that is not UTF-8; rename it, or exclude it with `exclude`";
    assert_eq!(refusal(folder.path()), format!("`src/caf\u{fffd}.py` {advice}"));

    std::fs::create_dir(src.join(name(b"\xff\xfe"))).unwrap();
    std::fs::write(src.join(name(b"\xff\xfe/a.py")), "").unwrap();
    with_config(&folder, "exclude = ['src/caf*']");
    assert_eq!(refusal(folder.path()), format!("`src/\u{fffd}\u{fffd}` {advice}"));
    // The walk enters an excluded folder if a pattern can include a path in it. Other paths in it may have any name.
    with_config(&folder, "exclude = ['src/caf*']\ninclude = ['src/keep/*.md']");
    std::fs::write(folder.join(".dockerignore"), "src/??\n").unwrap();
    assert_eq!(kept(folder.path()), [".dockerignore", "pyproject.toml", "src/a.py"]);
    with_config(&folder, "exclude = ['src']");
    assert_eq!(kept(folder.path()), [".dockerignore", "pyproject.toml"]);
}

/// The target of an excluded link may have such a name as well.
#[test]
fn a_target_that_is_not_utf8_is_refused_unless_the_link_is_excluded() {
    let folder = Folder::of(&tree::project(&[("a.py", "")]));
    std::os::unix::fs::symlink(OsString::from_vec(b"caf\xe9".to_vec()), folder.join("link")).unwrap();
    let expected = "link `link` points to `caf\u{fffd}`, a name that is not UTF-8; rename the target, or exclude the \
                    link with `exclude`";
    assert_eq!(refusal(folder.path()), expected);
    with_config(&folder, "exclude = ['link']");
    assert_eq!(kept(folder.path()), ["a.py", "pyproject.toml"]);
}

/// In the image, a link to an excluded path would be broken.
#[test]
fn a_link_to_an_excluded_path_is_refused() {
    for (path, target, reason) in [
        ("settings", ".env", "a secret: an environment file (.env)"),
        ("pkg/data", "../build/lib/data", "build output"),
        ("pkg/out", "../build", "build output"),
        ("latest", "pkg/../notes/./1.log", ".dockerignore: notes/*.log"),
    ] {
        let files = [(".env", ""), ("build/lib/data", ""), ("notes/1.log", ""), ("notes/2.md", ""), ("pkg/a.py", "")];
        let folder = Folder::of(&tree::project(&files));
        std::fs::write(folder.join(".dockerignore"), "notes/*.log\n").unwrap();
        symlink(target, &folder.join(path));
        let expected = format!(
            "link `{path}` points to `{target}`, which is excluded ({reason}); include the target with `include`, or \
             exclude the link with `exclude`"
        );
        assert_eq!(refusal(folder.path()), expected);
        with_config(&folder, "include = ['.env', 'build', 'notes']");
        assert!(bundle(folder.path()).is_ok(), "{path}");
    }
}
