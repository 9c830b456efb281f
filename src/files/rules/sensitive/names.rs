//! Recognises secrets by name.

use memchr::memchr_iter;

use super::SensitiveKind::{self, EnvironmentFile, Keyring, PrivateKey, Wallet};
use super::buckets::{Buckets, bucket};
use super::catalogue::{NAMES, Proof};
use super::{SensitiveFile, plain_name};

/// What the name of a file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// The name is only used for secrets.
    Secret(SensitiveFile),
    /// The name is also used for ordinary data: `credentials.json`.
    Likely(SensitiveFile),
    /// The name proves nothing: it is that of an example or a test of a secret (`.env.example`, `.env.test`), or a usual
    /// word (`passwords.txt`).
    Example(SensitiveFile),
}

/// Returns the patterns whose names prove a secret, as lines of a `.dockerignore`.
pub(super) fn ignore_lines() -> impl Iterator<Item = String> {
    let names = NAMES.iter().filter(|(_, proof, _)| *proof != Proof::Content);
    names.flat_map(|(_, _, patterns)| patterns.iter()).map(|pattern| format!("**/{}", pattern.trim_end_matches('/')))
}

pub(super) fn of_file(path: &str) -> Option<Named> {
    let name = plain_name(path);
    let Rule { secret, proof } = find(path, &name, false)?;
    // A name without `*` in the table is always a secret, and an example of a key is still a key.
    let may_be_about = secret.sign.contains('*') && !matches!(secret.kind, PrivateKey | Keyring | Wallet);
    match proof {
        _ if may_be_about && is_text_about(&name) => None,
        _ if may_be_about && is_example(&name, secret.kind) => Some(Named::Example(secret)),
        Proof::NameOutsidePackages => Some(Named::Likely(secret)),
        Proof::Content => Some(Named::Example(secret)),
        Proof::Name => Some(Named::Secret(secret)),
    }
}

pub(super) fn of_folder(path: &str) -> Option<SensitiveFile> {
    find(path, &plain_name(path), true).map(|rule| rule.secret)
}

/// Returns `true` if the name is that of source code or documentation.
fn is_text_about(name: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "md", "rst", "adoc", "html", "py", "pyi", "pyx", "pxd", "c", "h", "cc", "cpp", "go", "rs", "js", "mjs", "ts",
        "tsx", "jsx", "java", "kt", "rb", "php", "css", "pub",
    ];
    /// Only few programs read these from a file that starts with `.env`: `.env.c` is the third of several.
    const ENDINGS_OF_ENV: &[&str] = &["md", "rst", "adoc", "py", "pyi"];
    let endings = if name.starts_with(".env") { ENDINGS_OF_ENV } else { ENDINGS };
    name.rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending))
}

/// Returns `true` if a word of the name says that the file is an example, a template or for tests.
fn is_example(name: &str, kind: SensitiveKind) -> bool {
    const WORDS: &[&str] = &[
        "example",
        "examples",
        "sample",
        "samples",
        "template",
        "templates",
        "tmpl",
        "tpl",
        "j2",
        "jinja",
        "jinja2",
        "dist",
        "default",
        "defaults",
        "schema",
    ];
    const TESTS: &[&str] = &["test", "tests", "testing", "ci"];
    let is_for_tests = |word: &str| kind == EnvironmentFile && TESTS.contains(&word);
    name.split(['.', '-', '_']).any(|word| WORDS.contains(&word) || is_for_tests(word))
}

/// A line of the table.
#[derive(Debug, Clone, Copy)]
struct Rule {
    secret: SensitiveFile,
    proof: Proof,
}

/// The number of patterns in the table.
const COUNT: usize = {
    let (mut count, mut row) = (0, 0);
    while row < NAMES.len() {
        count += NAMES[row].2.len();
        row += 1;
    }
    count
};

/// The row and the column of each pattern.
const PLACES: [(u8, u8); COUNT] = {
    let mut places = [(0, 0); COUNT];
    let (mut entry, mut row) = (0, 0_u8);
    while (row as usize) < NAMES.len() {
        let mut column = 0_u8;
        while (column as usize) < NAMES[row as usize].2.len() {
            places[entry] = (row, column);
            entry += 1;
            column += 1;
        }
        row += 1;
    }
    places
};

/// Patterns whose last component has no `*`, by this component.
static WHOLE: Buckets<COUNT> = Buckets::new(&{
    let mut buckets = [None; COUNT];
    let mut entry = 0;
    while entry < COUNT {
        if let Form::Whole(name) = form(entry) {
            buckets[entry] = Some(bucket(name));
        }
        entry += 1;
    }
    buckets
});

/// Patterns of the form `*.ending` with a single `*` and a single `.`, by the text after the `*`.
static ENDINGS: Buckets<COUNT> = Buckets::new(&{
    let mut buckets = [None; COUNT];
    let mut entry = 0;
    while entry < COUNT {
        if let Form::Ending(ending) = form(entry) {
            buckets[entry] = Some(bucket(ending));
        }
        entry += 1;
    }
    buckets
});

/// A pattern with at least one `*`. Every name is compared with all of them; most differ in the first or last byte.
#[derive(Clone, Copy)]
struct Starred {
    entry: usize,
    /// The first and the last byte, if they are no `*`.
    first: Option<u8>,
    last: Option<u8>,
}

const STARRED_COUNT: usize = {
    let (mut count, mut entry) = (0, 0);
    while entry < COUNT {
        count += matches!(form(entry), Form::Starred(_)) as usize;
        entry += 1;
    }
    count
};

