//! One target of a bake file.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{BakeError, Baked};
use crate::engine::BuildRequest;

/// A target of a bake file. The names of its keys are those of the Bake file reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct BakeTarget {
    context: String,
    dockerfile: &'static str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    contexts: BTreeMap<String, String>,
    tags: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    args: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    platforms: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    secret: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ssh: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attest: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    network: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cache_from: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cache_to: Vec<String>,
}

impl BakeTarget {
    pub(super) fn new(baked: &Baked<'_>) -> Result<Self, BakeError> {
        let request = &baked.request;
        let without = [
            ("add-host", request.add_host.is_empty()),
            ("builder", request.builder.is_none()),
            ("engine options", request.engine_options.is_empty()),
        ];
        if let Some((key, _)) = without.into_iter().find(|(_, is_unset)| !is_unset) {
            return Err(BakeError::Setting { target: baked.name().to_owned(), key });
        }
        let named = request.build_args.iter().map(|(name, value)| (name.to_string(), literal(value)));
        let time = request.source_date_epoch.iter().map(|time| ("SOURCE_DATE_EPOCH".to_owned(), time.to_string()));
        Ok(Self {
            context: format!("./{}", literal(&baked.folder())),
            dockerfile: "Dockerfile",
            contexts: request.build_contexts.iter().map(|(name, from)| (name.to_string(), literal(from))).collect(),
            tags: literals(&request.tags),
            args: named.chain(time).collect(),
            platforms: literals(&request.platforms),
            secret: literals(&request.secrets),
            ssh: literals(&request.ssh),
            attest: attestations(request),
            network: request.network.as_ref().map(literal),
            cache_from: literals(&request.cache_from),
            cache_to: literals(&request.cache_to),
        })
    }
}

/// Returns the attestations of a request in the form of `--attest`.
fn attestations(request: &BuildRequest) -> Vec<String> {
    let kinds = [("sbom", &request.sbom), ("provenance", &request.provenance)];
    let asked = kinds.into_iter().filter_map(|(kind, asked)| Some((kind, asked.as_ref()?.as_str())));
    asked
        .map(|(kind, settings)| match settings {
            "true" => format!("type={kind}"),
            "false" => format!("type={kind},disabled=true"),
            settings => format!("type={kind},{}", literal(&settings)),
        })
        .collect()
}

fn literals<T: ToString>(values: impl IntoIterator<Item = T>) -> Vec<String> {
    values.into_iter().map(|value| literal(&value)).collect()
}

/// Returns a value as a string of a bake file, where `${` and `%{` start a template (HCL native syntax, section "Template
/// Expressions", which its JSON syntax uses too).
pub(super) fn literal(value: &impl ToString) -> String {
    value.to_string().replace("${", "$${").replace("%{", "%%{")
}
