use proptest::prelude::*;
use rustix::time::{ClockId, clock_gettime};

use super::{Certainty, Found, find_all, joined_lines_with_code, lines_with_sign, merged};

fn certainty(text: &str) -> Option<Certainty> {
    find_all(text).into_iter().map(|found| found.certainty).max()
}

fn redacted(text: &str) -> String {
    crate::value::Redacted(text).to_string()
}

/// Forms in which installers, curl, `requests` and database drivers read credentials.
const FORMS: &[(&str, Certainty)] = &[
    ("https://me:SECRET@h.example.org/simple", Certainty::Packages),
    ("https://SECRET@h.example.org", Certainty::Packages),
    ("https://SECRET:x-oauth-basic@h.example.org", Certainty::Packages),
    ("https://:SECRET@h", Certainty::Packages),
    ("HTTPS://me:SECRET@h", Certainty::Packages),
    ("https:/me:SECRET@h", Certainty::Packages),
    ("https:me:SECRET@h", Certainty::Packages),
    ("https:///me:SECRET@h", Certainty::Packages),
    ("https:\\\\me:SECRET@h", Certainty::Packages),
    ("https:\\/\\/me:SECRET@h", Certainty::Packages),
    ("https://CORP\\me:SECRET@h:3128", Certainty::Packages),
    ("https://me:a/SECRET@h", Certainty::Packages),
    ("https://me:/SECRET@h", Certainty::Packages),
    ("https://me:a@SECRET@h", Certainty::Packages),
    ("https://me:a#SECRET@h", Certainty::Packages),
    ("https://me:#SECRET@h", Certainty::Packages),
    ("https://me:a?SECRET@h", Certainty::Packages),
    ("https://me:a\\SECRET@h", Certainty::Packages),
    ("https://me:it'sSECRET@h", Certainty::Packages),
    ("https://me:a\"SECRET@h", Certainty::Packages),
    ("https://me:<SECRET@h", Certainty::Packages),
    ("https://me:%40SECRET@h", Certainty::Packages),
    ("https://me%3ASECRET@h", Certainty::Packages),
    ("ssh://me%3aSECRET@h", Certainty::Packages),
    ("https://me:${NAME:-SECRET}@h", Certainty::Packages),
    ("https://me:{NAME}SECRET@h", Certainty::Packages),
    ("https://me:${1SECRET}@h", Certainty::Packages),
    ("https://me:123456/SECRET@h", Certainty::Packages),
    ("https://[::1]:x/SECRET@h", Certainty::Packages),
    ("https://me:SECRET@[::1]:8080/simple", Certainty::Packages),
    ("git+https://SECRET@h/x.git@v1#egg=x", Certainty::Packages),
    ("git+ssh://git:SECRET@h/x.git", Certainty::Packages),
    ("x @ https://me:SECRET@h/x.whl", Certainty::Packages),
    ("-ihttps://me:SECRET@h", Certainty::Packages),
    ("--index-url=https://me:SECRET@h", Certainty::Packages),
    ("--index-url \"https://me:SECRET@h\"", Certainty::Packages),
    ("# was: index-url = https://me:SECRET@h", Certainty::Packages),
    ("a=https://h,b=https://me:SECRET@h", Certainty::Packages),
    ("{url=\"https://h\",proxy=\"https://me:SECRET@h\"}", Certainty::Packages),
    ("https://h/?next=https%3A%2F%2Fme%3ASECRET%40h", Certainty::Packages),
    ("https://to\nSECRET@h", Certainty::Packages),
    ("https://to\nSECRET@bücher.example.org/x", Certainty::Packages),
    ("https://me:a SECRET@bücher.example.org", Certainty::Packages),
    ("ht\ttps://me:a\tSECRET@h", Certainty::Packages),
    ("https://me:a SECRET@h", Certainty::Packages),
    ("\"https:\\u002f/me:SECRET\\u0040h\"", Certainty::Packages),
    ("--index-url https://me:\\\nSECRET@h", Certainty::Packages),
    ("--index-url https://\\\r\n  me:SECRET\\\r\n@h", Certainty::Packages),
    ("me:SECRET@h:3128", Certainty::Packages),
    ("//me:SECRET@h:3128/", Certainty::Packages),
    ("me:SECRET@h/x", Certainty::Possible),
    ("image = \"me:SECRET@registry/image\"", Certainty::Possible),
    ("HTTP_PROXY=me:SECRET@10.0.0.1:3128", Certainty::Packages),
    ("proxy=\"CORP\\me:a=SECRET@h:3128\"", Certainty::Packages),
    ("socks5h://me:SECRET@h:1080", Certainty::Packages),
    ("ftp://me:SECRET@h/x", Certainty::Packages),
    ("https://h/x.whl?token=SECRET", Certainty::Packages),
    ("https://h/x.whl?a=b&access_token=SECRET&c=d", Certainty::Packages),
    ("https://h/x.whl?X-Amz-Algorithm=A&X-Amz-Signature=SECRET", Certainty::Packages),
    ("https://h/x?sv=1&sig=SECRET", Certainty::Packages),
    ("https://h/#private_token=SECRET", Certainty::Packages),
    ("https://SECRET@o1.ingest.sentry.example.org/2", Certainty::Packages),
    ("https://0123456789abcdef0123456789abcdef:SECRET@sentry.example.org/2", Certainty::Packages),
    ("https://0123456789abcdef0123456789abcdefSECRET@sentry.example.org/2", Certainty::Packages),
    ("postgres://me:SECRET@h/db", Certainty::Service),
    ("postgresql+psycopg://me:SECRET@h/db", Certainty::Service),
    ("postgres://h/db?user=me&password=SECRET", Certainty::Service),
    ("redis://:SECRET@h", Certainty::Service),
    ("mongodb+srv://me:SECRET@h", Certainty::Service),
    ("amqp://me:SECRET@h", Certainty::Service),
    ("DATABASE_URL=mysql://me:SECRET@h", Certainty::Service),
    ("me:SECRET@h.example.org", Certainty::Possible),
    ("https://me:1#SECRET@h", Certainty::Possible),
    ("https://${NAME}:<SECRET>@h", Certainty::Possible),
    ("see https://me:a SECRET@h for more", Certainty::Possible),
    ("see https://me:a\tSECRET@h", Certainty::Possible),
    ("image:/me:SECRET@h", Certainty::Possible),
    ("simple?token=SECRET", Certainty::Possible),
    ("https://me:\\x53SECRET@h", Certainty::Packages),
    ("\"https:\\U0000002f/me:SECRET\\U00000040h\"", Certainty::Packages),
    ("\"https:\\x2f/me:SECRET\\x40h\"", Certainty::Packages),
    ("me:SECRET@localhost", Certainty::Possible),
    ("me:SECRET@10.0.0.1", Certainty::Possible),
];

