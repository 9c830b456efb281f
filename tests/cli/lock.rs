//! Images pinned by digest in `agentix.lock`.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::run::Folder;

fn digest(digit: char) -> String {
    format!("sha256:{}", digit.to_string().repeat(64))
}

fn lock(images: &[&str]) -> String {
    let entry = |image: &&str| format!("\"{image}\" = \"{}\"\n", digest('1'));
    format!("version = 1\n\n[images]\n{}", images.iter().map(entry).collect::<String>())
}

/// Adds a stub of podman that reports `digests` for every image, except for images whose name contains `absent`.
fn podman(folder: Folder, digests: &str) -> Folder {
    folder.program(
        "bin/podman",
        &format!(
            "#!/bin/sh\ncase \"$*\" in\n--version) echo podman version 4.3.1;;\n\
             *Digest*{{index*|*Label*) echo 1234;;\n*absent*) echo 'image not known' >&2; exit 125;;\n\
             *) echo {digests};;\nesac\n"
        ),
    )
}

#[test]
fn every_image_has_its_digest_in_the_dockerfile() {
    let options = ["--runtime-image", "base:1", "--uv-image", "uv:1", "--installer", "uv", "--nix-image", "nix:1"];
    let folder = Folder::hello().file("default.nix", "{}");
    for dialect in ["buildkit", "classic"] {
        let arguments = [&options[..], &["--dialect", dialect]].concat();
        let plain = folder.run(&arguments).prints();
        fs::write(folder.path("agentix.lock"), lock(&["base:1", "nix:1", "uv:1"])).unwrap();
        let pinned = folder.run(&[&arguments[..], &["--locked"]].concat()).prints();
        assert_eq!(folder.run(&arguments).prints(), pinned);
        let mut expected = plain;
        for name in ["base:1", "uv:1", "nix:1"] {
            expected = expected.replace(name, &format!("{name}@{}", digest('1')));
        }
        // The label of the base image has its digest beside its name.
        let label = |name: &str| format!("LABEL org.opencontainers.image.base.name=\"{name}\"");
        let labels = format!(
            "LABEL org.opencontainers.image.base.digest=\"{}\" \\\n      {}",
            digest('1'),
            &label("base:1")[6..]
        );
        expected = expected.replace(&label(&format!("base:1@{}", digest('1'))), &labels);
        assert_eq!(pinned, expected);
        assert!(pinned.matches(&digest('1')).count() >= 5, "{pinned}");
        fs::remove_file(folder.path("agentix.lock")).unwrap();
    }
}

#[test]
fn drift_is_refused_with_locked() {
    let folder = Folder::hello();
    let create = "  help: create it: agentix-gen lock .\n";
    assert_eq!(
        folder.run(&["--locked"]).refused(),
        format!("error: ./agentix.lock does not exist, but --locked requires it\n{create}")
    );
    let folder = folder.file("agentix.lock", lock(&["old:1", "base:1"]));
    folder.run(&[]).prints();
    assert_eq!(
        folder.run(&["--locked", "--runtime-image", "new:1"]).refused(),
        "error: agentix.lock does not match the images in use\n  \
         because: `new:1` is in use but not locked\n  \
         because: `base:1` is locked but not in use\n  \
         because: `old:1` is locked but not in use\n  \
         help: update it: agentix-gen lock .\n"
    );
    let by_digest = format!("new@{}", digest('2'));
    let folder = folder.file("agentix.lock", lock(&[]));
    folder.run(&["--locked", "--runtime-image", &by_digest]).prints();
}

#[test]
fn an_invalid_lock_is_refused_and_kept() {
    for text in ["precious", "version = 1\nother = 2\n", "version = 3\n", "version = 1\n[images]\na = 'b'\n"] {
        let folder = podman(Folder::hello(), "x").file("agentix.lock", text);
        assert!(folder.run(&[]).refused().starts_with("error: ./agentix.lock: "), "{text}");
        let path = folder.path("bin").into_os_string();
        let refused = folder.run(&["lock", "--engine", "podman"]).env("PATH", path).refused();
        assert!(refused.starts_with("error: "), "{text}: {refused}");
        assert_eq!(fs::read_to_string(folder.path("agentix.lock")).unwrap(), text);
    }
}

