//! Labels of the image with project metadata, under the keys of the OCI image specification.

use std::collections::BTreeMap;

use pep440_rs::Version;

use super::{portable, variables};
use crate::project::{Config, Project};
use crate::value::{AGENTIX_LABEL, ImageRef, LabelKey, SingleLine, SourceUrl, ValueError};

/// The key of the label of a portable image. Its value is the names of the variables that its programs need in a task
/// image, separated by spaces.
pub(crate) const PORTABLE_LABEL: &str = "dev.agentix.portable";

/// Returns the labels from the project metadata, overridden by the configured labels.
pub(super) fn collect(
    project: &Project,
    version: Option<&Version>,
    config: &Config,
) -> Result<BTreeMap<LabelKey, SingleLine>, ValueError> {
    let metadata = [
        ("title", Some(project.name().to_string())),
        ("version", version.map(ToString::to_string)),
        ("description", project.description().map(one_line).filter(|text| !text.is_empty())),
        ("licenses", project.license().map(str::trim).filter(|text| is_expression(text)).map(str::to_owned)),
        ("source", config.source.clone().or_else(|| source(project)).map(String::from)),
        ("revision", config.revision.clone().map(String::from)),
        ("created", config.source_date_epoch.map(|epoch| epoch.to_string())),
    ];
    let mut labels = BTreeMap::new();
    for (name, value) in metadata {
        if let Some(value) = value {
            labels.insert(format!("org.opencontainers.image.{name}").parse()?, value.parse()?);
        }
    }
    labels.extend(config.label.clone());
    Ok(labels)
}

/// Adds the labels of the base image: its name, and its digest if the reference has one. Configured labels take precedence.
pub(super) fn add_base(
    labels: &mut BTreeMap<LabelKey, SingleLine>,
    image: &ImageRef,
    config: &Config,
) -> Result<(), ValueError> {
    // The Dockerfile names the implied tag too.
    let implied = if image.tag().is_none() && image.digest().is_none() { ":latest" } else { "" };
    let name = format!("{}{implied}", image.without_digest());
    for (key, value) in [("name", Some(name.as_str())), ("digest", image.digest())] {
        let key: LabelKey = format!("org.opencontainers.image.base.{key}").parse()?;
        if let Some(value) = value.filter(|_| !config.label.contains_key(&key)) {
            labels.insert(key, value.parse()?);
        }
    }
    Ok(())
}

/// Adds what a deployment reads: the version of the framework in a standalone image, and that an image is portable.
pub(super) fn add_runtime(
    labels: &mut BTreeMap<LabelKey, SingleLine>,
    agentix: Option<&Version>,
    config: &Config,
) -> Result<(), ValueError> {
    if let Some(version) = agentix {
        labels.insert(AGENTIX_LABEL.parse()?, version.to_string().parse()?);
    }
    if portable::is_wanted(config) {
        labels.insert(PORTABLE_LABEL.parse()?, variables::in_a_task_image(config).join(" ").parse()?);
    }
    Ok(())
}

/// Joins the lines of a description. The core metadata requires a single line, but some manifests use several.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// Returns the URL of the repository, found by the [well-known labels]. URLs that are not public, such as URLs with
/// credentials, are skipped.
///
/// [well-known labels]: https://packaging.python.org/en/latest/specifications/well-known-project-urls/
fn source(project: &Project) -> Option<SourceUrl> {
    const KNOWN: &[&str] = &["source", "repository", "sourcecode", "github"];
    let named = |name: &str| {
        let mut urls = project.urls().iter().filter(move |(label, _)| normal(label) == name);
        urls.find_map(|(_, url)| url.parse().ok())
    };
    KNOWN.iter().find_map(|name| named(name))
}

/// Normalises a URL label: removes punctuation and white space, and converts to lower case.
fn normal(label: &str) -> String {
    let letters = label.chars().filter(|c| !c.is_ascii_punctuation() && !c.is_whitespace());
    letters.flat_map(char::to_lowercase).collect()
}

