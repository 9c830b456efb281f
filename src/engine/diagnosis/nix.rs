//! What Nix reports of an expression that it cannot evaluate or that gives no package.

/// What a line reports, and the remedy. A line matches if it contains one of the texts.
const FAULTS: &[(&[&str], &str)] = &[
    (
        &["was not found in the Nix search path"],
        "the Nix image has no such package set: name one in [tool.agentix], as in nixpkgs = \"channel:nixos-24.11\"",
    ),
    (
        &[
            "cannot evaluate a function that has an argument without a value",
            "cannot auto-call a function that has an argument",
        ],
        "only the expression itself and the functions in a list get their arguments: call the function where it is \
         imported, as in `import ./tools.nix { inherit pkgs; }`, or give its arguments a default",
    ),
    (
        &["error: nixpkgs has no `"],
        "a function gets `pkgs` and the packages that nixpkgs has: give the argument a default",
    ),
    (&["error: expression does not evaluate to a derivation"], NO_PACKAGE),
];

const NO_PACKAGE: &str = "the Nix expression must give a package (a derivation), a list of them, or a set of them";

/// Returns the remedy for the fault of a Nix expression that a line reports.
pub(super) fn remedy(line: &str) -> Option<&'static str> {
    // The command that prints this is itself part of the output.
    if line.ends_with(" has no package, which the image needs") {
        return Some(NO_PACKAGE);
    }
    FAULTS.iter().find(|(texts, _)| texts.iter().any(|text| line.contains(text))).map(|(_, remedy)| *remedy)
}

/// The start of the lines that the scripts in `templates/` print of the expressions of installed packages.
const OF_PLUGIN: &str = "nix-plugins: ";

/// Returns whether a line reports a fault of an installed package.
pub(super) fn is_of_plugin(line: &str) -> bool {
    line.starts_with(OF_PLUGIN)
}

/// Returns the remedy for the fault of an installed package that a line reports.
pub(super) fn remedy_for_plugin(line: &str) -> &'static str {
    let is_shared =
        line.strip_prefix(OF_PLUGIN).is_some_and(|fault| fault.starts_with("two packages bring the program "));
    if is_shared {
        return "choose one: the programs of the project's own Nix expression (`nix`) come first";
    }
    remedy(line).unwrap_or(
        "ask for another version of the package, or set nix-plugins = false and give its programs in the project's own Nix \
         expression",
    )
}

#[cfg(test)]
mod tests {
    use crate::engine::{Cause, CauseKind};

    /// Lines of Nix 2.3, Nix 2.8 and the Dockerfile.
    #[test]
    fn each_fault_has_its_remedy() {
        for (line, words) in [
            (
                "#8 0.3 error: file 'nixpkgs' was not found in the Nix search path (add it using $NIX_PATH or -I)",
                "nixpkgs = ",
            ),
            ("error: cannot evaluate a function that has an argument without a value ('pkgs')", "inherit pkgs"),
            (
                "error: cannot auto-call a function that has an argument without a default value ('pkgs')",
                "inherit pkgs",
            ),
            ("error: nixpkgs has no `foo`, which /src/project/default.nix takes", "a default"),
            ("error: expression does not evaluate to a derivation (or a set or list of those)", "a derivation"),
            ("default.nix has no package, which the image needs", "a derivation"),
        ] {
            let cause = Cause::from_line(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(cause.kind, CauseKind::Nix, "{line}");
            assert!(cause.remedy().contains(words), "{line}: {}", cause.remedy());
        }
        for (line, words) in [
            (
                "#9 1.2 nix-plugins: two packages bring the program git: a (/nix/store/a/bin/git) and b (/nix/store/b/bin/git)",
                "choose one",
            ),
            (
                "nix-plugins: a: a/default.nix: error: nixpkgs has no `foo`, which /src/plugins/a/a/default.nix takes",
                "a default",
            ),
            ("nix-plugins: a: a/default.nix has no package, which the image needs", "a derivation"),
            (
                "nix-plugins: a: a/default.nix: error: builder for '/nix/store/x.drv' failed with exit code 3",
                "another version",
            ),
        ] {
            let cause = Cause::from_line(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(cause.kind, CauseKind::NixPlugin, "{line}");
            assert!(cause.remedy().contains(words), "{line}: {}", cause.remedy());
            let of_nix = Cause::from_line("error: nixpkgs has no `foo`, which /src/plugins/a/a/default.nix takes");
            assert!(cause.is_better_than(of_nix.as_ref()));
        }
        let step = "STEP 7/7: RUN echo \"$NIX_EXPRESSION has no package, which the image needs\" >&2; exit 1";
        for line in [step, "building '/nix/store/x-has-no-package.drv'"] {
            assert_eq!(Cause::from_line(line), None, "{line}");
        }
    }
}
