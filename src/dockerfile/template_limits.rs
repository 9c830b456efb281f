//! Limits of a user's template, checked before the template engine parses it.
//!
//! Fuel limits the time and the memory of rendering, except for three things: the depth of an expression, on which the
//! parser recurses; the depth of `elif`; and lists that contain a list several times. A few lines make such a list of
//! lists so large that no computer can compare or print it.

use super::tags::{Part, Tag, tags};
use super::template_error::TemplateError;
use crate::value::Template;

/// The maximum size of a template, in bytes.
const LARGEST: usize = 256 * 1024;

/// The maximum length of a tag, in bytes.
const LONGEST_TAG: usize = 8 * 1024;

/// The maximum number of names and operators in a tag. Strings, numbers and commas do not count.
const MOST_PARTS: usize = 200;

/// The maximum number of `elif` in a template.
const MOST_ELIF: usize = 100;

/// The statements that give a name to a value.
const NAMING: [&str; 6] = ["set", "with", "for", "macro", "call", "do"];

pub(super) fn check(template: &Template) -> Result<(), TemplateError> {
    let refuse = |line: Option<usize>, what: String| Err(template.error(line, what));
    if template.text().len() > LARGEST {
        return refuse(None, format!("a template may have at most {} KiB", LARGEST / 1024));
    }
    let mut elifs = 0;
    for tag in tags(template.text()) {
        if tag.text.len() > LONGEST_TAG {
            return refuse(Some(tag.line), format!("a tag may have at most {} KiB; check its end", LONGEST_TAG / 1024));
        }
        let parts = tag.parts();
        let counts = |part: &&Part<'_>| !matches!(part, Part::Literal | Part::Symbol(','));
        if parts.iter().filter(counts).count() > MOST_PARTS {
            return refuse(
                Some(tag.line),
                format!("a tag may have at most {MOST_PARTS} names and operators; split it"),
            );
        }
        elifs += usize::from(tag.is_block && parts.first() == Some(&Part::Word("elif")));
        if elifs > MOST_ELIF {
            return refuse(Some(tag.line), format!("a template may have at most {MOST_ELIF} `elif`"));
        }
        if let Some(what) = growth(&tag, &parts) {
            return refuse(Some(tag.line), what.to_owned());
        }
    }
    Ok(())
}

/// Returns why a tag may make a list of lists of any size, if it may: it repeats a list; or it puts a name into a list, a
/// map or a tuple, or joins lists, and the result gets a name.
fn growth(tag: &Tag<'_>, parts: &[Part<'_>]) -> Option<&'static str> {
    let is_naming = tag.is_block && matches!(parts.first(), Some(Part::Word(word)) if NAMING.contains(word));
    // The brackets around the current part: whether each belongs to a list, and whether it passes arguments.
    let mut around: Vec<Bracket> = Vec::new();
    let mut before = None;
    for (at, part) in parts.iter().enumerate() {
        let is_passed = is_naming || around.contains(&Bracket::Arguments);
        // After a value, `(` passes arguments and `[` takes an item.
        let follows_value = match before {
            Some(Part::Word(word)) => !KEYWORDS.contains(&word),
            Some(Part::Symbol(symbol)) => matches!(symbol, ')' | ']'),
            Some(Part::Literal) => true,
            None => false,
        };
        match part {
            Part::Symbol('(') if follows_value => around.push(Bracket::Arguments),
            Part::Symbol('(') => around.push(if is_tuple(&parts[at + 1..]) { Bracket::List } else { Bracket::Group }),
            Part::Symbol('[') if follows_value => around.push(Bracket::Group),
            Part::Symbol('[' | '{') => around.push(Bracket::List),
            Part::Symbol(')' | ']' | '}') => _ = around.pop(),
            // The engine counts a repeated text as checked.
            Part::Symbol('*') => return Some("`*` cannot be used in a template; write the result"),
            Part::Symbol('+') if is_passed => {
                return Some("`+` cannot be used in a value with a name; join texts with `~`");
            }
            Part::Word(word) if is_passed && around.contains(&Bracket::List) && !KEYWORDS.contains(word) => {
                return Some("a list in a value with a name cannot contain variables; print them one by one");
            }
            _ => {}
        }
        before = Some(*part);
    }
    let value =
        parts.iter().position(|part| *part == Part::Symbol('=')).filter(|_| parts.first() == Some(&Part::Word("set")));
    let is_open_tuple = value.is_some_and(|start| {
        let has_name = parts[start..].iter().any(|part| matches!(part, Part::Word(word) if !KEYWORDS.contains(word)));
        is_tuple(&parts[start + 1..]) && has_name
    });
    is_open_tuple.then_some("a tuple in a value with a name cannot contain variables; print them one by one")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bracket {
    /// Around the items of a list, a map or a tuple.
    List,
    /// Around the arguments of a call.
    Arguments,
    /// Around an expression or an index.
    Group,
}

