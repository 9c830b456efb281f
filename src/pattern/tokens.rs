//! A pattern as a list of tokens, matched without backtracking: the set of places that a match can have reached moves
//! over the path one character at a time, so that the time is bounded by pattern × path, whatever both hold.

/// One token of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// The character itself.
    One(char),
    /// `?`: a character but `/`.
    Any,
    /// `*`: a run of characters but `/`.
    Run,
    /// Before `Folders`, which may be left out.
    Optional,
    /// `**` before more: any run that ends in `/`.
    Folders,
    /// `**` at the end, or before a plain suffix: any run.
    Everything,
    /// `[…]`.
    Class { negated: bool, ranges: Vec<(char, char)> },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tokens(Vec<Token>);

impl Tokens {
    pub(super) fn parse(pattern: &str) -> Result<Self, &'static str> {
        let mut tokens = Vec::new();
        let mut rest = pattern.chars().peekable();
        while let Some(c) = rest.next() {
            let token = match c {
                '*' if rest.next_if_eq(&'*').is_some() => {
                    let slash = rest.next_if_eq(&'/').is_some();
                    let plain = !slash && rest.clone().all(|c| !"*?[\\".contains(c));
                    match rest.peek() {
                        None => Token::Everything,
                        Some(_) if tokens.is_empty() && plain => Token::Everything,
                        Some(_) => {
                            tokens.push(Token::Optional);
                            Token::Folders
                        }
                    }
                }
                '*' => Token::Run,
                '?' => Token::Any,
                '[' => parse_class(&mut rest)?,
                '\\' => Token::One(rest.next().ok_or("it ends in a single `\\`")?),
                c => Token::One(c),
            };
            tokens.push(token);
        }
        Ok(Self(tokens))
    }

    /// Whether the whole of `path` matches.
    pub(super) fn match_whole(&self, path: &str) -> bool {
        self.reach(path).is_some_and(|places| places[self.0.len()])
    }

    /// Whether `path` is the start of something that can match.
    pub(super) fn match_start(&self, path: &str) -> bool {
        self.reach(path).is_some()
    }

    /// The places that a match can have reached after `path`: `places[i]` stands before token `i`. None where there is
    /// no such place.
    fn reach(&self, path: &str) -> Option<Vec<bool>> {
        let mut places = vec![false; self.0.len() + 1];
        places[0] = true;
        self.skip_empty(&mut places);
        for c in path.chars() {
            let mut next = vec![false; places.len()];
            for (i, token) in self.0.iter().enumerate().filter(|(i, _)| places[*i]) {
                match token {
                    Token::One(one) => next[i + 1] |= c == *one,
                    Token::Any => next[i + 1] |= c != '/',
                    Token::Class { negated, ranges } => {
                        next[i + 1] |= ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *negated;
                    }
                    Token::Run => next[i] |= c != '/',
                    Token::Everything => next[i] = true,
                    Token::Optional => {}
                    Token::Folders => {
                        next[i] = true;
                        next[i + 1] |= c == '/';
                    }
                }
            }
            self.skip_empty(&mut next);
            if !next.contains(&true) {
                return None;
            }
            places = next;
        }
        Some(places)
    }

    /// A token that may match nothing is passed without a character.
    fn skip_empty(&self, places: &mut [bool]) {
        for (i, token) in self.0.iter().enumerate() {
            match token {
                Token::Run | Token::Everything => places[i + 1] |= places[i],
                Token::Optional => {
                    places[i + 1] |= places[i];
                    places[i + 2] |= places[i];
                }
                _ => {}
            }
        }
    }
}

fn parse_class(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<Token, &'static str> {
    const OPEN: &str = "a `[` in it has no `]`";
    let negated = rest.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    loop {
        let member = |rest: &mut std::iter::Peekable<std::str::Chars<'_>>| match rest.next() {
            Some('\\') => rest.next().ok_or(OPEN),
            Some(c) => Ok(c),
            None => Err(OPEN),
        };
        if !ranges.is_empty() && rest.next_if_eq(&']').is_some() {
            return Ok(Token::Class { negated, ranges });
        }
        if matches!(rest.peek(), Some(']' | '-')) {
            return Err("a `[…]` in it starts with `]` or `-`; write `\\]` or `\\-`");
        }
        let from = member(rest)?;
        let to = if rest.next_if_eq(&'-').is_some() { member(rest)? } else { from };
        ranges.push((from, to));
    }
}
