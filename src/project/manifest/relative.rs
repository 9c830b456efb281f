//! Paths that are relative to the project's folder.

/// Returns a path without `.` and `..`, or `None` if it is outside the folder that it is relative to.
pub(super) fn inside(path: &str) -> Option<String> {
    let mut parts = Vec::new();
    if path.starts_with('/') {
        return None;
    }
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