#[test]
fn the_digests_of_the_engine_are_locked() {
    let digests = format!("{0} localhost:5000/base@{0} localhost:5000/base@{1}", digest('1'), digest('2'));
    let folder = podman(Folder::hello(), &digests);
    let path = format!("{}:/bin:/usr/bin", folder.path("bin").display());
    let lock = |image: &str| {
        let arguments = ["lock", "--engine", "podman", "--runtime-image", image];
        folder.run(&arguments).env("PATH", path.clone())
    };
    let done = lock("localhost:5000/base:1").ends(0);
    assert_eq!(done.stdout, "");
    let two = digest('2');
    let python = "not locked: python:3.11-slim, the base image of `agentix-gen runtime`: podman has no digest for it\n";
    assert_eq!(done.stderr, format!("{python}locked localhost:5000/base:1@{two}\nwrote ./agentix.lock\n"));
    let text = fs::read_to_string(folder.path("agentix.lock")).unwrap();
    assert!(text.ends_with(&format!("version = 1\n\n[images]\n\"localhost:5000/base:1\" = \"{two}\"\n")), "{text}");
    assert_eq!(fs::metadata(folder.path("agentix.lock")).unwrap().permissions().mode() & 0o777, 0o644);
    // A second run leaves no other files.
    lock("localhost:5000/base:1").ends(0);
    assert_eq!(folder.paths(), ["agentix.lock", "bin", "bin/podman", "pyproject.toml"]);

    let refused = lock("base:1").refused();
    assert_eq!(
        refused,
        "error: some images in use have no registry digest\n  \
         because: podman has no registry digest for `base:1`, only an ID; push the image to a registry, pull it from \
         there, and use its name in the registry\n"
    );
    let refused = lock("absent:1").refused();
    assert!(
        refused.ends_with("  because: podman does not have the image `absent:1`; pull it: podman pull absent:1\n"),
        "{refused}"
    );
    assert_eq!(fs::read_to_string(folder.path("agentix.lock")).unwrap(), text);
}

#[test]
fn the_python_image_of_the_runtime_is_locked_too() {
    let digests = format!("{0} docker.io/library/python@{0} localhost:5000/base@{0}", digest('3'));
    let folder = podman(Folder::hello(), &digests);
    let path = format!("{}:/bin:/usr/bin", folder.path("bin").display());
    let base = ["--runtime-image", "localhost:5000/base:1"];
    assert!(folder.run(&["runtime", ".", "--locked"]).refused().starts_with("error: ./agentix.lock does not exist"));
    folder.run(&[&["lock", "--engine", "podman"], &base[..]].concat()).env("PATH", path).ends(0);

    let from = |python: &str| format!("\nFROM {python}\n");
    let pinned = from(&format!("python:3.11-slim@{}", digest('3')));
    for arguments in [&["runtime", "."][..], &["runtime", ".", "--locked"]] {
        let text = folder.run(arguments).prints();
        assert!(text.contains(&pinned), "{text}");
    }
    // Only the project's runtime image uses it, and no bundle.
    assert!(folder.run(&["runtime"]).prints().contains(&from("python:3.11-slim")));
    folder.run(&[&["--locked"], &base[..]].concat()).prints();
    let other = ["runtime", ".", "--python-image", "python:3.13"];
    assert!(folder.run(&other).prints().contains(&from("python:3.13")));
    assert_eq!(
        folder.run(&[&other[..], &["--locked"]].concat()).refused(),
        "error: agentix.lock does not match the images in use\n  because: `python:3.13` is in use but not locked\n  \
         help: update it: agentix-gen lock .\n"
    );
    // A standalone image starts from it.
    let standalone = folder.run(&["--standalone"]).prints();
    assert!(standalone.contains(&pinned[..pinned.len() - 1]), "{standalone}");
}
