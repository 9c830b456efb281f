//! Bills of materials, against the validators of their formats, and against what each tool installs from its lock.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use agentix_gen::bundle::{Sbom, SbomFormat};
use agentix_gen::{Bundle, Config, load};
use camino::Utf8Path;
use serde::{Deserialize, Serialize};

use crate::Lab;
use crate::exported::{CASES, installed};
use crate::judges::Judge;

#[derive(Serialize)]
struct Question<'a> {
    format: &'static str,
    text: &'a str,
}

#[derive(Debug, Deserialize)]
struct Answer {
    faults: Vec<String>,
    packages: BTreeMap<String, Package>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Package {
    version: Option<String>,
    purl: Option<String>,
    hashes: Vec<String>,
    requires: Option<Vec<String>>,
}

/// Returns the packages of a bill of materials, which both validators accept and both formats have alike.
#[track_caller]
fn packages(judge: &Judge, sbom: &Sbom) -> BTreeMap<String, Package> {
    let ask = |format, text: String| -> Answer {
        let answer: Answer = judge.ask(&Question { format, text: &text });
        assert_eq!(answer.faults, [""; 0], "{text}");
        answer
    };
    let cyclonedx = ask("cyclonedx", sbom.to_json(SbomFormat::CycloneDx).unwrap()).packages;
    let spdx = ask("spdx", sbom.to_json(SbomFormat::Spdx).unwrap()).packages;
    assert!(cyclonedx.keys().eq(spdx.keys()));
    for (name, package) in &cyclonedx {
        let other = &spdx[name];
        assert_eq!((&package.version, &package.purl, &package.hashes), (&other.version, &other.purl, &other.hashes));
        assert_eq!(package.requires.clone().unwrap_or_default(), other.requires.clone().unwrap_or_default());
    }
    cyclonedx
}

fn bundle(folder: &Path, extras: &[&str], groups: &[&str]) -> Bundle {
    let names = |names: &[&str]| names.iter().map(|name| name.parse().unwrap()).collect();
    let mut config = Config::default();
    config.extra = names(extras);
    config.group = names(groups);
    config.tag = vec!["notes:1".parse().unwrap()];
    config.platform = vec!["linux/amd64".parse().unwrap()];
    load(Utf8Path::from_path(folder).unwrap(), config).unwrap()
}

/// The package URL of a package on an index.
fn purl(name: &str, version: &str) -> String {
    format!("pkg:pypi/{name}@{version}")
}

#[test]
fn locks_of_other_tools_list_what_these_tools_export() {
    let Some(judge) = Judge::start("sbom.py") else { return };
    for (folder, export, extras, groups, count) in CASES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/locks").join(folder);
        let expected = installed(&std::fs::read_to_string(path.join(export)).unwrap(), "3.11.9");
        let bundle = bundle(&path, extras, groups);
        let found = packages(&judge, &Sbom::new(&bundle).unwrap());
        let own = bundle.project().name().as_str();
        let listed: BTreeMap<&String, (Option<String>, Vec<String>)> = found
            .iter()
            .filter(|(name, _)| *name != own)
            .map(|(name, package)| (name, (package.purl.clone(), package.hashes.clone())))
            .collect();
        let mut of_tool = BTreeMap::new();
        for (name, (version, hashes)) in &expected {
            let hashes = hashes.iter().map(|hash| hash.replace("sha256:", "SHA-256:")).collect();
            of_tool.insert(name, (Some(purl(name, version)), hashes));
        }
        assert_eq!(listed, of_tool, "{folder}");
        assert!(listed.len() >= count, "{folder}: {}", listed.len());
        // Each package is there for a reason that leads back to the project.
        let reached = reached(&found, own);
        assert!(found.keys().all(|name| reached.contains(name)), "{folder}: {found:?}");
    }
}

