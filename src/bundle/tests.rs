use super::Bundle;
use super::dependencies::Dependencies;
use super::error::BundleError;
use super::wheel::WheelBuild;
use crate::files::{Entry, EntryKind, Excluded, ExclusionReason, Listing, Rules, SensitiveFile, SpecialKind};
use crate::project::{Config, Project, Requirement, SelectionError, Workspace};
use crate::value::AptPackage;

pub(super) fn manifest(more: &str) -> String {
    format!("[project]\nname = 'agentix-hello'\nversion = '1.0'\n{more}")
}

pub(super) fn bundle_of(manifest: &str, files: &[&str], flags: &str) -> Result<Bundle, BundleError> {
    let files = files.iter().map(|path| (*path, "")).chain([("pyproject.toml", manifest)]);
    let listing = Listing::from_files(files).unwrap();
    Bundle::new(manifest.parse::<Project>().unwrap(), listing, toml::from_str::<Config>(flags).unwrap())
}

#[track_caller]
fn refused(result: Result<Bundle, BundleError>, message: &str) {
    assert_eq!(result.unwrap_err().to_string(), message);
}

#[test]
fn defaults() {
    let bundle = bundle_of(&manifest(""), &[], "").unwrap();
    assert_eq!(bundle.tags()[0].to_string(), "hello:1.0");
    assert_eq!(bundle.runtime_image().to_string(), "agentix/runtime:0.1.0");
    assert_eq!(bundle.nix(), None);
}

#[test]
fn inconsistent_configuration_is_refused() {
    let plain = manifest("");
    refused(
        bundle_of(&plain, &[], "tag = 'localhost:5000/foo'"),
        "image `localhost:5000/foo` has no tag; add one, such as `localhost:5000/foo:1.0`",
    );
    refused(
        bundle_of(&plain, &[], "tag = 'docker.io/agentix/runtime:0.1.0'"),
        "image `docker.io/agentix/runtime:0.1.0` is the runtime image that the bundle starts from; choose another name \
         with --tag",
    );
    refused(
        bundle_of(&plain, &[], "runtime-image = 'hello:1.0'"),
        "image `hello:1.0` is the runtime image that the bundle starts from; choose another name with --tag",
    );
    refused(
        bundle_of(&plain, &[], "project-version = '2'"),
        "[project] has version 1.0, but --project-version is 2; remove one of them",
    );
    refused(bundle_of(&plain, &[], "nix = 'a.nix'"), "`a.nix`, set as `nix` in [tool.agentix], is not in the context");
    let of_hatchling = "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'";
    refused(
        bundle_of(&manifest(&format!("readme = './docs/README.md'\n{of_hatchling}")), &[], ""),
        "`docs/README.md` is required by project.readme, but is not in the project",
    );
    let in_tree = |path: &str| {
        manifest(&format!("[build-system]\nrequires = []\nbuild-backend = 'b'\nbackend-path = ['.', '{path}']"))
    };
    refused(
        bundle_of(&in_tree("./tools"), &[], ""),
        "`tools` is required by build-system.backend-path, but is not in the project",
    );
    assert!(bundle_of(&in_tree("tools"), &["tools/b.py"], "").is_ok());
    refused(
        bundle_of(&manifest("dependencies = ['lib @ file:../lib']"), &[], ""),
        "dependency `lib @ file:../lib` is a local path, which requires a workspace; read one with `read_workspace`",
    );
}

#[test]
fn a_required_file_cannot_be_excluded() {
    let without = |reason| {
        let excluded = Excluded { path: "pyproject.toml".into(), is_folder: false, reason };
        let listing = Listing::new("/".into(), vec![], vec![excluded]);
        Bundle::new(manifest("").parse::<Project>().unwrap(), listing, Config::default())
    };
    refused(
        without(ExclusionReason::DockerIgnore { file: ".dockerignore", pattern: "*".parse().unwrap() }),
        "`pyproject.toml` is required by the build, but excluded (.dockerignore: *); include it with `include`",
    );
    let secret = SensitiveFile::in_content("pyproject.toml", false, b"-----BEGIN PRIVATE KEY-----\nMIIE").unwrap();
    let error = without(ExclusionReason::Secret(secret)).unwrap_err();
    assert!(error.to_string().ends_with("remove the secret from it, or include it with `include`"));
    assert!(Rules::default().judge("pyproject.toml", crate::files::PathFacts::File { secret: None }, None).is_none());
}

