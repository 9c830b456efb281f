//! `setup.py` and `setup.cfg` of a project, each read once.

use std::collections::BTreeSet;

use camino::Utf8Path;

use super::paths::without_dots;
use super::tree::{PathState, Tree};
use crate::project::manifest::{
    AdjacentMetadata, ExtraList, ManifestIn, SetupScript, describes_package, extras, in_setup_cfg,
    includes_package_data, left_out_data, metadata_in_setup_cfg, paths_in,
};

/// The two files. The build reports one that is not readable, for example because it is Latin-1.
pub(super) struct SetupFiles {
    script: File,
    settings: File,
    template: File,
    /// The files that the script names in parts: `join(here, "requirements", "base.txt")`.
    composed: BTreeSet<String>,
    extras: Vec<ExtraList>,
}

/// The most pairs of a folder and a file that are looked for. A real script has some dozens.
const MOST_PAIRS: usize = 10_000;

/// How deep the folders are whose names a script composes.
const DEEPEST: usize = 3;

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
        let (script, settings, template) = (read("setup.py")?, read("setup.cfg")?, read("MANIFEST.in")?);
        let composed = composed(tree, folder, &script)?;
        let extras = match settings.text() {
            Some(text) => extras_in(tree, folder, text)?,
            None => Vec::new(),
        };
        Ok(Self { script, settings, template, composed, extras })
    }

    /// Returns whether they describe a package: a script does, and a `setup.cfg` with more than settings of tools.
    pub(super) fn describe_package(&self) -> bool {
        self.settings.is(describes_package) || self.script.is(|_| true)
    }

    /// Returns the files that say what the package has. A `MANIFEST.in` that is read says itself what it names.
    fn names(&self) -> Vec<&'static str> {
        let files = [
            ("setup.py", self.script.is(|_| true)),
            ("setup.cfg", self.settings.is(describes_package)),
            ("MANIFEST.in", matches!(self.template, File::Unreadable)),
        ];
        files.into_iter().filter(|(_, describes)| *describes).map(|(name, _)| name).collect()
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
            setup_files: self.names(),
            manifest_in: self.template.text().map(ManifestIn::read),
            includes_package_data: settings
                .and_then(includes_package_data)
                .or_else(|| self.script.includes_package_data()),
            left_out_data: settings.map(left_out_data).unwrap_or_default(),
            named_files: settings.map(in_setup_cfg).unwrap_or_default(),
            setup_cfg_has_dependencies: settings
                .is_some_and(|text| text.lines().any(|line| line.starts_with("install_requires"))),
            extras: self.extras.clone(),
            mentioned_files: self.mentioned_files(),
            version_tool: self.script.version_tool(),
            mentions_setup_requires: Some(mentions("setup_requires")),
            ..AdjacentMetadata::default()
        }
    }

    fn mentioned_files(&self) -> BTreeSet<String> {
        let mentioned = [&self.script, &self.settings].into_iter().flat_map(File::mentioned_files);
        mentioned.chain(self.composed.iter().cloned()).collect()
    }
}

/// Returns the extras of a `setup.cfg`. A value on one line has its requirements between semicolons.
fn extras_in<T: Tree>(tree: &T, folder: &Utf8Path, settings: &str) -> Result<Vec<ExtraList>, T::Error> {
    let mut found = Vec::new();
    for (name, value) in extras(settings) {
        let text = match paths_in(&value) {
            Some(paths) => joined(tree, folder, &paths)?,
            None if value.contains('\n') => value,
            None => value.replace(';', "\n"),
        };
        found.push(ExtraList { key: format!("setup.cfg options.extras_require.{name}"), name, text });
    }
    Ok(found)
}

/// Returns the texts of files of the project, one below the other. One that is missing is reported elsewhere.
pub(super) fn joined<T: Tree>(tree: &T, folder: &Utf8Path, paths: &[impl AsRef<str>]) -> Result<String, T::Error> {
    let inside =
        paths.iter().map(|path| without_dots(&folder.join(path.as_ref()))).filter(|path| path.starts_with(folder));
    let texts = inside.map(|path| tree.text(&path)).collect::<Result<Vec<_>, _>>()?;
    Ok(texts.into_iter().flatten().collect::<Vec<_>>().join("\n"))
}