/// Returns the packages to which a way along the dependencies leads.
fn reached(packages: &BTreeMap<String, Package>, root: &str) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut open = vec![root.to_owned()];
    while let Some(name) = open.pop() {
        if reached.insert(name.clone()) {
            open.extend(packages[&name].requires.iter().flatten().cloned());
        }
    }
    reached
}

const MANIFEST: &str = r#"
[project]
name = "app"
version = "1.2.3"
license = "MIT OR LicenseRef-House"
requires-python = ">=3.9"
dependencies = ["lib", "zope.interface", "tomli ; python_version < '3.11'", "pywin32 ; sys_platform == 'win32'"]

[project.optional-dependencies]
web = ["httpx"]

[dependency-groups]
dev = ["pluggy"]
other = ["iniconfig"]

[tool.uv.sources]
lib = {path = "lib"}

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[tool.hatch.build.targets.wheel]
packages = ["app"]
"#;

const LIB: &str = r#"
[project]
name = "lib"
version = "3"
requires-python = ">=3.9"
license = { text = "House rules" }
dependencies = ["markupsafe"]

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
"#;

/// What uv installs is listed, in each form of the lock.
#[test]
fn a_bill_of_materials_lists_what_uv_installs() {
    let (Some(lab), Some(judge)) = (Lab::open(), Judge::start("sbom.py")) else { return };
    lab.write("pyproject.toml", MANIFEST);
    lab.write("app/__init__.py", "");
    lab.write("lib/pyproject.toml", LIB);
    lab.write("lib/lib.py", "");
    lab.run(&["lock"]);
    lab.run(&["sync", "--frozen", "--no-editable", "--extra", "web", "--no-default-groups", "--group", "dev"]);
    let python = lab.run(&["run", "--no-sync", "python", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]);
    lab.write(".python-version", &python);
    let listed = lab.run(&["pip", "list", "--quiet", "--format", "freeze", "--python", ".venv"]);
    let expected: BTreeMap<String, Option<String>> = listed
        .lines()
        .filter_map(|line| line.split_once("=="))
        .map(|(name, version)| (name.to_lowercase().replace('.', "-"), Some(version.to_owned())))
        .collect();
    assert!(expected.len() > 8, "{listed}");
    let found = packages(&judge, &Sbom::new(&bundle(lab.root(), &["web"], &["dev"])).unwrap());
    let versions = |found: &BTreeMap<String, Package>| -> BTreeMap<String, Option<String>> {
        found.iter().map(|(name, package)| (name.clone(), package.version.clone())).collect()
    };
    assert_eq!(versions(&found), expected);
    let requires = |name: &str| found[name].requires.clone().unwrap();
    assert_eq!(requires("app"), ["httpx", "lib", "pluggy", "zope-interface"]);
    assert_eq!(requires("lib"), ["markupsafe"]);
    assert_eq!(found["app"].purl, None);
    let hashes_of = |name: &str| found[name].hashes.clone();
    assert!(hashes_of("markupsafe").len() > 10 && hashes_of("lib").is_empty());

    let export = |form: &str, file: &str| {
        let flags = ["--extra", "web", "--no-default-groups", "--group", "dev", "--no-emit-local"];
        let asked = [&["export", "--frozen", "--quiet", "--format", form, "--output-file", file], &flags[..]].concat();
        lab.run(&asked);
    };
    export("pylock.toml", "pylock.toml");
    export("requirements.txt", "requirements.txt");
    std::fs::remove_file(lab.root().join("uv.lock")).unwrap();
    for file in ["pylock.toml", "requirements.txt"] {
        let exported = packages(&judge, &Sbom::new(&bundle(lab.root(), &["web"], &["dev"])).unwrap());
        assert_eq!(versions(&exported), expected, "{file}");
        assert_eq!(exported["markupsafe"].hashes, hashes_of("markupsafe"), "{file}");
        std::fs::remove_file(lab.root().join(file)).unwrap();
    }
    let error = Sbom::new(&bundle(lab.root(), &["web"], &["dev"])).unwrap_err().to_string();
    assert!(error.starts_with("the project has no lock"), "{error}");
}
