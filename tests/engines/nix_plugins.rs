//! The Nix expressions that installed packages bring: found after the installation, built and linked.

use crate::engines::builder::Builder;
use crate::engines::image::Image;
use crate::engines::nix::{BUSYBOX, package, program, with_nix};
use crate::engines::outcome::Outcome;
use crate::engines::project::{IN_TREE, Project};

on_every_builder!(slow: programs_of_plugins_are_linked, a_plugin_at_fault_is_named);

/// A backend without requirements that packs all files in the folder `files`. `NAME` is the name of the package.
const BACKEND: &str = r#"
import os
import zipfile


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    name = "NAME-1.0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w") as wheel:
        for folder, _, files in os.walk("files"):
            for file in files:
                path = os.path.join(folder, file)
                wheel.write(path, os.path.relpath(path, "files"))
        about = "NAME-1.0.dist-info/"
        wheel.writestr(about + "METADATA", "Metadata-Version: 2.1\nName: NAME\nVersion: 1.0\n")
        wheel.writestr(about + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(about + "entry_points.txt", open("entry_points.txt").read())
        wheel.writestr(about + "RECORD", "")
    return name
"#;

/// A package: its name, its entry points, and its files.
type Plugin<'a> = (&'a str, &'a str, &'a [(&'a str, String)]);

/// Creates a project that depends on these packages.
fn project(plugins: &[Plugin<'_>]) -> Project {
    let names: Vec<_> = plugins.iter().map(|(name, ..)| *name).collect();
    let sources: Vec<_> = names.iter().map(|name| format!("{name} = {{ path = '{name}' }}\n")).collect();
    let manifest = IN_TREE.replace("[build-system]", &format!("dependencies = {names:?}\n\n[build-system]"))
        + "\n[tool.agentix]\nnix-plugins = true\n\n[tool.uv.sources]\n"
        + &sources.concat();
    plugins.iter().fold(Project::plain().file("pyproject.toml", manifest), |project, (name, entry_points, files)| {
        let project = project
            .file(&format!("{name}/pyproject.toml"), IN_TREE.replace("sample", name))
            .file(&format!("{name}/backend.py"), BACKEND.replace("NAME", name))
            .file(&format!("{name}/entry_points.txt"), entry_points);
        files.iter().fold(project, |project, (path, text)| project.file(&format!("{name}/files/{path}"), text))
    })
}

/// Returns the expression of a package with these programs.
fn tools(names: &[&str]) -> String {
    package(&format!("{BUSYBOX}{}", names.iter().copied().map(program).collect::<String>()))
}

const EMPTY: String = String::new();

/// One expression is beside its module and reads a file beside it, one is in a namespace, one is named by an entry point.
/// What lies in folders of data is no expression. The project's own programs come first.
fn programs_of_plugins_are_linked(builder: Builder) {
    let plugins = project(&[
        (
            "beside",
            "",
            &[
                ("beside/__init__.py", EMPTY),
                ("beside/default.nix", "import ./tools.nix".to_owned()),
                ("beside/tools.nix", tools(&["of-beside", "shared", "pip"])),
                ("beside/templates/setup.py", EMPTY),
                ("beside/templates/default.nix", "throw \"not an expression of the package\"".to_owned()),
            ],
        ),
        (
            "spaced",
            "",
            &[
                ("space/spaced/__init__.py", EMPTY),
                ("space/spaced/default.nix", format!("{{ pkgs }}: {}", tools(&["of-space"]))),
            ],
        ),
        (
            "named",
            "[agentix.nix]\ntools = named.nix.tools\n",
            &[
                ("named/__init__.py", EMPTY),
                ("named/nix/__init__.py", EMPTY),
                ("named/nix/tools.py", "raise SystemExit('it is not imported')".to_owned()),
                ("named/nix/default.nix", tools(&["of-named", "shared"])),
            ],
        ),
    ]);
    with_nix(builder, |arguments| {
        let project = plugins.file("default.nix", tools(&["own", "shared"]));
        for has_own in [true, false] {
            if !has_own {
                std::fs::remove_file(project.path().join("default.nix")).unwrap();
                project.write("named/files/named/nix/default.nix", tools(&["of-named"]));
            }
            let image = Image::with(builder, project.path(), arguments);
            for name in ["of-beside", "of-space", "of-named"] {
                assert_eq!(image.run(&[name, "a  b"]), format!("{name} of nix: a  b\n"));
            }
            assert!(image.run(&["pip", "--version"]).starts_with("pip 2"));
            assert_eq!(image.run(&["shared"]), "shared of nix:\n");
            let lists = image.run(&["sh", "-c", "cd /nix/.sys-paths && wc -l *"]);
            assert_eq!(lists.contains("project"), has_own, "{lists}");
            assert!(lists.contains("3 plugins"), "{lists}");
        }
    });
}

/// Builds at the same time share a step with the same inputs, and only one of them shows its output. So each builder has a
/// module of its own.
fn a_plugin_at_fault_is_named(builder: Builder) {
    let own = format!("# {builder:?}\n");
    let module = |name: &str| (format!("{name}/__init__.py"), format!("{name}/default.nix"));
    let ((one, one_nix), (two, two_nix)) = (module("one"), module("two"));
    let good = tools(&["shared"]);
    let failing = |expression: &str| {
        project(&[
            ("one", "", &[(&one, own.clone()), (&one_nix, good.clone())]),
            ("two", "", &[(&two, EMPTY), (&two_nix, expression.to_owned())]),
        ])
    };
    let without = project(&[("one", "[agentix.nix]\na = one.nowhere\n", &[(&one, own.clone())])]);
    let cases = [
        (failing("{ pkgs }: pkgs.hello"), "nix-plugins: two: two/default.nix: error: ", "nixpkgs = "),
        (failing(&package("exit 3\n")), "nix-plugins: two: two/default.nix: error: ", "another version"),
        (failing("[ ]"), "nix-plugins: two: two/default.nix has no package", "a derivation"),
        (
            failing(&tools(&["shared", "more"])),
            "nix-plugins: two packages bring the program shared: one (",
            "choose one",
        ),
        (without, "nix-plugins: one: its entry point a = one.nowhere names no folder", "another version"),
    ];
    with_nix(builder, |arguments| {
        for (project, fault, remedy) in cases {
            let image = Image::unbuilt(builder);
            let outcome = Outcome::of(builder.build(project.path(), &image.name).args(arguments));
            assert_ne!(outcome.code, 0, "{outcome}");
            assert!(outcome.stderr.lines().any(|line| line.contains("because: ") && line.contains(fault)), "{outcome}");
            assert!(outcome.stderr.lines().any(|line| line.contains("help: ") && line.contains(remedy)), "{outcome}");
            assert!(!image.exists());
        }
    });
}
