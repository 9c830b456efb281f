use super::PipfileLock;
use crate::project::lock::LockError;

const PIPFILE: &str = r#"
[[source]]
name = "pypi"
url = "https://index.example.org/simple"
verify_ssl = true

[[source]]
name = "corp"
url = "https://${CORP_USER}:${CORP_TOKEN}@corp.example.org/simple"
verify_ssl = false

[packages]
Flask = "*"
requests = { version = ">=2", extras = ["socks"], index = "corp" }
app = { path = ".", editable = true }

[dev-packages]
pytest = "~=8.0"

[docs_site]
Mark_Down = "*"

[requires]
python_version = "3.11"

[scripts]
serve = "flask run"
"#;

const LOCK: &str = r#"{
    "_meta": {
        "hash": { "sha256": "HASH" },
        "pipfile-spec": 6,
        "requires": { "python_version": "3.11" },
        "sources": [
            { "name": "pypi", "url": "https://index.example.org/simple", "verify_ssl": true },
            { "name": "corp", "url": "https://${CORP_USER}:${CORP_TOKEN}@corp.example.org/simple", "verify_ssl": false }
        ]
    },
    "default": {
        "colorama": {
            "hashes": ["sha256:01"],
            "markers": "sys_platform == 'win32' and python_version not in '3.0, 3.1, 3.2'",
            "version": "==0.4.6"
        },
        "flask": { "hashes": ["sha256:03", "sha256:02"], "index": "pypi", "markers": "python_version >= '3.9'", "version": "==3.1.0" },
        "requests": { "extras": ["socks"], "hashes": ["sha256:04"], "index": "corp", "version": "==2.32.4" },
        "app": { "editable": true, "path": "." },
        "pywin32": { "markers": "sys_platform == 'win32'", "version": "*" },
        "tomli": { "markers": "python_version < '3.11'", "version": "*" }
    },
    "develop": {
        "pytest": { "hashes": ["sha256:05"], "markers": "('dev' in dependency_groups) and \"x\" in dependency_groups", "version": "==8.4.0" },
        "tool": { "git": "https://git.example.org/tool.git", "ref": "0123", "editable": true }
    },
    "docs_site": { "markdown": { "hashes": ["sha256:06"], "version": "==3.8" } }
}"#;

fn export(lock: &str, groups: &[&str]) -> Result<super::ExportedList, LockError> {
    let groups: Vec<_> = groups.iter().map(|name| name.parse().unwrap()).collect();
    PipfileLock::from_bytes(lock.as_bytes())?.export(&groups, Some(&"==3.11.*".parse().unwrap()))
}

const OPTIONS: &str = "--index-url https://index.example.org/simple\n--extra-index-url https://corp.example.org/simple\n\
                       --trusted-host corp.example.org\n";

#[test]
fn each_category_is_a_list() {
    let list = export(LOCK, &[]).unwrap();
    let expected = "colorama==0.4.6 ; (python_full_version < '3.0' and sys_platform == 'win32') or (python_full_version >= '3.3' and sys_platform == 'win32') --hash=sha256:01\n\
                    flask==3.1.0 ; python_full_version >= '3.9' --hash=sha256:02 --hash=sha256:03\n\
                    requests==2.32.4 --hash=sha256:04\n";
    assert_eq!(list.text, format!("{OPTIONS}{expected}"));
    assert_eq!(list.local.iter().map(|local| local.path.as_str()).collect::<Vec<_>>(), ["."]);
    let docs = export(LOCK, &["docs-site"]).unwrap();
    assert!(docs.text.contains("\nmarkdown==3.8 --hash=sha256:06\n"), "{}", docs.text);
    let develop = export(LOCK, &["dev-packages"]).unwrap();
    assert!(develop.text.contains("\npytest==8.4.0\n"), "{}", develop.text);
    assert!(develop.text.contains("\ntool @ git+https://git.example.org/tool.git@0123\n"), "{}", develop.text);
    assert_eq!((develop.unhashed, develop.text.contains("--hash")), (Some("tool".parse().unwrap()), false));
}

/// pipenv installs the categories one after the other. Its own lock pins a package twice.
#[test]
fn a_later_category_overrides_an_earlier_one_where_it_applies() {
    let pinned = |markers: &str| {
        let flask =
            format!("\"flask\": {{ \"hashes\": [\"sha256:07\"], {markers}\"version\": \"==2.3.0\" }}, \"markdown\"");
        export(&LOCK.replacen("\"markdown\"", &flask, 1), &["docs-site"]).unwrap().text
    };
    let always = pinned("");
    assert!(always.contains("\nflask==2.3.0 --hash=sha256:07\n") && !always.contains("flask==3.1.0"), "{always}");
    let on_linux = pinned("\"markers\": \"sys_platform == 'linux'\", ");
    assert!(on_linux.contains("\nflask==2.3.0 ; sys_platform == 'linux' --hash=sha256:07\n"), "{on_linux}");
    let elsewhere = "\nflask==3.1.0 ; python_full_version >= '3.9' and sys_platform != 'linux' --hash";
    assert!(on_linux.contains(elsewhere), "{on_linux}");
}