#[test]
fn credentials_are_found_in_every_form() {
    for (form, expected) in FORMS {
        let text = form.replace("SECRET", "hunter2");
        assert_eq!(certainty(&text), Some(*expected), "{text:?}");
        assert!(!redacted(&text).contains("hunter2"), "{text:?}: {}", redacted(&text));
    }
}

/// What developers write into manifests, and engines into their output.
#[test]
fn look_alikes_are_shown_as_they_are() {
    for text in [
        "https://h.example.org/simple",
        "https://0123456789abcdef0123456789abcdef@o4501.ingest.sentry.example.org/4502",
        "dsn='http://0123456789abcdef0123456789abcdef@sentry.example.org:9000/errors/2'",
        "https://h.example.org:8443/a@b?c=d&e=f#egg=x",
        "https://h/x.whl?page_token=1#sha256=0123",
        "https://h?mail=me@example.org",
        "git+ssh://git@h/x.git@v1",
        "git+ssh://git@h:x/y.git",
        "git@git.example.org:x/y.git",
        "ssh://me@h/x.git",
        "postgres://me@localhost/db",
        "redis://localhost:6379/0",
        "docker.io/library/python:3.11@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "localhost:5000/x:1@sha256:0123456789abcdef",
        "FROM python:3.11-slim@sha256:0123456789abcdef AS build",
        "npm:foo@1.2.3",
        "npm:foo@1.2.3/bar",
        "npm:foo@1.2.b",
        "npm:foo@1.2.beta1",
        "npm:foo@host",
        "pkg:pypi/foo@1.2.3",
        "me@example.org",
        "mailto:me@example.org",
        "https://example.org, me@example.org",
        "[\"https://example.org\",\"me@example.org\"]",
        "{url='https://h',mail='mailto:me@example.org'}",
        "<https://example.org><me@example.org>",
        "11:30 me@example.org",
        "http://localhost:PORT/",
        "C:/folder:x me@example.org",
        "\"see 'http://localhost:80',me@example.org\"",
        "#[pyo3(signature=(a, b))]",
        "@pytest.fixture(scope=\"x\")",
        "100%",
        "https://…@h:3128\n@h",
        "://@",
        "",
    ] {
        assert_eq!(redacted(text), text);
        assert!(certainty(text).is_none_or(|found| found == Certainty::Possible), "{text}");
    }
}

#[test]
fn names_of_variables_and_placeholders_are_not_certain() {
    for text in [
        "https://${USER}:${TOKEN}@h",
        "https://{env:USER}:{env:TOKEN}@h",
        "https://{{ TOKEN }}@h",
        "https://{{TOKEN}}@h",
        "https://<user>:<password>@h",
        "https://me:****@h",
        "https://…@h",
        "https://h?token=${TOKEN}",
    ] {
        assert!(certainty(text).is_none_or(|found| found == Certainty::Possible), "{text}");
    }
}

