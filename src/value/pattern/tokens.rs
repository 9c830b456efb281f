//! Patterns as lists of tokens, matched without backtracking.
//!
//! The matcher reads the path one character at a time. It keeps the set of positions in the pattern that a match can
//! have reached. Its running time is at most proportional to the length of the pattern times the length of the path.

/// One token of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// The character itself.
    One(char),
    /// `?`: one character except `/`.
    Any,
    /// `*`: zero or more characters except `/`.
    Run,
    /// Precedes `Folders` and allows a match to skip it.
    Optional,
    /// `**` before other tokens: any characters, with a `/` at the end.
    Folders,
    /// `**` at the end of the pattern: zero or more characters.
    Everything,
    /// `^`, an anchor in docker's regular expression: the empty text at the start of the path.
    Start,
    /// `[…]`. Boxed, because a list may have 200,000 patterns: a token takes 16 bytes, not 32.
    Class(Box<Class>),
}

/// One character inside these ranges, or outside them if `negated`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Class {
    negated: bool,
    ranges: Vec<(char, char)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tokens(Box<[Token]>);

impl Tokens {
    pub(super) fn parse(pattern: &str) -> Result<Self, &'static str> {
        let mut tokens = Vec::new();
        let mut rest = pattern.chars().peekable();
        while let Some(c) = rest.next() {
            let token = match c {
                '*' if rest.next_if_eq(&'*').is_some() => {
                    _ = rest.next_if_eq(&'/');
                    match rest.peek() {
                        None => Token::Everything,
                        Some(_) => {
                            tokens.push(Token::Optional);
                            Token::Folders
                        }
                    }
                }
                '*' => Token::Run,
                '?' => Token::Any,
                '[' => parse_class(&mut rest)?,
                '\\' => Token::One(parse_escaped(&mut rest, "it ends with a single `\\`")?),
                '^' => Token::Start,
                '|' => return Err("docker reads `|` as \"or\"; write `\\|`"),
                '{' if rest.peek().is_some_and(char::is_ascii_digit) => {
                    return Err("docker reads a number after `{` as a repetition; write `\\{`");
                }
                c => Token::One(c),
            };
            tokens.push(token);
        }
        Ok(Self(tokens.into()))
    }

    /// Returns the texts that every matching path contains.
    pub(super) fn texts(&self) -> Vec<String> {
        let runs = self.0.chunk_by(|one, next| matches!((one, next), (Token::One(_), Token::One(_))));
        runs.map(text_of).filter(|text| !text.is_empty()).collect()
    }

    /// Returns the text that every matching path starts with.
    pub(super) fn before_wildcard(&self) -> String {
        text_of(&self.0)
    }

    /// Returns whether the tokens match all of `path`.
    pub(super) fn match_whole(&self, path: &str) -> bool {
        self.reach(path).is_some_and(|positions| positions[self.0.len()])
    }

    /// Returns whether the tokens can match a path that starts with `path`.
    pub(super) fn match_start(&self, path: &str) -> bool {
        self.reach(path).is_some()
    }

    /// Returns the positions that a match can have reached after `path`, or `None` if there are none. `positions[i]` is
    /// the position before token `i`.
    fn reach(&self, path: &str) -> Option<Vec<bool>> {
        let mut positions = vec![false; self.0.len() + 1];
        positions[0] = true;
        let mut next = positions.clone();
        self.skip_empty(&mut positions, true);
        for c in path.chars() {
            next.fill(false);
            for (i, token) in self.0.iter().enumerate().filter(|(i, _)| positions[*i]) {
                match token {
                    Token::One(one) => next[i + 1] |= c == *one,
                    Token::Any => next[i + 1] |= c != '/',
                    Token::Class(class) => next[i + 1] |= class.contains(c),
                    Token::Run => next[i] |= c != '/',
                    Token::Everything => next[i] |= c != '\n',
                    Token::Optional | Token::Start => {}
                    Token::Folders => {
                        next[i] |= c != '\n';
                        next[i + 1] |= c == '/';
                    }
                }
            }
            self.skip_empty(&mut next, false);
            if !next.contains(&true) {
                return None;
            }
            std::mem::swap(&mut positions, &mut next);
        }
        Some(positions)
    }

    /// Adds the positions that are reachable without a character, because a token matches the empty text.
    fn skip_empty(&self, positions: &mut [bool], at_start: bool) {
        for (i, token) in self.0.iter().enumerate() {
            match token {
                Token::Start => positions[i + 1] |= positions[i] && at_start,
                Token::Run | Token::Everything => positions[i + 1] |= positions[i],
                Token::Optional => {
                    positions[i + 1] |= positions[i];
                    positions[i + 2] |= positions[i];
                }
                _ => {}
            }
        }
    }
}

impl Class {
    fn contains(&self, c: char) -> bool {
        self.ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != self.negated
    }
}

/// Returns the text at the start of a list of tokens.
fn text_of(tokens: &[Token]) -> String {
    tokens.iter().map_while(|token| if let Token::One(one) = token { Some(*one) } else { None }).collect()
}

type Rest<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn parse_class(rest: &mut Rest<'_>) -> Result<Token, &'static str> {
    let negated = rest.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    loop {
        if !ranges.is_empty() && rest.next_if_eq(&']').is_some() {
            return Ok(Token::Class(Box::new(Class { negated, ranges })));
        }
        let from = parse_member(rest)?;
        let to = if rest.next_if_eq(&'-').is_some() { parse_member(rest)? } else { from };
        if to < from {
            return Err("a range in `[…]` ends before it starts");
        }
        ranges.push((from, to));
    }
}

fn parse_member(rest: &mut Rest<'_>) -> Result<char, &'static str> {
    const OPEN: &str = "a `[` has no closing `]`";
    match rest.next().ok_or(OPEN)? {
        ']' | '-' => Err("`[…]` has a `]` or `-` where a character is expected; write `\\]` or `\\-`"),
        '*' | '?' => Err("docker does not read `*` and `?` in `[…]` literally; write `\\*` or `\\?`"),
        '[' if rest.peek() == Some(&':') => Err("docker reads `[:` in `[…]` as a class name; write `\\[:`"),
        '\\' => parse_escaped(rest, OPEN),
        c => Ok(c),
    }
}

/// Reads the character after a `\`.
///
/// A letter or a digit is an error: there, docker's regular expression gives the `\` another meaning or rejects it.
fn parse_escaped(rest: &mut Rest<'_>, nothing: &'static str) -> Result<char, &'static str> {
    match rest.next().ok_or(nothing)? {
        c if c.is_ascii_alphanumeric() || !c.is_ascii() => {
            Err("a `\\` is not followed by a special character; separate folders with `/`")
        }
        c => Ok(c),
    }
}
