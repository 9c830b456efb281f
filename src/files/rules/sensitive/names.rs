//! Recognises secrets by name.

use std::collections::HashMap;
use std::sync::LazyLock;

use memchr::memmem;

use super::SensitiveKind::{self, EnvironmentFile, Keyring, PrivateKey, Wallet};
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
    let Rule { secret, proof } = FILES.find(path, &name)?;
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
    FOLDERS.find(path, &plain_name(path)).map(|rule| rule.secret)
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

static FILES: LazyLock<Index> = LazyLock::new(|| Index::of(|pattern| (!pattern.ends_with('/')).then_some(pattern)));
static FOLDERS: LazyLock<Index> = LazyLock::new(|| Index::of(|pattern| pattern.strip_suffix('/')));

/// A line of the table.
#[derive(Debug, Clone, Copy)]
struct Rule {
    secret: SensitiveFile,
    proof: Proof,
}

/// An index of the table that is fast for names without a match, since most names have none.
struct Index {
    /// Patterns whose last component has no `*`, by this component. Each value starts with the folders before it.
    whole: HashMap<&'static str, Vec<(&'static str, Rule)>>,
    /// Patterns of the form `*.ending` with a single `*` and a single `.`, by the text after the `*`.
    endings: HashMap<&'static str, Rule>,
    /// All other patterns.
    patterns: Vec<(Starred, Rule)>,
}

/// A pattern with at least one `*`. Every name is compared with all of them; most differ in the first or last byte.
struct Starred {
    start: &'static str,
    /// The parts between two `*`.
    middle: Vec<&'static str>,
    end: &'static str,
}

impl Starred {
    fn of(pattern: &'static str) -> Option<Self> {
        let (start, rest) = pattern.split_once('*')?;
        let mut middle: Vec<&str> = rest.split('*').collect();
        let end = middle.pop()?;
        Some(Self { start, middle, end })
    }

    fn matches(&self, name: &str) -> bool {
        let (name, start, end) = (name.as_bytes(), self.start.as_bytes(), self.end.as_bytes());
        let differs = |byte: Option<&u8>, expected: Option<&u8>| expected.is_some() && byte != expected;
        if differs(name.first(), start.first()) || differs(name.last(), end.last()) {
            return false;
        }
        let Some(mut left) = name.strip_prefix(start).and_then(|left| left.strip_suffix(end)) else { return false };
        // The first match of each part leaves the longest rest for the following parts.
        self.middle.iter().filter(|part| !part.is_empty()).all(|part| {
            memmem::find(left, part.as_bytes()).is_some_and(|at| {
                left = &left[at + part.len()..];
                true
            })
        })
    }
}

impl Index {
    fn of(kept: impl Fn(&'static str) -> Option<&'static str>) -> Self {
        let mut index = Self { whole: HashMap::new(), endings: HashMap::new(), patterns: Vec::new() };
        let rows = NAMES.iter().flat_map(|(kind, proof, patterns)| patterns.iter().map(|sign| (*kind, *proof, *sign)));
        for (kind, proof, sign) in rows {
            let Some(pattern) = kept(sign) else { continue };
            let rule = Rule { secret: SensitiveFile { kind, sign }, proof };
            let (folders, name) = pattern.rsplit_once('/').unwrap_or(("", pattern));
            match name.strip_prefix('*') {
                _ if !name.contains('*') => index.whole.entry(name).or_default().push((folders, rule)),
                Some(ending) if ending.rfind(['.', '*']) == Some(0) => _ = index.endings.entry(ending).or_insert(rule),
                _ => index.patterns.extend(Starred::of(name).map(|pattern| (pattern, rule))),
            }
        }
        index
    }

    fn find(&self, path: &str, name: &str) -> Option<Rule> {
        if let Some(candidates) = self.whole.get(name) {
            let around = path.rsplit_once('/').map_or("", |(folders, _)| folders);
            if let Some((_, rule)) = candidates.iter().find(|(folders, _)| ends_in(around, folders)) {
                return Some(*rule);
            }
        }
        let ending = name.rfind('.').and_then(|dot| self.endings.get(&name[dot..]));
        ending.copied().or_else(|| self.patterns.iter().find(|(pattern, _)| pattern.matches(name)).map(|found| found.1))
    }
}

/// Returns `true` if the path ends with these components.
fn ends_in(path: &str, parts: &str) -> bool {
    parts.is_empty() || path.strip_suffix(parts).is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use super::{NAMES, Starred};

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
            assert_eq!(Starred::of(pattern).unwrap().matches(name), expected, "{pattern} {name}");
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
