use super::{Sbom, SbomFormat};
use crate::bundle::Bundle;
use crate::files::Listing;
use crate::project::{Config, Workspace};

fn bundle(files: &[(&str, &str)], flags: &str) -> Bundle {
    let listing = Listing::from_files(files.iter().copied()).unwrap();
    let flags: Config = toml::from_str(flags).unwrap();
    let workspace = Workspace::in_listing(&listing, "", &flags).unwrap();
    Bundle::new(workspace, listing, flags).unwrap()
}

fn manifest(dependencies: &str) -> String {
    format!("[project]\nname = 'hello'\nversion = '1.0+local'\ndependencies = [{dependencies}]\n")
}

/// Returns the document of a project with this `requirements.txt`.
fn document(dependencies: &str, list: &str, flags: &str) -> serde_json::Value {
    let manifest = manifest(dependencies);
    let bundle = bundle(&[("pyproject.toml", &manifest), ("requirements.txt", list)], flags);
    serde_json::from_str(&Sbom::new(&bundle).unwrap().to_json(SbomFormat::CycloneDx).unwrap()).unwrap()
}

fn purls(document: &serde_json::Value) -> Vec<&str> {
    document["components"].as_array().unwrap().iter().map(|component| component["purl"].as_str().unwrap()).collect()
}

#[test]
fn package_urls_follow_the_rules_of_their_type() {
    let list = "Zope.Interface==6.0+Cpu.1\n\
                six @ https://files.example.org/a/six-1.17.0.tar.gz?x=1&y=2\n\
                tool @ git+https://git.example.org/a/tool.git@0123abc#subdirectory=py/tool\n\
                old==1!2.0\n";
    let document = document("'six', 'tool', 'old', 'zope.interface'", list, "build-apt = ['git']");
    assert_eq!(
        purls(&document),
        [
            "pkg:pypi/old@1%212.0",
            "pkg:pypi/six?download_url=https:%2F%2Ffiles.example.org%2Fa%2Fsix-1.17.0.tar.gz%3Fx%3D1%26y%3D2",
            "pkg:pypi/tool?vcs_url=git%2Bhttps:%2F%2Fgit.example.org%2Fa%2Ftool.git%400123abc%23py%2Ftool",
            "pkg:pypi/zope-interface@6.0%2Bcpu.1",
        ]
    );
    assert_eq!(document["metadata"]["component"]["bom-ref"], "hello-1.0-local");
}

#[test]
fn only_packages_of_the_image_are_listed() {
    let list = "a==1; python_version < '3.12'\nb==1; python_version >= '3.12'\nc==1; sys_platform == 'darwin'\n\
                d==1; platform_machine == 'aarch64'\ne==1; implementation_name == 'pypy'\n";
    let listed = |flags: &str| {
        let document = document("", list, flags);
        purls(&document).iter().map(|purl| purl["pkg:pypi/".len()..][..1].to_owned()).collect::<String>()
    };
    assert_eq!(listed(""), "ad");
    assert_eq!(listed("platform = 'linux/arm64'"), "ad");
    assert_eq!(listed("platform = 'linux/amd64'"), "a");
    assert_eq!(listed("platform = ['linux/amd64', 'linux/s390x']"), "a");
    assert_eq!(listed("platform = ['linux/amd64', 'linux/arm64']"), "ad");
    assert_eq!(listed("platform = ['linux/amd64', 'linux/mips64le']"), "ad");
    assert_eq!(listed("standalone = true\npython-image = 'python:3.13-slim'\nplatform = 'linux/amd64'"), "b");
}

#[test]
fn siblings_are_listed_without_a_package_url() {
    let lib = "[project]\nname = 'lib'\nversion = '2'\nlicense = 'MIT'\ndependencies = ['six']\n";
    let list = "./lib\nsix==1.17.0\n";
    let manifest = manifest("");
    let files = [("pyproject.toml", &*manifest), ("requirements.txt", list), ("lib/pyproject.toml", lib)];
    let text = Sbom::new(&bundle(&files, "")).unwrap().to_json(SbomFormat::CycloneDx).unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let lib = &document["components"][0];
    assert_eq!((&lib["name"], &lib["version"], lib.get("purl")), (&"lib".into(), &"2".into(), None));
    assert_eq!(lib["licenses"][0]["expression"], "MIT");
    let expected = serde_json::json!([
        { "ref": "hello-1.0-local", "dependsOn": ["lib-2"] },
        { "ref": "lib-2", "dependsOn": ["six-1.17.0"] },
    ]);
    assert_eq!(document["dependencies"], expected);
}

#[test]
fn the_document_depends_on_the_project_alone() {
    let hash = "0".repeat(64);
    let text = |list: &str, flags: &str, format| {
        let manifest = manifest("'six'");
        Sbom::new(&bundle(&[("pyproject.toml", &manifest), ("requirements.txt", list)], flags))
            .unwrap()
            .to_json(format)
            .unwrap()
    };
    let list = format!("six==1 --hash=sha256:{hash}\n");
    for format in [SbomFormat::CycloneDx, SbomFormat::Spdx] {
        let first = text(&list, "", format);
        assert_eq!(first, text(&list, "", format));
        assert!(first.contains(&hash), "{first}");
        assert_ne!(first, text("six==1\n", "", format));
        let dated = text(&list, "source-date-epoch = 86400", format);
        assert!(dated.contains("1970-01-02T00:00:00Z"), "{dated}");
    }
    assert!(!text(&list, "", SbomFormat::CycloneDx).contains("timestamp"));
}

#[test]
fn a_project_without_a_lock_is_refused() {
    let error = |dependencies: &str, list: Option<&str>| {
        let manifest = manifest(dependencies);
        let list = list.map(|list| ("requirements.txt", list));
        let files: Vec<_> = [("pyproject.toml", &*manifest)].into_iter().chain(list).collect();
        Sbom::new(&bundle(&files, "")).map(|_| ()).map_err(|error| error.to_string())
    };
    let no_lock =
        "the project has no lock, so only a build knows what is installed; create one, for example with `uv lock`";
    assert_eq!(error("'six'", None).unwrap_err(), no_lock);
    assert_eq!(error("'six'", Some("six>=1\n")).unwrap_err(), no_lock);
    let not_pinned = error("", Some("six>=1\n")).unwrap_err();
    assert!(not_pinned.starts_with("requirements.txt: `six>=1` has no fixed name"), "{not_pinned}");
    assert_eq!(error("", None), Ok(()));
}
