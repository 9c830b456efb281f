use super::PdmLock;
use crate::project::lock::LockError;
use crate::project::manifest::Project;

const MANIFEST: &str = r#"
[project]
name = "demo"
version = "0.1.0"
requires-python = ">=3.9"
dependencies = ["requests[socks]>=2", "tomli; python_version < '3.11'"]

[project.optional-dependencies]
Pretty_x = ["rich"]

[dependency-groups]
Lint = ["ruff"]

[tool.pdm]
distribution = false

[[tool.pdm.source]]
name = "corp"
url = "https://${USER}:${TOKEN}@index.example.org/simple"

[tool.pdm.dev-dependencies]
test = ["iniconfig", "demo[Pretty_x]", "-e file:///${PROJECT_ROOT}/lib#egg=lib"]

[tool.pdm.resolution.overrides]
idna = ">=3"
"#;

/// The lock of [`MANIFEST`] with one file for each package, in the form of format 4.4: without groups and markers.
const LOCK: &str = r#"
[metadata]
groups = ["default", "pretty-x", "test"]
strategy = ["cross_platform"]
lock_version = "4.4.1"
content_hash = "sha256:HASH"

[[package]]
name = "idna"
version = "3.10"
files = [{ file = "idna.whl", hash = "sha256:01" }]

[[package]]
name = "iniconfig"
version = "2.1.0"
files = [{ file = "iniconfig.whl", hash = "sha256:02" }]

[[package]]
name = "lib"
version = "1.0"
editable = true
path = "./lib"

[[package]]
name = "pysocks"
version = "1.7.1"
files = [{ file = "pysocks.whl", hash = "sha256:03" }]

[[package]]
name = "requests"
version = "2.32.4"
dependencies = ["idna<4,>=2.5"]
files = [{ file = "requests.whl", hash = "sha256:04" }]

[[package]]
name = "requests"
version = "2.32.4"
extras = ["socks"]
dependencies = ["PySocks!=1.5.7,>=1.5.6", "requests==2.32.4", "win-inet-pton; sys_platform == \"win32\""]
files = [{ file = "requests.whl", hash = "sha256:04" }]

[[package]]
name = "rich"
version = "14.0"
dependencies = ["typing-extensions<5.0,>=4.0.0; python_version < \"3.11\""]
files = [{ file = "rich.whl", hash = "sha256:05" }]

[[package]]
name = "tomli"
version = "2.2.1"
files = [{ file = "tomli.whl", hash = "sha256:06" }]

[[package]]
name = "typing-extensions"
version = "4.14"
files = [{ file = "typing_extensions.whl", hash = "sha256:07" }]

[[package]]
name = "win-inet-pton"
version = "1.1"
files = [{ file = "win_inet_pton.whl", hash = "sha256:08" }]
"#;

fn export(lock: &str, extras: &[&str], groups: &[&str]) -> Result<super::ExportedList, LockError> {
    let names = |names: &[&str]| names.iter().map(|name| name.parse().unwrap()).collect::<Vec<_>>();
    let project: Project = MANIFEST.parse().unwrap();
    PdmLock::from_bytes(lock.as_bytes())?.export(&project, &names(extras), &names(groups))
}

fn lines(lock: &str, extras: &[&str], groups: &[&str]) -> Vec<String> {
    let list = export(lock, extras, groups).unwrap();
    list.text.lines().map(|line| line.split(" --hash").next().unwrap().to_owned()).collect()
}

const INDEX: &str = "--extra-index-url https://index.example.org/simple";

#[test]
fn the_dependencies_of_the_project_are_needed() {
    let main = [
        INDEX,
        "idna==3.10",
        "pysocks==1.7.1",
        "requests==2.32.4",
        "tomli==2.2.1 ; python_full_version < '3.11'",
        "win-inet-pton==1.1 ; sys_platform == 'win32'",
    ];
    assert_eq!(lines(LOCK, &[], &[]), main);
    let of_group = lines(LOCK, &[], &["test"]);
    assert!(of_group.contains(&"iniconfig==2.1.0".to_owned()), "{of_group:?}");
    let of_extra = lines(LOCK, &["pretty-x"], &[]);
    assert!(of_extra.contains(&"rich==14.0".to_owned()), "{of_extra:?}");
    assert!(of_extra.contains(&"typing-extensions==4.14 ; python_full_version < '3.11'".to_owned()), "{of_extra:?}");
    let list = export(LOCK, &[], &["test"]).unwrap();
    assert_eq!(list.local.iter().map(|local| local.path.as_str()).collect::<Vec<_>>(), ["./lib"]);
    assert_eq!((list.text.matches(" --hash=").count(), list.unhashed), (8, None));
}

