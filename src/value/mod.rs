//! Leaf values: each has a grammar, is checked once when it is parsed, and is safe from then on.
//!
//! A Dockerfile or an argument list is made of these values only. None of them can break out of the place that it
//! stands in. This room imports no other room.
//!
//! | file | holds |
//! |---|---|
//! | `image` | image references |
//! | `name`, `variable`, `label`, `path`, `platform`, `port`, `url` | names, texts, paths and numbers with a grammar |
//! | `account`, `apt`, `epoch`, `exec`, `health`, `nix_cache`, `size` | what one key of `[tool.agentix]` holds |
//! | `build_secret`, `secret`, `credential`, `certificate` | build secrets, URLs with credentials, CA certificates |
//! | `pattern` | path patterns with docker's rules |
//! | `dialect`, `template` | the dialect of a Dockerfile, a user's template |
//! | `cancel`, `environment` | the flag that stops long work, the environment variables that a build uses |
//! | `display` | how untrusted text is displayed |
//! | `checked_text` | the macro behind most of these types, and its error |

#[macro_use]
mod checked_text;

mod account;
mod apt;
mod build_secret;
mod cancel;
mod certificate;
mod credential;
mod dialect;
mod display;
mod environment;
mod epoch;
mod exec;
mod health;
mod image;
mod label;
mod name;
mod nix_cache;
mod path;
mod pattern;
mod platform;
mod port;
mod secret;
mod size;
mod template;
mod url;
mod variable;

pub use pep440_rs::Version;

pub use account::{Account, AccountName, Uid, UidError, UidGid, User};
pub use apt::AptPackage;
pub use build_secret::{BuildSecret, SecretError, SecretSource};
pub use cancel::Cancel;
pub use certificate::{CaCertificate, CertificateError};
pub use checked_text::ValueError;
pub use credential::CredentialUrl;
pub use dialect::Dialect;
pub(crate) use display::{Escaped, OneLine, is_unseen};
pub use environment::Environment;
pub use epoch::{Epoch, EpochError};
pub use exec::{EmptyCommand, ExecForm, ExecFormError};
pub use health::{Duration, Healthcheck};
pub use image::{ImageRef, ImageRefError, ImageRefRule};
pub use label::{LabelKey, SingleLine};
pub use name::{NameError, ProjectName};
pub use nix_cache::{PublicKey, Substituter};
pub use path::{ImageFolder, ProjectPath};
pub(crate) use pattern::clean_path;
pub use pattern::{Pattern, PatternError};
pub use platform::{Network, Platform};
pub use port::{Port, Protocol};
pub use secret::{IndexName, SecretFile, SecretId};
pub use size::ByteSize;
pub use template::Template;
pub use url::SourceUrl;
pub use variable::{ArgName, VariableName};

#[cfg(test)]
mod tests;
