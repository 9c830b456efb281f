//! A bill of materials in the format [CycloneDX 1.6], as JSON.
//!
//! [CycloneDX 1.6]: https://cyclonedx.org/docs/1.6/json/

use serde::Serialize;

use super::component::{Algorithm, Component, Hash, Location};
use super::license::License;
use super::{Sbom, SbomError, json, uuid};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    bom_format: &'static str,
    spec_version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    serial_number: Option<String>,
    version: u32,
    metadata: Metadata<'a>,
    components: Vec<Entry<'a>>,
    dependencies: Vec<Dependency<'a>>,
}

#[derive(Serialize)]
struct Metadata<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<String>,
    lifecycles: [Lifecycle; 1],
    tools: Tools,
    component: Entry<'a>,
}

#[derive(Serialize)]
struct Lifecycle {
    phase: &'static str,
}

#[derive(Serialize)]
struct Tools {
    components: [Tool; 1],
}

#[derive(Serialize)]
struct Tool {
    r#type: &'static str,
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Entry<'a> {
    r#type: &'static str,
    #[serde(rename = "bom-ref")]
    id: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hashes: Vec<HashEntry<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    licenses: Option<[LicenseEntry<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purl: Option<&'a str>,
    #[serde(rename = "externalReferences", skip_serializing_if = "Vec::is_empty")]
    references: Vec<Reference<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum LicenseEntry<'a> {
    Expression { expression: &'a str },
    License { license: LicenseName<'a> },
}

#[derive(Serialize)]
struct LicenseName<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct HashEntry<'a> {
    alg: &'static str,
    content: &'a str,
}

#[derive(Serialize)]
struct Reference<'a> {
    r#type: &'static str,
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hashes: Vec<HashEntry<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Dependency<'a> {
    r#ref: &'a str,
    depends_on: Vec<&'a str>,
}

/// Returns the document. Its serial number is derived from the rest of it.
pub(super) fn document(sbom: &Sbom) -> Result<String, SbomError> {
    let mut document = Document {
        schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
        bom_format: "CycloneDX",
        spec_version: "1.6",
        serial_number: None,
        version: 1,
        metadata: Metadata {
            timestamp: sbom.timestamp.map(|epoch| epoch.to_string()),
            lifecycles: [Lifecycle { phase: "pre-build" }],
            tools: Tools {
                components: [Tool {
                    r#type: "application",
                    name: env!("CARGO_PKG_NAME"),
                    version: env!("CARGO_PKG_VERSION"),
                }],
            },
            component: entry(&sbom.root, "application"),
        },
        components: sbom.components.iter().map(|component| entry(component, "library")).collect(),
        dependencies: [&sbom.root].into_iter().chain(&sbom.components).filter_map(dependency).collect(),
    };
    document.serial_number = Some(format!("urn:uuid:{}", uuid::of(&json(&document)?)));
    json(&document)
}

fn entry<'a>(component: &'a Component, kind: &'static str) -> Entry<'a> {
    Entry {
        r#type: kind,
        id: &component.id,
        name: &component.name,
        version: component.version.as_deref(),
        description: component.description.as_deref(),
        hashes: match &component.files[..] {
            // A component of several files has no hash: an installer chooses one of them.
            [file] => file.hashes.iter().map(hash).collect(),
            _ => Vec::new(),
        },
        licenses: component.license.as_ref().map(|license| [license_entry(license)]),
        purl: component.purl.as_deref(),
        references: references(component),
    }
}

fn license_entry(license: &License) -> LicenseEntry<'_> {
    match license {
        License::Expression(expression) => LicenseEntry::Expression { expression },
        License::Name(name) => LicenseEntry::License { license: LicenseName { name } },
    }
}

/// Returns the repository or the archive of a component, and a reference for each of its files.
fn references(component: &Component) -> Vec<Reference<'_>> {
    let reference = |r#type, url, hashes| Reference { r#type, url, comment: None, hashes };
    if let Some(Location::Repository(url)) = &component.location {
        return vec![reference("vcs", url, Vec::new())];
    }
    if let Some(Location::Archive(url)) = &component.location {
        return vec![reference("distribution", url, component.hashes().into_iter().map(hash).collect())];
    }
    let named = component.files.iter().filter_map(|file| Some((file.location.as_deref()?, file)));
    let mut references: Vec<Reference<'_>> =
        named.map(|(url, file)| reference("distribution", url, file.hashes.iter().map(hash).collect())).collect();
    let unnamed = component.files.iter().filter(|file| file.location.is_none());
    let unnamed: Vec<HashEntry<'_>> = unnamed.flat_map(|file| &file.hashes).map(hash).collect();
    if let Some(purl) = component.purl.as_deref().filter(|_| !unnamed.is_empty()) {
        let comment = Some("The lock has hashes of files without their names.");
        references.push(Reference { r#type: "distribution", url: purl, comment, hashes: unnamed });
    }
    references
}

fn hash(hash: &Hash) -> HashEntry<'_> {
    let alg = match hash.algorithm {
        Algorithm::Md5 => "MD5",
        Algorithm::Sha1 => "SHA-1",
        Algorithm::Sha256 => "SHA-256",
        Algorithm::Sha384 => "SHA-384",
        Algorithm::Sha512 => "SHA-512",
    };
    HashEntry { alg, content: &hash.digest }
}

/// Returns what a component depends on. A component without an entry has unknown dependencies.
fn dependency(component: &Component) -> Option<Dependency<'_>> {
    let depends_on = component.requires.as_ref()?.iter().map(String::as_str).collect();
    Some(Dependency { r#ref: &component.id, depends_on })
}