/// Returns whether a text has the form of an [SPDX expression]. A licence text can also be free text.
///
/// ```text
/// expression = term *( ( "AND" | "OR" ) term )
/// term       = id [ "+" ] [ "WITH" id ] | "(" expression ")"
/// id         = 1*( letter | digit | "-" | "." )
/// ```
///
/// [SPDX expression]: https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/
pub(super) fn is_expression(text: &str) -> bool {
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let mut depth = 0;
    // `term`: the next word must start a term. `exception`: the next word must be the name of an exception.
    let mut term = true;
    let mut exception = false;
    for word in spaced.split(' ').filter(|word| !word.is_empty()) {
        match word {
            "(" if term && !exception => depth += 1,
            ")" if !term && depth > 0 => depth -= 1,
            "AND" | "OR" if !term => term = true,
            "WITH" if !term => (term, exception) = (true, true),
            word if term && is_id(word) => (term, exception) = (false, false),
            _ => return false,
        }
    }
    depth == 0 && !term
}

fn is_id(word: &str) -> bool {
    let id = word.strip_suffix('+').unwrap_or(word);
    let keyword = ["AND", "OR", "WITH"].contains(&word);
    !keyword && !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::{collect, is_expression};
    use crate::bundle::tests::{bundle_of, manifest};
    use crate::bundle::{Bundle, Pins};
    use crate::project::{Config, Project};

    /// Returns the labels without the common prefix of their keys.
    fn labels(project: &str, config: &str) -> Vec<(String, String)> {
        let manifest = format!("[project]\nname = 'Agentix_Hello'\nversion = '1.0'\n{project}");
        let project: Project = manifest.parse().unwrap();
        let config: Config = toml::from_str(config).unwrap();
        let labels = collect(&project, project.version(), &config).unwrap();
        let short = |key: &str| key.trim_start_matches("org.opencontainers.image.").to_owned();
        labels.iter().map(|(key, value)| (short(key.as_str()), value.to_string())).collect()
    }

    #[track_caller]
    fn label(project: &str, config: &str, name: &str, expected: Option<&str>) {
        let labels = labels(project, config);
        assert_eq!(labels.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()), expected);
    }

    #[test]
    fn metadata_becomes_labels() {
        let plain = [("title", "agentix-hello"), ("version", "1.0")].map(|(key, value)| (key.into(), value.into()));
        assert_eq!(labels("", ""), plain);
        label("description = 'Says  hello.'", "", "description", Some("Says hello."));
        label("description = \"\"\"\nSays\n hello.\n\"\"\"", "", "description", Some("Says hello."));
        label("description = \"\\u001b[31m\"", "", "description", Some("[31m"));
        label("description = ' '", "", "description", None);
        label("license = 'MIT'", "", "licenses", Some("MIT"));
        label("license.text = \"\"\"\nApache-2.0\n\"\"\"", "", "licenses", Some("Apache-2.0"));
        label("license = { text = 'MIT License' }", "", "licenses", None);
        label("license = { file = 'LICENSE' }", "", "licenses", None);
        label("", "source-date-epoch = 0", "created", Some("1970-01-01T00:00:00Z"));
        label("", "revision = 'v1 or so'", "revision", Some("v1 or so"));
    }

    #[test]
    fn the_source_is_a_valid_url() {
        let urls = |lines: &str| format!("[project.urls]\n{lines}");
        let homepage = urls("Homepage = 'https://h'");
        label(&homepage, "", "source", None);
        label(&urls("Repository = 'https://r/x'\n'Source Code' = 'https://s/x'"), "", "source", Some("https://r/x"));
        label(&urls("'Source-Code' = 'https://s/x'"), "", "source", Some("https://s/x"));
        label(&urls("Source = 'ssh://host:no-port/x'"), "", "source", None);
        label(&homepage, "source = 'https://c/x'", "source", Some("https://c/x"));
    }

    #[test]
    fn poetry_metadata_becomes_labels() {
        let manifest = "[tool.poetry]\nname = 'hello'\nversion = '1.0'\ndescription = 'Says hello'\nlicense = 'MIT'\n\
                        homepage = 'https://h.example'\nrepository = 'https://r.example/x'\n\
                        [tool.poetry.urls]\n'Bug Tracker' = 'https://b.example'\n";
        let project: Project = manifest.parse().unwrap();
        let labels = collect(&project, project.version(), &Config::default()).unwrap();
        let label = |name: &str| {
            let key = format!("org.opencontainers.image.{name}").parse().unwrap();
            labels.get(&key).map(ToString::to_string).unwrap_or_default()
        };
        assert_eq!(["description", "licenses", "source"].map(label), ["Says hello", "MIT", "https://r.example/x"]);
        assert_eq!(project.urls().len(), 3);
        let source = manifest.replace("repository", "documentation").replace("'Bug Tracker'", "'Source Code'");
        let project: Project = source.parse().unwrap();
        let labels = collect(&project, project.version(), &Config::default()).unwrap();
        assert_eq!(labels[&"org.opencontainers.image.source".parse().unwrap()].to_string(), "https://b.example");
    }

    #[test]
    fn the_base_image_is_named_with_its_digest() {
        let digest = format!("sha256:{}", "0".repeat(64));
        let label = |bundle: &Bundle, name: &str| {
            let key = format!("org.opencontainers.image.base.{name}").parse().unwrap();
            bundle.labels().get(&key).map(ToString::to_string)
        };
        let with = |flags: &str| bundle_of(&manifest(""), &[], flags).unwrap();
        let plain = with("runtime-image = 'registry.example.org/base:1'");
        assert_eq!(label(&plain, "name").unwrap(), "registry.example.org/base:1");
        assert_eq!(label(&plain, "digest"), None);
        let pins = Pins::new([format!("registry.example.org/base:1@{digest}").parse().unwrap()]);
        let pinned = plain.with_pins(&pins);
        assert_eq!(label(&pinned, "name").unwrap(), "registry.example.org/base:1");
        assert_eq!(label(&pinned, "digest").as_ref(), Some(&digest));
        let written = with(&format!("runtime-image = 'base@{digest}'"));
        assert_eq!((label(&written, "name").unwrap(), label(&written, "digest")), ("base".to_owned(), Some(digest)));
        let own = with("label = { 'org.opencontainers.image.base.name' = 'own' }").with_pins(&pins);
        assert_eq!(label(&own, "name").unwrap(), "own");
    }

    #[test]
    fn what_a_deployment_reads_is_a_label() {
        let label = |key: &str, flags: &str| {
            let bundle = bundle_of(&manifest(""), &[], flags).unwrap();
            bundle.labels().get(&key.parse().unwrap()).map(ToString::to_string)
        };
        let version = "dev.agentix.version";
        assert_eq!(label(version, ""), None, "the runtime image has it");
        assert_eq!(label(version, "standalone = true").as_deref(), Some("0.1.0"));
        assert_eq!(label(version, "portable = true\nagentix-version = '0.2.6'").as_deref(), Some("0.2.6"));
        let portable = "dev.agentix.portable";
        assert_eq!(label(portable, "standalone = true"), None);
        let env = "portable = true\nenv = { B = '1', A = '2', PATH = '/nix/runtime/bin:/bin' }";
        assert_eq!(label(portable, env).as_deref(), Some("PYTHONUNBUFFERED A B"));
    }

    #[test]
    fn configured_labels_take_precedence() {
        let own = "label = { 'org.opencontainers.image.version' = '2', team = 'a' }\nsource-date-epoch = 1";
        label("", own, "version", Some("2"));
        label("", own, "team", Some("a"));
        label("", own, "title", Some("agentix-hello"));
    }

    #[test]
    fn licences_are_spdx_expressions() {
        for text in ["MIT", "MIT OR Apache-2.0", "(MIT AND (GPL-2.0+ WITH Classpath-exception-2.0)) OR LicenseRef-x"] {
            assert!(is_expression(text), "{text}");
        }
        for text in [
            "",
            "MIT License",
            "MIT OR",
            "OR MIT",
            "(MIT",
            "MIT)",
            "()",
            "MIT WITH (x)",
            "MIT\nOR x",
            "a$b",
            "+",
            "MIT (Zlib)",
            "MIT OR (Zlib OR) MIT",
            "(MIT OR ) Zlib",
            "MIT) OR (Zlib",
            "MIT OR OR Zlib",
            "MIT WITH WITH x",
            "MIT OR WITH x",
            "(MIT)) OR Zlib",
            "(MIT)) OR (Zlib",
        ] {
            assert!(!is_expression(text), "{text}");
        }
    }
}
