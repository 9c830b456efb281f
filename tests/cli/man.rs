//! The `man` command. groff reads the pages and finds nothing to warn about.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::run::Folder;

/// Formats a page. Prints "not run" and returns `None` without groff.
#[expect(clippy::print_stderr, reason = "a test says why it does not run")]
fn formatted(page: &Path) -> Option<String> {
    let groff = Command::new("groff").args(["-man", "-Tascii", "-P-cbou", "-rLL=300n", "-ww"]).arg(page).output();
    let Ok(output) = groff else {
        eprintln!("not run: groff is not installed");
        return None;
    };
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{}", page.display());
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_page_is_read_without_a_warning() {
    let folder = Folder::hello();
    let folder = folder.run(&["man"]).prints();
    let folder = Folder::with("agentix-gen.1", folder);
    let Some(text) = formatted(&folder.path("agentix-gen.1")) else { return };
    for part in ["NAME", "SYNOPSIS", "--installer", "agentix-gen-build(1)", "agentix-gen files"] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
}

#[test]
fn every_command_has_a_page() {
    let folder = Folder::hello();
    assert_eq!(folder.run(&["man", "--into", "share/man1"]).prints(), "");
    let pages: Vec<_> = fs::read_dir(folder.path("share/man1")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let names: Vec<&str> = pages.iter().filter_map(|path| path.file_name()?.to_str()).collect();
    for name in ["agentix-gen.1", "agentix-gen-build.1", "agentix-gen-man.1"] {
        assert!(names.contains(&name), "{names:?}");
    }
    let texts: Vec<String> = pages.iter().map_while(|page| formatted(page)).collect();
    assert!(texts.iter().all(|text| text.contains("SYNOPSIS")), "{names:?}");
    let folder = folder.file("file", "");
    assert!(folder.run(&["man", "--into", "file"]).refused().starts_with("error: file cannot be written\n"));
}
