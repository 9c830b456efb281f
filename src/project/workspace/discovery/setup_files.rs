//! `setup.py` and `setup.cfg` of a project, each read once.

use std::collections::BTreeSet;

use camino::Utf8Path;

use super::tree::{PathState, Tree};
use crate::project::manifest::{AdjacentMetadata, SetupScript, describes_package, in_setup_cfg, metadata_in_setup_cfg};

/// The two files. The build reports one that is not readable, for example because it is Latin-1.
pub(super) struct SetupFiles {
    script: File,
    settings: File,
}

enum File {
    Missing,
    Unreadable,
    Read(String),
}

impl SetupFiles {
    pub(super) fn read<T: Tree>(tree: &T, folder: &Utf8Path) -> Result<Self, T::Error> {
        let read = |name: &str| {
            let path = folder.join(name);
            if tree.standing(&path)? == PathState::Nothing {
                return Ok::<_, T::Error>(File::Missing);
            }
            Ok(tree.text(&path).ok().flatten().map_or(File::Unreadable, File::Read))
        };
        Ok(Self { script: read("setup.py")?, settings: read("setup.cfg")? })
    }

    /// Returns whether they describe a package: a script does, and a `setup.cfg` with more than settings of tools.
    pub(super) fn describe_package(&self) -> bool {
        let describes = match &self.settings {
            File::Missing => false,
            File::Unreadable => true,
            File::Read(text) => describes_package(text),
        };
        describes || !matches!(self.script, File::Missing)
    }

    /// Returns what they say beside a manifest.
    pub(super) fn metadata(&self) -> AdjacentMetadata {
        let settings = self.settings.text();
        let mentions = |key: &str| [&self.script, &self.settings].iter().any(|file| file.mentions(key));
        let script =
            if mentions("install_requires") { SetupScript::WithDependencies } else { SetupScript::WithoutDependencies };
        // What a setup script passes to setuptools comes before the same key of setup.cfg.
        let is_stated = !["version", "**"].iter().any(|text| self.script.mentions(text));
        AdjacentMetadata {
            metadata: settings.filter(|_| is_stated).and_then(metadata_in_setup_cfg),
            setup_script: self.describe_package().then_some(script),
            named_files: settings.map(in_setup_cfg).unwrap_or_default(),
            setup_cfg_has_dependencies: settings
                .is_some_and(|text| text.lines().any(|line| line.starts_with("install_requires"))),
            mentioned_files: [&self.script, &self.settings].into_iter().flat_map(File::mentioned_files).collect(),
            mentions_setup_requires: Some(mentions("setup_requires")),
            ..AdjacentMetadata::default()
        }
    }
}

impl File {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Read(text) => Some(text),
            Self::Missing | Self::Unreadable => None,
        }
    }

    /// Returns whether the file may set a key, which may be written with `-` too. One that is not readable may.
    fn mentions(&self, key: &str) -> bool {
        match self {
            Self::Missing => false,
            Self::Unreadable => true,
            Self::Read(text) => text.contains(key) || text.contains(&key.replace('_', "-")),
        }
    }

    /// Returns the words that may be the name of a file with data, such as a list of requirements.
    fn mentioned_files(&self) -> BTreeSet<String> {
        let words = self.text().unwrap_or_default().split(|c: char| !c.is_ascii_alphanumeric() && !"/._-".contains(c));
        let has_data =
            |word: &&str| Utf8Path::new(word).extension().is_some_and(|end| !["md", "rst", "py"].contains(&end));
        words.filter(has_data).map(|word| word.trim_start_matches("./").to_owned()).collect()
    }
}
