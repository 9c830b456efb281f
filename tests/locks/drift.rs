//! A lock is refused where uv refuses it, over random manifests and random edits of them.

use agentix_gen::{Project, UvLock};

use crate::manifest::Manifest;
use crate::{Dice, Lab};

const LIB: &str =
    "[project]\nname = \"lib\"\nversion = \"2.0\"\ndependencies = [\"idna\"]\n[tool.uv]\npackage = true\n";

fn verdict(lock: &str, manifest: &str) -> Result<(), String> {
    let lock: UvLock = lock.parse().unwrap();
    let project: Project = manifest.parse().unwrap();
    lock.check(&project).map_err(|error| error.to_string())
}

#[test]
fn a_lock_is_refused_where_uv_refuses_it() {
    let Some(lab) = Lab::open() else { return };
    lab.write("lib/pyproject.toml", LIB);
    lab.write("pyproject.toml", &Manifest::with_everything().to_string());
    lab.run(&["lock"]);
    let mut dice = Dice(0x5eed);
    let (mut current, mut stale) = (0, 0);
    for _ in 0..60 {
        let manifest = Manifest::random(&mut dice);
        lab.write("pyproject.toml", &manifest.to_string());
        std::fs::remove_file(lab.root().join("uv.lock")).unwrap();
        lab.run(&["lock", "--offline"]);
        let lock = lab.read("uv.lock");
        assert_eq!(verdict(&lock, &manifest.to_string()), Ok(()), "{manifest}\n{lock}");
        for _ in 0..3 {
            let edited = manifest.edited(&mut dice).to_string();
            lab.write("pyproject.toml", &edited);
            let by_uv = lab.uv(&["lock", "--check", "--offline"]).unwrap();
            let ours = verdict(&lock, &edited);
            let said = String::from_utf8_lossy(&by_uv.stderr);
            assert_eq!(ours.is_ok(), by_uv.status.success(), "{ours:?}\nuv: {said}\n{manifest}\n{edited}\n{lock}");
            if ours.is_ok() { current += 1 } else { stale += 1 }
        }
    }
    assert!(current > 30 && stale > 30, "{current} current, {stale} stale");
}
