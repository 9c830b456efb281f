//! Locks that Poetry wrote (1.8: format 2.0; 2.5: format 2.1), against what `poetry export` makes of them with the extra
//! `pretty` and the group `test`. The files of each package are cut to two, and hosts are replaced.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::str::FromStr;

use agentix_gen::context::stage;
use agentix_gen::{Config, Dialect, load};
use camino::Utf8Path;
use pep508_rs::{MarkerEnvironment, MarkerEnvironmentBuilder, MarkerTree};

/// What is installed in one environment: the version and the hashes of each package.
type Installed = BTreeMap<String, (String, Vec<String>)>;

fn installed(list: &str, python: &str) -> Installed {
    let environment = environment(python);
    let mut installed = Installed::new();
    for line in list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("--")) {
        let (requirement, hashes) = line.split_once(" --hash=").unwrap_or((line, ""));
        let mut hashes: Vec<String> = hashes.split(" --hash=").map(|hash| hash.trim().to_owned()).collect();
        hashes.sort();
        let (package, marker) = requirement.split_once(';').unwrap_or((requirement, ""));
        let applies =
            marker.trim().is_empty() || MarkerTree::from_str(marker.trim()).unwrap().evaluate(&environment, &[]);
        let (name, version) = package.trim().split_once("==").unwrap();
        // An export names the extras of a package as well; its dependencies are listed anyway.
        let name = name.split('[').next().unwrap().to_lowercase().replace(['_', '.'], "-");
        if applies {
            installed.insert(name, (version.to_owned(), hashes));
        }
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
fn our_list(folder: &Path) -> String {
    let mut config = Config::default();
    config.extra = vec!["pretty".parse().unwrap()];
    config.group = vec!["test".parse().unwrap()];
    let bundle = load(Utf8Path::from_path(folder).unwrap(), config).unwrap();
    let context = stage(&bundle, Dialect::BuildKit).unwrap();
    let list = context.entries().find(|entry| entry.path == "requirements/run/requirements.txt").unwrap();
    match list.source {
        agentix_gen::context::Source::Bytes(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_lock_is_exported_as_poetry_exports_it() {
    for format in ["format-2.0", "format-2.1"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/locks/poetry").join(format);
        let (ours, theirs) = (our_list(&folder), fs::read_to_string(folder.join("exported.txt")).unwrap());
        for python in ["3.10.4", "3.11.9", "3.13.0"] {
            let expected = installed(&theirs, python);
            assert!(expected.len() >= 26, "{format} {python}: {}", expected.len());
            assert_eq!(installed(&ours, python), expected, "{format} {python}");
        }
    }
}
