//! Shows the line of an error in a `pyproject.toml`, with the wrong part underlined.

use agentix_gen::project::ProjectError;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// The width of the excerpt. A longer line is cut around the wrong part.
const WIDTH: usize = 100;

/// Returns the line of the error and a line below it that underlines the wrong part, or an empty text if the error has
/// no line.
pub(super) fn excerpt(error: &ProjectError, colour: bool) -> String {
    let Some((excerpt, position)) = error.excerpt().zip(error.position()) else { return String::new() };
    // "did you mean …?" belongs below the wrong word too.
    let reason = error.kind().to_string();
    let label = reason.rsplit_once("; ").map_or("", |(_, remedy)| remedy);
    let wrong = AnnotationKind::Primary.span(excerpt.wrong.clone()).label(label);
    let snippet = Snippet::source(&*excerpt.line).line_start(position.line).annotation(wrong);
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let group = Group::with_level(Level::ERROR).element(snippet);
    renderer.term_width(WIDTH).render(&[group]) + "\n"
}