#[test]
fn dynamic_versions() {
    let dynamic = |requires: &str| {
        format!("[project]\nname = 'x'\ndynamic = ['version']\n[build-system]\nrequires = ['{requires}']")
    };
    refused(
        bundle_of(&dynamic("hatchling"), &[], ""),
        "the project has no static `version`; set it with --project-version, or name the image with --tag",
    );
    assert!(bundle_of(&dynamic("hatchling"), &[], "tag = 'x:1'").is_ok());
    refused(
        bundle_of(&dynamic("setuptools_scm[toml]>=8"), &[], "tag = 'x:1'"),
        "`setuptools-scm` takes the version from the repository, which is not part of the image; set it with \
         --project-version",
    );
    assert!(matches!(
        bundle_of(&dynamic("versioneer"), &[], "project-version = '1'"),
        Err(BundleError::VersionOnlyFromRepository { .. })
    ));
    let bundle = bundle_of(&dynamic("hatch-vcs"), &[], "project-version = '1.0+Local'").unwrap();
    assert_eq!(bundle.packages()[0].version_variable.as_ref().unwrap().name.as_str(), "SETUPTOOLS_SCM_PRETEND_VERSION");
    assert_eq!(bundle.packages()[0].version_variable.as_ref().unwrap().version.to_string(), "1.0+local");
    assert_eq!(bundle.tags()[0].to_string(), "x:1.0-local");
}

#[test]
fn known_build_requirements_are_prepared() {
    let build = |backend: &str, files: &[&str]| {
        let text = manifest(&format!("[build-system]\nrequires = ['x']\n{backend}"));
        bundle_of(&text, files, "").unwrap().packages()[0].build.clone()
    };
    let prepared = |import: &'static str, list: &[&str]| WheelBuild::Prepared {
        requires: list.iter().map(|&r| r.to_owned()).collect(),
        import,
    };
    let hatchling = "build-backend = 'hatchling.build'";
    assert_eq!(build(hatchling, &[]), prepared("from hatchling import build as backend", &["x"]));
    let hooks = format!("{hatchling}\n[tool.hatch.build.hooks.vcs]\nversion-file = 'v.py'");
    assert_eq!(build(&hooks, &[]), WheelBuild::Isolated);
    let more = format!("{hatchling}\n[tool.hatch.build.targets.wheel]\ndependencies = ['y']");
    assert_eq!(build(&more, &[]), WheelBuild::Isolated);
    assert_eq!(build(hatchling, &["hatch.toml"]), WheelBuild::Isolated);
    let setuptools = "build-backend = 'setuptools.build_meta'";
    assert_eq!(build(setuptools, &[]), prepared("from setuptools import build_meta as backend", &["x", "wheel"]));
    assert_eq!(build(setuptools, &["setup.py"]), WheelBuild::Isolated);
    assert_eq!(build("build-backend = 'maturin'", &[]), WheelBuild::Isolated);
    assert_eq!(build("build-backend = 'own'\nbackend-path = ['.']", &[]), WheelBuild::Isolated);
    let legacy = "from setuptools.build_meta import __legacy__ as backend";
    let none = bundle_of(&manifest(""), &[], "").unwrap();
    assert_eq!(none.packages()[0].build, prepared(legacy, &["setuptools>=40.8.0", "wheel"]));
    assert_eq!(build("", &[]), prepared(legacy, &["x", "wheel"]));
}

#[test]
fn setup_scripts_without_requirements_are_prepared() {
    let is_prepared = |file: &str, text: &str| {
        let files = [("pyproject.toml", manifest("")), (file, text.to_owned())];
        let listing = Listing::from_files(files).unwrap();
        let workspace = Workspace::in_listing(&listing, "", &Config::default()).unwrap();
        let bundle = Bundle::new(workspace, listing, Config::default()).unwrap();
        matches!(bundle.packages()[0].build, WheelBuild::Prepared { .. })
    };
    assert!(is_prepared("setup.py", "from setuptools import setup\nsetup()\n"));
    assert!(is_prepared("setup.cfg", "[egg_info]\ntag_build =\n"));
    assert!(!is_prepared("setup.py", "from setuptools import setup\nsetup(setup_requires=['pbr'])\n"));
    assert!(!is_prepared("setup.cfg", "[options]\nsetup-requires = pbr\n"));
}

