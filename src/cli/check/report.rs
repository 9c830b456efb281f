//! The result of a check for the programs of a CI: [SARIF] and the [annotations] of GitHub Actions.
//!
//! [SARIF]: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
//! [annotations]: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands

use std::fmt::Write;

use serde_json::{Value, json};

use super::difference::{Difference, Hunk};

/// The rule that a result belongs to.
const RULE: &str = "outdated";

/// Returns one result for each group of lines that differ. `remedy` is the command that updates the files.
pub(super) fn sarif(differences: &[Difference], remedy: &str) -> Value {
    let results: Vec<Value> = hunks(differences)
        .map(|(difference, hunk)| {
            json!({
                "ruleId": RULE,
                "level": "error",
                "message": { "text": message(&hunk, remedy) },
                "locations": [{ "physicalLocation": {
                    "artifactLocation": { "uri": uri(difference.path.as_str()) },
                    "region": { "startLine": hunk.first, "endLine": hunk.last },
                }}],
            })
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "agentix-gen",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": [{
                    "id": RULE,
                    "shortDescription": { "text": "The file is not what the project generates" },
                }],
            }},
            "results": results,
        }],
    })
}

/// Returns one workflow command for each group of lines that differ.
pub(super) fn github(differences: &[Difference], remedy: &str) -> String {
    let mut text = String::new();
    for (difference, hunk) in hunks(differences) {
        let file = property(difference.path.as_str());
        let message = data(&message(&hunk, remedy));
        // Writing to a string cannot fail.
        _ = writeln!(
            text,
            "::error file={file},line={},endLine={},title=agentix-gen check::{message}",
            hunk.first, hunk.last
        );
    }
    text
}

fn hunks(differences: &[Difference]) -> impl Iterator<Item = (&Difference, Hunk)> {
    differences.iter().flat_map(|difference| difference.hunks().into_iter().map(move |hunk| (difference, hunk)))
}

fn message(hunk: &Hunk, remedy: &str) -> String {
    if hunk.wanted.is_empty() {
        return format!("the generated file does not have this; update it: {remedy}");
    }
    format!("the generated file has here:\n{}update it: {remedy}", hunk.wanted)
}

/// Returns a path as a relative reference (RFC 3986).
fn uri(path: &str) -> String {
    let mut text = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

/// Escapes the message of a workflow command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{Difference, github, sarif, uri};

    fn differences(committed: &str, current: &str) -> [Difference; 1] {
        [Difference { path: "a b/Docker,file".into(), committed: committed.to_owned(), current: current.to_owned() }]
    }

    /// Returns the lines of each annotation.
    fn lines(committed: &str, current: &str) -> Vec<(u64, u64)> {
        let sarif = sarif(&differences(committed, current), "x");
        let regions = sarif["runs"][0]["results"].as_array().unwrap().iter();
        let line = |region: &serde_json::Value, key: &str| region[key].as_u64().unwrap();
        regions
            .map(|result| &result["locations"][0]["physicalLocation"]["region"])
            .map(|region| (line(region, "startLine"), line(region, "endLine")))
            .collect()
    }

    #[test]
    fn each_group_of_lines_has_a_result() {
        assert_eq!(lines("a\nb\nc\n", "a\nb\nc\n"), []);
        assert_eq!(lines("a\nb\nc\n", "a\nx\nc\n"), [(2, 2)]);
        assert_eq!(lines("a\nb\nc\nd\ne\n", "x\nb\nc\ny\nz\n"), [(1, 1), (4, 5)]);
        assert_eq!(lines("a\nb\nc\n", "a\nc\n"), [(2, 2)]);
        // Missing lines belong after the named one. An empty file has a first line.
        assert_eq!(lines("a\nc\n", "a\nb\nc\n"), [(1, 1)]);
        assert_eq!(lines("", "a\n"), [(1, 1)]);
    }

    #[test]
    fn no_text_ends_a_workflow_command() {
        let text = github(&differences("a\n", "100% a\r\n::error::b\n"), "x: y");
        assert_eq!(
            text,
            "::error file=a b/Docker%2Cfile,line=1,endLine=1,title=agentix-gen check::\
             the generated file has here:%0A100%25 a%0D%0A::error::b%0Aupdate it: x: y\n"
        );
        assert_eq!(uri("a b/ü:%.x"), "a%20b/%C3%BC%3A%25.x");
    }
}
