//! The built-in templates, and the rules for the values that they print.

use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, syntax};

use super::error::RenderError;
use super::quote;
use crate::value::ImageRef;

/// The template that includes all others. A user's template extends it.
pub(super) const BASE: &str = "bundle.dockerfile";

/// The script that build steps source as `/run/trust/trust.sh`.
pub(crate) const TRUST: &str = include_str!("../../templates/trust.sh");

pub(super) const TEMPLATES: &[(&str, &str)] = &[
    ("account.dockerfile", include_str!("../../templates/account.dockerfile")),
    ("apt.dockerfile", include_str!("../../templates/apt.dockerfile")),
    ("arguments.dockerfile", include_str!("../../templates/arguments.dockerfile")),
    ("build-apt.dockerfile", include_str!("../../templates/build-apt.dockerfile")),
    ("build.dockerfile", include_str!("../../templates/build.dockerfile")),
    ("bundle.dockerfile", include_str!("../../templates/bundle.dockerfile")),
    ("default-account.dockerfile", include_str!("../../templates/default-account.dockerfile")),
    ("dependencies.dockerfile", include_str!("../../templates/dependencies.dockerfile")),
    ("entry-point.dockerfile", include_str!("../../templates/entry-point.dockerfile")),
    ("environment-stage.dockerfile", include_str!("../../templates/environment-stage.dockerfile")),
    ("environment.dockerfile", include_str!("../../templates/environment.dockerfile")),
    ("install.dockerfile", include_str!("../../templates/install.dockerfile")),
    ("interpreter.dockerfile", include_str!("../../templates/interpreter.dockerfile")),
    ("labels.dockerfile", include_str!("../../templates/labels.dockerfile")),
    ("nix.dockerfile", include_str!("../../templates/nix.dockerfile")),
    ("nix-options.dockerfile", include_str!("../../templates/nix-options.dockerfile")),
    ("nix-plugins.dockerfile", include_str!("../../templates/nix-plugins.dockerfile")),
    ("nix-programs.dockerfile", include_str!("../../templates/nix-programs.dockerfile")),
    ("packages.dockerfile", include_str!("../../templates/packages.dockerfile")),
    ("portable-source.dockerfile", include_str!("../../templates/portable-source.dockerfile")),
    ("project.dockerfile", include_str!("../../templates/project.dockerfile")),
    ("run-time.dockerfile", include_str!("../../templates/run-time.dockerfile")),
    ("runtime.dockerfile", include_str!("../../templates/runtime.dockerfile")),
    ("secrets.dockerfile", include_str!("../../templates/secrets.dockerfile")),
    ("server.dockerfile", include_str!("../../templates/server.dockerfile")),
    ("standalone.dockerfile", include_str!("../../templates/standalone.dockerfile")),
    ("steps.dockerfile", include_str!("../../templates/steps.dockerfile")),
    ("volume.dockerfile", include_str!("../../templates/volume.dockerfile")),
];

pub(super) fn render_template(name: &str, values: &Value) -> Result<String, RenderError> {
    Ok(environment()?.get_template(name)?.render(values)?)
}

/// Returns an environment with the built-in templates, the filters and the formatter. It parses a template when it is
/// first included: most Dockerfiles need few.
pub(super) fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut templates = Environment::empty();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    let mut syntax = syntax::SyntaxConfig::builder();
    templates.set_syntax(syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?);
    // The output of a macro counts as checked, because each value in it went through the formatter.
    templates.set_auto_escape_callback(|_| AutoEscape::Custom("dockerfile".into()));
    templates.set_formatter(quote::only_checked);
    templates.add_filter("quote", quote::quote);
    templates.add_filter("exec", quote::exec);
    templates.set_loader(|name| Ok(TEMPLATES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)));
    Ok(templates)
}

/// Marks a value as safe to print without quotes. Its grammar must exclude white space, quotes, `$` and `\`.
pub(super) fn checked(value: &impl ToString) -> Value {
    Value::from_safe_string(value.to_string())
}

/// Formats an image reference for `FROM`.
///
/// The result always has a tag or a digest, so that a builder does not take it for the name of a stage.
pub(super) fn from(image: &ImageRef) -> Value {
    let implied = if image.tag().is_none() && image.digest().is_none() { ":latest" } else { "" };
    Value::from_safe_string(format!("{image}{implied}"))
}

pub(super) fn generator() -> Value {
    Value::from_safe_string(env!("CARGO_PKG_VERSION").to_owned())
}
