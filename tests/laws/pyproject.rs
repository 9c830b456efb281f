//! Laws of reading a `pyproject.toml`, for any bytes:
//!
//! 1. Reading is deterministic: the same bytes give the same project or the same error.
//! 2. An error message is one line without control characters. It starts with the file name, and its position is in the
//!    text.
//! 3. Each value of a project can be displayed and parsed again, and the result is the same value.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use agentix_gen::project::{Project, ProjectError};

pub(crate) fn hold(bytes: &[u8]) {
    let read = Project::from_bytes(bytes);
    assert_eq!(format!("{read:?}"), format!("{:?}", Project::from_bytes(bytes)));
    match read {
        Ok(project) => check_project(&project),
        Err(error) => check_error(&error, bytes),
    }
}

fn check_project(project: &Project) {
    assert_parses_back(project.name());
    project.version().into_iter().for_each(assert_parses_back);
    project.readme().into_iter().for_each(assert_parses_back);
    project.dependencies().iter().for_each(assert_parses_back);
    project.build_system().requires.iter().for_each(assert_parses_back);
    project.config().tag.iter().for_each(assert_parses_back);
    project.config().label.iter().for_each(|(key, value)| {
        assert_parses_back(key);
        assert_parses_back(value);
    });
}

fn assert_parses_back<T>(value: &T)
where
    T: FromStr<Err: Debug> + Display + PartialEq + Debug,
{
    assert_eq!(value.to_string().parse::<T>().as_ref().ok(), Some(value), "`{value}`");
}

fn check_error(error: &ProjectError, bytes: &[u8]) {
    let shown = error.to_string();
    assert!(shown.starts_with("pyproject.toml:"), "{shown:?}");
    assert!(!shown.contains(char::is_control), "{shown:?}");
    if let Some(position) = error.position() {
        let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
        let line = lines.get(position.line - 1).unwrap_or_else(|| panic!("{shown:?}: the text has no such line"));
        assert!((1..=line.len() + 1).contains(&position.column), "{shown:?}: the line has no such column");
    }
}
