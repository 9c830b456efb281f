//! Which build backends the build of a project uses.

use super::BuildSystem;

/// Backends that use no other one, whatever `requires` names beside them.
const INDEPENDENT: &[&str] =
    &["flit_core", "hatchling", "maturin", "mesonpy", "pdm", "poetry", "poetry_dynamic_versioning", "uv_build"];

/// Returns whether the build uses a backend: it is the one of the project, or a backend in the tree or an unknown one wraps it.
pub(super) fn uses(backend: &str, build_system: &BuildSystem) -> bool {
    // Without a backend, it is setuptools (PEP 517).
    let chosen = build_system.backend.as_deref().unwrap_or("setuptools");
    let chosen = chosen.split(['.', ':']).next().unwrap_or(chosen);
    let may_wrap = build_system.in_tree || !INDEPENDENT.contains(&chosen);
    chosen == backend || may_wrap && requires(backend, build_system)
}

/// Returns whether `requires` names a package.
pub(super) fn requires(name: &str, build_system: &BuildSystem) -> bool {
    build_system.requires.iter().any(|requirement| requirement.name().as_str() == name)
}
