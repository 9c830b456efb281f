//! Locks of the example project, in the formats that users have.

/// The lock of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lock {
    /// A fully pinned `requirements.txt`.
    Requirements,
    /// The same with hashes.
    HashedRequirements,
    Pylock,
    /// The `uv.lock` of the example project.
    Uv,
}

impl Lock {
    pub(crate) fn file(self) -> &'static str {
        match self {
            Self::Requirements | Self::HashedRequirements => "requirements.txt",
            Self::Pylock => "pylock.toml",
            Self::Uv => "uv.lock",
        }
    }

    pub(crate) fn text(self) -> String {
        let all = ["rich==13.0", "of-another==1", "of-an-extra==1", "of-a-group==1"];
        let hash = format!(" --hash=sha256:{}", "0".repeat(64));
        match self {
            Self::Requirements => all.map(|one| format!("{one}\n")).concat(),
            Self::HashedRequirements => all.map(|one| format!("{one}{hash}\n")).concat(),
            Self::Pylock => {
                let packages = ["rich", "of-another", "of-an-extra", "of-a-group"];
                let packages = packages.map(|name| format!("[[packages]]\nname = '{name}'\n")).concat();
                format!("lock-version = '1.0'\ncreated-by = 'a tool'\n{packages}")
            }
            Self::Uv => UV_LOCK.to_owned(),
        }
    }
}

const UV_LOCK: &str = r#"version = 1
revision = 3
requires-python = ">=3.11"

[[package]]
name = "agentix-hello"
version = "1.0"
source = { editable = "." }
dependencies = [{ name = "rich" }]

[package.optional-dependencies]
web = [{ name = "of-an-extra" }]

[package.dev-dependencies]
serve = [{ name = "of-a-group" }]

[package.metadata]
requires-dist = [
    { name = "of-an-extra", marker = "extra == 'web'" },
    { name = "rich", specifier = ">=13" },
]
provides-extras = ["web"]

[package.metadata.requires-dev]
serve = [{ name = "of-a-group" }]

[[package]]
name = "of-a-group"
version = "1"
source = { registry = "https://index.example.org/simple" }

[[package]]
name = "of-an-extra"
version = "1"
source = { registry = "https://index.example.org/simple" }

[[package]]
name = "rich"
version = "13.0"
source = { registry = "https://index.example.org/simple" }
"#;
