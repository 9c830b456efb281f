use super::{Dialect, render, render_template};
use crate::bundle::Bundle;
use crate::config::Config;
use crate::listing::Listing;
use crate::project::Project;

fn rendered(flags: &str, dialect: Dialect) -> String {
    let manifest = "[project]\nname = 'hello'\nversion = '1.0'";
    let listing = Listing::from_files([("pyproject.toml", manifest)]).unwrap();
    let flags: Config = toml::from_str(flags).unwrap();
    render(&Bundle::new(manifest.parse::<Project>().unwrap(), listing, flags).unwrap(), dialect).unwrap()
}

/// `FROM build` would be the stage of that name.
#[test]
fn an_image_is_never_taken_for_a_stage() {
    let text = rendered("runtime-image = 'build'", Dialect::BuildKit);
    assert!(text.contains("\nFROM build:latest AS build\n"), "{text}");
    assert!(text.contains("\nFROM build:latest\n"), "{text}");
}

#[test]
fn proxies_are_not_declared() {
    let text = rendered("build-arg = { HTTPS_PROXY = 'x', PIP_INDEX_URL = 'y' }", Dialect::Classic);
    assert!(text.contains("\nARG PIP_INDEX_URL\n") && !text.contains("PROXY"), "{text}");
}

/// The values are those of `render`, but for one that went past its checks.
#[test]
fn a_value_that_was_not_checked_is_refused() {
    let values = minijinja::context! {
        generator => super::generator(),
        agentix_version => super::checked(&"0.1.0"),
        python_image => "python\nRUN evil",
    };
    let error = render_template("runtime.dockerfile", &values).unwrap_err();
    assert!(format!("{error:?}").contains("neither checked nor quoted"), "{error:?}");
}

#[test]
fn a_value_that_is_missing_is_refused() {
    assert!(render_template("runtime.dockerfile", &minijinja::context! {}).is_err());
}

/// A member of a workspace lies in a folder of `/src/project`, and so does its expression.
#[test]
fn the_expression_of_a_member_is_found_where_it_lies() {
    let manifest = "[project]\nname = 'app'\nversion = '1'";
    let files = [
        ("pyproject.toml", "[tool.uv.workspace]\nmembers = ['packages/*']"),
        ("packages/app/pyproject.toml", manifest),
        ("packages/app/default.nix", "{}"),
    ];
    let listing = Listing::from_files(files).unwrap();
    let workspace = crate::Workspace::in_listing(&listing, "packages/app", &Config::default()).unwrap();
    let text = render(&Bundle::new(workspace, listing, Config::default()).unwrap(), Dialect::BuildKit).unwrap();
    assert!(text.contains("\nENV NIX_EXPRESSION=\"packages/app/default.nix\"\n"), "{text}");
}
