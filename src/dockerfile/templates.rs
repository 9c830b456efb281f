//! The templates, and the rules that hold for all that they print.

use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, syntax};

use super::error::RenderError;
use super::quote;
use crate::value::ImageRef;

/// The template that all others are part of, and that a user's own extends.
pub(super) const BASE: &str = "bundle.dockerfile";

/// The script that build steps read as `/run/trust/trust.sh`.
pub(crate) const TRUST: &str = include_str!("../../templates/trust.sh");

pub(super) const TEMPLATES: &[(&str, &str)] = &[
    ("account.dockerfile", include_str!("../../templates/account.dockerfile")),
    ("apt.dockerfile", include_str!("../../templates/apt.dockerfile")),
    ("arguments.dockerfile", include_str!("../../templates/arguments.dockerfile")),
    ("build.dockerfile", include_str!("../../templates/build.dockerfile")),
    ("bundle.dockerfile", include_str!("../../templates/bundle.dockerfile")),
    ("dependencies.dockerfile", include_str!("../../templates/dependencies.dockerfile")),
    ("environment.dockerfile", include_str!("../../templates/environment.dockerfile")),
    ("install.dockerfile", include_str!("../../templates/install.dockerfile")),
    ("labels.dockerfile", include_str!("../../templates/labels.dockerfile")),
    ("nix.dockerfile", include_str!("../../templates/nix.dockerfile")),
    ("nix-programs.dockerfile", include_str!("../../templates/nix-programs.dockerfile")),
    ("project.dockerfile", include_str!("../../templates/project.dockerfile")),
    ("run-time.dockerfile", include_str!("../../templates/run-time.dockerfile")),
    ("runtime.dockerfile", include_str!("../../templates/runtime.dockerfile")),
    ("secrets.dockerfile", include_str!("../../templates/secrets.dockerfile")),
    ("server.dockerfile", include_str!("../../templates/server.dockerfile")),
    ("standalone.dockerfile", include_str!("../../templates/standalone.dockerfile")),
    ("steps.dockerfile", include_str!("../../templates/steps.dockerfile")),
];

pub(super) fn render_template(name: &str, values: &Value) -> Result<String, RenderError> {
    Ok(environment()?.get_template(name)?.render(values)?)
}

/// Our templates, under the rules that hold for all that they print.
pub(super) fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut templates = Environment::empty();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    let mut syntax = syntax::SyntaxConfig::builder();
    templates.set_syntax(syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?);
    // What a macro renders counts as checked: each value in it has been through the formatter.
    templates.set_auto_escape_callback(|_| AutoEscape::Custom("dockerfile".into()));
    templates.set_formatter(quote::only_checked);
    templates.add_filter("quote", quote::quote);
    templates.add_filter("exec", quote::exec);
    for (name, text) in TEMPLATES {
        templates.add_template(name, text)?;
    }
    Ok(templates)
}

/// A value whose grammar excludes white space, quotes, `$` and `\`: it may stand anywhere as it is.
pub(super) fn checked(value: &impl ToString) -> Value {
    Value::from_safe_string(value.to_string())
}

/// An image as `FROM` takes it: always with a tag or a digest, so that it is never taken for the name of a stage.
pub(super) fn from(image: &ImageRef) -> Value {
    let implied = if image.tag().is_none() && image.digest().is_none() { ":latest" } else { "" };
    Value::from_safe_string(format!("{image}{implied}"))
}

pub(super) fn generator() -> Value {
    Value::from_safe_string(env!("CARGO_PKG_VERSION").to_owned())
}
