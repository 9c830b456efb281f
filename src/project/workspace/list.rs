//! The `requirements.txt` of a project, if it decides what is installed.

use super::Workspace;
use crate::project::lock::{FileRequirement, LockError, RequirementsFile};
use crate::project::manifest::Project;

/// A `requirements.txt` that decides what is installed.
pub(crate) struct List {
    /// The list, with all files that it includes.
    pub(crate) file: RequirementsFile,
    /// Whether it pins every version, so that it must name all that the project requires.
    pub(crate) is_lock: bool,
}

impl Workspace {
    /// Returns the list of the project, unless a lock of another format comes first. A list that is not a lock is used only
    /// if the project names no dependencies itself, or if the list names the project (`-e .`). `uv.lock` is not considered,
    /// because only uv reads it.
    ///
    /// # Errors
    ///
    /// If the list, or a file that it includes, is invalid or missing.
    pub(crate) fn list(&self) -> Result<Option<List>, LockError> {
        let locks = self.locks();
        let has_other =
            [&locks.pylock, &locks.poetry, &locks.pdm, &locks.pipfile_lock].into_iter().any(Option::is_some);
        let Some(text) = locks.requirements.as_ref().filter(|_| !has_other) else { return Ok(None) };
        let file = RequirementsFile::from_bytes(text.text.as_bytes())?;
        let is_lock = is_lock(&file);
        // `-e .` with other packages says what is installed with the project.
        let completes_project = names_project(&file) && !self.list_names_only_the_project();
        if !is_lock && !names_no_dependencies(self.project()) && !completes_project {
            return Ok(None);
        }
        let file = file.with_included(|path| self.included(path))?;
        Ok(Some(List { file, is_lock }))
    }

    /// Returns whether the list names the project alone (`-e .`), so that nothing of it can be left aside.
    pub(crate) fn list_names_only_the_project(&self) -> bool {
        let is_project = |requirement: &FileRequirement| matches!(requirement, FileRequirement::LocalPath { path, extras, .. } if path == "." && extras.is_empty());
        let file = self.locks().requirements.as_ref();
        let file = file.and_then(|file| RequirementsFile::from_bytes(file.text.as_bytes()).ok());
        file.is_some_and(|file| file.includes().is_empty() && file.requirements().iter().all(is_project))
    }

    /// Returns whether `requirements.txt`, or a file that it includes, includes a file of the project.
    pub(crate) fn includes(&self, path: &str) -> bool {
        self.included(path).is_some()
    }

    /// Returns the text of a file that `requirements.txt` includes.
    fn included(&self, path: &str) -> Option<&str> {
        let path = self.project_path().join(path);
        self.locks().included.iter().find(|file| file.path == path).map(|file| &*file.text)
    }
}

/// Returns whether a list names the project itself.
fn names_project(file: &RequirementsFile) -> bool {
    let is_project =
        |requirement: &FileRequirement| matches!(requirement, FileRequirement::LocalPath { path, .. } if path == ".");
    file.requirements().iter().any(is_project)
}

/// Returns whether every version is pinned. Local paths have no version. A file that includes other files is not a lock,
/// because those may contain unpinned requirements.
fn is_lock(file: &RequirementsFile) -> bool {
    let is_fixed = |requirement: &FileRequirement| match requirement {
        FileRequirement::Specifier { requirement, hashes } => !hashes.is_empty() || requirement.is_exact(),
        FileRequirement::Url { .. } | FileRequirement::LocalPath { .. } => true,
    };
    let pins_some = file.requirements().iter().any(|requirement| !requirement.is_local());
    pins_some && file.includes().is_empty() && file.requirements().iter().all(is_fixed)
}

/// Returns whether neither the manifest nor a setup script names dependencies, so that a list beside them is what the
/// project needs.
fn names_no_dependencies(project: &Project) -> bool {
    project.dependencies().is_empty() && !(project.is_dynamic("dependencies") && project.has_dependencies_of_build())
}
