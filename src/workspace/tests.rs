use super::{Workspace, WorkspaceError};
use crate::config::Config;
use crate::listing::Listing;
use crate::{Bundle, Member};

fn manifest(name: &str, more: &str) -> String {
    format!("[project]\nname = '{name}'\nversion = '1'\n{more}\n")
}

/// A workspace in memory: manifests by their folders, other files by their paths.
fn listing(projects: &[(&str, String)], files: &[(&str, &str)]) -> Listing {
    let manifests = projects.iter().map(|(folder, text)| {
        let path = if folder.is_empty() { "pyproject.toml".to_owned() } else { format!("{folder}/pyproject.toml") };
        (path, text.clone())
    });
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    Listing::from_files(manifests.chain(files)).unwrap()
}

fn flags(text: &str) -> Config {
    toml::from_str(text).unwrap()
}

fn read(projects: &[(&str, String)], place: &str) -> Result<Workspace, WorkspaceError> {
    Workspace::in_listing(&listing(projects, &[]), place, &Config::default())
}

fn places(workspace: &Workspace) -> Vec<&str> {
    workspace.members().iter().map(|member| member.place.as_str()).collect()
}

#[track_caller]
fn refused(projects: &[(&str, String)], place: &str, message: &str) {
    assert_eq!(read(projects, place).unwrap_err().to_string(), message);
}

const ROOT: &str = "[tool.uv.workspace]\nmembers = ['packages/*']\nexclude = ['packages/old']\n";

fn depends(list: &str, workspace: &[&str]) -> String {
    let sources: String = workspace.iter().map(|name| format!("{name} = {{ workspace = true }}\n")).collect();
    format!("dependencies = [{list}]\n[tool.uv.sources]\n{sources}")
}

/// What a bundle of the workspace installs from elsewhere.
fn requirements(projects: &[(&str, String)], place: &str, options: &str) -> String {
    let listing = listing(projects, &[]);
    let workspace = Workspace::in_listing(&listing, place, &flags(options)).unwrap();
    let bundle = Bundle::new(workspace, listing, flags(options)).unwrap();
    bundle.run_requirements().iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

#[test]
fn only_what_is_needed_is_part_of_it() {
    let projects = [
        ("", ROOT.to_owned()),
        ("packages/app", manifest("app", &depends("'rich', 'lib[web]', 'virtual'", &["lib", "virtual"]))),
        (
            "packages/lib",
            manifest(
                "lib",
                "dependencies = ['core', 'app']
                optional-dependencies = { web = ['httpx', 'web-lib'], docs = ['docs-lib'] }
                [tool.uv.sources]
                core = { workspace = true }
                app = { workspace = true }
                web-lib = { path = '../../vendor/web-lib' }
                docs-lib = { workspace = true }",
            ),
        ),
        ("packages/core", manifest("core", &depends("'attrs'", &[]))),
        ("packages/virtual", manifest("virtual", "dependencies = ['click']\n[tool.uv]\npackage = false")),
        ("packages/docs-lib", manifest("docs-lib", "")),
        ("packages/unused", manifest("unused", &depends("'missing-thing'", &["missing-thing"]))),
        ("vendor/web-lib", manifest("web-lib", "")),
    ];
    let workspace = read(&projects, "packages/app").unwrap();
    assert_eq!(places(&workspace), ["packages/lib", "packages/virtual", "packages/core", "vendor/web-lib"]);
    assert_eq!(
        workspace.members().iter().map(|m: &Member| m.is_package).collect::<Vec<_>>(),
        [true, false, true, true]
    );
    assert_eq!(workspace.place(), "packages/app");
    assert_eq!(workspace.uv_root().unwrap().place, "");
    assert_eq!(workspace.uv_root().unwrap().manifest, ROOT);
    assert_eq!(workspace.members()[0].project.manifest(), projects[2].1);
    assert_eq!(requirements(&projects, "packages/app", ""), "rich attrs httpx click");
    // In a cycle, what the others ask of the project comes back to it.
    let lib = read(&projects, "packages/lib").unwrap();
    assert_eq!(places(&lib), ["packages/core", "packages/app", "packages/virtual", "vendor/web-lib"]);
}
