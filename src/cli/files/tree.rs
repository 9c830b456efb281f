//! `files --tree`: the paths as a tree with sizes, the largest first.

use std::collections::BTreeMap;
use std::fmt::Write;

use agentix_gen::files::{ExclusionReason, Listing, entry_size};
use agentix_gen::value::{ByteSize, OneLine};

use super::{Decided, Rule};
use crate::cli::error::CommandError;
use crate::cli::output::Paint;

/// A path and what is below it.
#[derive(Default)]
struct Node<'a> {
    /// The size of the included files.
    size: ByteSize,
    decided: Option<&'a Decided<'a>>,
    children: BTreeMap<&'a str, Node<'a>>,
}

/// Returns the tree. Excluded paths have no size: what they contain is not read.
pub(super) fn tree(listing: &Listing, files: &[Decided<'_>], paint: &Paint) -> Result<String, CommandError> {
    let mut root = Node::default();
    for decided in files {
        let size = if decided.r#in { listing.get(decided.path) } else { None };
        let size = size.map(|entry| entry_size(listing, entry)).transpose()?.unwrap_or_default();
        let mut node = &mut root;
        node.size += size;
        for name in decided.path.split('/') {
            node = node.children.entry(name).or_default();
            node.size += size;
        }
        node.decided = Some(decided);
    }
    let mut text = String::new();
    root.write(".", "", "", paint, &mut text);
    Ok(text)
}

impl Node<'_> {
    /// Writes the path and what is below it. `branch` is drawn before its name, `indent` before those below it.
    fn write(&self, name: &str, branch: &str, indent: &str, paint: &Paint, text: &mut String) {
        let is_excluded = self.decided.is_some_and(|decided| !decided.r#in);
        let size = if is_excluded { "-".to_owned() } else { self.size.to_string() };
        let slash = if self.decided.is_none_or(|decided| decided.kind == "folder") { "/" } else { "" };
        let name = format!("{}{slash}", OneLine(name));
        let rule = self.decided.and_then(|decided| decided.rule.as_ref());
        let (code, why) = match rule {
            None => ("0", String::new()),
            Some(Rule::Include(pattern)) => ("32", format!("  include: {}", OneLine(pattern))),
            Some(Rule::Reason(reason)) => (code(reason), format!("  out: {reason}")),
        };
        // Writing to a string cannot fail.
        _ = writeln!(text, "{size:>10}  {branch}{}", paint.with(code, &format!("{name}{why}")));
        let mut children: Vec<(&&str, &Node<'_>)> = self.children.iter().collect();
        children.sort_by_key(|(_, child)| std::cmp::Reverse(child.size));
        let last = children.len().saturating_sub(1);
        for (number, (name, child)) in children.into_iter().enumerate() {
            let (branch, below) = if number == last { ("└── ", "    ") } else { ("├── ", "│   ") };
            child.write(name, &format!("{indent}{branch}"), &format!("{indent}{below}"), paint, text);
        }
    }
}

/// Returns the colour of a rule: red for secrets, yellow for what the project excludes, grey for what is always excluded.
fn code(reason: &ExclusionReason) -> &'static str {
    match reason {
        reason if reason.is_secret() => "31",
        ExclusionReason::DockerIgnore { .. } | ExclusionReason::GitIgnore { .. } | ExclusionReason::Exclude(_) => "33",
        _ => "90",
    }
}
