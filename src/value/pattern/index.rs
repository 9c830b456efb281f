//! Finds the few patterns of a large set that can match a path.
//!
//! Most patterns are texts that a path equals, starts or ends with. They are looked up in sorted lists. A pattern with
//! wildcards is tried only on paths that contain one piece of its text, the piece that the fewest other patterns have.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use super::form::Form;
use super::sorted_texts::SortedTexts;

/// The longest piece of a pattern, in bytes.
const LONGEST_PIECE: usize = 8;

/// The number of counters for pieces. Pieces may share a counter: the choice of a piece only decides the speed.
const COUNTERS: usize = 1 << 16;

/// A piece of a pattern's text, filled up with zeros. No path contains a zero byte.
type Piece = [u8; LONGEST_PIECE];

#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    exact: SortedTexts,
    starts: SortedTexts,
    /// The texts are reversed.
    ends: SortedTexts,
    /// The patterns with wildcards, by one piece of their text.
    pieces: HashMap<Piece, Vec<u32>>,
    /// The lengths of all pieces.
    lengths: Vec<usize>,
    /// The patterns with wildcards and no text.
    without_text: Vec<u32>,
    /// The texts before the first wildcard, which may be empty.
    before_wildcard: SortedTexts,
}

impl Index {
    pub(super) fn new<'a>(forms: impl Iterator<Item = &'a Form> + Clone) -> Self {
        let bytes = |text: &str| text.as_bytes().into();
        let (mut exact, mut starts, mut ends, mut before_wildcard) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut index = Self::default();
        let counts = Counts::of(forms.clone());
        for (form, number) in forms.zip(0..) {
            match form {
                Form::Exact(text) => exact.push((bytes(text), number)),
                Form::Start(text) => starts.push((bytes(text), number)),
                Form::End(text) => ends.push((text.bytes().rev().collect(), number)),
                Form::Tokens(tokens) => {
                    before_wildcard.push((tokens.before_wildcard().into_bytes().into(), number));
                    match counts.rarest(&tokens.texts()) {
                        Some(piece) => index.pieces.entry(piece).or_default().push(number),
                        None => index.without_text.push(number),
                    }
                }
            }
        }
        index.lengths = index.pieces.keys().map(|piece| piece.iter().take_while(|byte| **byte != 0).count()).collect();
        index.lengths.sort_unstable();
        index.lengths.dedup();
        let [exact, starts, ends, before_wildcard] = [exact, starts, ends, before_wildcard].map(SortedTexts::new);
        Self { exact, starts, ends, before_wildcard, ..index }
    }

    /// Returns the sorted numbers of the patterns that can match a path, among them all that do.
    pub(super) fn candidates(&self, path: &str) -> Vec<u32> {
        let path = path.as_bytes();
        let mut found: Vec<u32> = self.exact.equal_to(path).chain(self.starts.starts_of(path)).collect();
        if !self.ends.is_empty() {
            // `**/a` also matches `a`.
            let reversed: Vec<u8> = path.iter().rev().copied().chain([b'/']).collect();
            found.extend(self.ends.starts_of(&reversed));
        }
        for length in &self.lengths {
            found.extend(path.windows(*length).filter_map(|text| self.pieces.get(&piece(text))).flatten());
        }
        found.extend(&self.without_text);
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Returns the numbers of the patterns with wildcards that may match a path below a folder, or `None` if another
    /// pattern may match one.
    pub(super) fn candidates_below(&self, folder: &str) -> Option<Vec<u32>> {
        let folder = format!("{folder}/");
        let folder = folder.as_bytes();
        let matches = !self.ends.is_empty()
            || [&self.exact, &self.starts, &self.before_wildcard].iter().any(|texts| texts.any_starts_with(folder))
            || self.starts.starts_of(folder).next().is_some();
        (!matches).then(|| self.before_wildcard.starts_of(folder).collect())
    }
}

fn piece(text: &[u8]) -> Piece {
    let mut piece = Piece::default();
    piece[..text.len()].copy_from_slice(text);
    piece
}

/// How many patterns with wildcards have each piece.
struct Counts(Vec<u32>);

impl Counts {
    fn of<'a>(forms: impl Iterator<Item = &'a Form>) -> Self {
        let mut counts = vec![0_u32; COUNTERS];
        for form in forms {
            let Form::Tokens(tokens) = form else { continue };
            for text in tokens.texts() {
                pieces_of(&text).for_each(|piece| counts[counter(piece)] += 1);
            }
        }
        Self(counts)
    }

    /// Returns the piece of the texts that the fewest patterns have. Long pieces come first.
    fn rarest(&self, texts: &[String]) -> Option<Piece> {
        // A zero byte fills up short pieces, and no path contains one.
        let pieces = texts.iter().filter(|text| !text.contains('\0')).flat_map(|text| pieces_of(text));
        pieces.min_by_key(|text| (self.0[counter(text)], std::cmp::Reverse(text.len()))).map(piece)
    }
}

/// Returns the pieces of a text: all of [`LONGEST_PIECE`], or the whole text if it is shorter.
fn pieces_of(text: &str) -> impl Iterator<Item = &[u8]> {
    text.as_bytes().windows(text.len().min(LONGEST_PIECE))
}

fn counter(piece: &[u8]) -> usize {
    let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(piece);
    usize::try_from(hash % COUNTERS as u64).unwrap_or(0)
}
