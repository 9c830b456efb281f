//! Projects that are not packages, and projects of Poetry, PDM and pipenv: their dependencies are in the image, and their source can be
//! imported.

use crate::engines::builder::Builder;
use crate::engines::image::Image;
use crate::engines::project::Project;

on_docker_and_podman!(
    a_virtual_project_of_uv_is_importable_with_its_dependencies,
    a_virtual_project_finds_itself_beside_a_sibling,
    a_module_named_like_one_of_python_hides_none_from_the_server,
    a_project_may_replace_what_the_server_needs,
    scripts_of_poetry_have_their_dependencies,
    a_package_of_poetry_needs_no_build_system,
    a_package_of_poetry_may_need_a_setup_script,
    the_version_reaches_a_setup_script,
    data_of_a_repository_is_in_the_package,
    a_package_of_poetry_is_installed_from_its_lock,
    a_package_of_poetry_may_have_alternatives,
    a_group_of_a_pylock_is_installed,
    scripts_of_pdm_have_the_packages_of_their_lock,
    scripts_of_pipenv_have_the_packages_of_their_lock,
);

const SERVER: &str = "/nix/runtime/bin/agentix-server";
const IMPORT: &str = "import six, run; print(run.where, six.__version__)";

fn a_virtual_project_of_uv_is_importable_with_its_dependencies(builder: Builder) {
    let project =
        Project::new("[project]\nname = 'service'\nversion = '1'\ndependencies = ['six==1.17.0']\n[tool.uv]\n")
            .file("run.py", "where = 'service'\n")
            .file("other.py", "");
    let image = Image::with(builder, project.path(), &[]);
    assert_eq!(image.python(IMPORT), "service 1.17.0\n");
}

/// The project and a sibling are in one workspace; only the sibling is a package.
fn a_virtual_project_finds_itself_beside_a_sibling(builder: Builder) {
    let root = "[tool.uv.workspace]\nmembers = ['app', 'lib']\n";
    let app = "[project]\nname = 'app'\nversion = '1'\ndependencies = ['lib']\n[tool.uv.sources]\nlib = { workspace = true }\n";
    let lib = "[project]\nname = 'lib'\nversion = '1'\n[build-system]\nrequires = ['hatchling>=1.26']\n\
               build-backend = 'hatchling.build'\n";
    let workspace = Project::new(root)
        .file("app/pyproject.toml", app)
        .file("app/run.py", "where = 'app'\n")
        .file("lib/pyproject.toml", lib)
        .file("lib/lib.py", "name = 'lib'\n");
    let image = Image::with(builder, &workspace.path().join("app"), &[]);
    assert_eq!(image.python("import run, lib; print(run.where, lib.name)"), "app lib\n");
}

fn a_module_named_like_one_of_python_hides_none_from_the_server(builder: Builder) {
    let project =
        Project::empty().file("requirements.txt", "six==1.17.0\n").file("email.py", "").file("http/run.py", "");
    let image = Image::with(builder, project.path(), &[]);
    assert!(image.run(&[SERVER, "--help"]).contains("usage"));
    assert_eq!(
        image.run(&["/bin/sh", "-c", "cd /src/project && python -c 'import email; print(email.__file__)'"]),
        "/src/project/email.py\n"
    );
}

/// The check of the server comes before the package of the base image is removed.
fn a_project_may_replace_what_the_server_needs(builder: Builder) {
    let manifest = "[project]\nname = 'annotated-doc'\nversion = '99'\n[build-system]\nrequires = ['hatchling>=1.26']\n\
                    build-backend = 'hatchling.build'\n";
    let module = "class Doc:\n    def __init__(self, text):\n        self.documentation = text\n";
    let project = Project::new(manifest).file("annotated_doc.py", module);
    let image = Image::of(builder, project.path());
    assert_eq!(image.python("from importlib.metadata import version; print(version('annotated-doc'))"), "99\n");
    assert!(image.run(&[SERVER, "--help"]).contains("usage"));
}

fn scripts_of_poetry_have_their_dependencies(builder: Builder) {
    let manifest = "[tool.poetry]\nname = 'notes'\nversion = '0.1.0'\npackage-mode = false\n\
                    [tool.poetry.dependencies]\npython = '^3.10'\nsix = '~1.17'\n";
    let project = Project::new(manifest).file("run.py", "where = 'notes'\n");
    let image = Image::with(builder, project.path(), &[]);
    assert_eq!(image.python(IMPORT), "notes 1.17.0\n");
}