/// A lock may have several versions of a package, for different environments.
#[test]
fn only_versions_that_a_package_asks_for_are_needed() {
    let entry =
        "[[package]]\nname = \"idna\"\nversion = \"4.0\"\nfiles = [{ file = \"idna4.whl\", hash = \"sha256:09\" }]\n";
    let found = lines(&format!("{LOCK}{entry}"), &[], &[]);
    assert_eq!(found.iter().filter(|line| line.starts_with("idna")).collect::<Vec<_>>(), ["idna==3.10"]);
}

#[test]
fn components_state_what_they_require() {
    let image =
        crate::project::ImageEnvironment::new(Some(crate::project::PythonVersion::from_release("3.12").unwrap()), &[]);
    let components = export(LOCK, &[], &[]).unwrap().components(&image);
    let found: Vec<_> = components.into_iter().map(|one| (one.name.to_string(), one.requires)).collect();
    let requires = |names: &[&str]| Some(names.iter().map(|name| name.parse().unwrap()).collect());
    assert_eq!(
        found,
        [
            ("idna".to_owned(), requires(&[])),
            ("pysocks".to_owned(), requires(&[])),
            ("requests".to_owned(), requires(&["idna", "pysocks"])),
        ],
        "the others are for other systems and older versions of Python"
    );
}

#[test]
fn packages_may_state_groups_and_markers() {
    let lock = r#"
        [metadata]
        groups = ["default", "pretty-x", "test"]
        strategy = ["inherit_metadata", "static_urls"]
        lock_version = "4.5.0"
        content_hash = "sha256:"
        [[metadata.targets]]
        requires_python = ">=3.9"
        [[package]]
        name = "a"
        version = "1"
        groups = ["default", "test"]
        marker = "sys_platform == \"linux\""
        files = [{ url = "https://files.example.org/a.whl", hash = "sha256:01" }]
        [[package]]
        name = "b"
        version = "1"
        groups = ["pretty-x"]
        git = "https://git.example.org/b.git"
        ref = "main"
        revision = "0123"
        subdirectory = "py"
        [[package]]
        name = "c"
        version = "1"
        groups = ["test"]
        url = "https://files.example.org/c-1.tar.gz"
    "#;
    assert_eq!(lines(lock, &[], &[]), [INDEX, "a==1 ; sys_platform == 'linux'"]);
    let list = export(lock, &["pretty-x"], &["test"]).unwrap();
    let expected = format!(
        "{INDEX}\na==1 ; sys_platform == 'linux'\nb @ git+https://git.example.org/b.git@0123#subdirectory=py\n\
         c @ https://files.example.org/c-1.tar.gz\n"
    );
    assert_eq!((list.text, list.unhashed), (expected, Some("b".parse().unwrap())));
    let lock = PdmLock::from_bytes(lock.as_bytes()).unwrap();
    assert_eq!(lock.requires_python().unwrap().to_string(), ">=3.9");
    let any = LOCK.replace("groups =", "targets = [{ requires_python = '' }]\ngroups =");
    assert_eq!(PdmLock::from_bytes(any.as_bytes()).unwrap().requires_python(), None);
}

#[test]
fn a_group_that_is_not_locked_is_refused() {
    let error = export(LOCK, &[], &["lint"]).unwrap_err().to_string();
    assert_eq!(error, "pdm.lock: `lint` is not locked; run `pdm lock --group :all`");
}

/// Before format 4.3, the files are in a table of their own.
#[test]
fn files_may_be_listed_separately() {
    let lock = "[metadata]\nlock_version = '4.2'\ncontent_hash = 'sha256:'\n[metadata.files]\n\
                'requests 2.32.4' = [{ url = 'https://files.example.org/requests.whl', hash = 'sha256:04' }]\n\
                [[package]]\nname = 'requests'\nversion = '2.32.4'\nextras = ['socks']\ndependencies = ['requests==2.32.4']\n\
                [[package]]\nname = 'requests'\nversion = '2.32.4'\n";
    assert_eq!(export(lock, &[], &[]).unwrap().text, format!("{INDEX}\nrequests==2.32.4 --hash=sha256:04\n"));
}

