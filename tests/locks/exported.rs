//! Locks that other tools wrote, against what the tool itself exports from them with some extras and groups. The files of
//! each package are cut to two, and hosts are replaced.
//!
//! | folder | lock | exported by |
//! |---|---|---|
//! | `poetry/format-2.0` | Poetry 1.8 | `poetry export` |
//! | `poetry/format-2.1` | Poetry 2.5 | `poetry export` |
//! | `pdm/inherited` | PDM 2.29 | `pdm export` |
//! | `pdm/plain` | PDM 2.29, of the same packages, without the strategy `inherit_metadata` | `pdm export` of `pdm/inherited` |
//! | `pipenv` | pipenv 2026.10 | `pipenv requirements --hash` |

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::str::FromStr;

use agentix_gen::context::stage;
use agentix_gen::{Config, Dialect, load};
use camino::Utf8Path;
use pep508_rs::{MarkerEnvironment, MarkerEnvironmentBuilder, MarkerTree};

/// What is installed in one environment: the version and the hashes of each package.
pub(crate) type Installed = BTreeMap<String, (String, Vec<String>)>;

pub(crate) fn installed(list: &str, python: &str) -> Installed {
    let environment = environment(python);
    let mut installed = Installed::new();
    for line in list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("--")) {
        let (requirement, hashes) = line.split_once(" --hash=").unwrap_or((line, ""));
        let mut hashes: Vec<String> = hashes.split(" --hash=").map(|hash| hash.trim().to_owned()).collect();
        hashes.sort();
        let (package, marker) = requirement.split_once(';').unwrap_or((requirement, ""));
        let applies =
            marker.trim().is_empty() || MarkerTree::from_str(marker.trim()).unwrap().evaluate(&environment, &[]);
        if !applies {
            continue;
        }
        let (name, version) = package.trim().split_once("==").unwrap();
        // An export names the extras of a package as well; its dependencies are listed anyway.
        let name = name.split('[').next().unwrap().to_lowercase().replace(['_', '.'], "-");
        installed.insert(name, (version.to_owned(), hashes));
    }
    installed
}

fn environment(python: &str) -> MarkerEnvironment {
    MarkerEnvironment::try_from(MarkerEnvironmentBuilder {
        implementation_name: "cpython",
        implementation_version: python,
        os_name: "posix",
        platform_machine: "x86_64",
        platform_python_implementation: "CPython",
        platform_release: "",
        platform_system: "Linux",
        platform_version: "",
        python_full_version: python,
        python_version: python.rsplit_once('.').unwrap().0,
        sys_platform: "linux",
    })
    .unwrap()
}

/// Returns the list that a context has for the project's lock.
fn our_list(folder: &Path, extras: &[&str], groups: &[&str]) -> String {
    let names = |names: &[&str]| names.iter().map(|name| name.parse().unwrap()).collect();
    let mut config = Config::default();
    config.extra = names(extras);
    config.group = names(groups);
    config.tag = vec!["notes:1".parse().unwrap()];
    let bundle = load(Utf8Path::from_path(folder).unwrap(), config).unwrap();
    let context = stage(&bundle, Dialect::BuildKit).unwrap();
    let list = context.entries().find(|entry| entry.path == "requirements/run/requirements.txt").unwrap();
    match list.source {
        agentix_gen::context::Source::Bytes(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
        other => panic!("{other:?}"),
    }
}

/// A folder, the file with the tool's export, the selected extras and groups, and the number of packages.
pub(crate) type Case = (&'static str, &'static str, &'static [&'static str], &'static [&'static str], usize);

pub(crate) const CASES: [Case; 5] = [
    ("poetry/format-2.0", "exported.txt", &["pretty"], &["test"], 26),
    ("poetry/format-2.1", "exported.txt", &["pretty"], &["test"], 26),
    ("pdm/inherited", "../exported.txt", &["pretty"], &["test"], 22),
    ("pdm/plain", "../exported.txt", &["pretty"], &["test"], 22),
    ("pipenv", "exported.txt", &[], &["dev-packages", "docs-site"], 22),
];

#[test]
fn a_lock_is_exported_as_its_tool_exports_it() {
    for (folder, export, extras, groups, count) in CASES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/locks").join(folder);
        let (ours, theirs) = (our_list(&path, extras, groups), fs::read_to_string(path.join(export)).unwrap());
        // pipenv locks for one Python.
        let pythons: &[&str] = if folder == "pipenv" { &["3.11.9"] } else { &["3.10.4", "3.11.9", "3.13.0"] };
        for python in pythons {
            let expected = installed(&theirs, python);
            assert!(expected.len() >= count, "{folder} {python}: {}", expected.len());
            assert!(expected.values().all(|(_, hashes)| !hashes[0].is_empty()), "{folder} {python}: {expected:?}");
            assert_eq!(installed(&ours, python), expected, "{folder} {python}");
        }
    }
}