#[test]
fn extras_and_groups_add_requirements() {
    let text = manifest(
        "dependencies = ['a']
        [project.optional-dependencies]
        web = ['b', 'a']
        all = ['agentix-hello[web,Plot_Ting]', 'c']
        plot-ting = ['d']
        odd = ['agentix-hello[web]; python_version > \"3\"']
        [dependency-groups]
        test = ['e', {include-group = 'lint'}]
        lint = ['b']",
    );
    let all = |flags: &str| {
        let bundle = bundle_of(&text, &[], flags)?;
        Ok::<_, BundleError>(listed(&bundle).iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
    };
    assert_eq!(all("").unwrap(), "a");
    assert_eq!(all("extra = ['Plot.Ting', 'web']").unwrap(), "a d b");
    assert_eq!(all("extra = ['all']\ngroup = ['test']").unwrap(), "a b d c e");
    let refused = |flags: &str| all(flags).unwrap_err().to_string();
    assert_eq!(
        refused("extra = ['x']"),
        "[project.optional-dependencies] has no extra `x`; available: `all`, `odd`, `plot-ting`, `web`"
    );
    assert_eq!(refused("group = ['x']"), "[dependency-groups] has no group `x`; available: `lint`, `test`");
    assert_eq!(
        refused("extra = ['lint']"),
        "[project.optional-dependencies] has no extra `lint`; it is a dependency group; select it with `group`"
    );
    assert_eq!(
        refused("group = ['web']"),
        "[dependency-groups] has no group `web`; it is an extra; select it with `extra`"
    );
    assert!(matches!(all("extra = ['odd']"), Err(BundleError::Selection(SelectionError::ConditionalExtras { .. }))));
    let dynamic = manifest("dynamic = ['optional-dependencies']");
    assert!(matches!(
        bundle_of(&dynamic, &[], "extra = ['x']"),
        Err(BundleError::Selection(SelectionError::ExtraLeftToBuild { .. }))
    ));
}

#[test]
fn nix_is_detected_or_configured() {
    let nix = |files: &[&str], flags: &str| bundle_of(&manifest(""), files, flags).unwrap().nix().cloned();
    assert_eq!(nix(&["default.nix"], "").unwrap().file.unwrap().as_str(), "default.nix");
    assert_eq!(
        nix(&["default.nix", "a/my tools.nix"], "nix = 'a/my tools.nix'").unwrap().file.unwrap().as_str(),
        "a/my tools.nix"
    );
    assert_eq!(nix(&["nix/default.nix"], "nix = './nix'").unwrap().file.unwrap().as_str(), "./nix");
    assert_eq!(nix(&["default.nix"], "nix-image = 'nix:1'").unwrap().image.to_string(), "nix:1");
}

#[test]
fn a_nix_expression_is_not_left_out_in_silence() {
    let nix = |excluding: Option<&str>, flags: &str| {
        let entry = |path: &str| Entry::new(path, EntryKind::File);
        let reason = match excluding {
            Some(pattern) => ExclusionReason::DockerIgnore { file: ".dockerignore", pattern: pattern.parse().unwrap() },
            None => ExclusionReason::Exclude("*.nix".parse().unwrap()),
        };
        let excluded = Excluded { path: "default.nix".to_owned(), is_folder: false, reason };
        let listing = Listing::new("/project".into(), vec![entry("pyproject.toml")], vec![excluded]);
        let flags: Config = toml::from_str(flags).unwrap();
        let bundle = Bundle::new(manifest("").parse::<Project>().unwrap(), listing, flags);
        bundle.map(|bundle| bundle.nix().is_some()).map_err(|error| error.to_string())
    };
    let refused =
        "`default.nix` is required by tool.agentix.nix, but excluded (.dockerignore: *.nix); include it with `include`";
    assert_eq!(nix(Some("*.nix"), ""), Err(refused.to_owned()));
    assert_eq!(nix(None, ""), Ok(false), "the key `exclude` is a choice");
    assert!(nix(None, "nix = 'default.nix'").unwrap_err().starts_with("`default.nix` is required by tool.agentix.nix"));
}

fn with_links(links: &[(&str, &str)]) -> Result<Bundle, BundleError> {
    let folders = ["pkg", "pkg/sub"].map(|path| Entry::new(path, EntryKind::Folder));
    let manifest_entry = Entry::new("pyproject.toml", EntryKind::File);
    let links = links.iter().map(|(path, target)| Entry::new(*path, EntryKind::Link((*target).into())));
    let entries = links.chain(folders).chain([manifest_entry]).collect();
    let listing = Listing::new("/project".into(), entries, vec![]);
    Bundle::new(manifest("").parse::<Project>().unwrap(), listing, Config::default())
}

#[test]
fn inconsistent_settings_are_refused() {
    refused(
        bundle_of(&manifest(""), &[], "env = { PATH = '/opt/bin:$PATH' }"),
        "[tool.agentix] env sets PATH to `/opt/bin:$PATH` without /nix/runtime/bin; add it (variables are not \
         expanded)",
    );
    assert!(bundle_of(&manifest(""), &[], "env = { PATH = '/nix/runtime/bin:/bin' }").is_ok());
    refused(
        bundle_of(&manifest("[tool.agentix]\napt = ['git=1']"), &[], "apt = 'git'"),
        "[tool.agentix] apt has both `git` and `git=1`; remove one of them",
    );
    let both = bundle_of(&manifest("[tool.agentix]\napt = ['zip', 'git']"), &[], "apt = ['curl', 'git']").unwrap();
    assert_eq!(both.apt().iter().map(AptPackage::as_str).collect::<Vec<_>>(), ["curl", "git", "zip"]);
}

#[test]
fn a_pinned_nix_image_stays_pinned() {
    let image = format!("nixos/nix@sha256:{}", "0".repeat(64));
    let nix = bundle_of(&manifest(""), &["default.nix"], &format!("nix-image = '{image}'")).unwrap().nix().cloned();
    assert_eq!(nix.unwrap().image.to_string(), image);
}

#[test]
fn links_must_stay_in_the_project() {
    for (path, target) in [
        ("a", "pyproject.toml"),
        ("pkg/a", "../pyproject.toml"),
        ("pkg/sub/a", ".."),
        ("a", "nowhere/at/all"),
        ("a", "pkg/../pkg/./sub"),
    ] {
        assert!(with_links(&[(path, target)]).is_ok(), "{path} -> {target}");
    }
    assert!(with_links(&[("deep", "pkg/sub"), ("up", "deep/../../pyproject.toml")]).is_ok());
    for (path, target) in [("a", "/etc/passwd"), ("a", ".."), ("pkg/a", "../../x"), ("a", "pkg/../../x")] {
        assert_eq!(
            with_links(&[(path, target)]).unwrap_err(),
            BundleError::LinkLeaves { path: path.into(), target: target.into() }
        );
    }
    // The target looks valid, but leads outside the project through another link.
    assert!(matches!(
        with_links(&[("pkg/up", "sub/a"), ("pkg/sub/a", ".."), ("z", "pkg/up/../../x")]),
        Err(BundleError::LinkLeaves { path, .. }) if path == "z"
    ));
    for links in [&[("a", "a")][..], &[("a", "b"), ("b", "a")], &[("pkg/a", "../pkg/a/x")]] {
        assert!(matches!(with_links(links), Err(BundleError::LinkLoop { .. })), "{links:?}");
    }
}

#[test]
fn special_files_are_refused() {
    let entries = vec![
        Entry::new("pyproject.toml", EntryKind::File),
        Entry::new("run.sock", EntryKind::Special(SpecialKind::Socket)),
    ];
    let listing = Listing::new("/project".into(), entries, vec![]);
    refused(
        Bundle::new(manifest("").parse::<Project>().unwrap(), listing, Config::default()),
        "`run.sock` is a socket; exclude it with `exclude`",
    );
}

/// The path is used in commands of the Dockerfile.
#[test]
fn a_sibling_path_with_shell_characters_is_refused() {
    let sibling = manifest("").replace("agentix-hello", "x");
    for (path, file) in [("a$b", "a$b/pyproject.toml"), ("a;b/x-1-py3-none-any.whl", "a;b/x-1-py3-none-any.whl")] {
        let needs = format!("dependencies = ['x']\n[tool.uv.sources]\nx = {{ path = '{path}' }}\n");
        let files = [("pyproject.toml", manifest(&needs)), (file, sibling.clone())];
        let listing = Listing::from_files(files).unwrap();
        let workspace = Workspace::in_listing(&listing, "", &Config::default()).unwrap();
        refused(
            Bundle::new(workspace, listing, Config::default()),
            &format!(
                "`{path}` is used in shell commands of the build; rename it to contain only letters, digits and `._-+@`"
            ),
        );
    }
}

/// Returns the requirements that are resolved during the build.
fn listed(bundle: &Bundle) -> &[Requirement] {
    match bundle.dependencies() {
        Dependencies::Listed(requirements) => requirements,
        _ => &[],
    }
}

#[test]
fn a_file_that_the_build_reads_must_be_in_the_context() {
    let dynamic = "dynamic = ['dependencies']\n[tool.setuptools.dynamic]\ndependencies = { file = 'deps.txt' }";
    refused(
        bundle_of(&manifest(dynamic), &[], ""),
        "`deps.txt` is required by tool.setuptools.dynamic.dependencies, but is not in the project",
    );
    assert!(bundle_of(&manifest(dynamic), &["deps.txt"], "").is_ok());
}

#[test]
fn the_uv_image_must_be_a_required_version() {
    let project = |required: &str| manifest(&format!("[tool.uv]\nrequired-version = '{required}'"));
    refused(
        bundle_of(&project(">=0.99"), &[], "uv-image = 'uv:0.13.9'"),
        "[tool.uv] required-version is `>=0.99`, but the uv image is `uv:0.13.9`; choose another with uv-image",
    );
    for (required, image) in [(">=0.13", "uv:0.13.9"), ("0.13.9", "uv:0.13.9"), (">=0.99", "uv:latest")] {
        assert!(bundle_of(&project(required), &[], &format!("uv-image = '{image}'")).is_ok(), "{required} {image}");
    }
}
