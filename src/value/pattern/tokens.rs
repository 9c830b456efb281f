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
    /// `**` at the end: any run.
    Everything,
    /// `^`, which is docker's regular expression's own: nothing, at the start of the path.
    Start,
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
                '\\' => Token::One(parse_escaped(&mut rest, "it ends in a single `\\`")?),
                '^' => Token::Start,
                '|' => return Err("docker takes a `|` in it for \"or\"; write `\\|`"),
                '{' if rest.peek().is_some_and(char::is_ascii_digit) => {
                    return Err("docker takes a number in `{}` in it for a repetition; write `\\{`");
                }
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
        let mut next = places.clone();
        self.skip_empty(&mut places, true);
        for c in path.chars() {
            next.fill(false);
            for (i, token) in self.0.iter().enumerate().filter(|(i, _)| places[*i]) {
                match token {
                    Token::One(one) => next[i + 1] |= c == *one,
                    Token::Any => next[i + 1] |= c != '/',
                    Token::Class { negated, ranges } => {
                        next[i + 1] |= ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *negated;
                    }
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
            std::mem::swap(&mut places, &mut next);
        }
        Some(places)
    }

    /// A token that may match nothing is passed without a character.
    fn skip_empty(&self, places: &mut [bool], at_start: bool) {
        for (i, token) in self.0.iter().enumerate() {
            match token {
                Token::Start => places[i + 1] |= places[i] && at_start,
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

type Rest<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn parse_class(rest: &mut Rest<'_>) -> Result<Token, &'static str> {
    let negated = rest.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    loop {
        if !ranges.is_empty() && rest.next_if_eq(&']').is_some() {
            return Ok(Token::Class { negated, ranges });
        }
        let from = parse_member(rest)?;
        let to = if rest.next_if_eq(&'-').is_some() { parse_member(rest)? } else { from };
        if to < from {
            return Err("a range in its `[…]` ends before it starts");
        }
        ranges.push((from, to));
    }
}

fn parse_member(rest: &mut Rest<'_>) -> Result<char, &'static str> {
    const OPEN: &str = "a `[` in it has no `]`";
    match rest.next().ok_or(OPEN)? {
        ']' | '-' => Err("a `]` or `-` stands where a character of its `[…]` should; write `\\]` or `\\-`"),
        '*' | '?' => Err("docker reads `*` and `?` in a `[…]` as more than characters; write `\\*` or `\\?`"),
        '[' if rest.peek() == Some(&':') => Err("docker takes `[:` in a `[…]` for the name of a class; write `\\[:`"),
        '\\' => parse_escaped(rest, OPEN),
        c => Ok(c),
    }
}

/// Before a letter or a digit, docker's regular expression takes a `\` for something else, or for an error.
fn parse_escaped(rest: &mut Rest<'_>, nothing: &'static str) -> Result<char, &'static str> {
    match rest.next().ok_or(nothing)? {
        c if c.is_ascii_alphanumeric() || !c.is_ascii() => {
            Err("a `\\` in it does not stand before a special character; folders are separated by `/`")
        }
        c => Ok(c),
    }
}
