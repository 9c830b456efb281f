use super::PoetryLock;
use crate::project::manifest::Project;

const MANIFEST: &str = r#"
[tool.poetry]
name = "demo"
version = "0.1.0"

[tool.poetry.dependencies]
python = "^3.10"
requests = { version = "^2", extras = ["socks"] }
rich = { version = "*", optional = true }
tomli = { version = "^2", python = "<3.11" }

[tool.poetry.extras]
pretty = ["rich"]

[tool.poetry.group.test.dependencies]
iniconfig = "^2"
"#;

/// The lock of [`MANIFEST`] in the form of Poetry 1.8, with one file for each package.
const LOCK: &str = r#"
[[package]]
name = "idna"
version = "3.20"
optional = false
files = [{ file = "idna.whl", hash = "sha256:01" }]

[[package]]
name = "iniconfig"
version = "2.3"
optional = false
files = [{ file = "iniconfig.whl", hash = "sha256:02" }]

[[package]]
name = "pysocks"
version = "1.7"
optional = false
files = [{ file = "pysocks.whl", hash = "sha256:03" }]

[[package]]
name = "requests"
version = "2.34"
optional = false
files = [{ file = "requests.whl", hash = "sha256:04" }]

[package.dependencies]
idna = ">=2.5,<4"
PySocks = { version = ">=1.5.6,<1.5.7 || >1.5.7", optional = true, markers = "extra == \"socks\"" }

[package.extras]
socks = ["PySocks (>=1.5.6,!=1.5.7)"]

[[package]]
name = "rich"
version = "13.9"
optional = true
files = [{ file = "rich.whl", hash = "sha256:05" }]

[package.dependencies]
typing-extensions = { version = ">=4", markers = "python_version < \"3.11\"" }

[[package]]
name = "tomli"
version = "2.5"
optional = false
files = [{ file = "tomli.whl", hash = "sha256:06" }]

[[package]]
name = "typing-extensions"
version = "4.16"
optional = true
files = [{ file = "typing_extensions.whl", hash = "sha256:07" }]

[extras]
pretty = ["rich"]

[metadata]
lock-version = "2.0"
python-versions = "^3.10"
content-hash = "HASH"
"#;

/// The hash that Poetry 1.8 and 2.5 write for [`MANIFEST`].
const HASH: &str = "c628a6b9ccbaa85036edd7179e786ccfd705252c82bfc9003825aac80a937176";

fn exported(lock: &str, extras: &[&str], groups: &[&str]) -> Vec<String> {
    let lock = PoetryLock::from_bytes(lock.as_bytes()).unwrap();
    let names = |names: &[&str]| names.iter().map(|name| name.parse().unwrap()).collect::<Vec<_>>();
    let list = lock.export(&MANIFEST.parse::<Project>().unwrap(), &names(extras), &names(groups)).unwrap();
    list.text.lines().map(|line| line.split(" --hash").next().unwrap().to_owned()).collect()
}

#[test]
fn the_dependencies_of_the_project_are_needed() {
    let main = ["idna==3.20", "pysocks==1.7", "requests==2.34", "tomli==2.5 ; python_full_version < '3.11'"];
    assert_eq!(exported(LOCK, &[], &[]), main);
    let with_extra = exported(LOCK, &["pretty"], &[]);
    assert!(with_extra.contains(&"rich==13.9".to_owned()), "{with_extra:?}");
    assert!(with_extra.iter().any(|line| line.starts_with("typing-extensions==4.16 ; python")), "{with_extra:?}");
    assert!(exported(LOCK, &[], &["test"]).contains(&"iniconfig==2.3".to_owned()));
}

