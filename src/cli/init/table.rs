//! The table that `init` writes.

use std::fmt;

use agentix_gen::bundle::Plan;
use agentix_gen::value::Redacted;
use agentix_gen::{Bundle, Project};

/// The keys whose decision is shown, in this order.
const SHOWN: [&str; 6] = ["tag", "runtime-image", "python-image", "installer", "uv-image", "nix"];

const INTRODUCTION: &str = "\
# Every key is optional; `agentix-gen schema` describes them.
# A commented key is decided without it. Remove the `#` to fix its value.";

/// A key that the build fails without.
pub(super) struct Need {
    pub(super) key: &'static str,
    pub(super) value: toml::Value,
    pub(super) why: String,
}

/// The table `[tool.agentix]` of a project. Displayed, it is TOML.
pub(super) struct Table {
    needed: Vec<Line>,
    decided: Vec<Line>,
    offered: Vec<Line>,
}

/// A key with its value, and where the value comes from.
struct Line {
    key: &'static str,
    value: toml::Value,
    from: String,
}

impl Table {
    pub(super) fn new(bundle: &Bundle, plan: &Plan, needs: Vec<Need>) -> Self {
        let is_needed = |key: &&str| needs.iter().any(|need| need.key == *key);
        let decided = SHOWN.into_iter().filter(|key| !is_needed(key)).filter_map(|key| {
            let decision = plan.decisions.get(key)?;
            let value = toml::Value::try_from(&decision.value).ok()?;
            Some(Line { key, value, from: decision.from.clone() })
        });
        let entry_point = program(bundle.project()).map(|program| Line {
            key: "entrypoint",
            value: vec![format!("/nix/runtime/bin/{program}")].into(),
            from: "run this program of the project instead of the server".to_owned(),
        });
        let decided = decided.collect();
        let needed = needs.into_iter().map(|Need { key, value, why }| Line { key, value, from: why });
        Self { needed: needed.collect(), decided, offered: entry_point.into_iter().collect() }
    }

    /// Returns `true` if the project is built without the table.
    pub(super) fn is_optional(&self) -> bool {
        self.needed.is_empty()
    }

    /// Returns what an image of the project is made with, one line each.
    pub(super) fn decisions(&self) -> impl Iterator<Item = String> {
        self.needed.iter().chain(&self.decided).map(Line::to_string)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "[tool.agentix]\n{INTRODUCTION}")?;
        for line in &self.needed {
            writeln!(f, "{line}")?;
        }
        for line in self.decided.iter().chain(&self.offered) {
            writeln!(f, "# {line}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, value, from } = self;
        let from = from.replace(char::is_control, " ");
        write!(f, "{key} = {}  # {}", Redacted(&value.to_string()).text(), Redacted(&from).text())
    }
}

/// Returns the program of a project: the one that has the name of the project, or the first.
fn program(project: &Project) -> Option<String> {
    let named = project.scripts().find(|program| [project.name().as_str(), project.name().short()].contains(program));
    named.or_else(|| project.scripts().next()).map(str::to_owned)
}
