//! The known word that a mistyped one means.

/// Returns the known word nearest to `word`, or `None` if none is near.
///
/// Near is a Damerau-Levenshtein distance of at most half the longer word, and of at most 3. Words of up to four
/// characters differ in one. Of two words at the same distance, the first wins.
///
/// ```
/// use agentix_gen::value::nearest;
///
/// assert_eq!(nearest("exlude", ["include", "exclude"]), Some("exclude"));
/// assert_eq!(nearest("foo", ["tag"]), None);
/// ```
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let is_near = |distance: usize, known: &str| {
        let longer = word.chars().count().max(known.chars().count());
        distance <= if longer < 5 { 1 } else { (longer / 2).min(3) }
    };
    let with_distance = known.into_iter().map(|known| (strsim::damerau_levenshtein(word, known), known));
    with_distance
        .filter(|(distance, known)| is_near(*distance, known))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_longer_word_may_differ_more() {
        for (word, known, is_near) in [
            ("ab", "ax", true),
            ("ab", "xy", false),
            ("abcd", "abcx", true),
            ("abcd", "abxy", false),
            ("abcde", "abcxy", true),
            ("abcde", "abxyz", false),
            ("abcdef", "abcxyz", true),
            ("abcdefghij", "abcdefgxyz", true),
            ("abcdefghij", "abcdefwxyz", false),
        ] {
            assert_eq!(nearest(word, [known]).is_some(), is_near, "{word} and {known}");
        }
        assert_eq!(nearest("abcde", ["abcxy", "abcdx", "abcdy"]), Some("abcdx"));
    }
}
