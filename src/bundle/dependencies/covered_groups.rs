//! Which dependency groups a lock covers. A tool locks the groups of the tables that it reads; the packages of another group
//! would be missing in the image.

use crate::bundle::not_locked_error::NotLockedError;
use crate::project::{GroupPlace, Project};
use crate::value::ProjectName;

/// A lock, the places whose groups it covers, and what to do with the group of another place.
const LOCKS: [(&str, &[GroupPlace], &str); 4] = [
    ("uv.lock", &[GroupPlace::Standard, GroupPlace::Uv], "move it to [dependency-groups], and run `uv lock`"),
    (
        "poetry.lock",
        &[GroupPlace::Standard, GroupPlace::Poetry],
        "move it to [tool.poetry.group], and run `poetry lock`",
    ),
    ("pdm.lock", &[GroupPlace::Standard, GroupPlace::Pdm], "move it to [dependency-groups], and run `pdm lock`"),
    ("Pipfile.lock", &[GroupPlace::Pipfile], "move it to the Pipfile, and run `pipenv lock`"),
];

/// Returns an error if a group is in no place that the lock covers. `covers_standard`: its tool read `[dependency-groups]`.
pub(super) fn check(
    lock: &'static str,
    project: &Project,
    groups: &[ProjectName],
    covers_standard: bool,
) -> Result<(), NotLockedError> {
    let Some((_, covered, remedy)) = LOCKS.iter().find(|(name, ..)| *name == lock) else { return Ok(()) };
    let is_covered =
        |place: &GroupPlace| covered.contains(place) && (covers_standard || *place != GroupPlace::Standard);
    for group in groups {
        let places = project.places_of_group(group);
        if let Some(place) = places.first().filter(|_| !places.iter().any(is_covered)) {
            return Err(NotLockedError::Group { group: group.clone(), place: place.told(), lock, remedy });
        }
    }
    Ok(())
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
        None => check("uv.lock", project, groups, true),
    }
}

#[cfg(test)]
mod tests {
    use super::{check, check_uv};
    use crate::project::Project;

    const MANIFEST: &str = "[project]\nname = 'notes'\nversion = '1'\n[dependency-groups]\nstandard = ['six']\n\
                            [tool.uv]\ndev-dependencies = ['six']\n[tool.poetry.group.of_poetry.dependencies]\nsix = '*'\n\
                            [tool.pdm.dev-dependencies]\nOf-PDM = ['six']\n";

    #[test]
    fn a_lock_covers_the_tables_that_its_tool_reads() {
        let project: Project = MANIFEST.parse().unwrap();
        let is_covered =
            |lock, group: &str, standard| check(lock, &project, &[group.parse().unwrap()], standard).is_ok();
        for (lock, covered) in [
            ("uv.lock", [true, true, false, false]),
            ("poetry.lock", [true, false, true, false]),
            ("pdm.lock", [true, false, false, true]),
            ("Pipfile.lock", [false, false, false, false]),
        ] {
            let found = ["standard", "dev", "of-poetry", "of-pdm"].map(|group| is_covered(lock, group, true));
            assert_eq!(found, covered, "{lock}");
        }
        assert!(!is_covered("poetry.lock", "standard", false), "Poetry before 2.2");
        assert_eq!(
            check("uv.lock", &project, &["of-poetry".parse().unwrap()], true).unwrap_err().to_string(),
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
