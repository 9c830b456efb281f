use super::templates::{TEMPLATES, environment, render_template};
use super::{render, templates};
use crate::bundle::Bundle;
use crate::files::Listing;
use crate::project::Config;
use crate::value::Dialect;

fn rendered(flags: &str, dialect: Dialect) -> String {
    rendered_files(&[("pyproject.toml", "[project]\nname = 'hello'\nversion = '1.0'")], flags, dialect)
}

fn rendered_files(files: &[(&str, &str)], flags: &str, dialect: Dialect) -> String {
    let listing = Listing::from_files(files.iter().copied()).unwrap();
    let flags: Config = toml::from_str(flags).unwrap();
    let workspace = crate::project::Workspace::in_listing(&listing, "", &flags).unwrap();
    render(&Bundle::new(workspace, listing, flags).unwrap(), dialect).unwrap()
}

/// `FROM build` would refer to the stage of that name.
#[test]
fn an_image_reference_never_names_a_stage() {
    let text = rendered("runtime-image = 'build'", Dialect::BuildKit);
    assert!(text.contains("\nFROM build:latest AS build\n"), "{text}");
    assert!(text.contains("\nFROM build:latest\n"), "{text}");
}

#[test]
fn proxy_arguments_are_not_declared() {
    let text = rendered("build-arg = { HTTPS_PROXY = 'x', PIP_INDEX_URL = 'y' }", Dialect::Classic);
    assert!(text.contains("\nARG PIP_INDEX_URL\n") && !text.contains("PROXY"), "{text}");
}

/// A template is parsed when it is first included.
#[test]
fn every_template_can_be_parsed() {
    let templates = environment().unwrap();
    for (name, _) in TEMPLATES {
        templates.get_template(name).unwrap();
    }
    assert!(templates.get_template("missing.dockerfile").is_err());
}

/// The values match those of `render`, except for one unchecked value.
#[test]
fn an_unchecked_value_is_rejected() {
    let values = minijinja::context! {
        generator => templates::generator(),
        agentix_version => templates::checked(&"0.1.0"),
        python_image => "python\nRUN evil",
    };
    let error = render_template("runtime.dockerfile", &values).unwrap_err();
    assert!(format!("{error:?}").contains("neither checked nor quoted"), "{error:?}");
}

#[test]
fn a_missing_value_is_rejected() {
    assert!(render_template("runtime.dockerfile", &minijinja::context! {}).is_err());
}

/// A workspace member is in a folder below `/src/project`, and so is its Nix expression.
#[test]
fn the_nix_expression_of_a_member_has_its_full_path() {
    let manifest = "[project]\nname = 'app'\nversion = '1'";
    let files = [
        ("pyproject.toml", "[tool.uv.workspace]\nmembers = ['packages/*']"),
        ("packages/app/pyproject.toml", manifest),
        ("packages/app/default.nix", "{}"),
    ];
    let listing = Listing::from_files(files).unwrap();
    let workspace = crate::project::Workspace::in_listing(&listing, "packages/app", &Config::default()).unwrap();
    let text = render(&Bundle::new(workspace, listing, Config::default()).unwrap(), Dialect::BuildKit).unwrap();
    assert!(text.contains("\nENV NIX_EXPRESSION=\"packages/app/default.nix\"\n"), "{text}");
    assert!(
        text.contains("--wheel-dir /tmp/wheels /src/project/packages/app &&")
            || text.contains("os.chdir('/src/project/packages/app');"),
        "{text}"
    );
}

/// Other build steps need no secrets. A step without secrets does not run again when a secret changes.
#[test]
fn secrets_are_mounted_only_if_the_build_may_fetch_packages() {
    let reads = |rest: &str| {
        let manifest = format!("[project]\nname = 'hello'\n{rest}");
        let flags = "secret = { pip-conf = { src = '/pip.conf' } }";
        let text = rendered_files(&[("pyproject.toml", &manifest)], flags, Dialect::BuildKit);
        let step = text.split("\nRUN ").find(|step| step.contains("/tmp/wheels && ")).unwrap();
        step.contains("--mount=type=secret,id=pip-conf")
    };
    let backend = |name: &str| format!("[build-system]\nrequires = ['x']\nbuild-backend = '{name}'");
    assert!(!reads(&format!("version = '1'\n{}", backend("hatchling.build"))));
    assert!(reads(&format!("version = '1'\n{}", backend("other.build"))));
    assert!(reads(&format!("version = '1'\ndynamic = ['dependencies']\n{}", backend("hatchling.build"))));
}

#[test]
fn pip_config_file_is_set_for_a_pip_conf_secret() {
    let sets_variable = |id: &str| {
        let files = [("pyproject.toml", "[project]\nname = 'hello'\nversion = '1'\ndependencies = ['rich']")];
        let flags = format!("secret = {{ {id} = {{ src = '/x' }} }}");
        rendered_files(&files, &flags, Dialect::BuildKit).contains("PIP_CONFIG_FILE=")
    };
    assert!(sets_variable("pip-conf") && !sets_variable("token"));
}

#[test]
fn hashes_are_required_if_the_list_has_hashes() {
    let requires = |list: &str| {
        let manifest = "[project]\nname = 'hello'\nversion = '1'\ndependencies = ['rich']";
        let files = [("pyproject.toml", manifest), ("requirements.txt", list)];
        rendered_files(&files, "", Dialect::Classic).contains(" --require-hashes --requirement ")
    };
    assert!(requires("rich==13.0 --hash=sha256:00\n") && !requires("rich==13.0\n"));
}

