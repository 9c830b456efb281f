use camino::Utf8Path;

use super::{FileRequirement, Lock, PackageSource, Pylock, RequirementsFile, UvLock};

const UV_LOCK: &str = r#"version = 1
revision = 3
requires-python = ">=3.10, <4"

[manifest]
members = ["app", "lib"]

[[package]]
name = "app"
version = "1.2.3"
source = { editable = "." }
dependencies = [
    { name = "idna", marker = "sys_platform == 'linux'" },
    { name = "lib", version = "1.2.3", source = { virtual = "lib" }, extra = ["x"] },
]

[package.metadata]
requires-dist = [{ name = "idna", specifier = ">=3" }, { name = "lib", extras = ["x"], virtual = "lib" }]
provides-extras = []

[package.metadata.requires-dev]
dev = [{ name = "six" }]

[[package]]
name = "idna"
version = "1.2.3"
source = { registry = "https://pypi.example.org/simple" }
wheels = [{ url = "https://files.example.org/idna.whl", hash = "sha256:00" }]

[[package]]
name = "lib"
source = { virtual = "lib" }
"#;

fn refused<T: std::fmt::Debug>(lock: Result<T, super::LockError>) -> String {
    lock.unwrap_err().to_string()
}

#[test]
fn a_uv_lock_is_parsed() {
    let lock: UvLock = UV_LOCK.parse().unwrap();
    assert_eq!((lock.revision(), lock.packages().len(), lock.members().len()), (3, 3, 2));
    let app = lock.local(&"App".parse().unwrap()).unwrap();
    assert_eq!(app.source, PackageSource::Editable(".".to_owned()));
    assert_eq!((app.requires_dist.len(), app.requires_dev.len(), app.dependencies[1].extras.len()), (2, 1, 1));
    assert!(lock.local(&"idna".parse().unwrap()).is_none());
    let versions: Vec<_> = lock.packages().iter().map(|one| one.version.as_ref().map(ToString::to_string)).collect();
    assert_eq!(versions, [Some("1.2.3".to_owned()), Some("1.2.3".to_owned()), None]);
    assert_eq!(lock.packages().iter().map(|one| one.source.is_local()).collect::<Vec<_>>(), [true, false, true]);
    assert_eq!((lock.file(), lock.text()), ("uv.lock", UV_LOCK));
}

/// The lock has an edge of each kind to a local project of each kind, followed by another version.
#[test]
fn the_versions_of_local_projects_are_found_everywhere() {
    let edge = |kind: &str| format!("[{{ name = 'lib', version = '7.8', source = {{ {kind} = 'lib' }} }}]");
    let (first, second, third) = (edge("directory"), edge("editable"), edge("virtual"));
    let text = format!(
        "version = 1\n[[package]]\nname = 'app'\ndependencies = {first}\noptional-dependencies = {{ x = {second} }}\n\
         dev-dependencies = {{ dev = {third} }}\nversion = '7.8'\nsource = {{ directory = '.' }}\n\
         [[package]]\nname = 'six'\nversion = '7.9'\nsource = {{ path = 'six.whl' }}\n"
    );
    let lock: UvLock = text.parse().unwrap();
    assert_eq!(lock.projected(), text.replace("'7.8'", "\"0\""));
    assert!(lock.packages()[1].source.is_local());
}

#[test]
fn a_uv_lock_with_an_invalid_value_is_rejected_with_its_key() {
    let package = "version = 1\n[[package]]\nname = 'a'\n";
    for (text, expected) in [
        ("version = 1\nrequires-python = '3'\n", "uv.lock: requires-python: "),
        (&format!("{package}source = {{ moon = 'x' }}\n"), "uv.lock: package `a`: unknown kind of source;"),
        (&format!("{package}version = 'x y'\nsource = {{ virtual = '.' }}\n"), "uv.lock: package `a`: "),
        (&format!("{package}source = {{ url = 'https://me:pass@example.org/a.whl' }}\n"), "uv.lock:4: `https://…@"),
    ] {
        let error = refused(text.parse::<UvLock>());
        assert!(error.starts_with(expected) && !error.contains(": ;") && !error.contains("pass@"), "{error}");
    }
}

#[test]
fn a_projected_uv_lock_differs_only_in_the_versions_of_local_projects() {
    let lock: UvLock = UV_LOCK.parse().unwrap();
    let (own, rest) = UV_LOCK.split_once("1.2.3").unwrap();
    let (edge, rest) = rest.split_once("1.2.3").unwrap();
    assert_eq!(lock.projected(), format!("{own}0{edge}0{rest}"));
    let again: UvLock = lock.projected().parse().unwrap();
    assert_eq!(again.projected(), lock.projected());
}

