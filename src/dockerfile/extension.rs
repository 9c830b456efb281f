//! Renders a user's template, which extends blocks of the built-in template.

use std::error::Error as _;
use std::io;

use minijinja::value::Value;
use minijinja::{Environment, Error};

use super::template_error::TemplateError;
use super::template_limits;
use super::templates::{BASE, TEMPLATES};
use crate::value::{CredentialUrl, Escaped, Template};

/// The name of the user's template in the environment. No project file can have this name, so no template includes it
/// by accident.
const NAME: &str = "<template>";

/// The maximum number of rendering steps, in which each 64 bytes of text or data are a step too. The built-in templates
/// take a thousandth of it. Running all steps takes a fraction of a second, and at most 64 MB of memory.
const FUEL: u64 = 1_000_000;

/// The maximum nesting depth of blocks, includes and macros. The built-in templates reach half of it. The stack of a
/// thread has room for a much greater depth.
const DEPTH: usize = 64;

/// The maximum length of the rendered Dockerfile, in bytes.
const LONGEST: usize = 16 * 1024 * 1024;

/// Renders the built-in templates, extended by the user's template.
pub(super) fn render(
    mut templates: Environment<'_>,
    template: &Template,
    values: &Value,
) -> Result<String, TemplateError> {
    template_limits::check(template)?;
    check_blocks(template)?;
    let heading = heading(&templates, values).map_err(|error| convert_error(template, &error))?;
    templates.set_fuel(Some(FUEL));
    templates.set_recursion_limit(DEPTH);
    let mut text = Bounded::default();
    let rendered = templates
        .add_template_owned(NAME, template.text().to_owned())
        .and_then(|()| templates.get_template(NAME)?.render_captured_to(values, &mut text).map(|_| ()));
    if text.overflows {
        return Err(template.error(None, format!("the rendered Dockerfile is longer than {LONGEST} bytes")));
    }
    rendered.map_err(|error| {
        unknown_variable(&templates, template, values, &error).unwrap_or(convert_error(template, &error))
    })?;
    let text = String::from_utf8(text.bytes)
        .map_err(|_| template.error(None, "the rendered Dockerfile is not UTF-8".to_owned()))?;
    if let Some(url) = CredentialUrl::find_of_any_service(&text) {
        return Err(credentials(template, &url));
    }
    if text.lines().next() == Some(&heading) {
        Ok(text)
    } else {
        Err(template.error(None, format!("the template must start with `{{% extends \"{BASE}\" %}}`")))
    }
}

/// Returns the error for credentials in the rendered Dockerfile, with their line in the template if they are written
/// there.
fn credentials(template: &Template, url: &CredentialUrl) -> TemplateError {
    let is_place = |line: &str| CredentialUrl::find_of_any_service(line).is_some();
    let line = template.text().lines().position(is_place).map(|index| index + 1);
    let what = "contains credentials, which the history of the image would show; pass them as a secret (--secret) and \
                read /run/secrets/ID in the step";
    template.error(line, format!("`{url}` {what}"))
}

/// Returns the first line of the Dockerfile. It is outside all blocks, so every template that extends the built-in one
/// prints it.
fn heading(templates: &Environment<'_>, values: &Value) -> Result<String, Error> {
    let plain = templates.get_template(BASE)?.render(values)?;
    Ok(plain.lines().next().unwrap_or_default().to_owned())
}

/// Rejects unknown blocks. The template engine would ignore them silently.
fn check_blocks(template: &Template) -> Result<(), TemplateError> {
    let base = TEMPLATES.iter().filter(|(name, _)| *name == BASE);
    let known: Vec<&str> = base.flat_map(|(_, text)| blocks(text)).map(|(_, name)| name).collect();
    match blocks(template.text()).find(|(_, name)| !known.contains(name)) {
        None => Ok(()),
        Some((line, name)) => {
            Err(template.error(Some(line), format!("unknown block `{name}`; known blocks: {}", known.join(", "))))
        }
    }
}

/// Returns the names of the blocks in a template, each with its line number. Ignores blocks in comments.
fn blocks(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let (_, inside) = rest.split_once('{')?;
            rest = inside;
            if let Some(comment) = inside.strip_prefix('#') {
                rest = comment.split_once("#}").map_or("", |(_, after)| after);
            } else if let Some(tag) = inside.strip_prefix('%') {
                let words = tag.trim_start_matches(['-', '+']).trim_start();
                let name = words.strip_prefix("block").filter(|rest| rest.starts_with(char::is_whitespace));
                if let Some(name) = name.map(str::trim_start) {
                    let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
                    let line = 1 + text[..text.len() - inside.len()].matches('\n').count();
                    return Some((line, &name[..end]));
                }
            }
        }
    })
}

/// Returns a better message if the error comes from an undefined variable.
fn unknown_variable(
    templates: &Environment<'_>,
    template: &Template,
    values: &Value,
    error: &Error,
) -> Option<TemplateError> {
    if root(error).kind() != minijinja::ErrorKind::UndefinedError {
        return None;
    }
    let line = line_of(error)?;
    let text = template.text().lines().nth(line - 1)?;
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let mut known: Vec<String> = values.try_iter().ok()?.map(|name| name.to_string()).collect();
    known.sort();
    let used = templates.get_template(NAME).ok()?.undeclared_variables(false);
    let mut unknown: Vec<&String> =
        used.iter().filter(|name| !known.contains(name) && words.contains(&name.as_str())).collect();
    unknown.sort();
    let name = unknown.first()?;
    Some(template.error(Some(line), format!("unknown variable `{name}`; known variables: {}", known.join(", "))))
}

/// Converts an error: the line in the user's template where it happened, and its root cause.
fn convert_error(template: &Template, error: &Error) -> TemplateError {
    let (line, root) = (line_of(error), root(error));
    let what = match (root.kind(), root.detail()) {
        (minijinja::ErrorKind::OutOfFuel, _) => {
            format!("rendering takes more than {FUEL} steps; check the loops and the texts of the template")
        }
        (_, Some(detail)) => format!("{}: {detail}", root.kind()),
        (kind, None) => match line.and_then(|line| template.text().lines().nth(line - 1)) {
            Some(text) => format!("{kind} in {}", Escaped(text.trim())),
            None => kind.to_string(),
        },
    };
    template.error(line, what)
}

/// Returns the error and its chain of causes, the root cause last.
fn chain(error: &Error) -> impl Iterator<Item = &Error> {
    std::iter::successors(Some(error), |&error| error.source()?.downcast_ref())
}

fn root(error: &Error) -> &Error {
    chain(error).last().unwrap_or(error)
}

/// Returns the line in the user's template that is closest to the root cause of the error.
fn line_of(error: &Error) -> Option<usize> {
    chain(error).filter(|error| error.name() == Some(NAME)).filter_map(Error::line).last()
}

impl Template {
    pub(super) fn error(&self, line: Option<usize>, what: String) -> TemplateError {
        TemplateError { template: self.name().to_owned(), line, what }
    }
}

/// A writer that accepts at most [`LONGEST`] bytes.
#[derive(Default)]
struct Bounded {
    bytes: Vec<u8>,
    overflows: bool,
}

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > LONGEST {
            self.overflows = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
