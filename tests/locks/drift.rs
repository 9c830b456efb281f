//! Checks that we refuse a lock if and only if uv refuses it, for random manifests and random edits.

use std::process::Command;
use std::thread;

use agentix_gen::project::{Project, UvLock};

use crate::manifest::Manifest;
use crate::{Dice, Lab, part};

const LIB: &str =
    "[project]\nname = \"lib\"\nversion = \"2.0\"\ndependencies = [\"idna\"]\n[tool.uv]\npackage = true\n";

fn verdict(lock: &str, manifest: &str) -> Result<(), String> {
    let lock: UvLock = lock.parse().unwrap();
    let project: Project = manifest.parse().unwrap();
    lock.check(&project).map_err(|error| error.to_string())
}

/// A manifest that is locked, and edited manifests against which the lock is checked.
type Case = (Manifest, [Manifest; 3]);

#[test]
fn a_lock_is_refused_if_and_only_if_uv_refuses_it() {
    let mut dice = Dice(0x5eed);
    let cases = [(); 60].map(|()| {
        let manifest = Manifest::random(&mut dice);
        let edits = [(); 3].map(|()| manifest.edited(&mut dice));
        (manifest, edits)
    });
    // uv mostly waits for the package index, so several threads run it at the same time.
    let verdicts: Vec<bool> = thread::scope(|scope| {
        let threads: Vec<_> =
            part(&cases).chunks(10).map(<[_]>::to_vec).map(|some| scope.spawn(move || compare(&some))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    if verdicts.is_empty() {
        return;
    }
    let all = verdicts.len();
    let (current, stale): (Vec<bool>, Vec<bool>) = verdicts.into_iter().partition(|&is_current| is_current);
    for (verdict, count) in [("current", current.len()), ("stale", stale.len())] {
        assert!(count * 6 > all, "only {count} locks are {verdict}");
    }
}

/// Returns, for each edit, whether the lock is still current. uv and this crate must agree. Returns nothing without uv.
fn compare(cases: &[&Case]) -> Vec<bool> {
    let Some(lab) = Lab::open() else { return Vec::new() };
    lab.write("lib/pyproject.toml", LIB);
    let mut verdicts = Vec::new();
    for (manifest, edits) in cases {
        let manifest = lab.with_urls(&manifest.to_string());
        lab.write("pyproject.toml", &manifest);
        let _ = std::fs::remove_file(lab.root().join("uv.lock"));
        lab.run(&["lock"]);
        let lock = lab.read("uv.lock");
        assert_eq!(verdict(&lock, &manifest), Ok(()), "{manifest}\n{lock}");
        for edited in edits.each_ref().map(|edited| lab.with_urls(&edited.to_string())) {
            lab.write("pyproject.toml", &edited);
            let by_uv = lab.uv(&["lock", "--check"]).unwrap();
            let ours = verdict(&lock, &edited);
            let stderr = String::from_utf8_lossy(&by_uv.stderr);
            assert_eq!(ours.is_ok(), by_uv.status.success(), "{ours:?}\nuv: {stderr}\n{manifest}\n{edited}\n{lock}");
            verdicts.push(ours.is_ok());
        }
    }
    verdicts
}

/// The manifests have values that uv writes into a lock in another form.
#[test]
fn a_lock_that_uv_just_created_is_current() {
    let Some(lab) = Lab::open() else { return };
    lab.write("lib/pyproject.toml", LIB);
    lab.write("tagged/pyproject.toml", &LIB.replace("\"lib\"", "\"tagged\""));
    for command in ["init --quiet", "add .", "-c user.name=a -c user.email=a@example.org commit --quiet -m a", "tag v1"]
    {
        let mut git = Command::new("git");
        // Without the settings of the user, such as a signing key.
        git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        let status = git.args(command.split(' ')).current_dir(lab.root().join("tagged")).status();
        assert!(status.unwrap().success(), "git {command}");
    }
    for (name, rest) in [
        (
            "markers",
            r#"requires-python = "~=3.10,!=3.12.*"
            dependencies = [
                "idna ; platform_system == 'Windows' or os_name=='nt'",
                "six; platform_system=='Linux' and sys_platform=='win32'",
                "six; python_version != '3.11'",
                "click; python_version < '3.5'",
                "pluggy; sys_platform > 'a'",
                "pluggy; platform_release > '5.0' or sys_platform == 'linux'",
                "tomli; sys_platform ~= '1.0'",
                "iniconfig; platform_release >= '5'",
                "packaging; platform_system == 'FreeBSD' and sys_platform == 'linux'",
                "markupsafe; platform_machine not in 'x86_64 arm64'",
            ]"#,
        ),
        (
            "sources",
            r#"dependencies = ["lib>=1", "tagged @ git+file://ROOT/tagged@v1"]
            [project.optional-dependencies]
            Web_x = ["lib[more]; os_name == 'nt'", "idna (>= 3)"]
            [tool.uv.sources]
            lib = [{path = "lib", marker = "sys_platform == 'linux'"}, {index = "i", marker = "sys_platform != 'linux'"}]
            idna = {index = "i"}
            [[tool.uv.index]]
            name = "i"
            url = "INDEX_URL"
            [tool.uv]
            environments = ["sys_platform == 'linux'"]"#,
        ),
        (
            "groups",
            r#"requires-python = ">=3.10"
            [dependency-groups]
            Dev = ["six; python_version >= '3.11'", {include-group = "lint"}]
            lint = ["idna"]
            empty = []
            [tool.uv.dependency-groups]
            dev = {requires-python = ">=3.11"}
            [tool.uv]
            constraint-dependencies = ["idna<4"]"#,
        ),
        ("nothing", ""),
    ] {
        let manifest = lab
            .with_urls(&format!("[project]\nname = \"App\"\nversion = \"1\"\n{rest}\n"))
            .replace("ROOT", lab.root().to_str().unwrap());
        lab.write("pyproject.toml", &manifest);
        let _ = std::fs::remove_file(lab.root().join("uv.lock"));
        lab.run(&["lock"]);
        let lock = lab.read("uv.lock");
        assert_eq!(verdict(&lock, &manifest), Ok(()), "{name}: {lock}");
    }
}

#[test]
fn settings_are_compared_as_uv_does() {
    check_pairs(&[
        "version = '1'\n[tool.uv]",
        "version = '2'\n[tool.uv]",
        "version = '1'\n[tool.uv]\npackage = true",
        "version = '1'\n[tool.uv]\nprerelease = 'allow'",
        "version = '1'\n[tool.uv]\nfork-strategy = 'fewest'",
        "version = '1'\n[tool.uv]\nenvironments = [\"platform_system == 'Linux'\"]",
        "version = '1'\n[tool.uv]\nrequired-environments = [\"sys_platform == 'linux'\"]",
        "version = '1'\n[tool.uv]\nbuild-constraint-dependencies = ['Six <2']",
        "version = '1'\n[tool.uv]\nexclude-dependencies = ['idna']",
        "version = '1'\n[tool.uv]\ndependency-metadata = [{ name = 'six', version = '1.17.0', requires-dist = ['idna >=2'] }]",
        "version = '1'\noptional-dependencies = { a = [], b = [] }\n[tool.uv]\nconflicts = [[{ extra = 'b' }, { extra = 'a' }]]",
    ]);
}

#[test]
fn cutoffs_are_compared_as_uv_does() {
    check_pairs(&[
        "version = '1'\n[tool.uv]",
        "version = '1'\n[tool.uv]\nexclude-newer = false",
        "version = '1'\n[tool.uv]\nexclude-newer = '2030-01-01T00:00:00Z'",
        "version = '1'\n[tool.uv]\nexclude-newer = '2031-01-01T00:00:00Z'",
        "version = '1'\n[tool.uv]\nexclude-newer = '1 hour'",
        "version = '1'\n[tool.uv]\nexclude-newer-package = { six = '2030-01-01T00:00:00Z' }",
        "version = '1'\n[tool.uv]\nexclude-newer-package = { six = '2031-01-01T00:00:00Z', idna = '1 hour' }",
        "version = '1'\n[tool.uv]\nexclude-newer-package = { idna = false }",
        "version = '1'\n[tool.uv]\nexclude-newer = '2030-01-01T00:00:00Z'\nexclude-newer-package = { six = '2030-01-01T00:00:00Z' }",
        "version = '1'\n[tool.uv]\nexclude-newer = '2030-01-01T00:00:00Z'\nexclude-newer-package = { six = false }",
    ]);
}

/// A `/` at the end makes another index.
#[test]
fn indexes_are_compared_as_uv_does() {
    check_pairs(&[
        "version = '1'\n[tool.uv]\nindex-url = 'INDEX_URL'",
        "version = '1'\n[tool.uv]\nindex-url = 'INDEX_URL/'",
        "version = '1'\n[[tool.uv.index]]\nurl = 'INDEX_URL/'\ndefault = true",
        "version = '1'\n[tool.uv.sources]\nsix = { index = 'i' }\n[[tool.uv.index]]\nname = 'i'\nurl = 'INDEX_URL'\nexplicit = true",
        "version = '1'\n[tool.uv.sources]\nsix = { index = 'i' }\n[[tool.uv.index]]\nname = 'i'\nurl = 'INDEX_URL/'\nexplicit = true",
    ]);
}

/// Groups without requirements count, and the tables of other tools do not.
#[test]
fn groups_are_compared_as_uv_does() {
    check_pairs(&[
        "version = '1'\n[tool.uv]",
        "version = '1'\n[tool.uv]\ndev-dependencies = []",
        "version = '1'\n[dependency-groups]\ng = []\n[tool.uv]",
        "version = '1'\n[dependency-groups]\ng = []\nh = [{ include-group = 'g' }]\n[tool.uv]",
        "version = '1'\n[tool.uv]\n[tool.poetry.group.g.dependencies]\nidna = '*'",
        "version = '1'\n[tool.uv]\n[tool.poetry.dependencies]\nsix = '<2'",
        "version = '1'\n[tool.uv]\n[tool.pdm.dev-dependencies]\ng = ['idna']",
    ]);
}

/// Every pair of these manifests: uv locks the first one, and checks the lock against the second one.
fn check_pairs(manifests: &[&str]) {
    let Some(lab) = Lab::open() else { return };
    let manifests: Vec<String> = manifests
        .iter()
        .map(|rest| {
            let project = "[project]\nname = 'app'\nrequires-python = '>=3.10'\ndependencies = ['six']";
            lab.with_urls(&format!("{project}\n{rest}\n"))
        })
        .collect();
    for manifest in part(&manifests) {
        lab.write("pyproject.toml", manifest);
        let _ = std::fs::remove_file(lab.root().join("uv.lock"));
        lab.run(&["lock"]);
        let lock = lab.read("uv.lock");
        for edited in &manifests {
            lab.write("pyproject.toml", edited);
            let by_uv = lab.uv(&["lock", "--check"]).unwrap().status.success();
            let ours = verdict(&lock, edited);
            assert_eq!(ours.is_ok(), by_uv, "{ours:?}\n{manifest}\n{edited}\n{lock}");
        }
    }
}
