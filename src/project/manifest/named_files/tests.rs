use super::{NamedFile, in_manifest};

fn shown(files: Vec<NamedFile>) -> Vec<String> {
    files.into_iter().map(|file| format!("{}: {}", file.key, file.path)).collect()
}

#[test]
fn a_manifest_names_files() {
    let manifest = "project.license.file = 'LICENSE'\n\
                    tool.setuptools.dynamic.dependencies.file = ['a.txt', 'reqs/*.txt']\n\
                    tool.setuptools.dynamic.optional-dependencies.web.file = 'web.txt'\n\
                    tool.hatch.build.hooks.custom = {}\n\
                    tool.hatch.version.path = 'src/x.py'\n\
                    tool.poetry.readme = ['README.md', '../OUTSIDE.md']";
    assert_eq!(
        shown(in_manifest(&manifest.parse().unwrap()).files),
        [
            "project.license.file: LICENSE",
            "tool.hatch.version.path: src/x.py",
            "tool.poetry.readme: README.md",
            "tool.setuptools.dynamic.dependencies: a.txt",
            "tool.setuptools.dynamic.optional-dependencies.web: web.txt",
            "tool.hatch.build.hooks.custom.path: hatch_build.py",
        ]
    );
}

/// `hatch-requirements-txt` has an old name for its key, and a default.
#[test]
fn a_hook_of_hatch_reads_lists() {
    let hook = "tool.hatch.metadata.hooks.requirements_txt";
    for (settings, expected) in [
        ("filename = 'a.txt'", "filename: a.txt"),
        ("files = ['a.txt']", "files: a.txt"),
        ("optional-dependencies.web = ['web.txt']\nfiles = []", "optional-dependencies.web: web.txt"),
        ("", ": requirements.txt"),
    ] {
        let found = in_manifest(&format!("[{hook}]\n{settings}").parse().unwrap());
        let separator = if settings.is_empty() { "" } else { "." };
        assert_eq!(shown(found.files), [format!("{hook}{separator}{expected}")], "{settings}");
    }
}

#[test]
fn paths_outside_are_known() {
    let manifest = "project.readme = '../README.md'\nproject.license-files = ['../LICENSE', 'a/../NOTICE']\n\
                    tool.hatch.build.targets.wheel.force-include = { '../x.json' = 'a/x.json', './b/../y' = 'y' }\n\
                    tool.setuptools.package-dir = { a = '../lib/a', b = 'lib/b' }\n\
                    tool.setuptools.package-data = { c = ['../x', '../../x', '../../*.txt'] }\n\
                    tool.poetry.packages = [{ include = 'p', from = '../src' }, { include = 'q' }]";
    let found = in_manifest(&manifest.parse().unwrap());
    let outside = found.outside.iter().map(|named| (&*named.key, &*named.path, named.is_optional));
    let data = "tool.setuptools.package-data.c";
    assert_eq!(
        outside.collect::<Vec<_>>(),
        [
            ("project.license-files", "../LICENSE", true),
            ("tool.hatch.build.targets.wheel.force-include", "../x.json", false),
            ("tool.poetry.packages", "../src/p", false),
            ("project.readme", "../README.md", false),
            ("tool.setuptools.package-dir", "../lib/a", false),
            (data, "c/../../x", true),
            (data, "c/../../*.txt", true),
        ]
    );
    let files = shown(found.files);
    assert!(files.contains(&"project.license-files: NOTICE".to_owned()), "{files:?}");
    assert!(files.contains(&format!("{data}: x")) && files.contains(&format!("{data}: src/x")), "{files:?}");
}

#[test]
fn poetry_includes_files_in_wheels_if_the_format_says_so() {
    let manifest = "tool.poetry.include = ['a.txt', { path = 'b.txt', format = 'sdist' }, \
                    { path = 'c.txt', format = ['sdist', 'wheel'] }, { path = 'd/*', format = 'wheel' }]";
    let found = in_manifest(&manifest.parse().unwrap());
    assert_eq!(found.patterns.iter().map(|named| named.pattern.to_string()).collect::<Vec<_>>(), ["d/*"]);
    assert_eq!(shown(found.files), ["tool.poetry.include: c.txt"]);
}

#[test]
fn the_version_may_be_an_attribute() {
    let manifest = "tool.setuptools.dynamic.version.attr = 'a.b.c'\ntool.setuptools.package-dir = { a = 'x' }";
    let found = shown(in_manifest(&manifest.parse().unwrap()).files);
    assert_eq!(found[0], "tool.setuptools.package-dir: x");
    assert_eq!(
        found[1..],
        ["x/b.py", "x/b/__init__.py"].map(|path| format!("tool.setuptools.dynamic.version.attr: {path}"))
    );
}

/// Hatchling goes on without them.
#[test]
fn folders_and_modules_are_named() {
    let manifest = "tool.hatch.build.targets.wheel.packages = ['src/a', '.']\n\
                    tool.poetry.packages = [{ include = 'p', from = 'lib' }, { include = 'q/*.py' }]\n\
                    tool.setuptools.packages = ['a.b']\ntool.setuptools.py-modules = ['run']\n\
                    tool.setuptools.package-dir = { a = 'x' }";
    assert_eq!(
        shown(in_manifest(&manifest.parse().unwrap()).files),
        [
            "tool.hatch.build.targets.wheel.packages: src/a",
            "tool.poetry.packages: lib/p",
            "tool.poetry.packages: q/*.py",
            "tool.setuptools.package-dir: x",
            "tool.setuptools.packages: x/b",
            "tool.setuptools.py-modules: run.py",
            "tool.setuptools.py-modules: src/run.py",
        ]
    );
}

#[test]
fn optional_files_are_marked() {
    let manifest = "project.license-files = ['LICENSE', 'licenses/*']\n\
                    tool.setuptools.license-files = ['NOTICE']\n\
                    tool.setuptools.package-dir = { '' = 'lib', 'x' = 'other' }\n\
                    tool.setuptools.package-data = { 'a.b' = ['data/x.json', '*.txt'], '*' = ['y'] }\n\
                    tool.hatch.build.targets.wheel.force-include = { 'made/z.bin' = 'a/z.bin' }\n\
                    tool.hatch.metadata.hooks.custom.path = 'hook.py'";
    let (optional, needed): (Vec<_>, Vec<_>) =
        in_manifest(&manifest.parse().unwrap()).files.into_iter().partition(|file| file.is_optional);
    assert_eq!(
        shown(needed),
        [
            "project.license-files: LICENSE",
            "tool.hatch.metadata.hooks.custom.path: hook.py",
            "tool.hatch.build.targets.wheel.force-include: made/z.bin",
        ]
    );
    assert_eq!(
        shown(optional),
        [
            "tool.setuptools.license-files: NOTICE",
            "tool.setuptools.package-dir: lib",
            "tool.setuptools.package-dir: other",
            "tool.setuptools.package-data.a.b: a/b/data/x.json",
            "tool.setuptools.package-data.a.b: lib/a/b/data/x.json",
            "tool.setuptools.package-data.a.b: src/a/b/data/x.json",
        ]
    );
}
