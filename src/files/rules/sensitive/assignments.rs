//! Reads the lines of settings in any format: keys with values.

use memchr::memchr;

use super::catalogue::keys::FLAGS;
use super::literal::{is_random_password, is_seed_phrase, unquoted};

/// Returns `true` if `accepts` does so for a key and its value. Each line is read on its own, in each of these forms:
///
/// | form | where |
/// |---|---|
/// | `key = value`, `key: value`, `export KEY=value`, `"key": "value",` | settings |
/// | `name: KEY` and `value: VALUE` in the next line | Kubernetes, compose |
/// | `variable "KEY" {` and `default = VALUE` in a following line | Terraform |
/// | `key:` and `- value` or `- x=value` in the next lines | lists in YAML |
/// | `<key>value</key>`, `<x name="key">value</x>`, `<x name="key" value="value"/>` | XML |
/// | `host1 user=… password=…`, `{ user = …, token = … }` | inventories, inline tables |
/// | `--api-key value`, `["--api-key", "value"]`, `-H 'X-Api-Key: value'` | commands |
///
/// A line is read only if `may_have` returns `true`, or if a line before says what its value is for.
pub(super) fn any_assignment(
    text: &str,
    may_have: impl Fn(&str) -> bool,
    accepts: impl FnMut(&str, &str) -> bool,
) -> bool {
    let mut reader = Reader { may_have, accepts, name: "", variable: "", list: "" };
    text.lines().any(|line| reader.accepts_line(line.trim()))
}

struct Reader<'a, M, F> {
    may_have: M,
    accepts: F,
    /// The name that the line before gives the following value.
    name: &'a str,
    /// The name of the variable whose block was opened last.
    variable: &'a str,
    /// The key of the list whose items follow.
    list: &'a str,
}

impl<'a, M: Fn(&str) -> bool, F: FnMut(&str, &str) -> bool> Reader<'a, M, F> {
    fn accepts_line(&mut self, line: &'a str) -> bool {
        let is_expected = [self.name, self.variable, self.list].iter().any(|key| !key.is_empty());
        if is_comment(line) || !is_expected && !(self.may_have)(line) {
            return false;
        }
        if line.starts_with('<') {
            return attributes(line).any(|(key, value)| self.accepts_pair(key, value))
                // `<key>NAME</key>` or `<property name="NAME">`, and then the value.
                || elements(line).any(|(key, value)| self.accepts_pair(if self.name.is_empty() { key } else { "value" }, value))
                || settings_in(line).any(|(key, value)| (self.accepts)(key, value));
        }
        let item = line.strip_prefix("- ");
        if let Some(variable) = line.strip_prefix("variable ") {
            self.variable = unquoted(variable.trim_end_matches(['{', ' ']));
        }
        let of_list = item.is_some_and(|item| {
            let value = item.split_once('=').map_or(item, |(_, value)| value);
            // The item before may be the flag of a command.
            !self.list.is_empty() && (self.accepts)(self.list, value)
        });
        match item {
            Some(item) if item.starts_with('-') => self.list = item,
            None if !line.is_empty() => {
                self.list = line.strip_suffix(':').filter(|key| is_key(key)).unwrap_or_default();
            }
            _ => {}
        }
        of_list
            || parts(line).filter_map(assignment).any(|(key, value)| self.accepts_pair(key, value))
            || settings_in(line).any(|(key, value)| (self.accepts)(key, value))
            || arguments(line).any(|(key, value)| (self.accepts)(key, value))
    }

    fn accepts_pair(&mut self, key: &'a str, value: &'a str) -> bool {
        let key = match key {
            "value" => self.name,
            "default" => self.variable,
            key => key,
        };
        self.name = if matches!(key, "name" | "key") { unquoted(value) } else { "" };
        (self.accepts)(key, value)
    }
}

/// Returns the settings inside a value: `Server=db;Password=…`, `https://host/path?api_key=…&x=y`.
pub(super) fn settings_in(value: &str) -> impl Iterator<Item = (&str, &str)> {
    // Most values have no setting.
    let value = if memchr(b'=', value.as_bytes()).is_some() { unquoted(value) } else { "" };
    let parts = value.split(SEPARATORS).flat_map(|word| word.split(['?', '&']));
    parts.filter_map(|part| part.split_once('=')).filter(|(key, value)| is_key(key) && !value.is_empty())
}

/// What separates the words of a command, of a list and of a connection string.
const SEPARATORS: [char; 9] = [' ', '\t', ',', ';', '"', '\'', '[', '(', ')'];

fn is_key(text: &str) -> bool {
    const LONGEST: usize = 80;
    !text.is_empty() && text.len() <= LONGEST && !text.contains(' ')
}

/// Returns `true` for the name of a value in a note: `Unseal Key 1: VALUE`. A sentence has more words.
fn is_label(text: &str) -> bool {
    text.split(' ').count() <= 3
}

