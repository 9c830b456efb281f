//! Why bundles cannot be baked together.

/// An error of [`render`](super::render).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BakeError {
    /// Two projects have the same name.
    #[error("two projects are named `{0}`; bake them into two files")]
    Name(String),
    /// Two targets would give their image the same reference.
    #[error("`{first}` and `{second}` have the same tag `{tag}`; set `tag` in one of them, and do not pass --tag")]
    Tag {
        /// The reference.
        tag: String,
        /// The target that has it.
        first: String,
        /// The other target that has it.
        second: String,
    },
    /// A target has no such setting.
    #[error("`{target}` sets `{key}`, which a bake file does not have; build this project with `agentix-gen build`")]
    Setting {
        /// The target.
        target: String,
        /// The key.
        key: &'static str,
    },
}