/// The hashes are those of PDM: 2.15 for format 4.4.1, and 2.20 and newer for 4.5.0.
#[test]
fn a_lock_belongs_to_its_manifest() {
    let with = |format: &str, hash: &str| {
        let lock = LOCK.replace("4.4.1", format).replace("HASH", hash);
        PdmLock::from_bytes(lock.as_bytes()).unwrap()
    };
    let [old, new] = [HASH_4_4_1, HASH_4_5_0];
    let project: Project = MANIFEST.parse().unwrap();
    assert_eq!(with("4.4.1", old).check(&project), Ok(()));
    assert_eq!(with("4.5.0", new).check(&project), Ok(()));
    assert_eq!(with("4.5.1", new).check(&project), Ok(()));
    assert!(with("4.5.0", old).check(&project).is_err());
    let described = MANIFEST.replace("version = \"0.1.0\"", "version = \"0.2.0\"\ndescription = 'é'");
    assert_eq!(with("4.5.0", new).check(&described.parse().unwrap()), Ok(()), "no dependency has changed");
    for (before, after) in [(">=2\"", ">=2.1\""), (">=3.9", ">=3.10"), ("[\"ruff\"]", "[]"), ("idna = \">=3\"", "")] {
        let changed = MANIFEST.replace(before, after).parse().unwrap();
        let error = with("4.5.0", new).check(&changed).unwrap_err().to_string();
        assert_eq!(error, "pdm.lock: out of date: pyproject.toml has changed since it was locked; run `pdm lock`");
    }
}

#[test]
fn a_lock_that_cannot_be_used_is_refused() {
    let refused = |before: &str, after: &str| {
        let lock = PdmLock::from_bytes(LOCK.replace(before, after).as_bytes());
        let project: Project = MANIFEST.parse().unwrap();
        let error = lock.and_then(|lock| lock.check(&project).and_then(|()| lock.export(&project, &[], &[])));
        error.unwrap_err().to_string()
    };
    for (before, after, expected) in [
        ("4.4.1", "3.1", "lock format `3.1` is not supported, only 4.0 to 4.5; regenerate it with `pdm lock`"),
        ("4.4.1", "5.0", "lock format `5.0` is not supported, only 4.0 to 4.5; regenerate it with `pdm lock`"),
        ("4.4.1", "x", "lock format `x` is not supported, only 4.0 to 4.5; regenerate it with `pdm lock`"),
        ("groups =", "lock_inputs = {}\ngroups =", "metadata.lock_inputs: such a lock cannot be compared"),
        (
            "groups =",
            "targets = [{ platform = 'windows_amd64' }]\ngroups =",
            "metadata.targets: no target is CPython on Linux",
        ),
        (
            "groups =",
            "targets = [{ implementation = 'pypy' }]\ngroups =",
            "metadata.targets: no target is CPython on Linux",
        ),
    ] {
        let error = refused(before, after);
        assert!(error.strip_prefix("pdm.lock: ").unwrap().starts_with(expected), "{error}");
    }
}

const HASH_4_4_1: &str = "b9707ed039a6f6c529c0b8f927124bea7030f80d1018a68bd8e8e7d1a4815a63";
const HASH_4_5_0: &str = "24201378426355e64c6baf5f6ae627021da0728a018dcc82971b54990aaa3187";

/// PDM 2.20 and newer normalise the names of groups if there are `[dependency-groups]`, and join both tables.
#[test]
fn the_hash_has_the_groups_of_both_tables() {
    let hashes = |groups: &str| {
        let manifest = format!("[project]\nname = 'a'\nversion = '1'\n{groups}");
        super::content_hash::of(&manifest.parse().unwrap(), &"4.5".parse().unwrap())
    };
    let own = |name: &str| hashes(&format!("[tool.pdm.dev-dependencies]\n{name} = ['x']\n"));
    let standard = |items: &str| format!("[dependency-groups]\ntest-x = [{items}]\n");
    let joined = hashes(&standard("'w', 'x'"));
    let both = hashes(&format!("{}[tool.pdm.dev-dependencies]\nTest_X = ['x']\n", standard("'w'")));
    assert_eq!((both.len(), &both), (1, &joined));
    assert!(!hashes(&standard("'x'")).contains(&joined[0]));
    let (written, normalized) = (own("Test_X"), own("test-x"));
    assert!(written.contains(&normalized[0]) && written.iter().any(|hash| !normalized.contains(hash)), "{written:?}");
}

#[test]
fn a_workspace_is_not_supported() {
    let check = |table: &str| {
        let lock = LOCK.replace("4.4.1", "4.5.0").replace("HASH", HASH_4_5_0);
        let manifest = format!("{MANIFEST}[tool.pdm.workspace]\n{table}");
        PdmLock::from_bytes(lock.as_bytes())
            .unwrap()
            .check(&manifest.parse().unwrap())
            .map_err(|error| error.to_string())
    };
    assert_eq!(check(""), Ok(()));
    let error = check("members = ['packages/*']\n").unwrap_err();
    assert!(error.contains("workspaces of PDM ([tool.pdm.workspace]) are not supported"), "{error}");
}
