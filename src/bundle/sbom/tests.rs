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

/// A lock with a package of each kind: of one file, of several, without a hash, an archive and a repository.
const OF_EACH_KIND: &str = "lock-version = '1.0'\n\
    [[packages]]\nname = 'one'\nversion = '1'\ndependencies = [{ name = 'two' }]\n\
    sdist = { url = 'https://i.example.org/one.tar.gz', hashes = { sha1 = 'SHA1' } }\n\
    [[packages]]\nname = 'two'\nversion = '2'\nsdist = { name = 'two.tar.gz', hashes = { md5 = 'MD5' } }\n\
    wheels = [{ name = 'two.whl', hashes = { sha384 = 'SHA384', sha512 = 'SHA512' } }]\n\
    [[packages]]\nname = 'three'\nversion = '3'\nwheels = [{ name = 'three.whl', hashes = {} }]\n\
    [[packages]]\nname = 'four'\narchive = { url = 'https://i.example.org/four.zip', hashes = { sha256 = 'SHA256' } }\n\
    [[packages]]\nname = 'five'\nvcs = { type = 'git', url = 'https://g.example.org/five', commit-id = '01' }\n";

/// Returns the document of a project with a lock of each kind of packages.
fn of_each_kind(format: SbomFormat) -> serde_json::Value {
    let mut lock = OF_EACH_KIND.to_owned();
    for (name, length) in [("SHA1'", 40), ("SHA256'", 64), ("SHA384'", 96), ("SHA512'", 128), ("MD5'", 32)] {
        lock = lock.replace(name, &format!("{}'", "0".repeat(length)));
    }
    let manifest = "[project]\nname = 'hello'\nversion = '1'\nlicense = 'MIT OR LicenseRef-own'\n\
                    description = ' Says  hello '\ndependencies = ['one']\n";
    let files = [("pyproject.toml", manifest), ("pylock.toml", &lock)];
    let text = Sbom::new(&bundle(&files, "build-apt = ['git']")).unwrap().to_json(format).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn an_spdx_document_tells_what_is_known_of_each_package() {
    let document = of_each_kind(SbomFormat::Spdx);
    let packages = document["packages"].as_array().unwrap().iter().map(|package| {
        let checksums = package["checksums"].as_array().into_iter().flatten();
        let algorithms: Vec<_> = checksums.map(|one| one["algorithm"].as_str().unwrap()).collect();
        let text = |key: &str| package[key].as_str().unwrap_or_default().to_owned();
        let purpose = text("primaryPackagePurpose");
        (text("SPDXID"), text("downloadLocation"), algorithms.join(" "), package.get("comment").is_some(), purpose)
    });
    let expected = [
        ("hello-1", "NOASSERTION", "", false, "APPLICATION"),
        ("five", "git+https://g.example.org/five@01", "", false, "LIBRARY"),
        ("four", "https://i.example.org/four.zip", "SHA256", false, "LIBRARY"),
        ("one-1", "https://i.example.org/one.tar.gz", "SHA1", false, "LIBRARY"),
        ("three-3", "NOASSERTION", "", false, "LIBRARY"),
        ("two-2", "NOASSERTION", "MD5 SHA384 SHA512", true, "LIBRARY"),
    ]
    .map(|(id, location, algorithms, has_comment, purpose)| {
        (format!("SPDXRef-Package-{id}"), location.to_owned(), algorithms.to_owned(), has_comment, purpose.to_owned())
    });
    assert_eq!(packages.collect::<Vec<_>>(), expected);
    assert_eq!(document["packages"][0]["summary"], "Says hello");
    assert_eq!(document["packages"][0]["licenseDeclared"], "MIT OR LicenseRef-own");
    let licenses = serde_json::json!([{ "licenseId": "LicenseRef-own", "extractedText": "NOASSERTION" }]);
    assert_eq!(document["hasExtractedLicensingInfos"], licenses);
}

#[test]
fn an_spdx_document_relates_the_packages() {
    let document = of_each_kind(SbomFormat::Spdx);
    let relationships = document["relationships"].as_array().unwrap().iter().map(|one| {
        let text = |key: &str| one[key].as_str().unwrap().replace("SPDXRef-", "").replace("Package-", "");
        format!("{} {} {}", text("spdxElementId"), text("relationshipType"), text("relatedSpdxElement"))
    });
    // The lock states the dependencies of the packages, and nothing else asks for the others.
    let expected = [
        "DOCUMENT DESCRIBES hello-1",
        "hello-1 DEPENDS_ON five",
        "hello-1 DEPENDS_ON four",
        "hello-1 DEPENDS_ON one-1",
        "hello-1 DEPENDS_ON three-3",
        "one-1 DEPENDS_ON two-2",
    ];
    assert_eq!(relationships.collect::<Vec<_>>(), expected);
    let namespace = document["documentNamespace"].as_str().unwrap();
    let uuid = namespace.strip_prefix("https://spdx.org/spdxdocs/hello-1-").unwrap();
    assert_eq!(uuid.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
}

#[test]
fn a_cyclonedx_document_tells_where_each_package_comes_from() {
    let document = of_each_kind(SbomFormat::CycloneDx);
    let algorithms = |hashes: &serde_json::Value| {
        let hashes = hashes.as_array().into_iter().flatten();
        hashes.map(|hash| hash["alg"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    let components = document["components"].as_array().unwrap().iter().map(|component| {
        let references = component["externalReferences"].as_array().into_iter().flatten().map(|reference| {
            let text = |key: &str| reference[key].as_str().unwrap();
            format!("{} {} {}", text("type"), text("url"), algorithms(&reference["hashes"]))
        });
        (component["name"].as_str().unwrap(), algorithms(&component["hashes"]), references.collect::<Vec<_>>())
    });
    let expected: [(&str, &str, &[&str]); 5] = [
        ("five", "", &["vcs git+https://g.example.org/five@01 "]),
        ("four", "SHA-256", &["distribution https://i.example.org/four.zip SHA-256"]),
        ("one", "SHA-1", &["distribution https://i.example.org/one.tar.gz SHA-1"]),
        ("three", "", &["distribution three.whl "]),
        ("two", "", &["distribution two.tar.gz MD5", "distribution two.whl SHA-384 SHA-512"]),
    ];
    let expected = expected.map(|(name, hashes, references)| {
        (name, hashes.to_owned(), references.iter().map(|&reference| reference.to_owned()).collect())
    });
    assert_eq!(components.collect::<Vec<_>>(), expected);
    assert_eq!(document["metadata"]["component"]["description"], "Says hello");
}

/// pip writes hashes without the names of the files.
#[test]
fn hashes_without_files_belong_to_the_package() {
    let list = format!("six==1 --hash=sha256:{}\n", "0".repeat(64));
    let document = document("'six'", &list, "");
    let reference = &document["components"][0]["externalReferences"][0];
    assert_eq!((&reference["type"], &reference["url"]), (&"distribution".into(), &"pkg:pypi/six@1".into()));
    assert!(reference["comment"].is_string(), "{reference}");
    let without = self::document("'six'", "six==1\n", "");
    assert_eq!(without["components"][0].get("externalReferences"), None);
}

/// A lock that states the dependencies of a sibling is right, also about an extra. Else its manifest tells them.
#[test]
fn a_sibling_depends_on_what_the_lock_states() {
    let manifest = "[project]\nname = 'hello'\nversion = '1'\ndependencies = ['lib']\n\
                    [tool.uv.sources]\nlib = { path = 'lib' }\n";
    let lib = "[project]\nname = 'lib'\nversion = '2'\ndependencies = ['six']\n";
    let depends = |dependencies: &str| {
        let lock = format!(
            "lock-version = '1.0'\n[[packages]]\nname = 'lib'\ndirectory = {{ path = 'lib' }}\n{dependencies}\n\
             [[packages]]\nname = 'six'\nversion = '1'\n[[packages]]\nname = 'idna'\nversion = '3'\n"
        );
        let files = [("pyproject.toml", manifest), ("pylock.toml", &*lock), ("lib/pyproject.toml", lib)];
        let text = Sbom::new(&bundle(&files, "")).unwrap().to_json(SbomFormat::CycloneDx).unwrap();
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        let of_lib = document["dependencies"].as_array().unwrap().iter().find(|one| one["ref"] == "lib-2").cloned();
        of_lib.map(|one| one["dependsOn"].clone())
    };
    assert_eq!(depends(""), Some(serde_json::json!(["six-1"])));
    assert_eq!(depends("dependencies = [{ name = 'idna' }]"), Some(serde_json::json!(["idna-3"])));
}

/// A package of an index that has the name of a sibling is another one.
#[test]
fn a_locked_package_is_no_sibling() {
    let manifest = "[project]\nname = 'hello'\nversion = '1'\ndependencies = ['lib']\n\
                    [tool.uv.sources]\nlib = { path = 'lib' }\n";
    let lib = "[project]\nname = 'lib'\nversion = '2'\n";
    let lock = "lock-version = '1.0'\n[[packages]]\nname = 'lib'\nversion = '3'\n";
    let files = [("pyproject.toml", manifest), ("pylock.toml", lock), ("lib/pyproject.toml", lib)];
    let text = Sbom::new(&bundle(&files, "")).unwrap().to_json(SbomFormat::CycloneDx).unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(purls(&document), ["pkg:pypi/lib@3"]);
}

/// Its name is that of the file, or in the fragment.
#[test]
fn a_url_alone_is_a_package() {
    let list = "https://files.example.org/a/six-1.17.0.tar.gz\nhttps://files.example.org/main.zip#egg=Tool[x]\n";
    let document = document("", list, "");
    let named = |component: &serde_json::Value| format!("{} {}", component["name"], component["version"]);
    let components: Vec<String> = document["components"].as_array().unwrap().iter().map(named).collect();
    assert_eq!(components, ["\"six\" \"1.17.0\"", "\"tool\" null"]);
}