/// `poetry install` installs it, with its programs. Its modules are not in the project's folder.
fn a_package_of_poetry_needs_no_build_system(builder: Builder) {
    let manifest = "[tool.poetry]\nname = 'run'\nversion = '0.1.0'\ndescription = ''\nauthors = []\n\
                    [tool.poetry.dependencies]\npython = '^3.10'\nsix = '~1.17'\n[tool.poetry.scripts]\nnotes = 'run:main'\n";
    let project = Project::new(manifest).file("src/run/__init__.py", "where = 'src'\ndef main(): print('program')\n");
    let image = Image::with(builder, project.path(), &[]);
    assert_eq!(image.python(IMPORT), "src 1.17.0\n");
    assert_eq!(image.python("import subprocess; subprocess.run(['/nix/runtime/bin/notes'])"), "program\n");
}

/// Poetry writes the folder of the sibling into the wheel, and only the build of the sibling knows what it requires.
fn a_package_of_poetry_may_need_a_setup_script(builder: Builder) {
    let manifest = "[tool.poetry]\nname = 'run'\nversion = '0.1.0'\ndescription = ''\nauthors = []\n\
                    [tool.poetry.dependencies]\npython = '^3.10'\nmy_lib = { path = '../lib', extras = ['x'] }\n\
                    [build-system]\nrequires = ['poetry-core']\nbuild-backend = 'poetry.core.masonry.api'\n";
    let script = "from setuptools import setup\n\
                  setup(name='my-lib', version='1', py_modules=['lib'], install_requires=['idna'], \
                  extras_require={'x': ['six==1.17.0']})\n";
    let folder = Project::empty()
        .file("app/pyproject.toml", manifest)
        .file("app/run.py", "import idna, lib\nwhere = lib.where\n")
        .file("lib/setup.py", script)
        .file("lib/lib.py", "where = 'lib'\n");
    for installer in ["pip", "uv"] {
        let image = Image::with(builder, &folder.path().join("app"), &["--installer", installer]);
        assert_eq!(image.python(IMPORT), "lib 1.17.0\n", "{installer}");
    }
}

fn the_version_reaches_a_setup_script(builder: Builder) {
    let script = "from setuptools import setup\n\
                  setup(name='run', use_scm_version=True, setup_requires=['setuptools_scm'], py_modules=['run'])\n";
    let project = Project::empty().file("setup.py", script).file("run.py", "");
    let image = Image::with(builder, project.path(), &["--project-version", "2.3.4"]);
    assert_eq!(image.python("import run, importlib.metadata as m; print(m.version('run'))"), "2.3.4\n");
}

/// The lock pins an older version than the constraint allows, with its hash.
fn a_package_of_poetry_is_installed_from_its_lock(builder: Builder) {
    let manifest = "[tool.poetry]\nname = 'notes'\nversion = '0.1.0'\ndescription = ''\nauthors = []\n\
                    packages = [{ include = 'run' }]\n\
                    [tool.poetry.dependencies]\npython = '^3.10'\nsix = '^1.10'\n\
                    [build-system]\nrequires = ['poetry-core']\nbuild-backend = 'poetry.core.masonry.api'\n";
    let project = Project::new(manifest).file("run/__init__.py", "where = 'package'\n").file("poetry.lock", LOCK);
    let image = Image::with(builder, project.path(), &[]);
    assert_eq!(image.python(IMPORT), "package 1.16.0\n");
    let about = image.python("import importlib.metadata as m; print(m.version('notes'), m.requires('notes'))");
    assert_eq!(about, "0.1.0 ['six (>=1.10,<2.0)']\n");
}

/// `poetry-core` writes them into the metadata of the wheel, and pip refuses them there.
fn a_package_of_poetry_may_have_alternatives(builder: Builder) {
    let manifest = "[tool.poetry]\nname = 'notes'\nversion = '0.1.0'\ndescription = ''\nauthors = []\n\
                    packages = [{ include = 'run' }]\n\
                    [tool.poetry.dependencies]\npython = '^3.10'\nsix = '1.10.0 || 1.16.0'\n\
                    [build-system]\nrequires = ['poetry-core']\nbuild-backend = 'poetry.core.masonry.api'\n";
    let lock = LOCK.replace(
        "afe7793de504b711cc9cedd372cb50bf10efaaafe14108f6508dd983b0b1f7f5",
        "d885ca46a37fb7dfb81b82741e3ad70124e3cc6cac2d1d869476855895578131",
    );
    let project = Project::new(manifest).file("run/__init__.py", "where = 'package'\n").file("poetry.lock", &lock);
    let image = Image::with(builder, project.path(), &[]);
    assert_eq!(image.python(IMPORT), "package 1.16.0\n");
    assert_eq!(image.python("import importlib.metadata as m; print(m.requires('notes'))"), "['six']\n");
}

