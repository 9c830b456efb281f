//! What the build steps install before they see the project: the files below `requirements/`.

use crate::bundle::Bundle;

/// The files and their texts.
pub(super) fn files(bundle: &Bundle) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let build_requirements = bundle.build_requirements();
    if !build_requirements.is_empty() {
        files.push(("build.txt".to_owned(), lines(&build_requirements)));
    }
    if !bundle.run_requirements().is_empty() {
        files.push(("run/run.txt".to_owned(), lines(bundle.run_requirements())));
    }
    files
}

/// One requirement a line, as pip and uv read them.
fn lines(requirements: &[impl ToString]) -> String {
    requirements.iter().map(|requirement| requirement.to_string() + "\n").collect()
}
