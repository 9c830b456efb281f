//! Finds one of several words in a text, in one pass.
//!
//! The table of the automaton ([Aho and Corasick]) is made by the compiler: most projects have a few small files, for which
//! it would take longer to build than to use.
//!
//! [Aho and Corasick]: https://doi.org/10.1145/360825.360855

/// The next state for each state and byte.
pub(super) struct Words<const STATES: usize> {
    next: [[u8; 256]; STATES],
}

/// The state after a word.
const FOUND: u8 = u8::MAX;

impl<const STATES: usize> Words<STATES> {
    /// Returns the automaton for words in lower case. No word may be the start of another one. It needs a state for each
    /// letter but the last ones, and one more.
    pub(super) const fn new(words: &[&str]) -> Self {
        assert!(STATES < FOUND as usize);
        let mut next = [[0; 256]; STATES];
        add_words(&mut next, words);
        add_suffixes(&mut next);
        let mut state = 0;
        while state < STATES {
            let mut letter = b'a';
            while letter <= b'z' {
                next[state][letter.to_ascii_uppercase() as usize] = next[state][letter as usize];
                letter += 1;
            }
            state += 1;
        }
        Self { next }
    }

    /// Returns whether a text contains one of the words, in any case.
    pub(super) fn are_in(&self, text: &[u8]) -> bool {
        let mut state = 0;
        text.iter().any(|byte| {
            state = self.next[usize::from(state)][usize::from(*byte)];
            state == FOUND
        })
    }
}

/// Adds the words as a tree.
const fn add_words(next: &mut [[u8; 256]], words: &[&str]) {
    let mut states = 1;
    let mut index = 0;
    while index < words.len() {
        let word = words[index].as_bytes();
        let mut state = 0;
        let mut at = 0;
        while at + 1 < word.len() {
            let child = &mut next[state][word[at] as usize];
            if *child == 0 {
                *child = states;
                states += 1;
            }
            state = *child as usize;
            at += 1;
        }
        next[state][word[at] as usize] = FOUND;
        index += 1;
    }
}

/// Goes on after a byte that no word has at this place: with the longest end of the text that starts a word.
const fn add_suffixes<const STATES: usize>(next: &mut [[u8; 256]; STATES]) {
    let mut suffix_of = [0; STATES];
    let mut queue = [0; STATES];
    let (mut head, mut tail) = (0, 1);
    while head < tail {
        let state = queue[head];
        let mut byte = 0;
        while byte < 256 {
            let child = next[state][byte];
            let other = if state == 0 { 0 } else { next[suffix_of[state]][byte] };
            if other == FOUND || child == 0 {
                next[state][byte] = other;
            } else if child != FOUND {
                suffix_of[child as usize] = other as usize;
                queue[tail] = child as usize;
                tail += 1;
            }
            byte += 1;
        }
        head += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::Words;

    #[test]
    fn words_are_found_in_any_case_and_place() {
        static WORDS: Words<11> = Words::new(&["pass", "pwd", "asset", "://"]);
        for text in
            ["pass", "xPASS1", "papass", "ppwd", "paspwd", "passe", "asasset", "pasSet", "http://", ":://", "\u{e9}pwd"]
        {
            assert!(WORDS.are_in(text.as_bytes()), "{text}");
        }
        for text in ["", "pas", "pa ss", "pw", "asse", ":/", "as set", "\u{e9}", ": //"] {
            assert!(!WORDS.are_in(text.as_bytes()), "{text}");
        }
    }
}
