//! The folders of archives beside the root of a uv workspace, which its members install from.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use toml::{Table, Value};

use super::Workspace;
use crate::value::ProjectPath;

impl Workspace {
    /// Returns the folders that the settings of uv at the workspace's root name as sources of packages, if they are below the
    /// root. A file that cannot be read names none: it is reported elsewhere.
    pub(crate) fn link_folders_of_root(&self) -> BTreeSet<Utf8PathBuf> {
        let Some(root) = self.uv_root() else { return BTreeSet::new() };
        let manifest: Table = root.manifest.parse().unwrap_or_default();
        let of_manifest = manifest.get("tool").and_then(|tool| tool.get("uv")).and_then(Value::as_table).cloned();
        let of_file = self.uv_toml().and_then(|file| file.text.parse().ok());
        let settings = of_manifest.into_iter().chain(of_file);
        settings.flat_map(|settings| folders(&settings, &root.place)).collect()
    }
}

fn folders(settings: &Table, base: &Utf8Path) -> Vec<Utf8PathBuf> {
    let elements = |key: &str| settings.get(key).and_then(Value::as_array).into_iter().flatten();
    let urls = elements("index").filter_map(|index| index.get("url")).chain(elements("find-links"));
    let paths = urls.filter_map(Value::as_str).filter(|url| !url.contains(':')).map(str::parse::<ProjectPath>);
    paths.flatten().map(|path| base.join(path.normal())).collect()
}
