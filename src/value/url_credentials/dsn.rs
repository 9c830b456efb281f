//! The address to which a program reports errors, as Sentry and compatible servers give it: a [DSN].
//!
//! Its user name is a key that may only send reports. Sentry calls it safe to keep public, and web pages contain it.
//!
//! [DSN]: https://docs.sentry.io/concepts/key-terms/dsn-explainer/

/// Returns whether a URL is a DSN with a public key alone: `https://KEY@host/PROJECT`. A key has 32 hexadecimal digits, a
/// project is a number, and a path may precede it. Older DSNs have a secret key as the password, and are not public.
///
/// `after_host` is the rest of the URL.
pub(super) fn is_public(user_info: &str, after_host: &str) -> bool {
    let is_key = user_info.len() == 32 && user_info.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let project = after_host.strip_prefix('/').map(|path| path.rsplit_once('/').map_or(path, |(_, last)| last));
    let is_project = |project: &str| !project.is_empty() && project.bytes().all(|b| b.is_ascii_digit());
    is_key && project.is_some_and(is_project) && !after_host.contains(['?', '#', '@', '\\'])
}