/// pip takes the path of the lock beside the name of a group. uv takes the name alone.
fn a_group_of_a_pylock_is_installed(builder: Builder) {
    let manifest = "[project]\nname = 'notes'\nversion = '1'\n[dependency-groups]\nserve = ['six']\n";
    let lock = format!(
        "lock-version = '1.0'\ncreated-by = 'a test'\ndependency-groups = ['serve']\ndefault-groups = []\n[[packages]]\n\
         name = 'six'\nversion = '1.16.0'\nmarker = \"'serve' in dependency_groups\"\nwheels = [{{ name = 'six-1.16.0-py2.py3-none-any.whl', \
         url = 'https://files.pythonhosted.org/packages/d9/5a/e7c31adbe875f2abbb91bd84cf2dc52d792b5a01506781dbcf25c91daf11/six-1.16.0-py2.py3-none-any.whl', \
         hashes = {{ sha256 = '{}' }} }}]\n",
        SIX.trim_start_matches("sha256:")
    );
    for installer in ["pip", "uv"] {
        let project = Project::new(manifest).file("notes.py", "").file("pylock.toml", &lock);
        let image = Image::with(builder, project.path(), &["--group", "serve", "--installer", installer]);
        assert_eq!(image.python("import six; print(six.__version__)"), "1.16.0\n", "{installer}");
    }
}

fn scripts_of_pdm_have_the_packages_of_their_lock(builder: Builder) {
    let manifest = "[project]\nname = 'notes'\nversion = '0.1.0'\ndependencies = ['six>=1.10']\n\
                    [tool.pdm]\ndistribution = false\n[tool.pdm.dev-dependencies]\ntest = ['idna']\n";
    let lock = format!(
        "[metadata]\nlock_version = '4.5.0'\nstrategy = ['inherit_metadata']\ngroups = ['default', 'test']\n\
         content_hash = 'sha256:63a0d3f0144a5b2a0fcd7f565dbe8ae0c6f3d63a3134aba41a94a7b3ef49456e'\n\
         [[package]]\nname = 'six'\nversion = '1.16.0'\ngroups = ['default']\n\
         files = [{{ file = 'six-1.16.0-py2.py3-none-any.whl', hash = '{SIX}' }}]\n"
    );
    let project = Project::new(manifest).file("run.py", "where = 'pdm'\n").file("pdm.lock", &lock);
    let image = Image::of(builder, project.path());
    assert_eq!(image.python(IMPORT), "pdm 1.16.0\n");
}

/// The folder has a `Pipfile` in place of a `pyproject.toml`.
fn scripts_of_pipenv_have_the_packages_of_their_lock(builder: Builder) {
    let lock = format!(
        r#"{{
            "_meta": {{
                "hash": {{ "sha256": "83b3df86404322b5e9c6d1f3a782fd8510f976dafa4940f849d7e79258978aaa" }},
                "pipfile-spec": 6
            }},
            "default": {{ "six": {{ "version": "==1.16.0", "hashes": ["{SIX}"] }} }},
            "develop": {{}}
        }}"#
    );
    let project = Project::empty().file("Pipfile", "[packages]\nsix = '*'\n").file("Pipfile.lock", &lock);
    let image = Image::of(builder, project.file("run.py", "where = 'pipenv'\n").path());
    assert_eq!(image.python(IMPORT), "pipenv 1.16.0\n");
}

/// The hash of the wheel of six 1.16.0.
const SIX: &str = "sha256:8abb2f1d86890a2dfb989f9a77cfcfd3e47c2a354b01111771326f8aa26e0254";

const LOCK: &str = r#"
[[package]]
name = "six"
version = "1.16.0"
optional = false
python-versions = ">=2.7"
groups = ["main"]
files = [
    {file = "six-1.16.0-py2.py3-none-any.whl", hash = "sha256:8abb2f1d86890a2dfb989f9a77cfcfd3e47c2a354b01111771326f8aa26e0254"},
]

[metadata]
lock-version = "2.1"
python-versions = "^3.10"
content-hash = "afe7793de504b711cc9cedd372cb50bf10efaaafe14108f6508dd983b0b1f7f5"
"#;

/// setuptools-scm names the files of the repository to setuptools. The build has no repository.
fn data_of_a_repository_is_in_the_package(builder: Builder) {
    let manifest = "[project]\nname = 'notes'\ndynamic = ['version']\n[tool.setuptools_scm]\n\
                    [build-system]\nrequires = ['setuptools', 'setuptools-scm']\nbuild-backend = 'setuptools.build_meta'\n";
    let project = Project::new(manifest)
        .file("src/notes/__init__.py", "")
        .file("src/notes/texts/first.txt", "first")
        .file("src/notes/texts/draft.txt", "draft")
        .file("src/notes/made.cpython-310-x86_64-linux-gnu.so", "built here")
        .file("MANIFEST.in", "exclude src/notes/texts/draft.txt\n");
    let list = "import notes, pathlib; folder = pathlib.Path(notes.__file__).parent; \
                print(sorted(str(path.relative_to(folder)) for path in folder.rglob('*.*') if path.suffix in ('.txt', '.so')))";
    for installer in ["pip", "uv"] {
        let image = Image::with(builder, project.path(), &["--installer", installer, "--project-version", "1.0"]);
        assert_eq!(image.python(list), "['texts/first.txt']\n", "{installer}");
    }
}