/// Packages that are not installed count for nothing.
#[test]
fn packages_come_from_the_indexes_that_the_lock_states() {
    let source = |of: &str, package: &str, lock: &str| {
        let table = format!(
            "\n[package.source]\ntype = \"legacy\"\nurl = \"https://{of}.example.org/simple\"\nreference = \"{of}\"\n"
        );
        let start = lock.find(&format!("name = \"{package}\"")).unwrap();
        let end = lock[start..].find("\n[[package]]").map_or_else(|| lock.find("\n[extras]").unwrap(), |at| start + at);
        format!("{}{table}{}", &lock[..end], &lock[end..])
    };
    let options = |lock: &str| {
        let lines = exported(lock, &[], &[]);
        lines.into_iter().filter(|line| line.starts_with("--")).collect::<Vec<_>>()
    };
    let some = source("one", "idna", &source("unused", "rich", LOCK));
    assert_eq!(options(&some), ["--extra-index-url https://one.example.org/simple"]);
    let all = ["idna", "pysocks", "requests", "tomli"].iter().fold(some, |lock, package| match *package {
        "idna" => lock,
        _ => source("two", package, &lock),
    });
    assert_eq!(
        options(&all),
        ["--index-url https://one.example.org/simple", "--extra-index-url https://two.example.org/simple"]
    );
    let public = all.replace("https://two.example.org/simple", &format!("https://{}.org/simple", "pypi"));
    assert_eq!(options(&public), ["--extra-index-url https://one.example.org/simple"]);
}

#[test]
fn a_lock_may_state_groups_and_markers() {
    let lock = r#"
        [[package]]
        name = "a"
        version = "1"
        groups = ["main", "test"]
        markers = { main = "sys_platform == \"win32\"" }
        [[package]]
        name = "b"
        version = "1"
        groups = ["main"]
        markers = "extra == \"pretty\" and python_version < \"3.11\""
        [[package]]
        name = "c"
        version = "1"
        groups = ["test"]
        [[package]]
        name = "d"
        version = "1"
        groups = ["main"]
        [package.source]
        type = "git"
        url = "https://git.example.org/d.git"
        reference = "v1"
        resolved_reference = "0123"
        [[package]]
        name = "e"
        version = "1"
        groups = ["main"]
        [package.source]
        type = "directory"
        url = "../e"
        [metadata]
        lock-version = "2.1"
        content-hash = ""
    "#;
    let d = "d @ git+https://git.example.org/d.git@0123";
    assert_eq!(exported(lock, &[], &[]), ["a==1 ; sys_platform == 'win32'", d]);
    assert_eq!(
        exported(lock, &["pretty"], &[]),
        ["a==1 ; sys_platform == 'win32'", "b==1 ; python_full_version < '3.11'", d]
    );
    assert_eq!(exported(lock, &[], &["test"]), ["a==1", "c==1", d]);
}

#[test]
fn hashes_are_listed_if_each_package_has_some() {
    let export = |lock: &str| {
        let lock = PoetryLock::from_bytes(lock.as_bytes()).unwrap();
        lock.export(&MANIFEST.parse().unwrap(), &[], &[]).unwrap().text
    };
    assert_eq!(export(LOCK).matches(" --hash=sha256:").count(), 4);
    let without = LOCK.replace("files = [{ file = \"idna.whl\", hash = \"sha256:01\" }]", "files = []");
    assert_eq!(export(&without).matches(" --hash=").count(), 0);
}

#[test]
fn a_lock_belongs_to_its_manifest() {
    let lock = PoetryLock::from_bytes(LOCK.replace("HASH", HASH).as_bytes()).unwrap();
    assert_eq!(lock.check(&MANIFEST.parse().unwrap()), Ok(()));
    let described = MANIFEST.replace("version = \"0.1.0\"", "version = \"0.2.0\"\ndescription = 'é'");
    assert_eq!(lock.check(&described.parse().unwrap()), Ok(()), "no dependency has changed");
    let changed = MANIFEST.replace("^2\", extras", "^2.1\", extras").parse().unwrap();
    assert_eq!(
        lock.check(&changed).unwrap_err().to_string(),
        "poetry.lock: out of date: pyproject.toml has changed since it was locked; run `poetry lock`"
    );
}

#[test]
fn an_unknown_format_is_refused() {
    let error = PoetryLock::from_bytes(LOCK.replace("\"2.0\"", "\"3.0\"").as_bytes()).unwrap_err().to_string();
    assert_eq!(
        error,
        "poetry.lock: lock format `3.0` is not supported, only 1.1, 2.0 and 2.1; regenerate it with `poetry lock`"
    );
}