#[test]
fn a_uv_lock_of_an_unsupported_version_is_rejected() {
    let error = refused("version = 2\npackage = 7\n".parse::<UvLock>());
    assert_eq!(error, "uv.lock: lock format `2` is not supported, only version 1; regenerate it with `uv lock`");
    let error = refused("version = 1\n[[package]]\nname = \"a\"\n".parse::<UvLock>());
    assert!(error.starts_with("uv.lock:2: missing field `source`; regenerate it"), "{error}");
    assert!(refused(UvLock::from_bytes(b"version = 1\n\xff")).starts_with("uv.lock:2: not UTF-8"));
}

#[test]
fn a_uv_lock_with_credentials_is_rejected_without_repeating_them() {
    let error = refused("version = 1\n# https://me:hunter2@index.example.org/simple\n".parse::<UvLock>());
    assert!(error.starts_with("uv.lock:2: `https://…@index.example.org` contains credentials"), "{error}");
}

#[test]
fn a_byte_order_mark_is_removed_from_a_lock() {
    let lock: UvLock = format!("\u{feff}{UV_LOCK}").parse().unwrap();
    assert_eq!(lock.text(), UV_LOCK);
    let file: RequirementsFile = "\u{feff}six\n".parse().unwrap();
    assert_eq!((file.text(), file.requirements().len()), ("six\n", 1));
}

#[test]
fn a_pylock_is_parsed() {
    let text = "lock-version = '1.0'\nrequires-python = '>=3.12'\nextras = ['x']\ndependency-groups = ['dev']\n\
                created-by = 'a'\n[[packages]]\nname = 'idna'\nversion = '3.1'\nmarker = \"'x' in extras\"\n\
                [[packages]]\nname = 'lib'\ndirectory = { path = 'lib', editable = true }\n";
    let lock: Pylock = text.parse().unwrap();
    assert_eq!((lock.extras().len(), lock.groups().len(), lock.packages().len()), (1, 1, 2));
    assert_eq!(lock.packages()[1].directory.as_deref(), Some("lib"));
    assert_eq!((lock.file(), lock.text()), ("pylock.toml", text));
    assert_eq!(lock.requires_python().map(ToString::to_string).as_deref(), Some(">=3.12"));
    assert!(refused(text.replace(">=3.12", "3").parse::<Pylock>()).starts_with("pylock.toml: requires-python: "));
    assert!(refused(Pylock::from_bytes(b"\n\xff")).starts_with("pylock.toml:2: not UTF-8"));
    let project = |python: &str| {
        let text = format!("[project]\nname = 'a'\nversion = '1'\nrequires-python = '{python}'\n");
        text.parse::<crate::project::manifest::Project>().unwrap()
    };
    lock.check(&project(">=3.10,<3.13")).unwrap();
    let error = refused(lock.check(&project(">=3.10,<3.12")));
    assert!(error.contains("for Python `>=3.12`, but the project requires `>=3.10, <3.12`"), "{error}");
    // No range can end after the largest number, so the check accepts it.
    lock.check(&project(">=3.10,<3.12,!=18446744073709551615.*")).unwrap();
    let endless = text.replace(">=3.12", ">=18446744073709551615").parse::<Pylock>().unwrap();
    endless.check(&project("<3.12")).unwrap();
    let error = refused("lock-version = '2.0'\n".parse::<Pylock>());
    assert!(error.contains("lock format `2.0` is not supported, only version 1"), "{error}");
    let with_password = "lock-version = '1.0'\npackages = []\n# https://me:pass@index.example.org/simple\n";
    assert!(refused(with_password.parse::<Pylock>()).starts_with("pylock.toml:3: "));
}

