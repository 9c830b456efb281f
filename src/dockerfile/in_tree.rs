//! The Dockerfile for the folder of the project, instead of a staged context.
//!
//! It is the same Dockerfile: each `COPY` from the staged context is replaced by instructions that put the same files
//! there. The project is copied from its folder, generated files are written by a step.

use std::collections::BTreeSet;

use camino::Utf8Path;

use super::error::RenderError;
use super::in_tree_error::InTreeError;
use super::nix::nix_files;
use super::render::{Layout, render_layout};
use super::write_step;
use crate::bundle::Bundle;
use crate::files::{self, EntryKind, is_below};
use crate::value::Dialect;

/// Renders the Dockerfile of a bundle for the folder of its project: `docker build .` needs neither a staged context nor
/// this tool.
///
/// Write it as `Dockerfile`, with the text of [`ignore_file`] as `Dockerfile.dockerignore` beside it. The context is the
/// workspace [root](crate::project::Workspace::root): the folder of the project, or the root of its uv workspace.
///
/// # Errors
///
/// See [`RenderError`]. [`RenderError::InTree`] says what only a staged context can contain.
pub fn render_in_tree(bundle: &Bundle, dialect: Dialect) -> Result<String, RenderError> {
    check(bundle)?;
    let text = render_layout(bundle, dialect, Layout::InTree)?;
    let mut lines = Vec::new();
    let mut is_continued = false;
    for line in text.split('\n') {
        let is_copy = !is_continued && line.starts_with("COPY ") && !line.contains(" --from=");
        match Copy::read(line).filter(|_| is_copy) {
            Some(copy) => lines.extend(copy.in_tree(bundle, dialect)?),
            None if is_copy => return Err(InTreeError::Copy { line: line.to_owned() }.into()),
            None => lines.push(line.to_owned()),
        }
        is_continued = line.trim_end().ends_with('\\');
    }
    Ok(lines.join("\n"))
}

/// Returns the text of `Dockerfile.dockerignore` for [`render_in_tree`]: it selects the files that a staged context
/// contains.
///
/// # Errors
///
/// Fails if the folder cannot be used as a context, or if a path cannot be named in an ignore file.
pub fn ignore_file(bundle: &Bundle) -> Result<String, RenderError> {
    check(bundle)?;
    Ok(files::ignore_file(bundle.listing(), &own_files(bundle)).map_err(InTreeError::from)?)
}

/// Returns the lines that an ignore file with the given text is missing so that it selects the files of the bundle.
/// Returns an empty text if it selects exactly them. Lines for later files are not compared.
///
/// # Errors
///
/// Fails like [`ignore_file`], and if the text is not an ignore file.
pub fn missing_ignore_lines(bundle: &Bundle, text: &str) -> Result<String, RenderError> {
    check(bundle)?;
    Ok(files::corrections(bundle.listing(), &own_files(bundle), text).map_err(InTreeError::from)?)
}

/// Returns the paths of the generated files, which the image does not need.
fn own_files(bundle: &Bundle) -> Vec<String> {
    let folder = bundle.workspace().project_path();
    ["Dockerfile", "Dockerfile.dockerignore"].map(|name| folder.join(name).into_string()).into()
}

/// Refuses a bundle whose context contains more than its folder.
fn check(bundle: &Bundle) -> Result<(), InTreeError> {
    let workspace = bundle.workspace();
    let project = workspace.project_path();
    if workspace.uv_root().is_none() && !project.as_str().is_empty() {
        let siblings = bundle.members().map(|member| &member.place);
        let mut places = siblings.chain(bundle.archives().map(|(archive, _)| &archive.place));
        let outside = places.find(|place| !is_below(place.as_str(), project.as_str()));
        let path = outside.map_or_else(|| project.to_string(), ToString::to_string);
        return Err(InTreeError::Outside { path });
    }
    let is_followed = |kind: &EntryKind| matches!(kind, EntryKind::FileAt(_));
    if let Some(entry) = bundle.listing().entries().iter().find(|entry| is_followed(entry.kind())) {
        return Err(InTreeError::FollowedLink { path: entry.path().to_owned() });
    }
    if bundle.ca_certificate().is_some() {
        return Err(InTreeError::Certificate);
    }
    Ok(())
}

/// A `COPY` from the staged context.
struct Copy<'a> {
    flags: Vec<&'a str>,
    source: &'a str,
    target: &'a str,
}

