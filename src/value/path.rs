//! Paths in the image and in the project.

use camino::Utf8Path;

checked_text!(
    /// A folder in the image, as an absolute path without characters that are special to a shell.
    ///
    /// ```text
    /// path = "/" *( letter | digit | "/" | "." | "_" | "-" | "+" | "@" )      no component is ".."
    /// ```
    ImageFolder,
    "a folder in the image: an absolute path of letters, digits, `.`, `_`, `-`, `+` and `@`, without `..`",
    |text| {
        text.starts_with('/')
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"/._-+@".contains(&b))
            && text.split('/').all(|component| component != "..")
    }
);

checked_text!(
    /// A path inside the project, relative to the project's root, without `..` and control characters.
    ProjectPath,
    "a path inside the project: relative, without `..` or control characters",
    |text| is_project_path(text)
);

impl ProjectPath {
    /// Returns the path without its `.` components.
    pub fn normal(&self) -> camino::Utf8PathBuf {
        Utf8Path::new(&self.0).components().filter(|c| *c != camino::Utf8Component::CurDir).collect()
    }
}

fn is_project_path(text: &str) -> bool {
    use camino::Utf8Component::{CurDir, Normal};
    let mut components = Utf8Path::new(text).components();
    components.clone().any(|c| matches!(c, Normal(_)))
        && components.all(|c| matches!(c, Normal(_) | CurDir))
        && !text.chars().any(char::is_control)
}
