//! `[build-system]`.

use super::super::BuildSystem;
use super::{BuildSystemTable, ProjectError, ProjectPath, Reader, Text};

impl Reader<'_> {
    /// PEP 517: the paths are relative to the project's folder and inside it. Skips the project's folder itself.
    fn backend_path(&self, written: &[Text]) -> Result<Vec<ProjectPath>, ProjectError> {
        let is_root = |path: &&Text| path.get_ref().split('/').all(|part| matches!(part, "" | "."));
        let below = written.iter().filter(|path| path.get_ref().starts_with('/') || !is_root(path));
        below.map(|path| self.parse("build-system.backend-path", path)).collect()
    }

    pub(super) fn build_system(
        &self,
        written: Option<BuildSystemTable>,
        has_hooks: bool,
        is_of_poetry: bool,
    ) -> Result<BuildSystem, ProjectError> {
        let asks_for_no_more = self.adjacent.mentions_setup_requires == Some(false);
        let Some(table) = written else {
            let requires: &[&str] = if is_of_poetry { &["poetry-core"] } else { &[] };
            let requires = requires.iter().filter_map(|requirement| requirement.parse().ok()).collect();
            let backend = is_of_poetry.then(|| "poetry.core.masonry.api".to_owned());
            let backend_path = Vec::new();
            return Ok(BuildSystem { requires, backend, in_tree: false, backend_path, has_hooks, asks_for_no_more });
        };
        Ok(BuildSystem {
            requires: self.requirements("build-system.requires", &table.requires)?,
            backend: table.build_backend,
            in_tree: !table.backend_path.is_empty(),
            backend_path: self.backend_path(&table.backend_path)?,
            has_hooks,
            asks_for_no_more,
        })
    }
}
