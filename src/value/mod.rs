//! Leaf values: each type has a grammar, checks it once when it is parsed, and is safe to use afterwards.
//!
//! Dockerfiles and argument lists consist only of these values. No value can escape from the context that it is written
//! into. This module imports no other module of the crate.
//!
//! | file | contents |
//! |---|---|
//! | `image` | image references |
//! | `name`, `variable`, `label`, `path`, `platform`, `builder_name`, `port`, `url` | names, texts, paths and numbers with a grammar |
//! | `account`, `apt`, `epoch`, `exec`, `health`, `mirror`, `nix_cache`, `nixpkgs`, `size`, `stop_signal` | values of keys in `[tool.agentix]` |
//! | `build_secret`, `secret`, `secret_name` | build secrets, names of variables that hold one |
//! | `credential`, `certificate` | URLs with credentials, CA certificates |
//! | `attestation`, `ssh_access` | what a builder attests, where it writes an image, and the ssh keys of its steps |
//! | `named_context` | names and sources of build contexts |
//! | `pattern` | path patterns that follow docker's rules, and lists of them |
//! | `dialect`, `template` | Dockerfile dialects, user templates |
//! | `cancel`, `environment` | the flag that cancels long-running work, the environment variables that a build uses |
//! | `encoding` | text in UTF-16 and UTF-32 |
//! | `display` | wrappers that display untrusted text safely |
//! | `nearest` | the known word that a mistyped one means |
//! | `url_credentials` | the search for credentials in any text |
//! | `checked_text` | the macro that defines most of these types, and its error |

#[macro_use]
mod checked_text;

mod account;
mod apt;
mod attestation;
mod build_secret;
mod builder_name;
mod cancel;
mod certificate;
mod credential;
mod dialect;
mod display;
mod encoding;
mod environment;
mod epoch;
mod exec;
mod health;
mod image;
mod label;
mod mirror;
mod name;
mod named_context;
mod nearest;
mod nix_cache;
mod nixpkgs;
mod path;
mod pattern;
mod platform;
mod port;
mod secret;
mod secret_name;
mod size;
mod ssh_access;
mod stop_signal;
mod template;
mod url;
mod url_credentials;
mod variable;

pub use pep440_rs::Version;

pub(crate) use account::USER_VARIABLE;
pub use account::{Account, AccountName, Uid, UidError, UidGid, User};
pub use apt::AptPackage;
pub use attestation::{Attestation, BuildOutput};
pub use build_secret::{BuildSecret, SecretError, SecretSource};
pub use builder_name::BuilderName;
pub use cancel::Cancel;
pub use certificate::{CaCertificate, CertificateError};
pub use checked_text::ValueError;
pub use credential::CredentialUrl;
pub use dialect::Dialect;
pub(crate) use display::Escaped;
pub use display::{OneLine, Redacted, is_unseen};
pub(crate) use encoding::Encoding;
pub use environment::Environment;
pub use epoch::{Epoch, EpochError};
pub use exec::{EmptyCommand, ExecForm, ExecFormError};
pub use health::{Duration, Healthcheck};
pub use image::{ImageRef, ImageRefError, ImageRefRule};
pub(crate) use label::AGENTIX_LABEL;
pub use label::{LabelKey, SingleLine};
pub use mirror::MirrorUrl;
pub use name::{NameError, ProjectName};
pub use named_context::{ContextName, ContextSource};
pub use nearest::nearest;
pub use nix_cache::{PublicKey, Substituter};
pub use nixpkgs::Nixpkgs;
pub use path::{ImageFolder, ProjectPath};
pub(crate) use pattern::clean_path;
pub use pattern::{Pattern, PatternError, PatternSet};
pub use platform::{CacheLocation, HostAddress, Network, Platform};
pub use port::{Port, Protocol};
pub use secret::{IndexName, SecretFile, SecretId};
pub(crate) use secret_name::names_secret;
pub use size::ByteSize;
pub use ssh_access::SshAccess;
pub use stop_signal::StopSignal;
pub use template::Template;
pub use url::SourceUrl;
pub use variable::{ArgName, VariableName};

#[cfg(test)]
mod tests;
