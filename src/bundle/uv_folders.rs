//! The folders of archives that uv takes packages from: `find-links`, and flat indexes, of `[tool.uv]` and of a `uv.lock`.

use camino::{Utf8Path, Utf8PathBuf};
use toml::{Table, Value};

use super::dependencies::Dependencies;
use super::error::BundleError;
use super::source_error::UvSourceError;
use super::uv::{indexes_in, table_of_uv};
use crate::project::{Closure, Workspace};
use crate::value::ProjectPath;

/// A folder that is named.
pub(super) struct Named {
    /// What names it: a key, or a file.
    pub(super) by: String,
    /// The folder of the file that names it, which its path is relative to.
    pub(super) base: Utf8PathBuf,
    /// The path, as it is written.
    pub(super) path: String,
}

impl Named {
    /// Returns the path below the base without `.`, or an error if it leads elsewhere.
    pub(super) fn below(&self, workspace: &Workspace) -> Result<Utf8PathBuf, BundleError> {
        if Utf8Path::new(&self.path).components().all(|part| part == camino::Utf8Component::CurDir) {
            return Ok(Utf8PathBuf::new());
        }
        // A `file:` URL has an absolute path.
        let path: Option<ProjectPath> = self.path.parse().ok().filter(|_| !self.path.starts_with("file:"));
        path.map(|path| path.normal()).ok_or_else(|| BundleError::NamedFileOutside {
            key: self.by.clone().into(),
            path: self.path.clone(),
            project: workspace.project().name().clone(),
        })
    }
}

/// Returns the folders in the settings of uv. `dependencies` says whether `[tool.uv.pip]` counts.
///
/// # Errors
///
/// If a setting names a folder that is no folder of archives.
pub(super) fn in_settings(
    workspace: &Workspace,
    closure: &Closure<'_>,
    dependencies: &Dependencies,
) -> Result<Vec<Named>, BundleError> {
    let (manifest, base) = match workspace.uv_root() {
        Some(root) => (&*root.manifest, &*root.place),
        None => (workspace.project().manifest(), workspace.project_path()),
    };
    let table = table_of_uv(manifest)?;
    let mut named = folders(&table)?;
    if matches!(dependencies, Dependencies::Requirements(_)) {
        let pip = table.get("pip").and_then(Value::as_table).map(links).unwrap_or_default();
        named.extend(pip.into_iter().map(|path| ("[tool.uv.pip] find-links".to_owned(), path)));
    }
    let others = closure.members_of(workspace).map(|member| member.project.manifest());
    for other in workspace.uv_root().map(|_| workspace.project().manifest()).into_iter().chain(others) {
        let of_member =
            indexes_in(&table_of_uv(other)?).find_map(|index| text(index, "url").filter(|url| !is_url(url)));
        if let Some(path) = of_member.filter(|_| other != manifest) {
            return Err(UvSourceError::FolderAsIndex { path }.into());
        }
    }
    let with_base = |(by, path)| Named { by, base: base.to_owned(), path };
    Ok(named.into_iter().map(with_base).collect())
}

/// Returns the folders in a table of settings, each with the key that names it.
fn folders(settings: &Table) -> Result<Vec<(String, String)>, BundleError> {
    let mut found: Vec<_> = links(settings).into_iter().map(|path| ("[tool.uv] find-links".to_owned(), path)).collect();
    for index in indexes_in(settings) {
        let Some(path) = text(index, "url").filter(|url| !is_url(url)) else { continue };
        if text(index, "format").as_deref() != Some("flat") {
            return Err(UvSourceError::FolderAsIndex { path }.into());
        }
        found.push(("[[tool.uv.index]]".to_owned(), path));
    }
    let more = settings.get("extra-index-url").and_then(Value::as_array).into_iter().flatten();
    let mut urls = settings.get("index-url").into_iter().chain(more).filter_map(Value::as_str);
    match urls.find(|url| !is_url(url)) {
        Some(path) => Err(UvSourceError::FolderAsIndex { path: path.to_owned() }.into()),
        None => Ok(found),
    }
}

/// Returns the folders in `find-links` of a table. A `file:` URL is as it is written: its path is absolute.
fn links(settings: &Table) -> Vec<String> {
    let links = settings.get("find-links").and_then(Value::as_array).into_iter().flatten();
    links.filter_map(Value::as_str).filter(|link| !is_url(link)).map(str::to_owned).collect()
}

fn text(table: &Table, key: &str) -> Option<String> {
    table.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// Returns whether a package source is a URL of a host, and no folder.
pub(super) fn is_url(source: &str) -> bool {
    source.contains("://") && !source.starts_with("file:")
}
