//! Edits of a text that may lie in each other.

use std::cmp::Reverse;
use std::ops::Range;

/// A piece of what a range of the text becomes.
pub(crate) enum Piece {
    Text(String),
    /// A part of the text, with the edits in it.
    Source(Range<usize>),
}

/// A range of the text, and what it becomes.
pub(crate) struct Edit {
    pub(crate) range: Range<usize>,
    pub(crate) pieces: Vec<Piece>,
}

/// Applies edits that contain each other or have no place in common.
pub(crate) fn rendered(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| (edit.range.start, !edit.range.is_empty(), Reverse(edit.range.end)));
    let mut out = String::new();
    render(&mut out, text, &edits, 0..text.len(), 0);
    out
}

/// Appends a range of the text. The edits before the first one are not applied: they contain the range.
fn render(out: &mut String, text: &str, edits: &[Edit], range: Range<usize>, first: usize) {
    let mut at = range.start;
    for (index, edit) in edits.iter().enumerate().skip(first) {
        if edit.range.start >= range.end {
            break;
        }
        if edit.range.start < at || edit.range.end > range.end {
            continue;
        }
        out.push_str(&text[at..edit.range.start]);
        for piece in &edit.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Source(inner) => render(out, text, edits, inner.clone(), index + 1),
            }
        }
        at = edit.range.end;
    }
    out.push_str(&text[at..range.end]);
}
