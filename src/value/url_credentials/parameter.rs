//! The parameters of a URL: its query and its fragment.

use std::ops::Range;

/// Returns the values of the parameters with the name of a secret, with whether each is a literal. `from` is the offset
/// of the text in the whole.
pub(super) fn secrets(text: &str, from: usize) -> impl Iterator<Item = (Range<usize>, bool)> {
    let start = text.as_ptr().addr();
    let parameters = text.split(['?', '#', '&', ';']).skip(1);
    parameters.filter_map(move |parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.split(['"', '\'', '`', '<', '>']).next().unwrap_or(value);
        let at = value.as_ptr().addr() - start + from;
        let is_literal = !value.starts_with(['$', '{', '*', '…']);
        (is_secret(name) && !value.is_empty()).then_some((at..at + value.len(), is_literal))
    })
}

/// Returns whether a parameter of this name contains a secret: tokens, passwords, and the signatures of clouds.
fn is_secret(name: &str) -> bool {
    let is_name = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b));
    let name = name.to_ascii_lowercase().replace('-', "_");
    let is_position = ["page", "next", "continuation"].iter().any(|word| name.contains(word));
    let ends = [
        "token",
        "password",
        "passwd",
        "pwd",
        "secret",
        "signature",
        "credential",
        "api_key",
        "apikey",
        "access_key",
        "secret_key",
        "private_key",
    ];
    let is_known = matches!(&*name, "sig" | "pass" | "jwt") || ends.iter().any(|end| name.ends_with(end));
    is_name && is_known && !is_position
}
