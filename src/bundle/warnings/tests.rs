use crate::bundle::Bundle;
use crate::files::Listing;
use crate::project::{Config, Workspace};

fn warnings(manifest: &str, files: &[(&str, &str)], flags: &str) -> Vec<String> {
    let manifest = format!("[project]\nname = 'a'\nversion = '1'\n{manifest}");
    let files = files.iter().copied().chain([("pyproject.toml", &*manifest)]);
    let listing = Listing::from_files(files).unwrap();
    let flags: Config = toml::from_str(flags).unwrap();
    let workspace = Workspace::in_listing(&listing, "", &flags).unwrap();
    let bundle = Bundle::new(workspace, listing, flags).unwrap();
    bundle.warnings().iter().map(ToString::to_string).collect()
}

#[test]
fn a_file_that_is_not_used_is_named() {
    let dependencies = "dependencies = ['six']";
    for (files, start) in [
        (&[("requirements.txt", "six")][..], "requirements.txt is not used: not every version in it is pinned"),
        (&[("Pipfile", "[packages]\nsix = '*'")], "Pipfile is not used: it has no Pipfile.lock, and the project lists"),
        (&[("requirements.txt", "six==1.16"), ("Pipfile", "")], "Pipfile is not used: requirements.txt comes first"),
        (
            &[("pylock.toml", "lock-version = '1.0'\n[[packages]]\nname = 'six'"), ("pdm.lock", "")],
            "pdm.lock is not used: pylock.toml comes first",
        ),
        (&[("uv.toml", "link-mode = 'copy'")], "uv.toml is not used: settings of uv are read from [tool.uv]"),
    ] {
        let found = warnings(dependencies, files, "");
        assert!(found.len() == 1 && found[0].starts_with(start), "{found:?}");
    }
    assert_eq!(warnings(dependencies, &[("requirements.txt", "six==1.16")], ""), [""; 0]);
    assert_eq!(warnings("", &[("requirements.txt", "six")], ""), [""; 0], "it is the project's list");
    let hook =
        "dynamic = ['dependencies']\n[tool.hatch.metadata.hooks.requirements_txt]\nfilename = 'requirements.txt'";
    assert_eq!(warnings(hook, &[("requirements.txt", "six")], ""), [""; 0], "the build reads it");
    assert_eq!(warnings(dependencies, &[("requirements.txt", "-e .")], ""), [""; 0], "it is the project");
    for (files, start) in [
        ("environment.yml", "environment.yml is not used: packages of conda"),
        ("cog.yaml", "cog.yaml is not used: it describes an image for another tool"),
        ("langgraph.json", "langgraph.json is not used: it describes an image for another tool"),
        ("runtime.txt", "runtime.txt is not used: the Python version"),
        ("pip.conf", "pip.conf is not used: package indexes"),
        ("pdm.toml", "pdm.toml is not used: package indexes"),
        (".tool-versions", ".tool-versions is not used: a Python version"),
        ("constraints.txt", "constraints.txt is not used: nothing includes it"),
        ("Procfile", "Procfile is not used: what the image starts"),
        (".python-version", ".python-version is not used: it names no version of standard CPython"),
        ("flake.nix", "flake.nix is not used: system packages from Nix come from default.nix"),
        ("setup.cfg", "install_requires in setup.cfg is not used: setuptools reads [project] only"),
    ] {
        let text = "[options]\ninstall_requires = six\n";
        let found = warnings(dependencies, &[(files, text)], "");
        assert!(found.len() == 1 && found[0].starts_with(start), "{files}: {found:?}");
    }
    assert_eq!(warnings(dependencies, &[("flake.nix", ""), ("default.nix", "")], ""), [""; 0]);
    let programs = "scripts.go = 'a:main'\n[tool.uv]";
    let found = warnings(programs, &[], "");
    assert!(
        found.len() == 1 && found[0].starts_with("[project.scripts] is not used: the project is no package"),
        "{found:?}"
    );
    assert_eq!(warnings(programs, &[], "entrypoint = ['python', '-m', 'a']"), [""; 0]);
    assert_eq!(warnings("scripts.go = 'a:main'", &[], ""), [""; 0]);
    let list = ("requirements.txt", "six==1.16\n-c constraints.txt");
    assert_eq!(warnings(dependencies, &[list, ("constraints.txt", "six<2")], ""), [""; 0]);
    let pinned = [(".tool-versions", "python 3.11"), (".python-version", "3.11")];
    assert_eq!(warnings(dependencies, &pinned, ""), [""; 0]);
    assert_eq!(warnings(dependencies, &[("Procfile", "")], "entrypoint = ['x']"), [""; 0]);
    assert_eq!(
        warnings("dynamic = ['dependencies']", &[("setup.cfg", "[options]\ninstall_requires = six")], ""),
        [""; 0]
    );
    assert!(warnings("[tool.pixi.dependencies]\ncmake = '*'", &[], "")[0].starts_with("[tool.pixi] is not used"));
    let groups = "dependency-groups.docs = ['six']\n".replace("dependency-groups.docs", "[dependency-groups]\ndocs");
    let groups = format!("{groups}[tool.uv]\ndefault-groups = ['docs']");
    assert!(warnings(&groups, &[], "")[0].starts_with("[tool.uv] default-groups is not used: a group is installed"));
    assert_eq!(warnings(&groups, &[], "group = 'docs'"), [""; 0]);
    let overrides = "[tool.pdm.resolution.overrides]\nsix = '1'";
    assert!(warnings(overrides, &[], "")[0].starts_with("[tool.pdm.resolution] is not used: PDM alone reads"));
    assert_eq!(warnings(overrides, &[("requirements.txt", "idna==3")], ""), [""; 0], "the list has them");
    let source = "[[tool.poetry.source]]\nname = 'corp'\nurl = 'https://corp.example.org/simple'";
    assert_eq!(warnings(source, &[], ""), [""; 0], "there is nothing to fetch");
    let source = "[[tool.pdm.source]]\nname = 'corp'\nurl = 'https://corp.example.org/simple'";
    assert_eq!(
        warnings(source, &[], ""),
        ["[[tool.pdm.source]] is not used: it applies to the packages of a pdm.lock only"]
    );
    let limits = "[tool.uv]\nconstraint-dependencies = ['six<2']";
    assert_eq!(warnings(limits, &[], ""), [""; 0]);
    assert!(
        warnings(limits, &[], "installer = 'pip'")[0].starts_with("[tool.uv] constraint-dependencies is not used: pip")
    );
    let table = warnings("[tool.uv.pip]\nstrict = true", &[], "");
    assert_eq!(
        table,
        ["[tool.uv.pip] is not used: settings of `uv pip` apply to a requirements.txt only, which uv installs"]
    );
}
/// uv leaves an empty `uv.lock` behind if it runs in a project that it cannot read.
#[test]
fn a_lock_of_uv_is_not_used_without_a_project_table() {
    let manifest =
        "[tool.poetry]\nname = 'a'\nversion = '1'\npackage-mode = false\n[tool.poetry.dependencies]\nsix = '*'";
    let files = [("pyproject.toml", manifest), ("uv.lock", "version = 1")];
    let listing = Listing::from_files(files).unwrap();
    let workspace = Workspace::in_listing(&listing, "", &Config::default()).unwrap();
    let bundle = Bundle::new(workspace, listing, Config::default()).unwrap();
    let warnings: Vec<String> = bundle.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(warnings, ["uv.lock is not used: uv reads [project] only, which pyproject.toml does not have"]);
    assert!(matches!(bundle.dependencies(), crate::bundle::Dependencies::Listed(list) if list.len() == 1));
    assert_eq!(*bundle.installer(), crate::bundle::Installer::Pip);
}

