//! The `files` command: lists every path of a project, included or excluded, with the rule that matched.

mod tree;

use std::fmt::Write;

use agentix_gen::files::{EntryKind, ExclusionReason, Listing};
use agentix_gen::load::{LoadOptions, list};
use agentix_gen::value::{PatternSet, Redacted};
use camino::Utf8Path;
use serde::Serialize;

use super::arguments::Format;
use super::error::CommandError;
use super::output;
use super::view_arguments::FilesArguments;

pub(crate) fn print(arguments: &FilesArguments) -> Result<(), CommandError> {
    let options = LoadOptions::from(arguments.project.config());
    let (workspace, listing) = list(&arguments.project.path, &options)?;
    let config = options.config.overlay(workspace.project().config().clone());
    let include = config.include.into_iter().collect();
    let files = decided(&listing, &include, workspace.project_path());
    if arguments.tree {
        let tree = tree::tree(&listing, &files, &output::Paint::for_stdout())?;
        return output::data(Redacted(&tree).text().as_bytes());
    }
    match arguments.format {
        Format::Text => output::data(Redacted(&table(&files)).text().as_bytes()),
        Format::Json => output::json(&files),
    }
}

/// The decision about one path. The contents of an excluded folder are excluded too and have no rows of their own.
#[derive(Serialize)]
struct Decided<'a> {
    path: &'a str,
    kind: &'static str,
    r#in: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<Rule<'a>>,
}

/// The rule that matched. A path that no rule matches is included.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Rule<'a> {
    Include(&'a str),
    #[serde(untagged)]
    Reason(&'a ExclusionReason),
}

fn decided<'a>(listing: &'a Listing, include: &'a PatternSet, project_path: &Utf8Path) -> Vec<Decided<'a>> {
    let included = listing.entries().iter().map(|entry| {
        let path_in_project = Utf8Path::new(entry.path()).strip_prefix(project_path).ok();
        let include = path_in_project.and_then(|path| include.first_match(path.as_str()));
        let rule = include.map(|pattern| Rule::Include(pattern.as_str()));
        Decided { path: entry.path(), kind: kind(entry.kind()), r#in: true, rule }
    });
    let excluded = listing.excluded().iter().map(|entry| Decided {
        path: &entry.path,
        kind: if entry.is_folder { "folder" } else { "file" },
        r#in: false,
        rule: Some(Rule::Reason(&entry.reason)),
    });
    let mut all: Vec<Decided<'_>> = included.chain(excluded).collect();
    // A folder is followed by its contents: `/` comes before any other character.
    let order = |path: &'a str| path.bytes().map(|byte| if byte == b'/' { 0 } else { byte });
    all.sort_by(|a, b| order(a.path).cmp(order(b.path)));
    all
}

fn kind(kind: &EntryKind) -> &'static str {
    match kind {
        EntryKind::Folder => "folder",
        EntryKind::Link(_) => "link",
        EntryKind::Special(_) => "special",
        _ => "file",
    }
}

fn table(files: &[Decided<'_>]) -> String {
    let is_plain = |byte: u8| (b' '..=b'~').contains(&byte) && !b"\\'\"".contains(&byte);
    let shown = |file: &Decided<'_>| {
        let slash = if file.kind == "folder" { "/" } else { "" };
        if file.path.bytes().all(is_plain) {
            return [file.path, slash].concat();
        }
        format!("{}{slash}", file.path.escape_debug())
    };
    let with_rule = files.iter().filter(|file| file.rule.is_some());
    let width = with_rule.map(|file| shown(file).chars().count()).max().unwrap_or(0);
    let mut table = String::new();
    for file in files {
        let verdict = if file.r#in { "in " } else { "out" };
        // Writing to a string cannot fail.
        _ = match &file.rule {
            None => writeln!(table, "{verdict}  {}", shown(file)),
            Some(Rule::Include(pattern)) => writeln!(table, "{verdict}  {:width$}  include: {pattern}", shown(file)),
            Some(Rule::Reason(reason)) => writeln!(table, "{verdict}  {:width$}  {reason}", shown(file)),
        };
    }
    table
}
