//! Laws of a Dockerfile, for any bundle:
//!
//! 1. Render a bundle of the same shape with known values, and replace each known value with the value of this bundle:
//!    the result is the Dockerfile of this bundle. So no value of a project can become an instruction or a part of a
//!    shell command.
//!    The digest of the requirements is another one.
//! 2. A value in a shell command is one plain word, or it is in single quotes and does not contain one.

#[path = "dockerfile.rs"]
mod dockerfile;
#[path = "parts.rs"]
mod parts;

use std::collections::BTreeMap;

use agentix_gen::bundle::{Bundle, Installer};
use agentix_gen::dockerfile as ours;
use agentix_gen::project::Config;
use agentix_gen::value::{Dialect, ExecForm, ImageRef};
use dockerfile::Line;
use parts::Parts;

/// Reads the text as the parts of a bundle: records `KEY=VALUE` with a NUL between them. Ignores values that are
/// invalid for their type. Returns `true` if the parts gave a bundle.
pub(crate) fn hold(text: &str) -> bool {
    let parts = Parts::read(text);
    let Some(bundle) = parts.bundle() else { return false };
    let known = parts.twin(&bundle).bundle().expect("a bundle whose values are known");
    let words = Words::of(&known, &bundle);
    for dialect in [Dialect::BuildKit, Dialect::Classic] {
        let text = ours::render(&bundle, dialect).expect("a bundle can be rendered");
        let known = ours::render(&known, dialect).expect("a bundle can be rendered");
        let (text, known) = (without_digest(&text), without_digest(&known));
        let meant: Vec<Line> =
            dockerfile::read(&known).into_iter().flat_map(|line| words.replace_in(line, &bundle)).collect();
        assert_eq!(dockerfile::read(&text), meant, "{text}");
    }
    true
}

/// Leaves out the digest of the requirements.
fn without_digest(text: &str) -> String {
    const BEFORE: &str = "REQUIREMENTS_DIGEST=";
    let Some(start) = text.find(BEFORE).map(|start| start + BEFORE.len()) else { return text.to_owned() };
    let length = text[start..].find(|c: char| !c.is_ascii_hexdigit()).expect("a program follows");
    assert_eq!(length, 16, "{text}");
    format!("{}{}", &text[..start], &text[start + length..])
}

/// The values that a Dockerfile contains unchanged, each after the known value that it replaces.
struct Words(Vec<(String, String)>);

impl Words {
    fn of(known: &Bundle, bundle: &Bundle) -> Self {
        let (known, meant) = (written(known), written(bundle));
        assert_eq!(known.len(), meant.len(), "the two bundles differ in shape");
        let mut words: Vec<_> = known.into_iter().zip(meant).collect();
        // Longest first, because one value may start with another.
        words.sort_by_key(|(known, _)| std::cmp::Reverse(known.len()));
        Self(words)
    }

    fn replace_in(&self, line: Line, bundle: &Bundle) -> Vec<Line> {
        let config = bundle.config();
        let line = match line {
            Line::Plain(text) if text == format!("ARG {}", parts::ARGUMENT) => {
                let names = config.build_arg.keys().filter(|name| !name.is_predefined());
                return names.map(|name| Line::Plain(format!("ARG {name}"))).collect();
            }
            Line::Plain(text) if text == format!("EXPOSE {}", parts::PORT) => {
                let ports: Vec<String> = bundle.expose().iter().map(ToString::to_string).collect();
                Line::Plain(format!("EXPOSE {}", ports.join(" ")))
            }
            Line::Plain(text) => Line::Plain(self.replace_in_text(&text)),
            Line::Pairs(name, pairs) => Line::Pairs(name.clone(), self.replace_in_pairs(&name, &pairs, config)),
            Line::Command(name, words) if words == [parts::WORD] => match name.as_str() {
                "ENTRYPOINT" => Line::Command(name, command(config.entrypoint.as_ref())),
                "CMD" => Line::Command(name, command(config.cmd.as_ref())),
                _ => Line::Command(healthcheck(config), command(config.healthcheck.as_ref().map(|check| &check.cmd))),
            },
            // The check of the entry point has its program as the last word.
            Line::Command(name, mut words) if words.last().is_some_and(|word| word == parts::WORD) => {
                words.pop();
                words.push(command(config.entrypoint.as_ref())[0].clone());
                Line::Command(name, words)
            }
            ours @ Line::Command(..) => ours,
        };
        vec![line]
    }