#[test]
fn a_requirements_file_is_parsed() {
    let text = "# made by hand\n--index-url=https://pypi.example.org/simple --pre\n-r base.txt # see there\n\
                -c ../limits.txt\nrich>=13 ; python_version > '3.8'   # colours\n-e ../lib[x]\n./wheels/a.whl\n\
                idna @ \\\n  https://example.org/idna.whl\ngit+https://example.org/x@main#egg=x\n..\n";
    let file = match Lock::from_bytes(Utf8Path::new("req/prod.txt"), text.as_bytes()).unwrap() {
        Lock::Requirements(file) => file,
        other => panic!("{other:?}"),
    };
    assert_eq!(file.includes()[0].as_str(), "req/base.txt");
    assert_eq!(file.constraints()[0].as_str(), "limits.txt");
    let options: Vec<_> = file.options().iter().map(|option| (option.name, option.value.as_deref())).collect();
    assert_eq!(options, [("--index-url", Some("https://pypi.example.org/simple")), ("--pre", None)]);
    let shown = file.requirements().iter().map(|requirement| match requirement {
        FileRequirement::Specifier { requirement, .. } => format!("specifier {requirement}"),
        FileRequirement::LocalPath { path, extras, is_editable, .. } => format!("path {path} {extras} {is_editable}"),
        FileRequirement::Url { url, .. } => format!("url {url}"),
    });
    let expected = [
        "specifier rich>=13 ; python_version > '3.8'",
        "path ../lib x true",
        "path wheels/a.whl  false",
        "specifier idna @   https://example.org/idna.whl",
        "url git+https://example.org/x@main#egg=x",
        "path ..  false",
    ];
    assert_eq!(shown.collect::<Vec<_>>(), expected);
    assert!(!file.has_hashes());
}

/// Lines are joined and comments removed as in pip.
#[test]
fn a_comment_ends_a_joined_line() {
    for (text, expected) in [
        ("six \\\n# about it\nidna", &["six", "idna"][..]),
        ("  # about \\\nsix", &["six"]),
        ("six \\\n  ==1.1", &["six==1.1"]),
        ("six # one # two", &["six"]),
        ("six\\\n# about it\nidna", &["six", "idna"]),
        ("six \\", &["six"]),
        ("\\\n# about it\nsix", &["six"]),
        ("# about it\nsix \\\n", &["six"]),
    ] {
        let file: RequirementsFile = text.parse().unwrap();
        let names = file.requirements().iter().map(|requirement| match requirement {
            FileRequirement::Specifier { requirement, .. } => requirement.to_string().replace(' ', ""),
            other => format!("{other:?}"),
        });
        assert_eq!(names.collect::<Vec<_>>(), expected, "{text:?}");
    }
}

#[test]
fn either_all_requirements_have_hashes_or_none_has() {
    let hashed = "idna==3.1 \\\n\t--hash=sha256:00 \\\n    --hash sha256:11\n";
    let file: RequirementsFile = hashed.parse().unwrap();
    assert!(file.has_hashes());
    assert_eq!(file.requirements()[0].hashes(), ["sha256:00", "sha256:11"]);
    for others in [hashed, "--require-hashes\n"] {
        let error = refused(format!("{others}six==1.1\n").parse::<RequirementsFile>());
        assert!(error.starts_with("requirements.txt: `six==1.1` has no hash, but the file needs one"), "{error}");
    }
}

#[test]
fn an_invalid_requirements_file_is_rejected_with_its_line() {
    for (text, start) in [
        ("six\n-r ../x.txt", "requirements.txt:2: `../x.txt` is outside the project"),
        ("-e file://srv/lib", "requirements.txt:1: `-e file://srv/lib`: its URL contains a host"),
        ("six\n\n--user", "requirements.txt:3: `--user`: `--user` is not an option"),
        ("-r", "requirements.txt:1: `-r`: `-r` needs a value"),
        ("--pre=1", "requirements.txt:1: `--pre=1`: `--pre` takes no value"),
        ("-r https://example.org/x", "requirements.txt:1: `-r https://example.org/x`: a URL cannot be included"),
        ("six==1 --hash=md5:00", "requirements.txt:1: `six==1 --hash=md5:00`: a hash must"),
        ("six ==", "requirements.txt:1: `six ==`: "),
        (
            "six\n# \n-i https://me:hunter2@example.org",
            "requirements.txt:3: `https://…@example.org` contains credentials",
        ),
    ] {
        let error = refused(text.parse::<RequirementsFile>());
        assert!(error.starts_with(start) && !error.contains("hunter2"), "{text:?}: {error}");
    }
}

#[test]
fn lock_names_are_the_default_names_of_installers() {
    for name in
        ["uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml", "pylock.dev.toml", "requirements.txt"]
    {
        assert!(Lock::is_lock_name(name), "{name}");
    }
    for name in ["Pipfile", "pylock..toml", "pylock.a.b.toml", "requirements-dev.txt"] {
        assert!(!Lock::is_lock_name(name), "{name}");
    }
}

