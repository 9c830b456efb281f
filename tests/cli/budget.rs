//! The size limit of a context, and the warning about a large context.

use std::fmt::Write;
use std::fs::File;
use std::path::Path;

use crate::run::{Folder, HELLO};

fn large(folder: &Folder, path: &str, bytes: u64) {
    let path = folder.path(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    // A sparse file, which takes no space on disk.
    File::create(path).unwrap().set_len(bytes).unwrap();
}

const MIB: u64 = 1024 * 1024;

#[test]
fn a_context_over_the_limit_is_refused_with_its_largest_paths() {
    let folder = Folder::hello();
    for number in 0..12 {
        large(&folder, &format!("data/{number:02}.bin"), (number + 1) * MIB);
    }
    let mut expected = "error: the context holds 78.0 MiB, but `max-context` allows only 10 MiB\n".to_owned();
    expected += "  because:     78 MiB  data/ (total)\n";
    for number in (2..12).rev() {
        let size = format!("{} MiB", number + 1);
        writeln!(expected, "  because: {size:>10}  data/{number:02}.bin").unwrap();
    }
    expected += "  help: exclude files that the image does not need (--exclude PATH or .dockerignore), \
                 or raise --max-context\n";
    let limit = ["--max-context", "10M"];
    for command in [&["context"][..], &["stage", "--into", "out"], &["build", "--dry-run"]] {
        assert_eq!(folder.run(&[command, &limit].concat()).refused(), expected, "{command:?}");
    }
    assert!(!folder.path("out").exists() && !folder.path("build").exists());
    folder.run(&["stage", "--into", "out", "--max-context", "79M"]).prints();
    folder.run(&["stage", "--into", "out", "--max-context", "10M", "--exclude", "data"]).prints();
}

/// The engine is asked only for its version and features.
#[test]
fn a_build_over_the_limit_starts_nothing() {
    let folder = Folder::hello().file("data", [b'x'; 2000]);
    let folder = crate::stub::engine(folder, "touch built");
    let build = folder.run(&["build", "--engine", "podman", "--max-context", "1K"]);
    let message = build.env("PATH", crate::stub::path(&folder)).refused();
    assert!(message.starts_with("error: the context holds ") && message.contains("  data\n"), "{message}");
    assert!(!folder.path("built").exists());
}

#[test]
fn the_limit_is_also_a_key() {
    let with = |value: &str| Folder::with("pyproject.toml", format!("{HELLO}[tool.agentix]\nmax-context = {value}\n"));
    for value in ["'1B'", "1"] {
        let message = with(value).run(&["build", "--dry-run"]).refused();
        assert!(message.contains("but `max-context` allows only 1 B\n"), "{message}");
        with(value).run(&["build", "--dry-run", "--max-context", "1G"]).prints();
    }
    let message = with("'1T'").run(&["build", "--dry-run"]).refused();
    assert!(message.contains("`1T` is not a size: a number of bytes"), "{message}");
    let printed = Folder::hello().run(&["context", "--max-context", "1.5G"]).ends(2);
    assert!(printed.stderr.contains("`1.5G` is not a size"), "{printed:?}");
}

#[test]
fn a_context_over_100_mib_causes_a_warning() {
    let folder = Folder::hello();
    large(&folder, "model.bin", 100 * MIB);
    let printed = folder.run(&["stage", "--into", "out"]).ends(0);
    let lines: Vec<&str> = printed.stderr.lines().collect();
    assert_eq!(lines[..2], ["warning: the context holds 100.0 MiB", "   100 MiB  model.bin"], "{printed:?}");
    large(&folder, "model.bin", 99 * MIB);
    folder.run(&["stage", "--into", "out"]).prints();
    assert!(Path::new(&folder.path("out/project/model.bin")).is_file());
}