#[test]
fn a_lock_that_cannot_be_used_is_refused() {
    for (before, after, expected) in [
        ("spec\": 6", "spec\": 5", "lock format `5` is not supported, only 6; regenerate it with `pipenv lock`"),
        ("\"default\"", "default", "11: key must be a string"),
        (
            "\"==3.8\"",
            "\"*\"",
            "docs_site.markdown: it has no version, because the machine that locked it does not need it: write its condition as \
             `markers = \"…\"` or its version in the Pipfile; regenerate it with `pipenv lock`",
        ),
        ("\"version\": \"==3.8\"", "\"index\": \"x\"", "docs_site.markdown: index `x` is not in _meta.sources"),
        ("${CORP_TOKEN}", "hunter2", "`https://…@corp.example.org` contains credentials"),
        (
            "https://index.",
            "https://$HOST.",
            "_meta.sources.pypi: `https://$HOST.example.org/simple` contains an environment",
        ),
    ] {
        let error = export(&LOCK.replacen(before, after, 1), &["docs-site"]).unwrap_err().to_string();
        assert!(error.starts_with("Pipfile.lock:") && error.contains(expected), "{error}");
    }
    let error = export(LOCK, &["other"]).unwrap_err().to_string();
    assert_eq!(error, "Pipfile.lock: `other` is not locked; run `pipenv lock`");
}

/// The hashes are those of pipenv: 2026 normalises the names of packages, and older releases do not.
#[test]
fn a_lock_belongs_to_its_pipfile() {
    let check = |hash: &str, pipfile: &str| {
        PipfileLock::from_bytes(LOCK.replace("HASH", hash).as_bytes()).unwrap().check(pipfile)
    };
    for hash in [AS_WRITTEN, NORMALIZED] {
        assert_eq!(check(hash, PIPFILE), Ok(()));
        assert_eq!(check(hash, &PIPFILE.replace("flask run", "flask run -p 1")), Ok(()), "no package has changed");
        for (before, after) in [("~=8.0", "~=8.1"), ("3.11", "3.12"), ("Mark_Down", "other"), ("true", "false")] {
            let error = check(hash, &PIPFILE.replace(before, after)).unwrap_err().to_string();
            assert_eq!(error, "Pipfile.lock: out of date: Pipfile has changed since it was locked; run `pipenv lock`");
        }
    }
    assert_eq!(check(NORMALIZED, &PIPFILE.replace("Mark_Down", "mark-down")), Ok(()));
    assert!(check(AS_WRITTEN, &PIPFILE.replace("Mark_Down", "mark-down")).is_err());
    assert_eq!(check(WITHOUT_SOURCE, "[packages]\nsix = '*'\n"), Ok(()));
}

const AS_WRITTEN: &str = "79f8a0fd48a5d54cc9cedbdeca1c301cc032989411e26979778a4778bcbb989e";
const NORMALIZED: &str = "4d1d200a8ce5d1a56f596775e9cdb0fffff2470e2ffa29f0dd74f39a77cc7d5a";
const WITHOUT_SOURCE: &str = "83b3df86404322b5e9c6d1f3a782fd8510f976dafa4940f849d7e79258978aaa";

#[test]
fn a_package_may_be_a_file() {
    let with = |origin: &str| {
        let tool = format!("\"wheel\": {{ {origin} }}, \"flask\"");
        export(&LOCK.replacen("\"flask\"", &tool, 1), &[]).unwrap()
    };
    for key in ["file", "path"] {
        let remote = with(&format!("\"{key}\": \"https://files.example.org/wheel-1.zip\", \"subdirectory\": \"py\""));
        let line = "\nwheel @ https://files.example.org/wheel-1.zip#subdirectory=py\n";
        assert!(remote.text.contains(line), "{}", remote.text);
        let local = with(&format!("\"{key}\": \"file:///lib/wheel-1.zip\""));
        assert!(!local.text.contains("wheel"), "{}", local.text);
        let paths: Vec<_> = local.local.iter().map(|local| local.path.as_str()).collect();
        assert_eq!(paths, [".", "file:///lib/wheel-1.zip"]);
    }
}
