//! A bill of materials in the format [SPDX 2.3], as JSON.
//!
//! [SPDX 2.3]: https://spdx.github.io/spdx-spec/v2.3/

use std::collections::BTreeSet;

use serde::Serialize;

use super::component::{Algorithm, Component, Location};
use super::license::License;
use super::{Sbom, SbomError, json, uuid};

/// The value for what is not known.
const UNKNOWN: &str = "NOASSERTION";

/// The time of a document without one: the format requires it, and the document must not depend on the clock.
const NO_TIME: &str = "1970-01-01T00:00:00Z";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    spdx_version: &'static str,
    data_license: &'static str,
    #[serde(rename = "SPDXID")]
    id: &'static str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "documentNamespace")]
    namespace: Option<String>,
    creation_info: CreationInfo,
    packages: Vec<Package<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    has_extracted_licensing_infos: Vec<ExtractedLicense<'a>>,
    relationships: Vec<Relationship>,
}

#[derive(Serialize)]
struct CreationInfo {
    created: String,
    creators: [&'static str; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Package<'a> {
    #[serde(rename = "SPDXID")]
    id: String,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_info: Option<&'a str>,
    supplier: &'static str,
    download_location: &'a str,
    files_analyzed: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    checksums: Vec<Checksum<'a>>,
    license_concluded: &'static str,
    license_declared: &'a str,
    copyright_text: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_refs: Option<[ExternalRef<'a>; 1]>,
    primary_package_purpose: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Checksum<'a> {
    algorithm: &'static str,
    checksum_value: &'a str,
}

#[derive(Serialize)]
struct ExternalRef<'a> {
    #[serde(rename = "referenceCategory")]
    category: &'static str,
    #[serde(rename = "referenceType")]
    kind: &'static str,
    #[serde(rename = "referenceLocator")]
    locator: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExtractedLicense<'a> {
    license_id: &'a str,
    extracted_text: &'static str,
}

#[derive(Serialize)]
struct Relationship {
    #[serde(rename = "spdxElementId")]
    from: String,
    #[serde(rename = "relationshipType")]
    kind: &'static str,
    #[serde(rename = "relatedSpdxElement")]
    to: String,
}

/// Returns the document. Its namespace is derived from the rest of it.
pub(super) fn document(sbom: &Sbom) -> Result<String, SbomError> {
    let all = || [&sbom.root].into_iter().chain(&sbom.components);
    let references: BTreeSet<&str> =
        all().filter_map(|component| component.license.as_ref()).flat_map(License::references).collect();
    let mut document = Document {
        spdx_version: "SPDX-2.3",
        data_license: "CC0-1.0",
        id: "SPDXRef-DOCUMENT",
        name: &sbom.root.id,
        namespace: None,
        creation_info: CreationInfo {
            created: sbom.timestamp.map_or_else(|| NO_TIME.to_owned(), |epoch| epoch.to_string()),
            creators: [concat!("Tool: ", env!("CARGO_PKG_NAME"), "-", env!("CARGO_PKG_VERSION"))],
        },
        packages: all().map(|component| package(component, std::ptr::eq(component, &raw const sbom.root))).collect(),
        has_extracted_licensing_infos: references
            .into_iter()
            .map(|license_id| ExtractedLicense { license_id, extracted_text: UNKNOWN })
            .collect(),
        relationships: relationships(sbom),
    };
    let uuid = uuid::of(&json(&document)?);
    document.namespace = Some(format!("https://spdx.org/spdxdocs/{}-{uuid}", sbom.root.id));
    json(&document)
}

fn package(component: &Component, is_root: bool) -> Package<'_> {
    let checksums: Vec<Checksum<'_>> = component
        .hashes()
        .into_iter()
        .map(|hash| Checksum { algorithm: algorithm(hash.algorithm), checksum_value: &hash.digest })
        .collect();
    let comment = "An installer accepts several files; each checksum is that of one of them.";
    Package {
        id: id(&component.id),
        name: &component.name,
        version_info: component.version.as_deref(),
        supplier: UNKNOWN,
        download_location: download_location(component),
        files_analyzed: false,
        comment: (checksums.len() > 1).then_some(comment),
        checksums,
        license_concluded: UNKNOWN,
        license_declared: match &component.license {
            Some(License::Expression(expression)) => expression,
            Some(License::Name(_)) | None => UNKNOWN,
        },
        copyright_text: UNKNOWN,
        summary: component.description.as_deref(),
        external_refs: component
            .purl
            .as_deref()
            .map(|locator| [ExternalRef { category: "PACKAGE-MANAGER", kind: "purl", locator }]),
        primary_package_purpose: if is_root { "APPLICATION" } else { "LIBRARY" },
    }
}

fn download_location(component: &Component) -> &str {
    match (&component.location, &component.files[..]) {
        (Some(Location::Archive(url) | Location::Repository(url)), _) => url,
        (None, [file]) => file.location.as_deref().filter(|location| location.contains("://")).unwrap_or(UNKNOWN),
        (None, _) => UNKNOWN,
    }
}

fn algorithm(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Md5 => "MD5",
        Algorithm::Sha1 => "SHA1",
        Algorithm::Sha256 => "SHA256",
        Algorithm::Sha384 => "SHA384",
        Algorithm::Sha512 => "SHA512",
    }
}

fn relationships(sbom: &Sbom) -> Vec<Relationship> {
    let describes = Relationship { from: "SPDXRef-DOCUMENT".to_owned(), kind: "DESCRIBES", to: id(&sbom.root.id) };
    let of_component = |component: &Component| {
        let from = id(&component.id);
        let depends = |on: &String| Relationship { from: from.clone(), kind: "DEPENDS_ON", to: id(on) };
        component.requires.iter().flatten().map(depends).collect::<Vec<_>>()
    };
    let edges = [&sbom.root].into_iter().chain(&sbom.components).flat_map(of_component);
    [describes].into_iter().chain(edges).collect()
}

fn id(component: &str) -> String {
    format!("SPDXRef-Package-{component}")
}
