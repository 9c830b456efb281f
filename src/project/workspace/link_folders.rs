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

#[cfg(test)]
mod tests {
    use crate::files::Listing;
    use crate::project::{Config, Workspace};

    #[test]
    fn the_settings_of_the_root_name_folders() {
        let folders = |root: &str, settings: &str| {
            let root = format!("[tool.uv.workspace]\nmembers = ['app']\n{root}");
            let files = [
                ("team/pyproject.toml", &*root),
                ("team/app/pyproject.toml", "[project]\nname = 'app'\nversion = '1'\n"),
                ("team/uv.toml", settings),
            ];
            let listing = Listing::from_files(files).unwrap();
            let workspace = Workspace::in_listing(&listing, "team/app", &Config::default()).unwrap();
            workspace.link_folders_of_root().into_iter().map(String::from).collect::<Vec<_>>()
        };
        let all = "[tool.uv]\nfind-links = ['./wheels', 'https://w.example.org', 'file:///w', '../outside']\n\
                   [[tool.uv.index]]\nurl = 'flat'\nformat = 'flat'\n[[tool.uv.index]]\nurl = 'https://i.example.org'\n";
        assert_eq!(folders(all, ""), ["team/flat", "team/wheels"]);
        assert_eq!(folders("", "find-links = ['wheels']"), ["team/wheels"]);
        assert_eq!(folders("", ""), [""; 0]);
    }
}