#[test]
fn a_local_archive_is_installed_with_its_extras() {
    let manifest = |asked: &str| {
        let source = "[tool.uv.sources]\nlib = { path = 'wheels/lib-1.0-py3-none-any.whl' }";
        format!("[project]\nname = 'hello'\nversion = '1'\ndependencies = ['{asked}']\n{source}")
    };
    for (asked, extras) in [("lib", ""), ("lib[x,y]", "[x,y]")] {
        let files = [("pyproject.toml", &*manifest(asked)), ("wheels/lib-1.0-py3-none-any.whl", "")];
        let text = rendered_files(&files, "", Dialect::BuildKit);
        assert!(text.contains(&format!("\"/src/project/wheels/lib-1.0-py3-none-any.whl{extras}\"")), "{text}");
    }
}

/// A tool with a lock of its own installs what is locked, whatever the packages say of their dependencies.
#[test]
fn the_packages_of_an_exported_lock_are_installed_alone() {
    let lock = r#"{
        "_meta": {
            "hash": { "sha256": "83b3df86404322b5e9c6d1f3a782fd8510f976dafa4940f849d7e79258978aaa" },
            "pipfile-spec": 6
        },
        "default": { "six": { "version": "==1.17.0", "hashes": ["sha256:00"] } }
    }"#;
    let manifest = "[project]\nname = 'hello'\nversion = '1.0'";
    let files = [("pyproject.toml", manifest), ("Pipfile", "[packages]\nsix = '*'\n"), ("Pipfile.lock", lock)];
    for (installer, command) in
        [("pip", "/nix/runtime/bin/pip install"), ("uv", "uv pip install --python /nix/runtime")]
    {
        let text = rendered_files(&files, &format!("installer = '{installer}'"), Dialect::BuildKit);
        let step = format!("{command} --require-hashes --no-deps --requirement /mnt/requirements.txt ");
        assert!(text.contains(&step), "{text}");
    }
}

/// The classic builder has no secrets.
#[test]
fn the_heading_says_what_the_build_needs() {
    let listing = Listing::from_files([("pyproject.toml", "[project]\nname = 'hello'\nversion = '1.0'")]).unwrap();
    let flags: Config = toml::from_str("secret = { token = { env = 'TOKEN' } }\nbuild-arg = { HOST = 'x' }").unwrap();
    let workspace = crate::project::Workspace::in_listing(&listing, "", &flags).unwrap();
    let bundle = Bundle::new(workspace, listing, flags).unwrap();
    let text = super::render_in_tree(&bundle, Dialect::BuildKit).unwrap();
    assert!(text.contains("\n#   with --build-arg HOST\n#   with --secret id=token\n"), "{text}");
    assert!(!super::render_in_tree(&bundle, Dialect::Classic).is_ok_and(|text| text.contains("--secret id=token")));
}

/// They are written beside the project, and are no part of its image.
#[test]
fn the_ignore_file_names_the_generated_files() {
    let files = ["pyproject.toml", "app.py", "Dockerfile", "Dockerfile.dockerignore"];
    let listing =
        Listing::from_files(files.map(|path| {
            (path, if path == "pyproject.toml" { "[project]\nname = 'hello'\nversion = '1.0'" } else { "" })
        }));
    let listing = listing.unwrap();
    let workspace = crate::project::Workspace::in_listing(&listing, "", &Config::default()).unwrap();
    let bundle = Bundle::new(workspace, listing, Config::default()).unwrap();
    let text = super::ignore_file(&bundle).unwrap();
    let (_, own) = text.split_once("# The Dockerfile and this file.\n").unwrap();
    assert!(own.starts_with("Dockerfile\nDockerfile.dockerignore\n"), "{text}");
    assert_eq!(super::missing_ignore_lines(&bundle, &text).unwrap(), "");
}

/// In the folder of the project, a template can copy what the project has, and all that the tool writes for one place.
#[test]
fn a_copy_that_only_a_staged_context_has_is_refused() {
    let in_tree = |copy: &str| {
        let listing = Listing::from_files([(
            "pyproject.toml",
            "[project]\nname = 'hello'\nversion = '1.0'\ndependencies = ['six']",
        )]);
        let (listing, flags) = (listing.unwrap(), Config::default());
        let workspace = crate::project::Workspace::in_listing(&listing, "", &flags).unwrap();
        let text =
            format!("{{% extends 'bundle.dockerfile' %}}{{% block end %}}{{{{ super() }}}}{copy}\n{{% endblock %}}");
        let bundle = Bundle::new(workspace, listing, flags).unwrap();
        let bundle = bundle.with_template(crate::value::Template::new("site.dockerfile", &text));
        super::render_in_tree(&bundle, Dialect::BuildKit).map_err(|error| error.to_string())
    };
    assert!(in_tree("COPY project/a /x/").unwrap().contains("\nCOPY a /x/\n"));
    assert!(in_tree("COPY --from=build /a /b /x/").unwrap().contains("\nCOPY --from=build /a /b /x/\n"));
    for copy in
        ["COPY project/a project/b /x/", "COPY [\"project/a\", \"/x\"]", "COPY requirements/ru /x/", "COPY other /x/"]
    {
        let error = in_tree(copy).unwrap_err();
        assert!(error.contains(copy), "{error}");
    }
}