/// Returns the files below folders of the project whose path a script composes: each part of it is a word of the script. The
/// name of a file that is in the project's folder itself is not a part.
fn composed<T: Tree>(tree: &T, folder: &Utf8Path, script: &File) -> Result<BTreeSet<String>, T::Error> {
    let words: BTreeSet<&str> = script.words().map(|word| word.trim_matches('/')).collect();
    let mut names = Vec::new();
    for name in script.mentioned_files().into_iter().filter(|name| !name.contains('/')) {
        if names.len() < MOST_PAIRS && tree.standing(&folder.join(&name))? == PathState::Nothing {
            names.push(name);
        }
    }
    let mut found = BTreeSet::new();
    let (mut folders, mut pairs) = (vec![String::new()], 0);
    for _ in 0..DEEPEST {
        let mut below = Vec::new();
        for parent in folders.iter().take_while(|_| !names.is_empty()) {
            let inner = tree.folders(&folder.join(parent))?.into_iter().filter(|name| words.contains(&**name));
            below.extend(inner.map(|name| Utf8Path::new(parent).join(name).into_string()));
        }
        for path in below.iter().flat_map(|parent| names.iter().map(move |name| Utf8Path::new(parent).join(name))) {
            pairs += 1;
            if pairs > MOST_PAIRS {
                return Ok(found);
            }
            if tree.standing(&folder.join(&path))? == PathState::File {
                found.insert(path.into_string());
            }
        }
        folders = below;
    }
    Ok(found)
}

impl File {
    /// Returns whether the text of the file satisfies a condition. That of one that is not readable may.
    fn is(&self, condition: impl FnOnce(&str) -> bool) -> bool {
        match self {
            Self::Missing => false,
            Self::Unreadable => true,
            Self::Read(text) => condition(text),
        }
    }

    fn text(&self) -> Option<&str> {
        match self {
            Self::Read(text) => Some(text),
            Self::Missing | Self::Unreadable => None,
        }
    }

    /// Returns whether the file may set a key, which may be written with `-` too. One that is not readable may.
    fn mentions(&self, key: &str) -> bool {
        self.is(|text| text.contains(key) || text.contains(&key.replace('_', "-")))
    }

    /// Returns what reads the version from the repository because the script says so, if it has no other one at hand.
    fn version_tool(&self) -> Option<&'static str> {
        let text: String = self.text()?.chars().filter(|c| !c.is_whitespace()).collect();
        let has_other = text.contains("fallback_version");
        let tools =
            [("use_scm_version=", "setuptools-scm"), ("'use_scm_version':", "setuptools-scm"), ("pbr=True", "pbr")];
        tools.into_iter().find(|(word, _)| !has_other && text.contains(word)).map(|(_, tool)| tool)
    }

    /// Returns whether the script has the files in packages installed that `MANIFEST.in` names.
    fn includes_package_data(&self) -> Option<bool> {
        const KEYS: [&str; 3] = ["include_package_data=", "'include_package_data':", "\"include_package_data\":"];
        let text: String = self.text()?.chars().filter(|c| !c.is_whitespace()).collect();
        let value = KEYS.iter().find_map(|key| Some(text.split_once(key)?.1))?;
        Some(!value.starts_with("False"))
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        self.text().unwrap_or_default().split(|c: char| !c.is_ascii_alphanumeric() && !"/._-".contains(c))
    }

    /// Returns the words that may be the name of a file with data, such as a list of requirements.
    fn mentioned_files(&self) -> BTreeSet<String> {
        let has_data =
            |word: &&str| Utf8Path::new(word).extension().is_some_and(|end| !["md", "rst", "py"].contains(&end));
        self.words().filter(has_data).map(|word| word.trim_start_matches("./").to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::MOST_PAIRS;
    use crate::files::Listing;
    use crate::project::{Config, Workspace};

    /// A script with more names than that is no real one. It must not take the time of all pairs.
    #[test]
    fn a_script_composes_a_limited_number_of_paths() {
        let name = |number: usize| format!("n{number:05}.lst");
        let names = (0..MOST_PAIRS).map(|number| format!("'{}'", name(number))).collect::<Vec<_>>().join(", ");
        let script = format!("for folder in ('etc', 'lib'): [open(Path(folder) / name) for name in ({names})]");
        let (last, next) = (format!("etc/{}", name(MOST_PAIRS - 1)), format!("lib/{}", name(0)));
        let files = [("app/setup.py", &*script), (&format!("app/{last}"), ""), (&format!("app/{next}"), "")];
        let listing = Listing::from_files(files).unwrap();
        let flags: Config = toml::from_str("tag = 'app:1'").unwrap();
        let workspace = Workspace::in_listing(&listing, "app", &flags).unwrap();
        let project = workspace.project();
        assert_eq!((project.build_mentions_at(&last), project.build_mentions_at(&next)), (true, false));
    }
}
