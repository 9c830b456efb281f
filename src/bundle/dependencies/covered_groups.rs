//! Which dependency groups a lock covers. A tool locks the groups of the tables that it reads; the packages of another group
//! would be missing in the image.

use crate::bundle::not_locked_error::NotLockedError;
use crate::project::{GroupPlace, Project};
use crate::value::ProjectName;

/// What a lock covers.
pub(super) struct Coverage {
    lock: &'static str,
    /// The places whose groups its tool reads.
    places: &'static [GroupPlace],
    /// What to do with the group of another place.
    remedy: &'static str,
}

pub(super) const UV: Coverage = Coverage {
    lock: "uv.lock",
    places: &[GroupPlace::Standard, GroupPlace::Uv],
    remedy: "move it to [dependency-groups], and run `uv lock`",
};

pub(super) const POETRY: Coverage = Coverage {
    lock: "poetry.lock",
    places: &[GroupPlace::Standard, GroupPlace::Poetry],
    remedy: "move it to [tool.poetry.group], and run `poetry lock`",
};

/// Of a version before 2.2.
pub(super) const POETRY_ALONE: Coverage = Coverage { places: &[GroupPlace::Poetry], ..POETRY };

pub(super) const PDM: Coverage = Coverage {
    lock: "pdm.lock",
    places: &[GroupPlace::Standard, GroupPlace::Pdm],
    remedy: "move it to [dependency-groups], and run `pdm lock`",
};

pub(super) const PIPENV: Coverage = Coverage {
    lock: "Pipfile.lock",
    places: &[GroupPlace::Pipfile],
    remedy: "move it to the Pipfile, and run `pipenv lock`",
};

impl Coverage {
    /// Returns an error if a group is in no place that the lock covers.
    pub(super) fn check(&self, project: &Project, groups: &[ProjectName]) -> Result<(), NotLockedError> {
        let Self { lock, remedy, .. } = *self;
        for group in groups {
            let places = project.places_of_group(group);
            let is_covered = places.iter().any(|place| self.places.contains(place));
            if let Some(place) = places.first().filter(|_| !is_covered) {
                return Err(NotLockedError::Group { group: group.clone(), place: place.told(), lock, remedy });
            }
        }
        Ok(())
    }
}

/// Returns an error if uv does not know one of the extras and groups.
pub(super) fn check_uv(
    project: &Project,
    extras: &[ProjectName],
    groups: &[ProjectName],
) -> Result<(), NotLockedError> {
    let as_uv = project.as_uv_reads();
    let is_unknown = |extra: &&ProjectName| !as_uv.optional_dependencies().contains_key(*extra);
    let mut unknown = extras.iter().filter(|_| !as_uv.is_dynamic("optional-dependencies"));
    match unknown.find(is_unknown) {
        Some(extra) => Err(NotLockedError::Extra { extra: extra.clone() }),
        None => UV.check(project, groups),
    }
}

#[cfg(test)]
mod tests {
    use super::{Coverage, PDM, PIPENV, POETRY, POETRY_ALONE, UV, check_uv};
    use crate::project::Project;

    const MANIFEST: &str = "[project]\nname = 'notes'\nversion = '1'\n[dependency-groups]\nstandard = ['six']\n\
                            [tool.uv]\ndev-dependencies = ['six']\n[tool.poetry.group.of_poetry.dependencies]\nsix = '*'\n\
                            [tool.pdm.dev-dependencies]\nOf-PDM = ['six']\n";

    #[test]
    fn a_lock_covers_the_tables_that_its_tool_reads() {
        let project: Project = MANIFEST.parse().unwrap();
        let is_covered = |coverage: &Coverage, group: &str| coverage.check(&project, &[group.parse().unwrap()]).is_ok();
        for (coverage, covered) in [
            (UV, [true, true, false, false]),
            (POETRY, [true, false, true, false]),
            (POETRY_ALONE, [false, false, true, false]),
            (PDM, [true, false, false, true]),
            (PIPENV, [false, false, false, false]),
        ] {
            let found = ["standard", "dev", "of-poetry", "of-pdm"].map(|group| is_covered(&coverage, group));
            assert_eq!(found, covered, "{}", coverage.lock);
        }
        assert_eq!(
            UV.check(&project, &["of-poetry".parse().unwrap()]).unwrap_err().to_string(),
            "group `of-poetry` is in [tool.poetry], which uv.lock does not cover; move it to [dependency-groups], and run `uv lock`"
        );
    }

    #[test]
    fn uv_knows_no_extras_of_poetry() {
        let manifest = "[project]\nname = 'notes'\nversion = '1'\n[tool.poetry.dependencies]\n\
                        six = { version = '*', optional = true }\n[tool.poetry.extras]\nx = ['six']\n";
        let project: Project = manifest.parse().unwrap();
        assert_eq!(
            check_uv(&project, &["x".parse().unwrap()], &[]).unwrap_err().to_string(),
            "extra `x` is in [tool.poetry], which uv.lock does not cover; move it to [project], and run `uv lock`"
        );
        let dynamic = manifest.replace("version = '1'", "version = '1'\ndynamic = ['optional-dependencies']");
        assert_eq!(check_uv(&dynamic.parse().unwrap(), &["x".parse().unwrap()], &[]), Ok(()));
    }
}
