//! Finds secrets in the texts of a program: each text between quotes, with the name before it.

use memchr::{memchr, memchr3_iter};

use super::assignments::settings_in;
use super::key_names::MAY_SET_SECRET;
use super::literal::is_password_hash;

/// Returns `true` if `accepts` does so for the name before a text between quotes, and for this text:
///
/// | form | where |
/// |---|---|
/// | `token = "VALUE"`, `token := "VALUE"`, `token: "VALUE"`, `:token => "VALUE"` | most languages |
/// | `token: string = "VALUE"` | languages that name the type |
/// | `x["token"] = "VALUE"`, `x[:token] ||= "VALUE"` | maps |
/// | `setToken("VALUE")`, `define("TOKEN", "VALUE")`, `x.token || "VALUE"` | calls and defaults |
/// | `PASSWORD 'VALUE'`, `IDENTIFIED BY 'VALUE'` | SQL |
/// | `"host=db password=VALUE"` | the settings in a text |
///
/// The name is empty if there is none. Text between any two quotes in a line counts, so nothing needs to be known of the
/// language.
pub(super) fn any_literal(text: &str, mut accepts: impl FnMut(&str, &str) -> bool) -> bool {
    const SHORTEST: usize = 8;
    const LONGEST: usize = 512;
    let bytes = text.as_bytes();
    memchr3_iter(b'"', b'\'', b'`', bytes).any(|open| {
        let rest = &bytes[open + 1..bytes.len().min(open + 2 + LONGEST)];
        let Some(length) = memchr(bytes[open], rest).filter(|length| *length >= SHORTEST) else { return false };
        let Some(value) = text.get(open + 1..open + 1 + length) else { return false };
        let value = value.trim_end_matches('\\');
        // Between two quotes there may also be code. The hashes of LDAP start with a scheme in braces.
        let is_code = |byte: u8| b"\n(){}<>".contains(&byte);
        if value.strip_prefix("{SSHA}").unwrap_or(value).bytes().any(is_code)
            || !value.bytes().any(|byte| byte.is_ascii_digit())
        {
            return false;
        }
        let has_settings = value.contains('=') && !value.starts_with('$') && MAY_SET_SECRET.are_in(value.as_bytes());
        if has_settings && settings_in(value).any(|(key, value)| accepts(key, value)) {
            return true;
        }
        let is_one = !value.contains([' ', ',', ';', '|']) || is_password_hash(value);
        is_one && accepts(name_before(&text[..open]), value)
    })
}

/// Returns the name that the text after it belongs to, or an empty text.
fn name_before(before: &str) -> &str {
    /// Longer ones come first.
    const OPERATORS: [&str; 16] =
        ["===", "!==", "||=", "??=", "||", "??", "==", "!=", ":=", "=>", "<-", "+=", "=", ":", "(", ","];
    const TYPES: [&str; 6] = ["string", "String", "str", "text", "NSString", "secure"];
    let trimmed = before.trim_end_matches([' ', '\t', '\\']);
    let before = match OPERATORS.iter().find_map(|operator| trimmed.strip_suffix(operator)) {
        Some(before) => before,
        None if before.ends_with([' ', '\t']) => trimmed,
        None => return "",
    };
    let name = last_name(before);
    match () {
        () if TYPES.contains(&name) => {
            let start = before.trim_end_matches(is_around).len() - name.len();
            last_name(before[..start].trim_end_matches([' ', ':', '*', '?']))
        }
        () if name.eq_ignore_ascii_case("by") && is_identified(before) => "password",
        () => name,
    }
}

/// Returns the last name in a text, without quotes and brackets around it.
fn last_name(text: &str) -> &str {
    let text = text.trim_end_matches(is_around);
    let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.' | '$');
    let start = text
        .rfind(|letter| !is_of_name(letter))
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    &text[start..]
}

fn is_around(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '"' | '\'' | '`' | ']' | '?' | '!' | '\\')
}

/// Returns `true` for SQL that says how a user is identified: `IDENTIFIED WITH plugin BY '…'`.
fn is_identified(before: &str) -> bool {
    const MOST: usize = 80;
    let words = before.rsplit([' ', '\t', '\n']).take(6);
    let mut near = words.take_while(|word| word.len() < MOST);
    near.any(|word| word.eq_ignore_ascii_case("identified"))
}

#[cfg(test)]
mod tests {
    use super::any_literal;

    #[test]
    fn a_text_belongs_to_the_name_before_it() {
        for (text, name) in [
            ("token = \"VALUE123\"", "token"),
            ("const apiKey: string = 'VALUE123';", "apiKey"),
            ("val apiKey: String = \"VALUE123\"", "apiKey"),
            ("param adminPassword string = 'VALUE123'", "adminPassword"),
            ("x := map{\"token\": \"VALUE123\"}", "token"),
            (":password => \"VALUE123\"", "password"),
            ("ENV['TOKEN'] ||= 'VALUE123'", "TOKEN"),
            ("$db['default']['password'] = 'VALUE123';", "password"),
            ("define('DB_PASSWORD', 'VALUE123');", "DB_PASSWORD"),
            ("x.setToken(\"VALUE123\")", "x.setToken"),
            ("process.env.TOKEN || `VALUE123`", "process.env.TOKEN"),
            ("storePassword \"VALUE123\"", "storePassword"),
            ("ALTER USER a PASSWORD 'VALUE123'", "PASSWORD"),
            ("create user a identified with x by 'VALUE123'", "password"),
            ("order by 'VALUE123'", "by"),
            ("connect(\"host=db password=VALUE123 dbname=d\")", "password"),
            ("t = \\\"VALUE123\\\"", "t"),
            ("token'VALUE123'", ""),
            ("é'VALUE123'", ""),
        ] {
            assert!(any_literal(text, |key, value| key == name && value == "VALUE123"), "{text}");
        }
        assert!(!any_literal("it's 'VALUE\n123' \"short1\" 'no digits'", |_, _| true));
    }

    #[test]
    fn a_setting_in_a_text_has_the_key_of_a_secret() {
        for text in ["x(\"colour=VALUE123 b\")", "x(\"$password=VALUE123 b\")", "x('colour VALUE123')"] {
            assert!(!any_literal(text, |_, value| value.contains("VALUE123")), "{text}");
        }
    }

    #[test]
    fn a_text_has_at_most_512_characters() {
        for before in ["", "x = ", &"x".repeat(2000)] {
            for (length, expected) in [(7, false), (8, true), (512, true), (513, false)] {
                let text = format!("{before}'{}'", "5".repeat(length));
                assert_eq!(any_literal(&text, |_, value| value.len() == length), expected, "{length}");
            }
        }
    }

    #[test]
    fn the_words_of_sql_have_fewer_than_80_characters() {
        for (length, expected) in [(79, true), (80, false)] {
            let text = format!("identified with {} by 'VALUE123'", "x".repeat(length));
            assert_eq!(any_literal(&text, |key, _| key == "password"), expected, "{length}");
        }
    }
}
