//! Packages that only a folder of the project has: the folder is named by a list, by the settings of uv, or by its lock.

use crate::engines::builder::Builder;
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::engines::project::Project;

on_every_builder!(
    a_list_names_a_folder_of_wheels,
    settings_of_uv_name_a_folder_of_wheels,
    settings_of_uv_apply_to_a_list_and_to_the_build,
    a_member_installs_from_a_folder_beside_the_root,
);

/// Writes a wheel with one module, whose name nobody has on an index.
const WHEEL: &str = r#"
import sys, zipfile
folder, name, version = sys.argv[1:]
with zipfile.ZipFile(f"{folder}/{name}-{version}-py3-none-any.whl", "w") as wheel:
    about = f"{name}-{version}.dist-info/"
    files = [
        (f"{name}.py", f"version = '{version}'\n"),
        (about + "METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"),
        (about + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
    ]
    for path, text in files:
        wheel.writestr(path, text)
    record = "".join(f"{path},,\n" for path, _ in files)
    wheel.writestr(about + "RECORD", record + about + "RECORD,,\n")
"#;

const IMPORT: &str = "import only_in_folder; print(only_in_folder.version)";

/// Adds the folder `wheels` with a package to a project.
fn with_wheels(project: Project, folder: &str) -> Project {
    let project = project.file(&format!("{folder}/note.txt"), "");
    let folder = project.path().join(folder);
    for name in ["only_in_folder", "needed_by_build"] {
        let mut python = std::process::Command::new("python3");
        Outcome::of_success(python.args(["-c", WHEEL]).arg(&folder).args([name, "1.5"]));
    }
    project
}

fn a_list_names_a_folder_of_wheels(builder: Builder) {
    let list = "--find-links ./wheels\nonly-in-folder\n";
    let project = with_wheels(Project::empty().file("requirements.txt", list), "wheels");
    for installer in ["pip", "uv"] {
        let image = Image::with(builder, project.path(), &["--installer", installer]);
        assert_eq!(image.python(IMPORT), "1.5\n", "{installer}");
    }
}

fn settings_of_uv_name_a_folder_of_wheels(builder: Builder) {
    let project =
        "[project]\nname = 'app'\nversion = '1'\nrequires-python = '>=3.10'\ndependencies = ['only-in-folder']\n";
    let settings = "[tool.uv]\nfind-links = ['./wheels']\n";
    let index = "[[tool.uv.index]]\nname = 'folder'\nurl = 'wheels'\nformat = 'flat'\n";
    for (settings, is_locked) in [(settings, false), (index, true)] {
        let project = with_wheels(Project::new(&format!("{project}{settings}")), "wheels");
        if is_locked {
            Outcome::of_success(std::process::Command::new("uv").arg("lock").current_dir(project.path()));
        }
        let image = Image::of(builder, project.path());
        assert_eq!(image.python(IMPORT), "1.5\n", "{settings} {is_locked}");
    }
}

/// The backend needs a package of the folder too, and the dependencies of the second project are dynamic.
fn settings_of_uv_apply_to_a_list_and_to_the_build(builder: Builder) {
    let build = "[build-system]\nrequires = ['needed-by-build', 'hatchling>=1.26']\nbuild-backend = 'hatchling.build'\n\
                 [tool.hatch.build.targets.wheel]\nonly-include = ['app.py']\n";
    let settings = "[tool.uv]\nfind-links = ['wheels/']\n";
    let project = "[project]\nname = 'app'\nversion = '1'\ndependencies = ['only-in-folder']\n";
    let list = with_wheels(Project::new(&format!("{project}{build}{settings}")), "wheels")
        .file("app.py", "")
        .file("requirements.txt", "only-in-folder==1.5\n");
    let dynamic = "[project]\nname = 'app'\nversion = '1'\ndynamic = ['dependencies']\n\
                   [build-system]\nrequires = ['needed-by-build', 'setuptools']\nbuild-backend = 'setuptools.build_meta'\n\
                   [tool.setuptools]\npy-modules = ['app']\n\
                   [tool.setuptools.dynamic]\ndependencies = { file = ['needs.txt'] }\n";
    let dynamic = with_wheels(Project::new(&format!("{dynamic}{settings}")), "wheels")
        .file("app.py", "")
        .file("needs.txt", "only-in-folder\n");
    let pip_alone = "[tool.uv.pip]\nfind-links = ['wheels']\n";
    let of_pip = with_wheels(Project::new(pip_alone).file("requirements.txt", "only-in-folder\n"), "wheels");
    for project in [list, dynamic, of_pip] {
        let image = Image::of(builder, project.path());
        assert_eq!(image.python(IMPORT), "1.5\n");
    }
}

fn a_member_installs_from_a_folder_beside_the_root(builder: Builder) {
    let root = "[tool.uv.workspace]\nmembers = ['app']\n[tool.uv]\nfind-links = ['wheels']\n";
    let app = "[project]\nname = 'app'\nversion = '1'\nrequires-python = '>=3.10'\ndependencies = ['only-in-folder']\n";
    let workspace = with_wheels(Project::new(root).file("app/pyproject.toml", app), "wheels");
    let image = Image::of(builder, &workspace.path().join("app"));
    assert_eq!(image.python(IMPORT), "1.5\n");
}
