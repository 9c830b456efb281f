//! All files that the build of a project reads by name: those of its manifest, and those of the files beside it.

use toml::{Table, Value};

use super::BuildSystem;
use super::adjacent::AdjacentMetadata;
use super::named_files::{self, NamedFiles};

/// Who reads the settings beside a manifest, in messages.
const BUILD: &str = "the build";

/// Returns the files that a manifest and the files beside it name, and the latter themselves if the build backend reads
/// them: it goes on without them, and builds another package.
pub(super) fn of(manifest: &Table, build_system: &BuildSystem, adjacent: &AdjacentMetadata) -> NamedFiles {
    // Without a backend, it is setuptools (PEP 517).
    let backend = build_system.backend.as_deref().unwrap_or("setuptools");
    let backend = backend.split(['.', ':']).next().unwrap_or(backend);
    let mut files = match adjacent.hatch.as_ref().filter(|_| backend == "hatchling") {
        Some(hatch) => with_hatch(manifest, hatch),
        None => named_files::in_manifest(manifest),
    };
    files.extend(adjacent.named_files.clone());
    if ["setuptools", "pbr"].contains(&backend) {
        files.add_optional(BUILD, adjacent.setup_files.iter().copied());
    }
    files
}

/// Each key of a `hatch.toml` replaces that of `[tool.hatch]`.
fn with_hatch(manifest: &Table, hatch: &Table) -> NamedFiles {
    let mut manifest = manifest.clone();
    let tools = manifest.get_mut("tool").and_then(Value::as_table_mut);
    if let Some(replaced) = tools.and_then(|tools| tools.get_mut("hatch")).and_then(Value::as_table_mut) {
        replaced.retain(|key, _| !hatch.contains_key(key));
    }
    let mut files = named_files::in_manifest(&manifest);
    let tools = Table::from_iter([("hatch".to_owned(), Value::Table(hatch.clone()))]);
    let mut of_hatch = named_files::in_manifest(&Table::from_iter([("tool".to_owned(), Value::Table(tools))]));
    of_hatch.rename("tool.hatch.", "hatch.toml ");
    files.extend(of_hatch);
    files.add_optional(BUILD, ["hatch.toml"]);
    files
}

impl NamedFiles {
    fn extend(&mut self, other: Self) {
        self.files.extend(other.files);
        self.patterns.extend(other.patterns);
        self.outside.extend(other.outside);
    }

    /// Replaces the start of each key.
    fn rename(&mut self, start: &str, replacement: &str) {
        let of_files = self.files.iter_mut().map(|named| &mut named.key);
        let of_patterns = self.patterns.iter_mut().map(|named| &mut named.key);
        let of_outside = self.outside.iter_mut().map(|named| &mut named.key);
        for key in of_files.chain(of_patterns).chain(of_outside) {
            if let Some(rest) = key.strip_prefix(start) {
                *key = format!("{replacement}{rest}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::AdjacentMetadata;
    use crate::project::Project;

    const PROJECT: &str = "\n[project]\nname = 'a'\nversion = '1'\n";

    fn named(manifest: &str, adjacent: &AdjacentMetadata) -> Vec<String> {
        let project = Project::within(manifest, adjacent).unwrap();
        project.named_files().files.iter().map(|file| format!("{}: {}", file.key, file.path)).collect()
    }

    #[test]
    fn hatch_toml_replaces_the_keys_of_the_manifest() {
        let hatch = "build.targets.wheel.packages = ['src/b']".parse().unwrap();
        let adjacent = AdjacentMetadata { hatch: Some(hatch), ..AdjacentMetadata::default() };
        let tables = "tool.hatch.version.path = 'v.py'\ntool.hatch.build.targets.wheel.packages = ['src/a']";
        let of_hatch =
            format!("build-system = {{ requires = [], build-backend = 'hatchling.build' }}\n{tables}{PROJECT}");
        let expected = [
            "tool.hatch.version.path: v.py",
            "hatch.toml build.targets.wheel.packages: src/b",
            "the build: hatch.toml",
        ];
        assert_eq!(named(&of_hatch, &adjacent), expected);
        let of_flit = of_hatch.replace("hatchling.build", "flit_core.buildapi");
        assert!(!named(&of_flit, &adjacent).iter().any(|file| file.contains("hatch.toml")));
    }

    #[test]
    fn setuptools_reads_the_setup_files() {
        let adjacent = AdjacentMetadata { setup_files: vec!["setup.py"], ..AdjacentMetadata::default() };
        let of_backend =
            |backend: &str| format!("build-system = {{ requires = [], build-backend = '{backend}' }}{PROJECT}");
        for (manifest, reads) in [
            (of_backend("setuptools.build_meta"), true),
            (of_backend("setuptools.build_meta:__legacy__"), true),
            (of_backend("pbr.build"), true),
            (of_backend("hatchling.build"), false),
            (PROJECT.to_owned(), true),
            ("[tool.poetry]\nname = 'a'\nversion = '1'\npackage-mode = true".to_owned(), false),
        ] {
            assert_eq!(named(&manifest, &adjacent).contains(&"the build: setup.py".to_owned()), reads, "{manifest}");
        }
    }
}
