//! Numbered texts, sorted, to find those that a text starts with.

#[derive(Debug, Clone, Default)]
pub(super) struct SortedTexts(Vec<(Box<[u8]>, u32)>);

impl SortedTexts {
    pub(super) fn new(mut texts: Vec<(Box<[u8]>, u32)>) -> Self {
        texts.sort_unstable();
        Self(texts)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the numbers of the texts that `text` starts with.
    pub(super) fn starts_of(&self, text: &[u8]) -> impl Iterator<Item = u32> {
        let mut left = self.0.as_slice();
        let mut length = 0;
        // All texts in `left` start with the first `length` bytes. Those that end there are the first of them.
        std::iter::from_fn(move || {
            loop {
                let ((first, number), rest) = left.split_first()?;
                if first.len() == length {
                    left = rest;
                    return Some(*number);
                }
                let next = text.get(length)?;
                let start = left.partition_point(|(text, _)| text[length] < *next);
                let end = left.partition_point(|(text, _)| text[length] <= *next);
                left = &left[start..end];
                length += 1;
            }
        })
    }

    /// Returns the numbers of the texts that are `text`.
    pub(super) fn equal_to(&self, text: &[u8]) -> impl Iterator<Item = u32> {
        let start = self.0.partition_point(|(other, _)| **other < *text);
        self.0[start..].iter().take_while(move |(other, _)| **other == *text).map(|(_, number)| *number)
    }

    /// Returns whether a text starts with `start`.
    pub(super) fn any_starts_with(&self, start: &[u8]) -> bool {
        let at = self.0.partition_point(|(text, _)| **text < *start);
        self.0.get(at).is_some_and(|(text, _)| text.starts_with(start))
    }
}

#[cfg(test)]
mod tests {
    use super::SortedTexts;

    fn sorted(texts: &[&str]) -> SortedTexts {
        SortedTexts::new(texts.iter().zip(0..).map(|(text, number)| (text.as_bytes().into(), number)).collect())
    }

    #[test]
    fn texts_are_found_by_their_start() {
        let texts = sorted(&["b/c", "a/b", "b/c/d", "d"]);
        assert_eq!(
            ["a", "a/b", "b", "b/c", "b/c/", "d"].map(|start| texts.any_starts_with(start.as_bytes())),
            [true; 6]
        );
        for start in ["0", "a/c", "b/d", "c", "d/", "e"] {
            assert!(!texts.any_starts_with(start.as_bytes()), "{start}");
        }
        assert_eq!(texts.starts_of(b"b/c/d/e").collect::<Vec<_>>(), [0, 2]);
        assert_eq!(texts.equal_to(b"b/c").collect::<Vec<_>>(), [0]);
        assert!(texts.equal_to(b"b").next().is_none() && !texts.is_empty() && sorted(&[]).is_empty());
    }
}
