//! What build backends say of a project that they do not build: it has no module, or its metadata is not valid.

/// How such a line starts, and what it contains.
type Form = (&'static str, &'static str);

/// The forms of lines, and the remedy. The first row that fits counts.
const ROWS: &[(&[Form], &str)] = &[
    (
        &[("ValueError: Unable to determine which files to ship inside the wheel", "")],
        "name the folder of the package for hatchling: packages = [\"src/NAME\"] in [tool.hatch.build.targets.wheel], or give the \
         folder the name of the project",
    ),
    (
        &[("ValueError: No file/folder found for module ", "")],
        "name the module for flit: name = \"NAME\" in [tool.flit.module], or give the module the name of the project",
    ),
    (
        &[("flit_core.common.NoVersionError: ", "")],
        "define __version__ in the module, or write `version` in [project] and take it out of `dynamic`",
    ),
    (
        &[("flit_core.common.NoDocstringError: ", "")],
        "start the module with a docstring, or write `description` in [project] and take it out of `dynamic`",
    ),
    (
        &[("poetry.core.masonry.utils.module.ModuleOrPackageNotFoundError: ", "")],
        "name the folder of the package for Poetry: packages = [{ include = \"NAME\" }] in [tool.poetry], or give the folder the \
         name of the project; `package-mode = false` in [tool.poetry] installs the dependencies only",
    ),
    (
        &[("RuntimeError: Building a package is not possible in non-package mode.", "")],
        "a project that another one requires must be a package: take `package-mode = false` out of its [tool.poetry]",
    ),
    (
        &[("ValueError: ", " does not contain any element")],
        "correct `include` and `from` of `packages` in [tool.poetry]: no file of the context matches; agentix-gen files lists it",
    ),
    (
        &[
            ("Error: Expected a Python module at: ", ""),
            ("cause: Expected a Python module at: ", ""),
            ("╰─▶ Expected a Python module at: ", ""),
        ],
        "name the module for uv: module-name = \"NAME\" in [tool.uv.build-backend], and module-root = \"\" if it is not in src/",
    ),
    (
        &[("error: package directory '", "' does not exist")],
        "correct `packages` and `package-dir` in [tool.setuptools], setup.cfg or setup.py: the context has no such folder; \
         agentix-gen files lists it",
    ),
    (
        &[
            ("ValueError: invalid pyproject.toml config: `project.license`", ""),
            ("setuptools.errors.InvalidConfigError: License classifiers ", ""),
            ("ValueError: Error parsing field `project.license`", ""),
            ("flit_core.config.ConfigError: ", "SPDX"),
            ("packaging.licenses.InvalidLicenseExpression: ", ""),
            ("meson-python: error: Invalid license expression: ", ""),
            ("0: `project.license` is not a valid SPDX expression", ""),
        ],
        "write an SPDX expression, such as license = \"Apache-2.0\", and no `License ::` classifier; a setuptools before 77 takes \
         license = { text = \"Apache-2.0\" } only",
    ),
    (
        &[
            ("ValueError: invalid pyproject.toml config: ", ""),
            ("setuptools.errors.InvalidConfigError: ", ""),
            ("TypeError: Field `project.", ""),
            ("ValueError: Field `project.", ""),
            ("ValueError: Error parsing field `project.", ""),
            ("flit_core.config.ConfigError: ", ""),
            ("RuntimeError: The Poetry configuration is invalid", ""),
            ("0: `project.", ""),
        ],
        "correct that field of pyproject.toml, or require a newer version of the backend in [build-system] if it is a new field; a \
         package that is not yours may have a version with a wheel",
    ),
    (
        &[("error in ", " setup command: ")],
        "correct that setting in setup.py or setup.cfg; of a package that is not yours, choose another version, such as one with \
         a wheel",
    ),
];

/// Returns the remedy for what a line says of a project.
pub(super) fn remedy(line: &str) -> Option<&'static str> {
    let fits = |(start, part): &Form| line.strip_prefix(start).is_some_and(|rest| rest.contains(part));
    ROWS.iter().find(|(forms, _)| forms.iter().any(fits)).map(|(_, remedy)| *remedy)
}

/// Returns whether an installer does not find the folder or the file of a requirement. The first line is pip's, the others uv's.
pub(super) fn is_of_missing_place(line: &str) -> bool {
    let starts = [
        "ERROR: Could not install packages due to an OSError: [Errno 2] No such file or directory: '/",
        "error: Distribution not found at: file://",
        "cause: Distribution not found at: file://",
        "╰─▶ Distribution not found at: file://",
    ];
    starts.iter().any(|start| line.starts_with(start))
}

