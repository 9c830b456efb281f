//! What a list takes from around it: folders of archives (`--find-links`) and variables.

use camino::Utf8PathBuf;

use super::RequirementsFile;
use super::lines::{self, variables};
use super::local::is_url;
use crate::project::lock::error::{LockError, LockErrorKind};

impl RequirementsFile {
    /// Returns the folders in `--find-links` of this file and of those that it includes, relative to the project. As for pip
    /// and uv, a folder is relative to the file that names it.
    ///
    /// # Errors
    ///
    /// If a folder is outside the project.
    pub(crate) fn link_folders(&self) -> Result<Vec<Utf8PathBuf>, LockError> {
        let mut folders = Vec::new();
        for file in self.with_all_included() {
            let links = file.options.iter().filter(|option| option.name == "--find-links");
            for link in links
                .filter_map(|option| option.value.as_deref())
                .filter(|link| !is_url(link) || link.starts_with("file:"))
            {
                let folder = file.in_project(link.strip_prefix("file:").unwrap_or(link))?;
                if !folders.contains(&folder) {
                    folders.push(folder);
                }
            }
        }
        Ok(folders)
    }

    /// Returns an error if a line has a variable (`${TOKEN}`) without a value in the build. pip and uv replace those of capital
    /// letters, digits and `_`, and leave one without a value as it is.
    pub(crate) fn refuse_variables(&self, has_value: impl Fn(&str) -> bool) -> Result<(), LockError> {
        for file in self.with_all_included() {
            let installed = lines::logical(&file.text).filter(|line| !file.local_lines.contains(&line.number));
            for line in installed {
                if let Some(name) = variables(&line.text).find(|name| !has_value(name)) {
                    let error = LockError::new(&file.file, LockErrorKind::Variable(name.to_owned()));
                    return Err(error.at_line(line.number));
                }
            }
        }
        Ok(())
    }

    fn with_all_included(&self) -> impl Iterator<Item = &Self> {
        [self].into_iter().chain(&self.included)
    }
}

#[cfg(test)]
mod tests {
    use super::RequirementsFile;

    fn list(files: &[(&str, &str)]) -> RequirementsFile {
        let text = |path: &str| files.iter().find(|(name, _)| *name == path).map(|(_, text)| *text);
        RequirementsFile::from_bytes(files[0].1.as_bytes()).unwrap().with_included(text).unwrap()
    }

    #[test]
    fn folders_are_relative_to_the_file_that_names_them() {
        let all = list(&[
            ("requirements.txt", "six\n-f ./wheels\n--find-links=https://w.example.org/\n-r req/a.txt -c req/b.txt"),
            ("req/a.txt", "--find-links wheels\n"),
            ("req/b.txt", "-f ../wheels\n-f file:more\n"),
        ]);
        assert_eq!(all.link_folders().unwrap(), ["wheels", "req/wheels", "req/more"]);
        for outside in ["/opt/wheels", "../wheels", "file:///opt/wheels"] {
            let error = list(&[("requirements.txt", &format!("six\n-f {outside}"))]).link_folders().unwrap_err();
            assert!(error.to_string().ends_with("is outside the project; move it into the project"), "{error}");
        }
    }

    #[test]
    fn a_variable_needs_a_value() {
        let refused = |line: &str| {
            let all = list(&[("requirements.txt", "six\n-r a.txt"), ("a.txt", line)]);
            all.refuse_variables(|name| name == "KNOWN").map_err(|error| error.to_string())
        };
        for line in [
            "--index-url https://${USER_1}:${T}@i.example.org/simple",
            "--extra-index-url=https://i.example.org/${USER_1}",
            "-f ${USER_1}",
            "-f https://f.example.org/${KNOWN}/${USER_1}",
        ] {
            let error = refused(line).unwrap_err();
            assert!(error.starts_with("a.txt:1: `${USER_1}` has no value during the build"), "{error}");
        }
        let in_requirement =
            |line: &str| RequirementsFile::from_bytes(line.as_bytes()).map_err(|error| error.to_string());
        for line in [
            "lib @ ${PKG_ROOT}/lib",
            "-e ${PKG_ROOT}/x",
            "${PKG_ROOT}/lib",
            "./${PKG_ROOT}",
            "file:///${PKG_ROOT}/lib",
            "lib @ git+https://${PKG_ROOT}@git.example.org/lib",
            "lib @ https://i.example.org/${PKG_ROOT}/lib-1-py3-none-any.whl",
            "-r ${PKG_ROOT}/more.txt",
            "six==${PKG_ROOT}",
        ] {
            let error = in_requirement(line).unwrap_err();
            let expected =
                "requirements.txt:1: `${PKG_ROOT}` is a variable, which is not known while the image is built";
            assert!(error.starts_with(expected), "{line}: {error}");
        }
        for line in ["lib @ file:///${PROJECT_ROOT}/lib", "./{LIB}", "git+https://${TOKEN}@git.example.org/lib"] {
            in_requirement(line).unwrap();
        }
        for line in [
            "-f https://${KNOWN}/",
            "six # ${T}",
            "-f https://i.example.org/$T/{T}/${lower}",
            "-e file:///${PROJECT_ROOT}/lib",
        ] {
            assert_eq!(refused(line), Ok(()), "{line}");
        }
    }
}
