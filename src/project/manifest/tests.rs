use super::{AdjacentMetadata, Project, ProjectErrorKind, ProjectKind};
use crate::project::requirement::Requirement;

fn project(text: &str) -> Project {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

#[track_caller]
fn rejected(text: impl AsRef<[u8]>, message: &str) {
    let error = Project::from_bytes(text.as_ref()).unwrap_err().to_string();
    assert_eq!(error, message);
}

const NAMED: &str = "[project]\nname = 'x'\nversion = '1'\n";

#[test]
fn a_manifest_is_parsed() {
    let project = project(
        r#"
        [project]
        name = "Agentix_Hello"
        version = "1.0-rc1"
        readme = { file = "README.md", content-type = "text/markdown" }
        requires-python = ">=3.11"
        dependencies = ["rich>=13", "httpx"]
        [project.optional-dependencies]
        Dev_Tools = ["pytest"]
        [dependency-groups]
        test = ["pytest", {include-group = "lint"}]
        lint = ["ruff"]
        [build-system]
        requires = ["hatchling"]
        build-backend = "hatchling.build"
        [tool.uv]
        package = true
        [tool.agentix]
        tag = "hello:1"
        "#,
    );
    assert_eq!(project.name().as_str(), "agentix-hello");
    assert_eq!(project.version().unwrap().to_string(), "1.0rc1");
    assert_eq!(project.readme().unwrap().as_str(), "README.md");
    assert_eq!(project.dependencies().iter().map(Requirement::as_str).collect::<Vec<_>>(), ["rich>=13", "httpx"]);
    assert_eq!(project.optional_dependencies()[&"dev-tools".parse().unwrap()][0].as_str(), "pytest");
    let group = project.group(&"Test".parse().unwrap()).unwrap();
    assert_eq!(group.iter().map(|d| d.as_str()).collect::<Vec<_>>(), ["pytest", "ruff"]);
    assert!(project.group(&"none".parse().unwrap()).is_none());
    assert_eq!(project.build_system().backend.as_deref(), Some("hatchling.build"));
    assert!(project.uses_uv());
    assert_eq!(project.config().tag[0].to_string(), "hello:1");
}

#[test]
fn a_byte_order_mark_is_accepted() {
    assert_eq!(Project::from_bytes(format!("\u{feff}{NAMED}").as_bytes()).unwrap().name().as_str(), "x");
}

#[test]
fn a_dynamic_version_is_none() {
    let project = project("[project]\nname = 'x'\ndynamic = ['version', 'dependencies']");
    assert!(project.version().is_none() && project.is_dynamic("dependencies") && !project.is_dynamic("readme"));
}

#[test]
fn errors_have_a_position_and_a_remedy() {
    rejected("", "pyproject.toml: the [project] table is missing; add it, with `name` and `version`");
    rejected("[project]\nversion = '1'", "pyproject.toml: [project] has no `name`; add it");
    rejected(
        "[project]\nname = 'x'",
        "pyproject.toml:2:8: [project] has no `version`; add it, or list \"version\" in `dynamic`",
    );
    rejected("[project]\nname = 'x'\nname = 'y'", "pyproject.toml:3:1: duplicate key");
    rejected("[project]\nname = 1", "pyproject.toml:2:8: invalid type: integer `1`, expected a string");
    rejected(b"[project]\nname = '\xff'", "pyproject.toml:2:9: invalid UTF-8; save the file as UTF-8");
    rejected(
        "[project]\nversion = '1'\nname = \"a\\nRUN evil\"",
        "pyproject.toml:3:8: project.name: `a\\nRUN evil` is not a project name: \
         it may contain only ASCII letters, digits, `.`, `_` and `-`",
    );
    rejected(
        format!("{NAMED}dependencies = [\n  'rich',\n  'x @@ y',\n]"),
        "pyproject.toml:6:3: project.dependencies: `x @@ y` is not a valid requirement: relative url without a base",
    );
    rejected(
        format!("{NAMED}[build-system]\nrequires = []\nbackend-path = ['./', '../other']"),
        "pyproject.toml:6:23: build-system.backend-path: `../other` is not a path inside the project: relative, \
         without `..` or control characters",
    );
    rejected(
        format!("{NAMED}[dependency-groups]\na = [{{include-group = 'b'}}]\nb = [{{include-group = 'a'}}]"),
        "pyproject.toml: dependency group `a` includes itself",
    );
    rejected(
        format!("{NAMED}[dependency-groups]\na = [{{include-group = 'c'}}]"),
        "pyproject.toml: dependency group `a` includes `c`, which does not exist",
    );
}

#[test]
fn an_unknown_key_of_tool_agentix_suggests_the_nearest_key() {
    rejected(
        format!("{NAMED}[tool.agentix]\nruntme-image = 'a:1'"),
        "pyproject.toml:5:1: [tool.agentix] has no key `runtme-image`; did you mean `runtime-image`?",
    );
    rejected(
        format!("{NAMED}[tool.agentix]\nhealthcheck = {{ cmd = ['a'], retry = 1 }}"),
        "pyproject.toml:5:30: a table of [tool.agentix] has no key `retry`; did you mean `retries`?",
    );
    rejected(
        format!("{NAMED}[tool.agentix]\ntag = ['A:1']"),
        "pyproject.toml:5:7: `A:1` is not an image reference: \
         the repository path contains an upper-case letter; use lower case",
    );
    rejected(
        format!("{NAMED}[tool.agentix]\ntag = 'A:1'"),
        "pyproject.toml:5:7: `A:1` is not an image reference: \
         the repository path contains an upper-case letter; use lower case",
    );
}

#[test]
fn errors_about_control_characters_are_one_line() {
    for text in ["[project]\rname = 'x'", "[project]\nname = 'x\u{0}'", "\u{1b}[31m", "= 'x'", "[project", "a.b.c = {"]
    {
        let error = Project::from_bytes(text.as_bytes()).unwrap_err();
        assert!(error.position().is_some(), "{error}");
        assert!(!error.to_string().chars().any(char::is_control), "{error:?}");
    }
}

/// The original program took 14 s for this key and ended in a traceback.
#[test]
fn a_key_with_many_parts_is_rejected_quickly() {
    let key = vec!["a"; 20_000].join(".");
    let error = Project::from_bytes(format!("{NAMED}{key} = 1").as_bytes()).unwrap_err();
    assert!(error.position().is_some_and(|at| at.line == 4), "{error}");
    let error = Project::from_bytes(format!("{NAMED}{key} = 1\n\n[tool.x]\n").as_bytes()).unwrap_err();
    assert!(error.position().is_some_and(|at| at.line == 4), "{error}");
    let nested = format!("{NAMED}x = {}1{}", "[".repeat(20_000), "]".repeat(20_000));
    assert!(Project::from_bytes(nested.as_bytes()).is_err());
}

#[test]
fn a_manifest_over_1_mb_is_rejected() {
    assert!(Project::from_bytes(format!("{NAMED}{}", "#".repeat(900_000)).as_bytes()).is_ok());
    let dense = "\n".repeat(2_000_001).parse::<Project>().unwrap_err().to_string();
    assert!(dense.contains("more than 2000000 values and signs"), "{dense}");
    let error = Project::from_bytes(&vec![b'#'; 1_000_001]).unwrap_err();
    assert_eq!(error.kind(), &ProjectErrorKind::TooLarge);
}

#[test]
fn a_value_over_64_kib_is_rejected_unread() {
    let error = |length: usize| {
        let start = "x @ https://example.org/";
        let requirement = format!("{start}{}", "a".repeat(length - start.len()));
        let text = format!("{NAMED}dependencies = ['{requirement}']");
        Project::from_bytes(text.as_bytes()).unwrap_err().to_string()
    };
    let unread = "longer than 64 KiB, which no valid value is";
    assert!(!error(64 * 1024).contains(unread), "a requirement has a limit of its own");
    assert!(error(64 * 1024 + 1).contains(unread) && error(70_000).contains(unread));
}

fn within(text: &str, folder: &str, metadata: Option<&str>, has_setup_script: bool) -> Project {
    let metadata = metadata.map(|text| text.parse().unwrap());
    let folder = Some(folder.parse().unwrap());
    let setup_script = has_setup_script.then_some(super::SetupScript::WithDependencies);
    let adjacent = AdjacentMetadata { folder, metadata, setup_script, ..AdjacentMetadata::default() };
    Project::within(text, &adjacent).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn missing_metadata_comes_from_adjacent_files() {
    let scripts = within("[tool.agentix]\ntag = 'x:1'", "Folder", None, false);
    assert_eq!((scripts.name().as_str(), scripts.kind(), scripts.version()), ("folder", ProjectKind::Scripts, None));
    assert!(!scripts.is_dynamic("dependencies"));

    let script = within("", "folder", Some("Name: Legacy\nVersion: 2.0\n"), true);
    assert_eq!((script.name().as_str(), script.kind()), ("legacy", ProjectKind::Package));
    assert_eq!(script.version().unwrap().to_string(), "2.0");
    assert!(script.is_dynamic("dependencies"));

    let poetry = "[tool.poetry]\nname = 'Poem'\nversion = '3'\n[build-system]\nrequires = ['poetry-core']\n";
    let poetry = within(poetry, "folder", None, false);
    assert_eq!((poetry.name().as_str(), poetry.kind()), ("poem", ProjectKind::Package));
    assert_eq!(poetry.version().unwrap().to_string(), "3");

    let written = within(NAMED, "folder", Some("Name: other\nVersion: 2\n"), false);
    assert_eq!((written.name().as_str(), written.version().unwrap().to_string().as_str()), ("x", "1"));
}

#[test]
fn a_manifest_can_declare_that_it_is_not_a_package() {
    assert_eq!(project(NAMED).kind(), ProjectKind::Package);
    assert_eq!(project(&format!("{NAMED}[tool.uv]\npackage = false")).kind(), ProjectKind::Scripts);
    assert_eq!(project(&format!("{NAMED}[tool.poetry]\npackage-mode = false")).kind(), ProjectKind::Scripts);
}

#[test]
fn credentials_are_rejected_under_any_key() {
    let netrc = "remove them, and pass them in a file: --secret id=netrc,src=FILE";
    for (text, position, remedy) in [
        (
            "[[tool.uv.index]]\nname = 'my-corp'\nurl = 'https://me:hunter2@example.org/simple'",
            "6:7: tool.uv.index.url: `https://…@example.org`",
            "remove them, and set UV_INDEX_MY_CORP_USERNAME and UV_INDEX_MY_CORP_PASSWORD",
        ),
        (
            "[[tool.uv.index]]\nurl = 'https://hunter2@example.org/simple'",
            "5:7: tool.uv.index.url: `https://…@example.org`",
            netrc,
        ),
        (
            "dependencies = ['rich', 'x @ https://me:hunter2@example.org/${X}']",
            "4:25: project.dependencies: `https://…@example.org`",
            netrc,
        ),
        (
            "[tool.uv]\nextra-index-url = ['https://e.org', \"https:\\u002f/me:hunter2@example.org\"]",
            "5:37: tool.uv.extra-index-url: `https://…@example.org`",
            netrc,
        ),
        (
            "[tool.agentix]\ntag = 'https://me:hunter2@example.org'",
            "5:7: tool.agentix.tag: `https://…@example.org`",
            netrc,
        ),
        (
            "[tool.\"a\\u001b[31m\"]\nb = [[{ c = 'https://me:hunter2@example.org' }]]",
            "5:13: tool.a\\u{1b}[31m.b.c: `https://…@example.org`",
            netrc,
        ),
    ] {
        let message =
            format!("pyproject.toml:{position} contains credentials, which would end up in the image; {remedy}");
        rejected(format!("{NAMED}{text}"), &message);
    }
    let allowed =
        "dependencies = ['x @ git+ssh://git@git.example.org/x/y.git']\n[tool.pytest]\ndsn = 'postgres://a:b@localhost'";
    project(&format!("{NAMED}{allowed}"));
}

#[test]
fn indexes_are_parsed() {
    let text = format!("{NAMED}[[tool.uv.index]]\nname = 'corp'\nurl = 'https://example.org/simple'");
    assert_eq!(project(&text).indexes()[0].name.as_ref().unwrap().as_str(), "corp");
    rejected(
        format!("{NAMED}[[tool.uv.index]]\nurl = 'https://example.org'\nname = 'a b'"),
        "pyproject.toml:6:8: tool.uv.index.name: `a b` is not the name of a package index: \
         letters, digits, `.`, `_` and `-`",
    );
}

/// It is excluded from the text and from the columns of errors.
#[test]
fn a_byte_order_mark_is_not_part_of_the_manifest() {
    let text = "[project]\nname = 'a'\nversion = '1'\n";
    let project: Project = format!("\u{feff}{text}").parse().unwrap();
    assert_eq!(project.manifest(), text);
    let position = |text: &str| text.parse::<Project>().unwrap_err().position();
    assert_eq!(position("\u{feff}[project"), position("[project"));
}
