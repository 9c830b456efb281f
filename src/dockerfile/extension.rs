//! A user's own template, which extends ours block by block.

use std::error::Error as _;
use std::io;

use minijinja::value::Value;
use minijinja::{Environment, Error};

use super::template_error::TemplateError;
use super::templates::{BASE, TEMPLATES};
use crate::value::{Escaped, Template};

/// What the user's template is called among ours. No file of a project can be called so, and no template include it
/// by accident.
const NAME: &str = "<template>";

/// How many steps a user's template may take: a thousand times what ours take, and a fraction of a second.
const FUEL: u64 = 1_000_000;

/// How deep blocks, includes and macros may call each other; ours reach a third of it, and the stack of a thread holds it
/// many times over.
const DEPTH: usize = 100;

/// The longest Dockerfile that a user's template may make, in bytes.
const LONGEST: usize = 16 * 1024 * 1024;

/// Renders our templates, extended by the user's.
pub(super) fn render(
    mut templates: Environment<'_>,
    template: &Template,
    values: &Value,
) -> Result<String, TemplateError> {
    check_blocks(template)?;
    let heading = heading(&templates, values).map_err(|error| fault(template, &error))?;
    templates.set_fuel(Some(FUEL));
    templates.set_recursion_limit(DEPTH);
    let mut text = Bounded::default();
    let rendered = templates
        .add_template_owned(NAME, template.text().to_owned())
        .and_then(|()| templates.get_template(NAME)?.render_captured_to(values, &mut text).map(|_| ()));
    if text.overflows {
        return Err(template.error(None, format!("it makes a Dockerfile of more than {LONGEST} bytes")));
    }
    rendered
        .map_err(|error| unknown_variable(&templates, template, values, &error).unwrap_or(fault(template, &error)))?;
    let text = String::from_utf8(text.bytes).map_err(|_| template.error(None, "it makes no UTF-8".to_owned()))?;
    if text.lines().next() == Some(&heading) {
        Ok(text)
    } else {
        Err(template.error(None, format!("it does not start with {{% extends \"{BASE}\" %}}")))
    }
}

/// The first line of all that extends ours: it lies in no block.
fn heading(templates: &Environment<'_>, values: &Value) -> Result<String, Error> {
    let plain = templates.get_template(BASE)?.render(values)?;
    Ok(plain.lines().next().unwrap_or_default().to_owned())
}

/// A block that ours do not have would be passed over in silence.
fn check_blocks(template: &Template) -> Result<(), TemplateError> {
    let base = TEMPLATES.iter().filter(|(name, _)| *name == BASE);
    let known: Vec<&str> = base.flat_map(|(_, text)| blocks(text)).map(|(_, name)| name).collect();
    match blocks(template.text()).find(|(_, name)| !known.contains(name)) {
        None => Ok(()),
        Some((line, name)) => {
            Err(template.error(Some(line), format!("there is no block `{name}`; there are {}", known.join(", "))))
        }
    }
}

/// The blocks that a template names, each with its line. What stands in a comment is none.
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

/// The fault of an error that comes from a variable which is not there.
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
    Some(template.error(Some(line), format!("there is no variable `{name}`; there are {}", known.join(", "))))
}

/// Where in the user's template an error happened, and what it is at its root.
fn fault(template: &Template, error: &Error) -> TemplateError {
    let (line, root) = (line_of(error), root(error));
    let what = match (root.kind(), root.detail()) {
        (minijinja::ErrorKind::OutOfFuel, _) => format!("it does not end: {FUEL} steps were taken"),
        (_, Some(detail)) => format!("{}: {detail}", root.kind()),
        (kind, None) => match line.and_then(|line| template.text().lines().nth(line - 1)) {
            Some(text) => format!("{kind}, in {}", Escaped(text.trim())),
            None => kind.to_string(),
        },
    };
    template.error(line, what)
}

/// An error and all that caused it, the root last.
fn chain(error: &Error) -> impl Iterator<Item = &Error> {
    std::iter::successors(Some(error), |&error| error.source()?.downcast_ref())
}

fn root(error: &Error) -> &Error {
    chain(error).last().unwrap_or(error)
}

/// The line of the user's template that is closest to the root of an error.
fn line_of(error: &Error) -> Option<usize> {
    chain(error).filter(|error| error.name() == Some(NAME)).filter_map(Error::line).last()
}

impl Template {
    fn error(&self, line: Option<usize>, what: String) -> TemplateError {
        TemplateError { template: self.name().to_owned(), line, what }
    }
}

/// Text up to the longest that is taken.
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