#[test]
fn a_stale_lock_is_rejected_with_the_difference() {
    let lock: UvLock = UV_LOCK.parse().unwrap();
    let check = |python: &str, idna: &str, rest: &str| {
        let text = format!(
            "[project]\nname = 'app'\nversion = '1.2.3'\nrequires-python = '{python}'\n\
             dependencies = ['{idna}', 'lib[x]']\n{rest}\n[dependency-groups]\ndev = ['six']\n[tool.uv.sources]\nlib = {{ workspace = true }}\n"
        );
        lock.check(&text.parse().unwrap()).map_err(|error| error.to_string())
    };
    check(">=3.10,<4", "IDNA >= 3.0", "").unwrap();
    check("~=3.10", "idna>=3", "").unwrap();
    for (python, idna, rest, expected) in [
        (">=3.11,<4", "idna>=3", "", "it is locked for Python `>=3.10, <4`, but `app` requires `>=3.11, <4`"),
        (">=3.10,<4", "idna>=4", "", "`idna>=4` is missing, which `app` requires"),
        (">=3.10,<4", "idna>=3;os_name==\"nt\"", "", "`app` requires `idna` with a different marker"),
        (
            ">=3.10,<4",
            "idna==18446744073709551615.*",
            "",
            "`idna @ ==18446744073709551615.*` is missing, which `app` requires",
        ),
        (">=3.10,<4", "idna>=3", "[project.optional-dependencies]\nx=[]", "extra `x` of `app` is missing"),
    ] {
        assert_eq!(check(python, idna, rest), Err(format!("uv.lock: out of date: {expected}; run `uv lock`")));
    }
    let other = "[project]\nname = 'other'\nversion = '1'\n".parse().unwrap();
    assert!(refused(lock.check(&other)).contains("it does not contain project `other`"));
}

#[test]
fn the_name_of_a_lock_selects_its_kind() {
    let kind = |file: &str, text: &str| match Lock::from_bytes(Utf8Path::new(file), text.as_bytes()) {
        Ok(Lock::Uv(_)) => "uv".to_owned(),
        Ok(Lock::Pylock(_)) => "pylock".to_owned(),
        Ok(Lock::Poetry(_)) => "poetry".to_owned(),
        Ok(Lock::Pdm(_)) => "pdm".to_owned(),
        Ok(Lock::Pipfile(_)) => "pipfile".to_owned(),
        Ok(Lock::Requirements(_)) => "requirements".to_owned(),
        Err(error) => error.file().to_owned(),
    };
    for (file, text, expected) in [
        ("a/uv.lock", "version = 1", "uv"),
        ("script.py.lock", "version = 1", "uv"),
        ("pylock.dev.toml", "lock-version = '1.0'", "pylock"),
        ("requirements.txt", "six==1", "requirements"),
        // The parser of each format reports the error.
        ("poetry.lock", "version = 1", "poetry.lock"),
        ("pdm.lock", "version = 1", "pdm.lock"),
        ("Pipfile.lock", "version = 1", "Pipfile.lock"),
        ("a/uv.lock", "?", "a/uv.lock"),
    ] {
        assert_eq!(kind(file, text), expected, "{file}");
    }
}

#[test]
fn an_error_names_its_file_and_its_line() {
    let error = "version = 1\n\n?".parse::<UvLock>().unwrap_err();
    assert_eq!((error.file(), error.line()), ("uv.lock", Some(3)));
    assert!(error.to_string().starts_with("uv.lock:3: "), "{error}");
    assert_eq!(error.clone().without_line().line(), None);
    // Reading each value takes memory.
    let dense = format!("version = 1\na = [{}]", "1,".repeat(1_000_000));
    let error = dense.parse::<UvLock>().unwrap_err().to_string();
    assert!(error.starts_with("uv.lock:2: ") && error.contains("more than 2000000 values"), "{error}");
}

#[test]
fn a_pylock_tells_what_it_is_for() {
    let lock: Pylock = "lock-version = '1.0'\nenvironments = [\"os_name == 'posix'\"]\nextras = ['Web']\n\
                        dependency-groups = ['dev', 'main']\ndefault-groups = ['main']"
        .parse()
        .unwrap();
    assert_eq!(lock.environments(), ["os_name == 'posix'"]);
    let names =
        |names: &[crate::value::ProjectName]| names.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    assert_eq!([lock.extras(), lock.groups(), lock.default_groups()].map(names), ["web", "dev main", "main"]);
}