/// The longest texts that a project can hold, in the worst form, take no more than a multiple of their length.
#[test]
fn the_search_is_linear() {
    for part in [
        "a:",
        "https://a:x ",
        "https://a:x\"'<",
        "x@",
        "https:",
        "a:b@c:1,",
        "%40%3a",
        "?token=",
        "https://a\\",
        "\\\n",
        "\\u0040",
    ] {
        // The work is that of this thread: what else the machine does is not counted.
        let work = |length: usize| {
            let text = part.repeat(length / part.len());
            let searches = (0..3).map(|_| {
                let before = clock_gettime(ClockId::ThreadCPUTime);
                find_all(&text);
                let after = clock_gettime(ClockId::ThreadCPUTime);
                (after.tv_sec - before.tv_sec) * 1_000_000_000 + after.tv_nsec - before.tv_nsec
            });
            searches.min().unwrap_or_default()
        };
        let (short, long) = (work(50_000), work(1_000_000));
        // Twenty times the text. With the square of its length, it would be 400 times the work.
        assert!(long < 100 * short, "{part:?}: {short} ns, {long} ns");
    }
}

/// Joins lines one by one, as [`joined_lines_with_code`] does where there is a sign.
fn joined_lines(text: &str) -> Vec<(usize, &str)> {
    let mut joined = Vec::new();
    let mut start = 0;
    let ends = text.match_indices('\n').map(|(at, _)| at).chain([text.len()]);
    for end in ends {
        if end == text.len() || !text[start..end].trim_end_matches('\r').ends_with('\\') {
            joined.push((start, &text[start..end]));
            start = end + 1;
        }
    }
    joined
}

proptest! {
    /// The fast searches leave out lines without a sign, and no others.
    #[test]
    fn lines_with_a_sign_are_searched(text in "[a@?&#%\\\\\r\n]{0,30}") {
        let start = text.as_ptr().addr();
        let lines = text.split(['\n', '\r']).map(|line| (line.as_ptr().addr() - start, line));
        let with_sign: Vec<_> = lines.filter(|(_, line)| line.contains(['@', '?', '&', '#'])).collect();
        prop_assert_eq!(lines_with_sign(&text).collect::<Vec<_>>(), with_sign);
        let mut with_code = joined_lines(&text);
        with_code.retain(|(_, line)| line.contains(['%', '\\']));
        prop_assert_eq!(joined_lines_with_code(&text).collect::<Vec<_>>(), with_code);
    }

    /// Credentials are found in any surrounding text, and redacted text stays as it is.
    #[test]
    fn a_secret_is_never_shown(
        before in "(\\PC{0,8}[ \n\"'=(\\[])?", form in 0..FORMS.len(), secret in "[A-Za-z0-9._~!$*+-]{12,20}", after in "([ \n]\\PC{0,8})?",
    ) {
        let written = FORMS[form].0.replace("SECRET", &secret);
        let shown = redacted(&format!("{before}{written}{after}"));
        // A text with white space in a token is a URL only as a whole.
        let is_whole = before.is_empty() && after.is_empty() || !written.contains(['\n', '\t', ' ']);
        prop_assert!(!is_whole || !shown.contains(&secret), "{shown:?}");
        prop_assert_eq!(&redacted(&shown), &shown);
    }

    #[test]
    fn any_text_can_be_searched(text in "([a:/@?#&%\\\\\"'<>{}$=\t\n \\PC]|https://|http:|%40|%3A|token=){0,40}") {
        let mut end = 0;
        for found in find_all(&text) {
            prop_assert!(end <= found.secret.start && !found.secret.is_empty());
            prop_assert!(text.get(found.secret.clone()).is_some() && text.get(found.url.clone()).is_some());
            end = found.secret.end;
        }
    }
}

#[test]
fn the_digest_of_an_image_is_no_host() {
    let digest = format!("sha256:{}", "0a".repeat(32));
    assert!(find_all(&format!("ws:1@{digest} http:a@{digest}")).is_empty());
    for text in [format!("https://user:word@{digest}"), "https:user:word@sha256:1".to_owned()] {
        assert_eq!(certainty(&text), Some(Certainty::Packages), "{text}");
    }
}

#[test]
fn a_public_key_has_32_hexadecimal_digits() {
    for key in ["0123456789abcdef", "0123456789abcdef0123456789abcdeg", "0123456789ABCDEF0123456789ABCDEF"] {
        assert_eq!(certainty(&format!("https://{key}@sentry.example.org/2")), Some(Certainty::Packages), "{key}");
    }
}

/// A longer text is no URL with white space inside. What one of its lines shows is found, but not certain.
#[test]
fn only_short_texts_are_one_url() {
    for (length, expected) in [(16 * 1024, Certainty::Packages), (16 * 1024 + 1, Certainty::Possible)] {
        let text = format!("https://me:a {}@h", "x".repeat(length - "https://me:a @h".len()));
        assert_eq!((text.len(), certainty(&text)), (length, Some(expected)));
    }
}

#[test]
fn secrets_side_by_side_are_two() {
    let found = |secret: std::ops::Range<usize>| Found { url: secret.clone(), secret, certainty: Certainty::Possible };
    assert_eq!(merged(vec![found(2..4), found(0..2)]), [found(0..2), found(2..4)]);
    assert_eq!(merged(vec![found(1..4), found(0..2)]), [found(0..4)]);
}