/// Words that are no variables.
const KEYWORDS: [&str; 16] = [
    "and",
    "else",
    "false",
    "False",
    "if",
    "in",
    "is",
    "none",
    "None",
    "not",
    "or",
    "recursive",
    "set",
    "true",
    "True",
    "with",
];

/// Returns whether there is a comma before the bracket that ends these parts.
fn is_tuple(parts: &[Part<'_>]) -> bool {
    let mut depth = 0_usize;
    for part in parts {
        match part {
            Part::Symbol('(' | '[' | '{') => depth += 1,
            Part::Symbol(')' | ']' | '}') if depth == 0 => return false,
            Part::Symbol(')' | ']' | '}') => depth -= 1,
            Part::Symbol(',') if depth == 0 => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{LARGEST, LONGEST_TAG, MOST_PARTS, check};
    use crate::value::Template;

    fn refused(text: &str) -> Option<String> {
        check(&Template::new("t", text)).err().map(|error| error.to_string())
    }

    #[test]
    fn lists_that_could_grow_without_end_are_refused() {
        for text in [
            "{% set a = [a, a] %}",
            "{%- set a = {1: a} -%}",
            "{% set a = a, a %}",
            "{% set a = (a, a) %}",
            "{% set a = a + a %}",
            "{% set a = 1 if x else [a] %}",
            "{% for a in [[1], [b]] %}",
            "{% with a = [1, (b ~ c)] %}",
            "{{ m([a, a]) }}",
            "{{ m(x, a + a) }}",
            "{{ m(k=[a, a]) }}",
            "{{ loop((a, a)) }}",
            "{% call m([a]) %}",
            "{% macro m(a=[b]) %}",
            "{{ 'x' * 1000000000 }}",
            "{% if a * 2 %}",
            "{% set a = ((1, 2), b) %}",
            "{% set a = ((1), b) %}",
            "{% set a = [1] ~ 'x', b %}",
            "{% set a = m({1: 2})[0], b %}",
            "{{ m(x, (y, z)) }}",
            "{{ m(x)(y, [z]) }}",
        ] {
            assert!(refused(text).is_some_and(|error| error.starts_with("t:1: ")), "{text}");
        }
    }

    #[test]
    fn other_values_are_accepted() {
        for text in [
            "{% set a = [1, 'b', none, true] %}",
            "{% set a, b = 1, 2 %}",
            "{% set a = b[0] %}",
            "{% set a = labels[i].value if x else (b ~ 'c') %}",
            "{% set a %}*{% endset %}",
            "{% for a, b in labels %}",
            "{% for a in ['x', 'y'] if a in b %}",
            "{% with a = b, c = d %}",
            "{{ m(a, b ~ c, k=d) }}",
            "{{ [a, b, [c]] | exec }}",
            "{% macro m(a, b='x') %}",
            "{% if a in [b, c] %}",
            "{{ m(a) ~ [b] }}",
            "{{ a + b }}",
            "{{ (a + b) ~ m(c) }}",
            "{% set a = m(b, c) %}",
            "{% set a = m((b), c)[0] %}",
            "{% set a = b[{1: 2}[1]] %}",
            "{% set a = (m(b, c)) %}",
            "{% set a = ([1, 2]) ~ b %}",
            "COPY * /x {# {{ a * 2 }} #}",
        ] {
            assert_eq!(refused(text), None, "{text}");
        }
    }

    #[test]
    fn deep_expressions_are_refused() {
        for unit in [
            "not ",
            "-",
            "1+",
            "a~",
            "a.",
            "a[0]",
            "a|b|",
            "1 if 1 else ",
            "1 and ",
            "1 in ",
            "1 is a is ",
            "(",
            "[",
            "{1:",
        ] {
            for text in [format!("\n{{{{ {}1 }}}}", unit.repeat(250)), format!("\n{{% if {}1 %}}", unit.repeat(9000))] {
                assert!(refused(&text).is_some_and(|error| error.starts_with("t:2: a tag may")), "{unit}");
            }
        }
        let tag = |length: usize| format!("{{{{ '{}' }}}}", "x".repeat(length - 4));
        assert!(refused(&tag(LONGEST_TAG + 1)).is_some() && refused(&tag(LONGEST_TAG)).is_none());
        let parts = |count: usize| format!("{{{{ {}a }}}}", "a.".repeat((count - 1) / 2));
        assert!(refused(&parts(MOST_PARTS + 1)).is_some() && refused(&parts(MOST_PARTS - 1)).is_none());
        assert!(refused(&"a".repeat(LARGEST + 1)).is_some() && refused(&"a".repeat(LARGEST)).is_none());
        assert!(refused(&"{% elif 1 %}".repeat(101)).is_some() && refused(&"{% elif 1 %}".repeat(100)).is_none());
        assert!(refused(&"a\n".repeat(200_000)).is_some() && refused(&"a\n".repeat(100_000)).is_none());
    }
}