#[cfg(test)]
mod tests {
    use crate::engine::{Cause, CauseKind};

    /// Lines that the backends printed: hatchling 1.33, `flit_core` 4.2, poetry-core 2.5, `uv_build` and uv 0.13, setuptools 84
    /// and 76, meson-python 0.22, scikit-build-core 1.1.
    #[test]
    fn a_backend_that_refuses_a_project_has_a_remedy() {
        for (line, part) in [
            (
                "#9 1.2       ValueError: Unable to determine which files to ship inside the wheel using the following \
                 heuristics: https://hatch.pypa.io/latest/plugins/builder/wheel/#default-file-selection",
                "[tool.hatch.build.targets.wheel]",
            ),
            ("ValueError: No file/folder found for module thing", "[tool.flit.module]"),
            (
                "flit_core.common.NoVersionError: Cannot package module without a version string. Please define a `__version__ = \
                 \"x.y.z\"` in your module.",
                "__version__",
            ),
            (
                "flit_core.common.NoDocstringError: Flit cannot package module without docstring, or empty docstring. Please add a \
                 docstring to your module (/src/project/thing/__init__.py).",
                "docstring",
            ),
            (
                "poetry.core.masonry.utils.module.ModuleOrPackageNotFoundError: No file/folder found for package thing",
                "[{ include = \"NAME\" }] in [tool.poetry]",
            ),
            (
                "RuntimeError: Building a package is not possible in non-package mode.",
                "take `package-mode = false` out",
            ),
            ("ValueError: /src/project/nope does not contain any element", "`packages` in [tool.poetry]"),
            ("Error: Expected a Python module at: src/thing/__init__.py", "[tool.uv.build-backend]"),
            ("  cause: Expected a Python module at: src/thing/__init__.py", "[tool.uv.build-backend]"),
            ("      error: package directory 'x' does not exist", "[tool.setuptools]"),
            ("ValueError: invalid pyproject.toml config: `project.license`.", "SPDX"),
            (
                "setuptools.errors.InvalidConfigError: License classifiers have been superseded by license expressions (see \
                 https://peps.python.org/pep-0639/). Please remove:",
                "SPDX",
            ),
            ("ValueError: Error parsing field `project.license` - Invalid license expression: 'Apache 2.0'", "SPDX"),
            ("flit_core.config.ConfigError: 'Apache' is not a recognised SPDX license ID", "SPDX"),
            ("packaging.licenses.InvalidLicenseExpression: Invalid license expression: 'Apache 2.0'", "SPDX"),
            ("meson-python: error: Invalid license expression: 'Apache 2.0'", "SPDX"),
            ("    0: `project.license` is not a valid SPDX expression: Apache 2.0", "SPDX"),
            ("ValueError: invalid pyproject.toml config: `tool.setuptools`.", "correct that field"),
            ("TypeError: Field `project.keywords` must be an array", "correct that field"),
            ("RuntimeError: The Poetry configuration is invalid:", "correct that field"),
            (
                "error in thing setup command: 'install_requires' must be a string or iterable of strings containing valid \
                 project/version requirement specifiers; Expected semicolon",
                "setup.py or setup.cfg",
            ),
        ] {
            let cause = Cause::from_line(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(cause.kind, CauseKind::Project, "{line}");
            assert!(cause.remedy().contains(part), "{line}: {}", cause.remedy());
        }
        for line in [
            "ValueError: x",
            "error in thing",
            "error: package directory 'x' is empty",
            "a list does not contain any element",
            "writing setup command: x",
        ] {
            assert_eq!(Cause::from_line(line), None, "{line}");
        }
    }

    #[test]
    fn a_requirement_that_names_a_place_of_another_machine_is_a_cause() {
        for line in [
            "#9 1.2 ERROR: Could not install packages due to an OSError: [Errno 2] No such file or directory: '/home/x/lib'",
            "error: Distribution not found at: file:///home/x/lib",
            "  cause: Distribution not found at: file:///home/x/lib",
        ] {
            let cause = Cause::from_line(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(cause.kind, CauseKind::LocalRequirement, "{line}");
            assert!(cause.remedy().contains("names a folder or a file of the machine"), "{}", cause.remedy());
        }
        let other = "ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: '/x'";
        assert_eq!(Cause::from_line(other), None);
    }
}
