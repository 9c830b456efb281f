//! Shows the line of an error in a `pyproject.toml`, with the wrong part underlined.

use std::ops::Range;

use agentix_gen::project::ProjectError;
use agentix_gen::value::is_unseen;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// The width of the excerpt. A longer line is cut around the wrong part.
const WIDTH: usize = 100;

/// Returns the line of the error and a line below it that underlines the wrong part, or an empty text if the error has
/// no line.
pub(super) fn excerpt(error: &ProjectError, colour: bool) -> String {
    let Some((excerpt, position)) = error.excerpt().zip(error.position()) else { return String::new() };
    let reason = error.kind().to_string();
    let label = reason.rsplit_once("; ").map_or("", |(_, remedy)| remedy);
    // "did you mean …?" belongs below the wrong word too. A long list of keys would only repeat the message.
    let label = if label.len() > WIDTH { "" } else { label };
    let (line, wrong) = visible(&excerpt.line, &excerpt.wrong);
    let wrong = AnnotationKind::Primary.span(wrong).label(label);
    let snippet = Snippet::source(line).line_start(position.line).annotation(wrong);
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let group = Group::with_level(Level::ERROR).element(snippet);
    renderer.term_width(WIDTH).render(&[group]) + "\n"
}

/// Replaces the characters that would control the terminal. Returns the line, and the bytes of the wrong part in it.
fn visible(line: &str, wrong: &Range<usize>) -> (String, Range<usize>) {
    let replaced = |c: char| if c != '\t' && is_unseen(c) { char::REPLACEMENT_CHARACTER } else { c };
    let visible = |text: &str| text.chars().map(replaced).collect::<String>();
    let before = visible(&line[..wrong.start]);
    let marked = visible(&line[wrong.clone()]);
    let shown = before.len()..before.len() + marked.len();
    (before + &marked + &visible(&line[wrong.end..]), shown)
}
