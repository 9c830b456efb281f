//! All files that the build of a project reads by name: those of its manifest, and those of the files beside it.

use toml::{Table, Value};

use super::adjacent::AdjacentMetadata;
use super::named_files::{self, NamedFiles};

/// Who reads the settings beside a manifest, in messages.
const BUILD: &str = "the build";

/// Returns the files that a manifest and the files beside it name, and the latter themselves if the build backend reads
/// them: it goes on without them, and builds another package.
pub(super) fn of(manifest: &Table, adjacent: &AdjacentMetadata) -> NamedFiles {
    let mut files = match adjacent.hatch.as_ref().filter(|_| is_built_by(manifest, &["hatchling"])) {
        Some(hatch) => with_hatch(manifest, hatch),
        None => named_files::in_manifest(manifest),
    };
    files.extend(adjacent.named_files.clone());
    if is_built_by(manifest, &["setuptools", "pbr"]) {
        files.add_optional(BUILD, adjacent.setup_files.iter().copied());
    }
    files
}

/// Returns whether the build backend is one of these. Without a backend, it is setuptools.
fn is_built_by(manifest: &Table, backends: &[&str]) -> bool {
    let backend = manifest.get("build-system").and_then(|table| table.get("build-backend")).and_then(Value::as_str);
    let module = backend.unwrap_or("setuptools").split(['.', ':']).next();
    module.is_some_and(|module| backends.contains(&module))
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
    use super::{AdjacentMetadata, of};

    fn named(manifest: &str, adjacent: &AdjacentMetadata) -> Vec<String> {
        let files = of(&manifest.parse().unwrap(), adjacent).files;
        files.into_iter().map(|file| format!("{}: {}", file.key, file.path)).collect()
    }

    #[test]
    fn hatch_toml_replaces_the_keys_of_the_manifest() {
        let hatch = "build.targets.wheel.packages = ['src/b']".parse().unwrap();
        let adjacent = AdjacentMetadata { hatch: Some(hatch), ..AdjacentMetadata::default() };
        let tables = "tool.hatch.version.path = 'v.py'\ntool.hatch.build.targets.wheel.packages = ['src/a']";
        let of_hatch = format!("build-system.build-backend = 'hatchling.build'\n{tables}");
        assert_eq!(
            named(&of_hatch, &adjacent),
            [
                "tool.hatch.version.path: v.py",
                "hatch.toml build.targets.wheel.packages: src/b",
                "the build: hatch.toml"
            ]
        );
        let of_flit = of_hatch.replace("hatchling.build", "flit_core.buildapi");
        assert!(!named(&of_flit, &adjacent).iter().any(|file| file.contains("hatch.toml")));
    }

    #[test]
    fn setuptools_reads_the_setup_files() {
        let adjacent = AdjacentMetadata { setup_files: vec!["setup.py"], ..AdjacentMetadata::default() };
        for (backend, reads) in [
            ("setuptools.build_meta", true),
            ("setuptools.build_meta:__legacy__", true),
            ("pbr.build", true),
            ("hatchling.build", false),
        ] {
            let manifest = format!("build-system.build-backend = '{backend}'");
            assert_eq!(named(&manifest, &adjacent) == ["the build: setup.py"], reads, "{backend}");
        }
        assert_eq!(named("", &adjacent), ["the build: setup.py"]);
    }
}