#[test]
fn sources_of_poetry_are_used_without_a_lock() {
    let list = |manifest: &str, flags: &str| {
        let files = [("pyproject.toml", manifest)];
        let listing = Listing::from_files(files).unwrap();
        let flags: Config = toml::from_str(flags).unwrap();
        let bundle = Bundle::new(Workspace::in_listing(&listing, "", &flags).unwrap(), listing, flags).unwrap();
        let files = bundle.requirement_files();
        let run = files.iter().find(|file| file.path == "run/run.txt").map(|file| file.text.clone());
        (run, bundle.warnings().iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    let manifest = "[tool.poetry]\nname = 'a'\nversion = '1'\n[tool.poetry.dependencies]\nsix = '*'\n\
                    torch = { version = '*', source = 'gpu' }\n\
                    [[tool.poetry.source]]\nname = 'corp'\nurl = 'https://corp.example.org/simple'\n\
                    [[tool.poetry.source]]\nname = 'gpu'\nurl = 'https://gpu.example.org/simple'\npriority = 'explicit'\n";
    for installer in ["pip", "uv"] {
        let (run, warnings) = list(manifest, &format!("installer = '{installer}'"));
        let expected = "--index-url https://corp.example.org/simple\n--extra-index-url https://gpu.example.org/simple\n\
                        six\ntorch\n";
        assert_eq!(run.as_deref(), Some(expected));
        assert!(warnings.len() == 1 && warnings[0].starts_with("[[tool.poetry.source]] gpu is used for all packages"));
    }
    let (run, warnings) = list(&format!("{manifest}[tool.uv]\nprerelease = 'allow'\n"), "");
    assert_eq!(
        (run, &*warnings),
        (None, &["[[tool.poetry.source]] is not used: uv takes indexes from [[tool.uv.index]]".to_owned()][..])
    );
}

#[test]
fn lfs_pointers_are_named() {
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n";
    let files: Vec<_> = ["a.bin", "b.bin", "c/d.bin", "e.bin"].map(|path| (path, pointer)).into();
    let end = ": a pointer of Git LFS, not the content; run `git lfs pull`";
    assert_eq!(warnings("", &files[..1], ""), [format!("a.bin{end}")]);
    assert_eq!(warnings("", &files, ""), [format!("a.bin, b.bin, c/d.bin and 1 more{end}")]);
    assert_eq!(warnings("", &[("a.md", "# version https://git-lfs.github.com/spec/v1")], ""), [""; 0]);
}

#[test]
fn a_group_that_poetry_installs_without_being_asked_is_named() {
    let poetry = "[tool.poetry.group.ml.dependencies]\nsix = '*'\n";
    let start = "[tool.poetry.group.ml] is not used: a group is installed if `group` names it";
    let found = warnings(poetry, &[], "");
    assert!(found.len() == 1 && found[0].starts_with(start), "{found:?}");
    assert_eq!(warnings(poetry, &[], "group = 'ml'"), [""; 0]);
    assert_eq!(warnings(&format!("{poetry}[tool.poetry.group.ml]\noptional = true\n"), &[], ""), [""; 0]);
    for name in ["dev", "test-extra", "docs", "typing"] {
        assert_eq!(warnings(&poetry.replace("ml", name), &[], ""), [""; 0], "{name}");
    }
}

/// The order in which files are taken for the lock, and who reads a file otherwise.
#[test]
fn a_lock_is_not_used_beside_one_that_comes_first() {
    let why = |manifest: &str, lock: &str, used: Option<&str>| {
        let listing = Listing::from_files([("pyproject.toml", manifest)]).unwrap();
        let workspace = Workspace::in_listing(&listing, "", &Config::default()).unwrap();
        super::why_unused(lock, used, &workspace).unwrap_or_default()
    };
    let manifest = "[project]\nname = 'a'\nversion = '1'\n";
    for used in ["uv.lock", "pylock.toml", "poetry.lock", "pdm.lock", "Pipfile.lock", "requirements.txt"] {
        assert_eq!(why(manifest, "other", Some(used)), format!("{used} comes first"));
    }
    assert_eq!(why(manifest, "uv.lock", Some("pylock.toml")), "pylock.toml comes first");
    assert_eq!(why(manifest, "Pipfile", Some("Pipfile.lock")), "", "it is the manifest of the lock");
    assert!(why(manifest, "requirements.txt", None).starts_with("not every version in it is pinned"));
    let read_by_build = format!(
        "{manifest}dynamic = ['dependencies']\n[tool.setuptools.dynamic]\ndependencies = {{ file = ['requirements.txt'] }}\n"
    );
    assert_eq!(why(&read_by_build, "requirements.txt", None), "");
    let of_poetry = "[tool.poetry]\nname = 'a'\nversion = '1'\n";
    let not_read = "uv reads [project] only, which pyproject.toml does not have";
    assert_eq!(why(of_poetry, "uv.lock", Some("poetry.lock")), not_read);
}
