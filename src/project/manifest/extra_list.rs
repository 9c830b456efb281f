//! The requirements of an extra that setuptools reads from a text: a file that `[tool.setuptools.dynamic]` names, or `setup.cfg`.

use super::error::ProjectError;
use super::named_files::{find, paths};
use super::{Project, ProjectKind, backend};
use crate::project::requirement::{Requirement, RequirementError};
use crate::value::ProjectName;

/// The requirements of an extra, as a text.
#[derive(Debug, Clone)]
pub(crate) struct ExtraList {
    /// The key that names the extra.
    pub(crate) key: String,
    /// The extra, as written.
    pub(crate) name: String,
    /// The requirements, one a line.
    pub(crate) text: String,
}

/// An extra, and the files with its requirements.
pub(crate) struct ExtraFiles {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) paths: Vec<String>,
}

const KEY: &str = "tool.setuptools.dynamic.optional-dependencies";

impl Project {
    /// Returns the extras whose requirements setuptools reads from files.
    pub(crate) fn extras_in_files(&self) -> Vec<ExtraFiles> {
        let is_read = self.kind == ProjectKind::Package
            && self.is_dynamic("optional-dependencies")
            && backend::uses("setuptools", &self.build_system);
        let table = find(&self.whole, KEY).and_then(toml::Value::as_table).filter(|_| is_read);
        let extras = table.into_iter().flatten().map(|(name, value)| ExtraFiles {
            key: format!("{KEY}.{name}"),
            name: name.clone(),
            paths: paths(value.get("file")).into_iter().map(str::to_owned).collect(),
        });
        extras.collect()
    }
}

impl ExtraList {
    /// Returns the extra and its requirements, or `None` if the name is not that of an extra, but a condition.
    pub(super) fn read(&self) -> Result<Option<(ProjectName, Vec<Requirement>)>, ProjectError> {
        let Ok(name) = self.name.parse() else { return Ok(None) };
        let requirements = requirements(&self.text).iter().map(|line| line.parse()).collect::<Result<_, _>>();
        let fault = |error: RequirementError| ProjectError::value(&self.key, &error);
        Ok(Some((name, requirements.map_err(fault)?)))
    }
}

/// Returns the requirements of a text, as setuptools reads them: it takes two characters from a line that continues.
fn requirements(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut lines = lines.map(|line| line.split_once(" #").map_or(line, |(line, _)| line));
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        let mut line = line.to_owned();
        while line.ends_with('\\') {
            let Some(next) = lines.next() else { return found };
            line.pop();
            line.pop();
            line = format!("{}{next}", line.trim());
        }
        found.push(line);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::requirements;
    use crate::bundle::{Bundle, Dependencies};
    use crate::files::Listing;
    use crate::project::{Config, Workspace};

    /// What setuptools 84.2.1 wrote into the metadata of a wheel.
    #[test]
    fn a_list_is_read_as_setuptools_does() {
        let text = "# c\nsix>=1 # why\n\nidna ; python_version>\"3\"\nattrs \\\n  >=20\nrich @ https://x.example/r.whl#a\nlost \\";
        let expected = ["six>=1", "idna ; python_version>\"3\"", "attrs>=20", "rich @ https://x.example/r.whl#a"];
        assert_eq!(requirements(text), expected);
    }

    /// Returns the requirements of the project and of an extra, or the error.
    fn selected(files: &[(&str, &str)], extra: &str) -> Result<Vec<String>, String> {
        let listing = Listing::from_files(files.iter().map(|(path, text)| (format!("app/{path}"), *text))).unwrap();
        let config: Config = toml::from_str(&format!("tag = 'app:1'\nextra = ['{extra}']")).unwrap();
        let workspace = Workspace::in_listing(&listing, "app", &config).map_err(|error| error.to_string())?;
        let bundle = Bundle::new(workspace, listing, config).map_err(|error| error.to_string())?;
        match bundle.dependencies() {
            Dependencies::Listed(listed) => Ok(listed.iter().map(ToString::to_string).collect()),
            other => panic!("{other:?}"),
        }
    }

    const DYNAMIC: &str = "[project]\nname = 'app'\nversion = '1'\ndependencies = ['rich']\ndynamic = ['optional-dependencies']\n\
                           [build-system]\nrequires = ['setuptools']\nbuild-backend = 'setuptools.build_meta'\n";

    #[test]
    fn an_extra_may_be_listed_in_files() {
        let manifest = format!(
            "{DYNAMIC}[tool.setuptools.dynamic.optional-dependencies]\nX_x = {{ file = ['a.txt', './b/c.txt'] }}\ny = {{ file = 'a.txt' }}\n"
        );
        let files =
            [("pyproject.toml", &*manifest), ("app.py", ""), ("a.txt", "six # why\n"), ("b/c.txt", "idna\napp[y]")];
        assert_eq!(selected(&files, "x-x").unwrap(), ["rich", "six", "idna"]);
        assert_eq!(selected(&files, "y").unwrap(), ["rich", "six"]);
        let left = "the requirements of extra `z` are dynamic; list them in [project.optional-dependencies]";
        assert_eq!(selected(&files, "z").unwrap_err(), left);
        let mut invalid = files;
        invalid[2].1 = "-r other.txt";
        let error = selected(&invalid, "y").unwrap_err();
        assert!(
            error.contains("tool.setuptools.dynamic.optional-dependencies.") && error.contains("`-r other.txt`"),
            "{error}"
        );
        let of_flit = manifest.replace("setuptools.build_meta", "flit_core.buildapi");
        let mut files = files;
        files[0].1 = &of_flit;
        assert!(selected(&files, "y").is_err());
    }

    #[test]
    fn an_extra_may_be_listed_in_setup_cfg() {
        let settings = "[metadata]\nname = app\nversion = 1\n[options.extras_require]\nx = six; idna\nY-y =\n  # why\n  attrs\n  \
                        rich; python_version > '3'\nz = file: a.txt\n:os_name == 'nt' =\n  colorama\n";
        let files = [("setup.cfg", settings), ("setup.py", "setup()"), ("app.py", ""), ("a.txt", "six\nidna\n")];
        assert_eq!(selected(&files, "x").unwrap(), ["six", "idna"]);
        assert_eq!(selected(&files, "y-y").unwrap(), ["attrs", "rich; python_version > '3'"]);
        assert_eq!(selected(&files, "z").unwrap(), ["six", "idna"]);
        let described = [("pyproject.toml", DYNAMIC), files[0], files[2], files[3]];
        assert_eq!(selected(&described, "x").unwrap(), ["rich", "six", "idna"]);
        let closed = DYNAMIC.replace("dynamic = ['optional-dependencies']\n", "");
        let described = [("pyproject.toml", &*closed), files[0], files[2], files[3]];
        assert!(selected(&described, "x").is_err(), "setuptools does not read it");
    }
}