/// Returns the elements of XML that have a text and no other elements.
fn elements(line: &str) -> impl Iterator<Item = (&str, &str)> {
    let elements = line.split('<').filter_map(|element| element.split_once('>')).filter(|(_, text)| !text.is_empty());
    elements.map(|(tag, text)| (tag.split(' ').next().unwrap_or(tag), text))
}

fn attributes(line: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut pieces = line.split('"');
    std::iter::from_fn(move || Some((pieces.next()?, pieces.next()?)))
        .filter_map(|(before, value)| Some((before.trim_end().strip_suffix('=')?.rsplit(' ').next()?, value)))
}

/// Returns the parts of a line. Inline tables of YAML and TOML have several settings in one line, and so have commands and
/// inventories: `host1 user=… password=…`.
fn parts(line: &str) -> impl Iterator<Item = &str> {
    let is_table = line.contains('{') && !line.contains("{{") && !line.contains("${");
    let is_words = !line.contains(" = ") && line.split(' ').filter(|word| word.contains('=')).count() > 1;
    line.split(move |letter| is_table && matches!(letter, '{' | '}' | ',') || is_words && letter == ' ')
}

/// Returns the key and the value of a line: `key = value`, `key: value`, `export KEY=value`, `"key": "value",`.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let line = ["- ", "export ", "set ", "ENV ", "ARG ", "-e ", "setenv "]
        .iter()
        .find_map(|start| line.strip_prefix(start))
        .unwrap_or(line);
    // A key in YAML may contain `:`, so only `: ` or `":` ends it.
    let colon = line.find(": ").or_else(|| line.find("\":").map(|quote| quote + 1));
    let end = match (line.find('='), colon) {
        (Some(equals), Some(colon)) => equals.min(colon),
        (equals, colon) => equals.or(colon)?,
    };
    // `:=`, `?=` and `+=` in a makefile.
    let key = line[..end].trim_end().trim_end_matches([':', '?', '+']).trim_end();
    let value = &line[end + 1..];
    // In a command, the setting is the last word: `run --password=…`. Prose ends in any word: `the new token: …`.
    let last = key.rsplit(' ').next().unwrap_or(key);
    let key = if !line.contains(": ") || last.contains(['_', '-']) { last } else { key };
    let key = key.trim_matches(['"', '\'']);
    let value = value.split(" #").next().unwrap_or(value).trim();
    let is_noted = || is_label(key) && (!value.contains(' ') || is_seed_phrase(value));
    (is_key(key) || is_noted()).then_some((key, value))
}

/// Returns the flags and headers of a command with their values. Words without a sign name a value only if it cannot be
/// a word: `user admin password VALUE`, `the password is VALUE`.
fn arguments(line: &str) -> impl Iterator<Item = (&str, &str)> {
    let words = || line.split(SEPARATORS).filter(|word| !word.is_empty());
    let flag = words().find_map(flag_of);
    let reads_stdin = line.contains("-stdin");
    let mut key = "";
    words().filter_map(move |word| {
        if matches!(word, "Bearer" | "Basic" | "Token" | "is") {
            return None;
        }
        let before = std::mem::replace(&mut key, word.trim_end_matches([':', '=']));
        // `-passout pass:VALUE`, `secret-token:VALUE` (RFC 8959)
        if let Some(pair) =
            word.split_once(':').filter(|(key, _)| matches!(*key, "pass" | "password" | "token" | "secret-token"))
        {
            return Some(pair);
        }
        match (before, flag) {
            ("-u" | "--user", _) => Some(("password", word.split_once(':')?.1)),
            ("echo", _) if reads_stdin => Some(("password", word)),
            (_, Some(flag)) if before == flag => Some(("password", word)),
            (_, Some(flag)) if word.starts_with(flag) => Some(("password", &word[flag.len()..])),
            // The argument after it: `--password-file password list.yml`
            _ if is_file_name(word) => None,
            _ if before.contains(['_', '-']) => Some((before, word)),
            _ => (is_random_password(word) || is_pair(line, before)).then_some((before, word)),
        }
    })
}

/// Returns `true` for a name with an ending, such as `list_2.yml`.
fn is_file_name(word: &str) -> bool {
    const LONGEST_ENDING: usize = 5;
    let of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte);
    let ending = word.rsplit_once('.').map_or("", |(_, ending)| ending);
    (2..=LONGEST_ENDING).contains(&ending.len())
        && ending.bytes().all(|byte| byte.is_ascii_lowercase())
        && word.bytes().all(of_name)
}

/// Returns the flag of a command whose value is a password.
fn flag_of(command: &str) -> Option<&'static str> {
    let name = command.rsplit('/').next().unwrap_or(command);
    FLAGS.iter().find(|(commands, _)| commands.contains(&name)).map(|(_, flag)| *flag)
}

/// Returns `true` if a line consists of a key and its value: `requirepass VALUE`.
fn is_pair(line: &str, key: &str) -> bool {
    line.strip_prefix(key).is_some_and(|value| value.starts_with(' ') && !value.trim().contains(' '))
}

fn is_comment(line: &str) -> bool {
    line.starts_with(['#', ';']) || line.starts_with("//") && !line.contains('=')
}
