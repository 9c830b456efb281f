//! Compares the wheel that pip builds from a source distribution with the installed files in an image.

use std::collections::{BTreeMap, BTreeSet};

use crate::engines::builder::Builder;
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::engines::sdists::source::{Source, cache};

const JUDGE: &str = include_str!("judge.py");

/// Builds the missing wheels, four at a time, and prints the files of all wheels.
const WHEELS: &str = r#"
printf '%s\n' "$@" | xargs -P 4 -n 1 sh -euc '
    cd "/sdists/$0"
    ls ./*.whl >/dev/null 2>&1 || /nix/runtime/bin/pip wheel --quiet --no-deps --wheel-dir . ./*.tar.gz >&2
'
for name do
    /nix/runtime/bin/python -c "$JUDGE" wheel /sdists/"$name"/*.whl
done
"#;

/// The files of a distribution, from path to digest.
pub(super) type Files = BTreeMap<String, String>;

/// Returns the files of the wheels that pip builds from the unchanged archives, in a container of a runtime image.
#[track_caller]
pub(super) fn wheels_of(builder: Builder, runtime_image: &str, sources: &[Source]) -> Vec<Files> {
    let mut command = builder.command(builder.runner());
    command.args(["run", "--rm", "--user", "0", "--network=host", "--env", &format!("JUDGE={JUDGE}"), "--volume"]);
    command.arg(format!("{}:/sdists", cache().display()));
    command.args(["--entrypoint", "sh", runtime_image, "-euc", WHEELS, "sh"]);
    let outcome = Outcome::of_success(command.args(sources.iter().map(Source::folder_name)));
    let wheels: Vec<_> = outcome.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(wheels.len(), sources.len(), "{outcome}");
    wheels
}

/// Returns the files of a distribution in an image.
#[track_caller]
pub(super) fn installed(image: &Image, distribution: &str) -> Files {
    let printed = image.run(&["/nix/runtime/bin/python", "-c", JUDGE, "installed", distribution]);
    serde_json::from_str(&printed).unwrap()
}

/// Describes the differences between two lists of files. The result is empty if there are none.
pub(super) fn difference(wheel: &Files, found: &Files) -> String {
    let paths: BTreeSet<_> = wheel.keys().chain(found.keys()).collect();
    let differences = paths.into_iter().filter_map(|path| match (wheel.get(path), found.get(path)) {
        (Some(_), None) => Some(format!("{path} is missing")),
        (None, Some(_)) => Some(format!("{path} is not in the wheel")),
        (one, other) => (one != other).then(|| format!("{path} differs")),
    });
    differences.collect::<Vec<_>>().join(", ")
}