impl<'a> Copy<'a> {
    /// Reads an instruction with one source, in the shell form.
    fn read(line: &'a str) -> Option<Self> {
        let mut words = line.strip_prefix("COPY ")?.split_whitespace();
        let flags: Vec<&str> = words.clone().take_while(|word| word.starts_with("--")).collect();
        words.by_ref().take(flags.len()).for_each(drop);
        let (source, target) = (words.next()?, words.next()?);
        (words.next().is_none() && !source.starts_with('[')).then_some(Self { flags, source, target })
    }

    /// Returns instructions that put the same files there.
    fn in_tree(&self, bundle: &Bundle, dialect: Dialect) -> Result<Vec<String>, InTreeError> {
        let Self { flags, source, target } = self;
        if let Some(path) = source.strip_prefix("project/").or((*source == "project").then_some("")) {
            let words = ["COPY"].into_iter().chain(flags.iter().copied());
            let path = if path.is_empty() { "." } else { path };
            let copy = words.chain([path, target]).collect::<Vec<_>>().join(" ");
            let is_whole = path == "." && dialect == Dialect::Classic;
            return Ok([copy].into_iter().chain(is_whole.then(|| refuse_unread_ignore_file(bundle, target))).collect());
        }
        let steps = if flags.is_empty() { self.generated(bundle)? } else { Vec::new() };
        if steps.is_empty() {
            return Err(InTreeError::Copy { line: format!("COPY {source} {target}") });
        }
        Ok(steps)
    }

    /// Returns instructions that provide generated files of the staged context. Returns none if it has none at the source.
    fn generated(&self, bundle: &Bundle) -> Result<Vec<String>, InTreeError> {
        let (mut written, mut copied) = (Vec::new(), Vec::new());
        let requirements = bundle.requirement_files().into_iter();
        let requirements = requirements.map(|file| (format!("requirements/{}", file.path), file.text, file.lock));
        let nix = nix_files(bundle).into_iter().map(|(path, text)| (path.to_owned(), text.to_owned(), None));
        for (path, text, lock) in requirements.chain(nix) {
            let name = match path.strip_prefix(self.source) {
                // A file, which is copied into a folder.
                Some("") => path.rsplit('/').next().unwrap_or_default(),
                Some(below) if self.source.ends_with('/') => below,
                _ => continue,
            };
            let target = format!("{}{name}", self.target);
            match lock {
                Some(lock) => copied.push((lock.path.to_string(), target)),
                None => written.push((target, text)),
            }
        }
        for folder in bundle.link_folders() {
            let target = format!("requirements/{}/", folder.target);
            if let Some(below) = target.strip_prefix(self.source) {
                copied.push((folder.path.to_string(), format!("{}{below}", self.target)));
            }
        }
        let mut steps = Vec::new();
        if !written.is_empty() {
            steps.push(write_step::write(&written)?);
        }
        for (path, target) in copied {
            check_source(bundle, &path)?;
            steps.push(format!("COPY {path} {target}"));
        }
        Ok(steps)
    }
}

/// Checks that a file can be copied from the folder of the project.
fn check_source(bundle: &Bundle, path: &str) -> Result<(), InTreeError> {
    let listing = bundle.listing();
    if listing.get(path).is_none() {
        let folders: BTreeSet<&Utf8Path> = Utf8Path::new(path).ancestors().collect();
        let excluded = listing.excluded().iter().find(|excluded| folders.contains(Utf8Path::new(&excluded.path)));
        let reason = excluded.map(|excluded| excluded.reason.clone());
        return Err(InTreeError::LockKeptOut { path: path.to_owned(), reason });
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-+@/".contains(c);
    if path.chars().all(is_plain) { Ok(()) } else { Err(InTreeError::Name { path: path.to_owned() }) }
}

/// Returns a step that fails if the builder has not read `Dockerfile.dockerignore`, as docker's legacy builder.
fn refuse_unread_ignore_file(bundle: &Bundle, folder: &str) -> String {
    let file = bundle.workspace().project_path().join("Dockerfile.dockerignore");
    format!(
        "RUN if [ -e {folder}{file} ]; then \\\n      \
         echo 'the builder did not read {file}, so the image would contain what it excludes' >&2; exit 1; \\\n    fi"
    )
}
