//! The `engines` command: lists all engines, each with its features or the reason why it cannot be used.

use std::collections::BTreeSet;
use std::fmt::Write;

use agentix_gen::engine::{Builder, Capabilities, EngineError, Feature, Origin, Registry, RegistryEntry};
use agentix_gen::value::{Cancel, Dialect};
use serde::Serialize;

use super::arguments::{EnginesArguments, Format};
use super::error::{CommandError, with_causes};
use super::signals::Signals;
use super::{engines, output};

pub(crate) fn print(arguments: &EnginesArguments) -> Result<(), CommandError> {
    let signals = Signals::listen()?;
    let rows = signals.unless_received(probed(&engines::registry(&signals.cancel()), &signals.cancel()))?;
    match arguments.format {
        Format::Text => output::data(table(&rows).as_bytes()),
        Format::Json => output::json(&rows),
    }
}

/// Loads and probes all engines. An engine that fails has the error in its row. Cancellation is the only error returned.
fn probed(registry: &Registry, cancel: &Cancel) -> Result<Vec<ListedEngine>, CommandError> {
    let row = |RegistryEntry { name, origin, engine, .. }: RegistryEntry| {
        let is_tested = engine.as_ref().ok().and_then(|engine| engine.is_tested());
        let probed = engine.map_err(CommandError::from).and_then(|engine| Ok(engine.probe(cancel)?));
        if cancel.is_cancelled() {
            return Err(EngineError::Cancelled.into());
        }
        Ok(ListedEngine::new(name, &origin, is_tested, probed))
    };
    registry.entries().into_iter().map(row).collect()
}

/// An engine in the list.
#[derive(Debug, Serialize)]
struct ListedEngine {
    name: String,
    origin: String,
    /// Whether the tests of this tool run the engine. Only known of built-in engines.
    #[serde(skip_serializing_if = "Option::is_none")]
    tested: Option<bool>,
    /// The path of a plugin.
    #[serde(skip_serializing_if = "Option::is_none")]
    program: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    builder: Option<Builder>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dialect: Option<Dialect>,
    features: BTreeSet<Feature>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl ListedEngine {
    fn new(name: String, origin: &Origin, tested: Option<bool>, probed: Result<Capabilities, CommandError>) -> Self {
        let (found, error) = match probed {
            Ok(found) => (Some(found), None),
            Err(error) => (None, Some(with_causes(&error))),
        };
        Self {
            name,
            origin: origin.to_string(),
            tested,
            program: origin.path().map(ToString::to_string),
            version: found.as_ref().map(|found| found.version.clone()),
            builder: found.as_ref().map(|found| found.builder.clone()),
            dialect: found.as_ref().map(Capabilities::dialect),
            features: found.map(|found| found.features).unwrap_or_default(),
            error,
        }
    }

    fn tested(&self) -> &'static str {
        match self.tested {
            Some(true) => "yes",
            Some(false) => "no",
            None => "-",
        }
    }

    /// Returns the builder and its features, or the reason why the engine cannot be used.
    fn state(&self) -> String {
        let features: Vec<String> = self.features.iter().map(Feature::to_string).collect();
        match (&self.builder, &self.error) {
            (Some(builder), _) if features.is_empty() => builder.to_string(),
            (Some(builder), _) => format!("{builder}: {}", features.join(", ")),
            (None, error) => error.clone().unwrap_or_default(),
        }
    }
}

fn table(rows: &[ListedEngine]) -> String {
    let width =
        |cell: fn(&ListedEngine) -> usize, head: &str| rows.iter().map(cell).chain([head.len()]).max().unwrap_or(0);
    let name = width(|row| row.name.len(), "ENGINE");
    let origin = width(|row| row.origin.len(), "ORIGIN");
    let version = width(|row| row.version.as_ref().map_or(1, String::len), "VERSION");
    let mut table = format!("{:name$}  {:origin$}  {:version$}  TESTED  BUILDER\n", "ENGINE", "ORIGIN", "VERSION");
    for row in rows {
        let state = row.state();
        let found = row.version.as_deref().unwrap_or("-");
        // Writing to a string cannot fail.
        _ = writeln!(
            table,
            "{:name$}  {:origin$}  {found:version$}  {:6}  {state}",
            row.name,
            row.origin,
            row.tested()
        );
    }
    table
}
