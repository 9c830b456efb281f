use pep440_rs::VersionSpecifiers;

use crate::files::Listing;
use crate::project::config::Config;
use crate::project::python::PythonVersion;
use crate::project::workspace::Workspace;

/// Chooses the Python of a project with a `requires-python`, a `.python-version` and a lock. An empty text means unset.
fn python(requires: &str, file: &str, lock: &str) -> String {
    let requires = if requires.is_empty() { String::new() } else { format!("requires-python = '{requires}'") };
    let manifest = format!("[project]\nname = 'app'\nversion = '1'\n{requires}");
    let listing = Listing::from_files([("pyproject.toml", manifest.as_str()), (".python-version", file)]).unwrap();
    let workspace = Workspace::in_listing(&listing, "", &Config::default()).unwrap();
    let lock: Option<VersionSpecifiers> = (!lock.is_empty()).then(|| lock.parse().unwrap());
    workspace
        .python(&Config::default(), lock.as_ref())
        .map_or_else(|error| error.to_string(), |version| version.to_string())
}

#[test]
fn all_constraints_are_satisfied() {
    for (requires, file, lock, chosen) in [
        ("", "", "", "3.11"),
        (">=3.8", "", "", "3.11"),
        (">=3.12", "", "", "3.14"),
        (">=3.12", "", "<3.14", "3.13"),
        ("<3.11", "", "", "3.10"),
        ("~=3.9.1", "", "", "3.9"),
        ("<=3.12", "", "!=3.11.*", "3.10"),
        (">=3.10.4,!=3.11.*", "", "", "3.14"),
        ("==3.12.*", "", "", "3.12"),
        ("", "3.13", "", "3.13"),
        (">=3.9", "3.12.4\n", "", "3.12"),
        ("", "# ours\n\n3.10\n3.9\n", "", "3.10"),
        ("", "cpython-3.12.4-linux-x86_64-gnu", "", "3.12"),
        ("", "cpython@3.12", "", "3.12"),
        ("", "python3.9", "", "3.9"),
        ("", "3.12-dev", "", "3.12"),
        ("", "3.14.0rc1", "", "3.14"),
        ("", ">=3.12,<3.14", "", "3.13"),
        ("", "3", "", "3.11"),
        (">=3.12", "3", "", "3.14"),
        ("", " \n# none", "", "3.11"),
    ] {
        assert_eq!(python(requires, file, lock), chosen, "{requires:?} {file:?} {lock:?}");
    }
}

#[test]
fn errors_name_the_constraints() {
    let expanded = |text: &str| text.replace("KNOWN", "Python 3.8 to 3.14");
    for (requires, file, lock, message) in [
        (
            ">=3.12",
            "3.11",
            "",
            "no version of KNOWN satisfies both requires-python of `app` (`>=3.12`) and .python-version (`3.11`); \
             change one",
        ),
        (
            ">=3.12",
            "",
            "<3.12",
            "no version of KNOWN satisfies both requires-python of `app` (`>=3.12`) and requires-python of the lock \
             (`<3.12`); change one",
        ),
        (
            ">=3.12,!=3.13.*",
            ">=3.13",
            "<3.14",
            "no version of KNOWN satisfies all of requires-python of `app` (`>=3.12, !=3.13.*`) and requires-python of \
             the lock (`<3.14`) and .python-version (`>=3.13`); change one",
        ),
        (
            "==3.12.4",
            "",
            "",
            "the newest patch releases of KNOWN do not satisfy requires-python of `app` (`==3.12.4`); change it, or \
             choose an image",
        ),
        (
            "",
            "2.7",
            "",
            "the newest patch releases of KNOWN do not satisfy .python-version (`2.7`); change it, or choose an image",
        ),
        (
            "",
            "pypy3.10",
            "",
            ".python-version (`pypy3.10`) is not a version of standard CPython, which all images use; change it, or \
             choose an image",
        ),
        (
            "",
            "3.13t",
            "",
            ".python-version (`3.13t`) is not a version of standard CPython, which all images use; change it, or \
             choose an image",
        ),
        ("", "@3.12", "", ".python-version (`@3.12`) is not a Python version; write one such as `3.12`"),
        ("", "3..1", "", ".python-version (`3..1`) is not a Python version; write one such as `3.12`"),
    ] {
        assert_eq!(python(requires, file, lock), expanded(message), "{requires:?} {file:?} {lock:?}");
    }
}

/// uv 0.13.9 decides so too: `uv sync --group run` looks at the group in each member of the workspace.
#[test]
fn selected_groups_constrain_the_version() {
    let group = |python: &str| {
        format!(
            "[dependency-groups]\nrun = []\n[tool.uv.dependency-groups]\nrun = {{ requires-python = '{python}' }}\n"
        )
    };
    let app =
        format!("[project]\nname = 'app'\nversion = '1'\ndependencies = ['lib @ file:../lib']\n{}", group("<3.14"));
    let lib = format!("[project]\nname = 'lib'\nversion = '1'\nrequires-python = '>=3.9'\n{}", group(">=3.12"));
    let listing = Listing::from_files([("app/pyproject.toml", &*app), ("lib/pyproject.toml", &*lib)]).unwrap();
    let workspace = Workspace::in_listing(&listing, "app", &Config::default()).unwrap();
    let run: Config = toml::from_str("group = 'run'").unwrap();
    assert_eq!(workspace.python(&Config::default(), None).unwrap().to_string(), "3.11");
    assert_eq!(workspace.python(&run, None).unwrap().to_string(), "3.13");
    let (from, range) = workspace.python_range(&run, None);
    let from: Vec<String> = from.iter().map(ToString::to_string).collect();
    let expected = [
        "requires-python of group `run` of `app` (`<3.14`)",
        "requires-python of `lib` (`>=3.9`)",
        "requires-python of group `run` of `lib` (`>=3.12`)",
    ];
    assert_eq!((from, &*range), (expected.map(str::to_owned).to_vec(), ">=3.12, <3.14"));
    let python = PythonVersion::default();
    assert_eq!(workspace.excludes(python, &Config::default(), None), None);
    assert_eq!(workspace.excludes(python, &run, None).unwrap().constraint.text, ">=3.12");
}

#[test]
fn siblings_constrain_the_version() {
    let listing = Listing::from_files([
        ("app/pyproject.toml", "[project]\nname = 'app'\nversion = '1'\ndependencies = ['lib @ file:../lib']"),
        ("lib/pyproject.toml", "[project]\nname = 'lib'\nversion = '1'\nrequires-python = '>=3.12,<3.13'"),
    ])
    .unwrap();
    let workspace = Workspace::in_listing(&listing, "app", &Config::default()).unwrap();
    assert_eq!(workspace.python(&Config::default(), None).unwrap().to_string(), "3.12");
}
