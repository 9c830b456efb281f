//! The Dockerfile for the folder of a project, judged by `BuildKit`'s parser and a shell.

#![expect(clippy::disallowed_types, reason = "a shell runs the steps that write files")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use agentix_gen::bundle::Bundle;
use agentix_gen::value::Dialect;
use agentix_gen::{context, dockerfile};
use proptest::prelude::*;

use super::expected::Instruction;
use super::inputs::Inputs;
use super::judges::Judge;
use super::{cases, hostile, locks::Lock, read, runner, show};

/// The files that stages have in `/src`, without the project, by their path in it.
type Files = BTreeMap<String, String>;

/// Both Dockerfiles have the same instructions, except those that copy from the context. Where these stood, the same
/// files are in `/src`: the shell that a builder starts writes them.
#[test]
fn both_layouts_have_the_same_instructions_and_files() {
    let Some(judge) = Judge::start("parse.py") else { return };
    show(runner(cases(1_000)).run(&hostile::allowed(), |mut inputs| {
        inputs.certificate = false;
        let bundle = inputs.bundle().unwrap();
        let in_tree = read_raw(&judge, &dockerfile::render_in_tree(&bundle, inputs.dialect).unwrap());
        let staged = read_raw(&judge, &dockerfile::render(&bundle, inputs.dialect).unwrap());
        let staged: Vec<_> = staged.into_iter().flat_map(without_mount).collect();
        let others = |all: &[Instruction]| all.iter().filter(|one| !provides(one)).cloned().collect::<Vec<_>>();
        prop_assert_eq!(others(&in_tree), others(&staged));
        prop_assert_eq!(written(&in_tree, &bundle), staged_files(&staged, &bundle, inputs.dialect));
        let copies = |all: &[Instruction], source: &str| all.iter().filter(|one| is_copy(one, source)).count();
        prop_assert_eq!(copies(&in_tree, "."), copies(&staged, "project/"));
        Ok(())
    }));
}

/// Replaces the mount of the requirements by a copy that the step removes.
fn without_mount(mut one: Instruction) -> Vec<Instruction> {
    let Some(mount) = one.flags.iter().position(|flag| flag == MOUNT) else { return vec![one] };
    one.flags.remove(mount);
    let (before, rest) = one.values[0].split_once("REQUIREMENTS_DIGEST=").unwrap();
    let install = rest.split_once(' ').unwrap().1.replace("/mnt", "/src/requirements");
    one.values = vec![format!("{before}{install} &&     rm -r /src/requirements")];
    let values = ["requirements/run/", "/src/requirements/"].map(str::to_owned).into();
    vec![Instruction { name: "COPY".to_owned(), flags: vec![], json: false, values }, one]
}

const MOUNT: &str = "--mount=type=bind,source=requirements/run,target=/mnt";

fn read_raw(judge: &Judge, text: &str) -> Vec<Instruction> {
    judge.ask(text)
}

/// Returns `true` if the instruction copies from the context, or replaces one that does.
fn provides(one: &Instruction) -> bool {
    let is_step =
        one.name == "RUN" && ["mkdir -p /src/", "if [ -e "].iter().any(|start| one.values[0].starts_with(start));
    is_step || one.name == "COPY" && one.flags.iter().all(|flag| !flag.starts_with("--from="))
}

fn is_copy(one: &Instruction, source: &str) -> bool {
    one.name == "COPY" && one.flags.is_empty() && one.values[0] == source
}

/// Runs the steps that write files, in a folder instead of the root, and copies the files of the project.
fn written(all: &[Instruction], bundle: &Bundle) -> Files {
    let root = tempfile::tempdir().unwrap();
    for one in all.iter().filter(|one| provides(one)) {
        if one.name == "RUN" && one.values[0].starts_with("mkdir") {
            let (folders, texts) = one.values[0].split_once(" && ").unwrap();
            let in_root = |text: &str, before: &str| {
                text.replace(&format!("{before} /src/"), &format!("{before} {}/src/", root.path().display()))
            };
            let command = format!("{} && {}", in_root(folders, ""), in_root(texts, ">"));
            assert!(Command::new("sh").args(["-c", &command]).status().unwrap().success(), "{command}");
        } else if one.name == "COPY" && one.values[1].starts_with("/src/requirements/") {
            let agentix_gen::files::EntryKind::Memory(bytes) = bundle.listing().get(&one.values[0]).unwrap().kind()
            else {
                panic!("{one:?}")
            };
            let target = root.path().join(&one.values[1][1..]);
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::write(target, bytes).unwrap();
        }
    }
    let mut files = Files::new();
    collect(&root.path().join("src"), "", &mut files);
    files
}

fn collect(folder: &Path, path: &str, files: &mut Files) {
    for entry in fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
        let path = format!("{path}{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), &format!("{path}/"), files);
        } else {
            files.insert(path, fs::read_to_string(entry.path()).unwrap());
        }
    }
}

/// Returns the files that the instructions copy from the staged context.
fn staged_files(all: &[Instruction], bundle: &Bundle, dialect: Dialect) -> Files {
    let context = context::stage(bundle, dialect).unwrap();
    let mut files = Files::new();
    for one in all
        .iter()
        .filter(|one| provides(one) && ["requirements/", "nix/"].iter().any(|folder| one.values[0].starts_with(folder)))
    {
        for entry in context.entries() {
            let context::Source::Bytes(bytes) = entry.source else { continue };
            let Some(below) = entry.path.strip_prefix(&*one.values[0]) else { continue };
            let name = if below.is_empty() { entry.path.rsplit('/').next().unwrap() } else { below };
            let target = format!("{}{name}", one.values[1]);
            let text = std::str::from_utf8(bytes).unwrap().to_owned();
            files.insert(target.strip_prefix("/src/").unwrap().to_owned(), text);
        }
    }
    files
}

#[test]
fn a_lock_is_copied_from_its_place() {
    let Some(judge) = Judge::start("parse.py") else { return };
    for (lock, file) in [(Lock::Requirements, "requirements.txt"), (Lock::Pylock, "pylock.toml")] {
        let bundle = Inputs { lock: Some(lock), ..Inputs::default() }.bundle().unwrap();
        let text = dockerfile::render_in_tree(&bundle, Dialect::BuildKit).unwrap();
        let copied = ["COPY", file, &format!("/src/requirements/{file}")].join(" ");
        assert!(text.lines().any(|line| line == copied), "{text}");
        assert!(!read(&judge, &text).is_empty());
    }
}
