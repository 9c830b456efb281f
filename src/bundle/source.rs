//! Decides whether the image keeps the source of the project, at `/src/project`.

use camino::Utf8Path;

use super::error::BundleError;
use crate::files::{Listing, is_below};
use crate::project::{Config, ProjectKind, Workspace};
use crate::value::Template;

/// The folder of the image that holds the source.
const FOLDER: &str = "/src";

/// Returns what needs the source in the image: a package runs what its wheel installs, unless the configuration or the
/// template refers to the source.
pub(super) fn needed_by(workspace: &Workspace, config: &Config, template: Option<&Template>) -> Option<&'static str> {
    if workspace.project().kind() != ProjectKind::Package {
        return Some("the project is no package");
    }
    let template = template.map(|template| ("template", template.text().to_owned()));
    let mut texts = config.texts_of_containers().into_iter().chain(template);
    texts.find(|(_, text)| names_folder(text)).map(|(key, _)| key)
}

/// Returns whether modules of a project that is no package are in its folder `src`. It is no package itself.
pub(super) fn has_modules_in_src(workspace: &Workspace, listing: &Listing) -> bool {
    let folder = workspace.project_path().join("src");
    let is_module = |path: &str| is_below(path, folder.as_str()) && Utf8Path::new(path).extension() == Some("py");
    workspace.project().kind() != ProjectKind::Package
        && listing.get(folder.join("__init__.py").as_str()).is_none()
        && listing.entries().iter().any(|entry| is_module(entry.path()))
}

/// Returns an error if the source is to be left out although the project runs from it.
pub(super) fn check(workspace: &Workspace, config: &Config) -> Result<(), BundleError> {
    let runs_from_source = workspace.project().kind() != ProjectKind::Package;
    if runs_from_source && config.ship_source == Some(false) { Err(BundleError::RunsFromSource) } else { Ok(()) }
}

/// Returns whether a text contains the path of the folder or of something in it, as in `--config=/src/project/a.toml`.
fn names_folder(text: &str) -> bool {
    let is_of_name = |c: char| c.is_alphanumeric() || "_-.".contains(c);
    text.match_indices(FOLDER).any(|(start, _)| {
        let before = text[..start].chars().next_back();
        let after = text[start + FOLDER.len()..].chars().next();
        !before.is_some_and(|c| is_of_name(c) || c == '/') && !after.is_some_and(is_of_name)
    })
}

#[cfg(test)]
mod tests {
    use crate::bundle::Bundle;
    use crate::bundle::tests::bundle_of;
    use crate::value::Template;

    fn bundle(more: &str, flags: &str) -> Bundle {
        bundle_of(&format!("[project]\nname = 'a'\nversion = '1'\n{more}"), &[], flags).unwrap()
    }

    #[test]
    fn what_refers_to_the_source_keeps_it() {
        assert!(!bundle("", "").ships_source());
        assert!(bundle("", "ship-source = true").ships_source());
        for flags in [
            "workdir = '/src/project'",
            "workdir = '/src'",
            "entrypoint = ['sh', '/src/project/start.sh']",
            "entrypoint = ['sh', '-c', 'cd /src; exec hello']",
            "cmd = ['--config=/src/project/a.toml']",
            "healthcheck = { cmd = ['/src/project/check'] }",
            "env = { PYTHONPATH = '/opt/lib:/src/project/lib' }",
        ] {
            assert!(bundle("", flags).ships_source(), "{flags}");
            assert!(!bundle("", &format!("{flags}\nship-source = false")).ships_source(), "{flags}");
        }
        for flags in
            ["workdir = '/srcs'", "workdir = '/app/src'", "cmd = ['src/x', '/src-2/x', 'https://a.example/src']"]
        {
            assert!(!bundle("", flags).ships_source(), "{flags}");
        }
        let with_template = |text: &str| bundle("", "").with_template(Template::new("t", text)).ships_source();
        assert!(with_template("RUN /src/project/setup.sh") && !with_template("RUN /usr/src/setup.sh"));
    }

    #[test]
    fn modules_in_src_are_found() {
        let scripts = "[project]\nname = 'a'\nversion = '1'\n[tool.uv]\n";
        let with = |files: &[&str]| bundle_of(scripts, files, "").unwrap().has_modules_in_src();
        assert!(with(&["main.py", "src/app/__init__.py"]) && with(&["src/app.py"]));
        assert!(!with(&["main.py", "src/data.json"]));
        assert!(!with(&["src/__init__.py", "src/app.py"]), "it is a package");
        assert!(!bundle("", "").has_modules_in_src());
    }

    #[test]
    fn a_project_that_is_no_package_runs_from_its_source() {
        let scripts = "[tool.uv]\npackage = false\n";
        assert!(bundle(scripts, "").ships_source());
        let manifest = format!("[project]\nname = 'a'\nversion = '1'\n{scripts}");
        let refused = bundle_of(&manifest, &[], "ship-source = false").unwrap_err();
        let message = "the project is no package and runs from its source, but `ship-source` is false; remove the key";
        assert_eq!(refused.to_string(), message);
    }
}