/// All other patterns.
static STARRED: [Starred; STARRED_COUNT] = {
    let mut starred = [Starred { entry: 0, first: None, last: None }; STARRED_COUNT];
    let (mut found, mut entry) = (0, 0);
    while entry < COUNT {
        if let Form::Starred(name) = form(entry) {
            let (first, last) = (name[0], name[name.len() - 1]);
            let first = if first == b'*' { None } else { Some(first) };
            let last = if last == b'*' { None } else { Some(last) };
            starred[found] = Starred { entry, first, last };
            found += 1;
        }
        entry += 1;
    }
    starred
};

/// The last component of a pattern.
enum Form {
    Whole(&'static [u8]),
    /// What follows the `*`.
    Ending(&'static [u8]),
    Starred(&'static [u8]),
}

const fn form(entry: usize) -> Form {
    let (row, column) = PLACES[entry];
    let pattern = NAMES[row as usize].2[column as usize].as_bytes();
    let end = pattern.len() - (pattern[pattern.len() - 1] == b'/') as usize;
    let mut start = end;
    let (mut wild, mut dots) = (0, 0);
    while start > 0 && pattern[start - 1] != b'/' {
        start -= 1;
        wild += (pattern[start] == b'*') as usize;
        dots += (pattern[start] == b'.') as usize;
    }
    let name = pattern.split_at(end).0.split_at(start).1;
    match wild {
        0 => Form::Whole(name),
        1 if dots == 1 && name[0] == b'*' && name[1] == b'.' => Form::Ending(name.split_at(1).1),
        _ => Form::Starred(name),
    }
}

/// A pattern of the table.
#[derive(Clone, Copy)]
struct Pattern {
    rule: Rule,
    is_of_folder: bool,
}

impl Pattern {
    fn at(entry: usize) -> Self {
        let (row, column) = PLACES[entry];
        let (kind, proof, patterns) = NAMES[usize::from(row)];
        let sign = patterns[usize::from(column)];
        Self { rule: Rule { secret: SensitiveFile { kind, sign }, proof }, is_of_folder: sign.ends_with('/') }
    }

    fn text(&self) -> &'static str {
        let sign = self.rule.secret.sign;
        if self.is_of_folder { &sign[..sign.len() - 1] } else { sign }
    }

    /// Returns whether a pattern without `*` matches a name in these folders.
    fn is(&self, name: &str, folders: &str) -> bool {
        self.text().strip_suffix(name).is_some_and(|before| match before.strip_suffix('/') {
            Some(parts) => ends_in(folders, parts),
            None => before.is_empty(),
        })
    }
}

fn find(path: &str, name: &str, is_folder: bool) -> Option<Rule> {
    let is_of_kind = |pattern: &Pattern| pattern.is_of_folder == is_folder;
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
    let whole = || {
        let entries = WHOLE.of(bucket(name.as_bytes()));
        entries.map(Pattern::at).find(|pattern| is_of_kind(pattern) && pattern.is(name, folders))
    };
    let by_ending = || {
        let ending = &name[name.rfind('.')?..];
        let entries = ENDINGS.of(bucket(ending.as_bytes()));
        entries.map(Pattern::at).find(|pattern| is_of_kind(pattern) && &pattern.text()[1..] == ending)
    };
    let starred = || {
        let (first, last) = (name.as_bytes().first(), name.as_bytes().last());
        let may_match = |starred: &&Starred| {
            starred.first.is_none_or(|byte| first == Some(&byte)) && starred.last.is_none_or(|byte| last == Some(&byte))
        };
        let entries = STARRED.iter().filter(may_match).map(|starred| Pattern::at(starred.entry));
        entries.filter(is_of_kind).find(|pattern| matches(pattern.text(), name))
    };
    whole().or_else(by_ending).or_else(starred).map(|pattern| pattern.rule)
}

/// Returns whether a name matches a pattern with at least one `*`.
fn matches(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return false };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    let left = name.as_bytes().strip_prefix(start.as_bytes());
    let Some(mut left) = left.and_then(|left| left.strip_suffix(end.as_bytes())) else { return false };
    // The first match of each part leaves the longest rest for the following parts.
    middle.split('*').filter(|part| !part.is_empty()).all(|part| {
        position(left, part.as_bytes()).is_some_and(|at| {
            left = &left[at + part.len()..];
            true
        })
    })
}

/// Returns where a part is in a name. A name is so short that to prepare a search would take longer than the search.
fn position(name: &[u8], part: &[u8]) -> Option<usize> {
    memchr_iter(*part.first()?, name).find(|at| name[*at..].starts_with(part))
}

/// Returns `true` if the path ends with these components.
fn ends_in(path: &str, parts: &str) -> bool {
    parts.is_empty() || path.strip_suffix(parts).is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use super::{NAMES, matches};

    #[test]
    fn a_star_matches_any_run_of_characters() {
        for (pattern, name, expected) in [
            (".env.*", ".env.prod", true),
            (".env.*", ".env", false),
            ("*vault_pass*", "vault_pass", true),
            ("*vault_pass*", ".my_vault_password.txt", true),
            ("ssh_host_*_key", "ssh_host_rsa_key", true),
            ("ssh_host_*_key", "ssh_host_rsa_key.pub", false),
            ("a*a", "a", false),
            ("*ab*b*", "aabb", true),
            ("*ab*b*", "bab", false),
            ("a*", "é", false),
            ("*a", "éa", true),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    /// Names are compared in lower case, so an upper-case pattern would never match.
    #[test]
    fn the_table_is_in_lower_case_and_has_no_duplicates() {
        let mut all: Vec<&str> = NAMES.iter().flat_map(|(_, _, patterns)| patterns.iter().copied()).collect();
        assert!(all.iter().all(|pattern| *pattern == pattern.to_ascii_lowercase()));
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