    fn replace_in_pairs(&self, name: &str, known: &[(String, String)], config: &Config) -> Vec<(String, String)> {
        let is_known = |key: &str| key == parts::VARIABLE || key == parts::LABEL;
        let own = known.iter().filter(|(key, _)| !is_known(key));
        let mut pairs: BTreeMap<String, String> =
            own.map(|(key, value)| (key.clone(), self.replace_in_text(value))).collect();
        match name {
            "LABEL" => pairs.extend(config.label.iter().map(|(key, value)| (key.to_string(), value.to_string()))),
            _ if known.iter().any(|(key, _)| is_known(key)) => {
                pairs.extend(config.env.iter().map(|(key, value)| (key.to_string(), value.to_string())));
            }
            _ => {}
        }
        pairs.into_iter().collect()
    }

    /// Replaces each known value in the text. Replacements are not searched for known values.
    fn replace_in_text(&self, mut text: &str) -> String {
        let mut replaced = String::new();
        while let Some(c) = text.chars().next() {
            match self.0.iter().find(|(known, _)| text.starts_with(known.as_str())) {
                Some((known, meant)) => {
                    replaced += meant;
                    text = &text[known.len()..];
                }
                None => {
                    replaced.push(c);
                    text = &text[c.len_utf8()..];
                }
            }
        }
        replaced
    }
}

/// Returns the values of a bundle that a Dockerfile contains unchanged, in the form in which it contains them.
fn written(bundle: &Bundle) -> Vec<String> {
    let config = bundle.config();
    let mut words = vec![with_tag(bundle.runtime_image()), bundle.project().name().to_string()];
    words.extend(bundle.version().map(ToString::to_string));
    words.extend(bundle.agentix_version().map(ToString::to_string));
    if let Installer::Uv { image } = bundle.installer() {
        words.push(with_tag(image));
    }
    words.extend(bundle.nix().map(|nix| with_tag(&nix.image)));
    if let Some(user) = &config.user {
        words.push(user.to_string());
        words
            .extend(user.account().into_iter().flat_map(|account| [account.name.to_string(), account.uid.to_string()]));
    }
    words.extend(config.stop_signal.as_ref().map(ToString::to_string));
    words.extend(config.workdir.as_ref().map(ToString::to_string));
    words.extend(bundle.apt().iter().map(ToString::to_string).reduce(|all, next| all + " " + &next));
    for word in words.iter().flat_map(|words| words.split(' ')) {
        let plain = |c: char| c.is_ascii_alphanumeric() || "._-/:@+~=!".contains(c);
        assert!(!word.is_empty() && word.chars().all(plain), "not a plain word: {word:?}");
    }
    if let Some(nix) = bundle.nix() {
        let caches = nix.substituters.iter().map(ToString::to_string).reduce(|all, next| all + " " + &next);
        let keys = nix.public_keys.iter().map(ToString::to_string).reduce(|all, next| all + " " + &next);
        let quoted: Vec<String> = caches.into_iter().chain(keys).collect();
        let safe = |c: char| c.is_ascii_graphic() && !"'\\".contains(c) || c == ' ';
        assert!(quoted.iter().all(|text| text.chars().all(safe)), "not safe in quotes: {quoted:?}");
        words.extend(quoted);
        words.extend(nix.file.iter().map(|file| file.normal().into_string()));
    }
    words
}

/// Returns an image with an explicit tag, as in `FROM`.
fn with_tag(image: &ImageRef) -> String {
    let written = image.tag().is_some() || image.digest().is_some();
    if written { image.to_string() } else { format!("{image}:latest") }
}

fn command(words: Option<&ExecForm>) -> Vec<String> {
    words.expect("a command").words().map(str::to_owned).collect()
}

fn healthcheck(config: &Config) -> String {
    let check = config.healthcheck.as_ref().expect("a health check");
    let durations = [("interval", &check.interval), ("timeout", &check.timeout), ("start-period", &check.start_period)];
    let durations = durations.into_iter().filter_map(|(name, value)| Some(format!(" --{name}={}", value.as_ref()?)));
    let retries = check.retries.map(|retries| format!(" --retries={retries}"));
    durations.chain(retries).fold("HEALTHCHECK".to_owned(), |text, flag| text + &flag)
}
