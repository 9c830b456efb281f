//! Options, their syntax, and which override which.

use std::io::Read;
use std::process::Stdio;

use crate::run::{Folder, HELLO};

#[test]
fn without_a_command_the_dockerfile_is_printed() {
    let folder = Folder::hello();
    let text = folder.run(&[]).prints();
    assert!(text.starts_with("# hello 1.0, on agentix/runtime:0.1.0.\n"), "{text}");
    assert_eq!(folder.run(&["."]).prints(), text);
    assert_eq!(folder.run(&["dockerfile"]).prints(), text);
    assert_eq!(folder.run(&["dockerfile", "--dialect", "buildkit"]).prints(), text);
    assert!(text.contains("--mount"));
    assert!(!folder.run(&["--dialect", "classic"]).prints().contains("--mount"));
    assert_eq!(folder.paths(), ["pyproject.toml"], "nothing is written");
}

/// The options of the command itself come before the options that define an image, which all commands share.
#[test]
fn help_lists_the_options_of_the_command_first() {
    let folder = Folder::hello();
    let position = |text: &str, words: &str| text.find(words).unwrap_or_else(|| panic!("{words}: {text}"));
    let build = folder.run(&["build", "--help"]).prints();
    assert!(position(&build, "--dry-run") < position(&build, "The image:"));
    assert!(position(&build, "The image:") < position(&build, "--runtime-image"));
    let help = folder.run(&["--help"]).prints();
    let examples = &help[position(&help, "Examples:")..];
    assert!(examples.contains("agentix-gen context | docker build -t hello -"), "{examples}");
    assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
}

#[test]
fn a_flag_overrides_the_file() {
    let folder = Folder::with("pyproject.toml", format!("{HELLO}[tool.agentix]\nruntime-image = 'from/file:1'\n"));
    let from = |text: String| text.lines().rfind(|line| line.starts_with("FROM ")).unwrap().to_owned();
    assert_eq!(from(folder.run(&[]).prints()), "FROM from/file:1");
    assert_eq!(from(folder.run(&["--runtime-image", "from/flag:1"]).prints()), "FROM from/flag:1");
}

#[test]
fn options_reach_the_dockerfile() {
    let folder = Folder::hello().file("default.nix", "{}");
    let text = folder
        .run(&["--nix-image", "localhost:5000/nix:2", "--label", "a=b=\"$c\"", "--build-arg", "INDEX=x y"])
        .prints();
    assert!(text.contains("\nFROM localhost:5000/nix:2 AS nix\n"), "{text}");
    assert!(text.contains("LABEL a=\"b=\\\"\\$c\\\"\" "), "{text}");
    assert_eq!(text.matches("\nARG INDEX\n").count(), 3, "one per stage: {text}");
    assert!(!text.contains("x y"), "the value of a build argument is not in the Dockerfile: {text}");
}

#[test]
fn the_runtime_image_has_its_own_dockerfile() {
    let text = Folder::hello().run(&["runtime", "--python-image", "python:3.12", "--agentix-version", "0.2"]).prints();
    assert!(text.contains("\nFROM python:3.12\n") && text.contains("agentixx==0.2\n"), "{text}");
}

#[test]
fn the_runtime_image_uses_the_python_of_the_project() {
    let from = |text: String| text.lines().find(|line| line.starts_with("FROM ")).unwrap().to_owned();
    let folder =
        Folder::with("pyproject.toml", HELLO.replace("dependencies", "requires-python = '>=3.12'\ndependencies"));
    assert_eq!(from(folder.run(&["runtime"]).prints()), "FROM python:3.11-slim");
    assert_eq!(from(folder.run(&["runtime", "."]).prints()), "FROM python:3.14-slim");
    let folder = folder.file(".python-version", "3.12.4\n");
    assert_eq!(from(folder.run(&["runtime", "."]).prints()), "FROM python:3.12-slim");
    let folder = folder.file(".python-version", "3.10");
    assert_eq!(
        folder.run(&["runtime", "."]).refused(),
        "error: no version of Python 3.8 to 3.14 satisfies both requires-python of `hello` (`>=3.12`) and \
         .python-version (`3.10`); change one\n  help: or choose the Python image with --python-image REF\n"
    );
    assert_eq!(from(folder.run(&["runtime", ".", "--python-image", "python:3.9"]).prints()), "FROM python:3.9");
}

#[test]
fn a_standalone_image_uses_the_python_of_the_project() {
    let base_image = |text: String| text.lines().find_map(|line| line.strip_prefix("FROM ")).unwrap().to_owned();
    let newer = HELLO.replace("dependencies", "requires-python = '>=3.12'\ndependencies");
    let text = Folder::with("pyproject.toml", newer).run(&["--standalone"]).prints();
    assert_eq!(base_image(text), "python:3.14-slim AS runtime");
    let keys = "[tool.agentix]\nstandalone = true\npython-image = 'mirror.example/python:3.13'\n";
    let folder = Folder::with("pyproject.toml", format!("{HELLO}{keys}"));
    assert_eq!(base_image(folder.run(&[]).prints()), "mirror.example/python:3.13 AS runtime");
    assert_eq!(
        folder.run(&["--runtime-image", "base:1"]).refused(),
        "error: a standalone image does not start from the runtime image `base:1`; remove `standalone` or \
         `runtime-image`\n"
    );
}

/// Siblings are included, and paths are relative to the folder that contains the project and its siblings.
#[test]
fn the_files_of_siblings_are_listed() {
    let app = HELLO.replace("'rich'", "'lib @ file:../lib'") + "[tool.agentix]\ninclude = ['x.log']\n";
    let folder = Folder::with("app/pyproject.toml", app)
        .file("app/x.log", "")
        .file("lib/pyproject.toml", HELLO.replace("hello", "lib"))
        .file("lib/.env", "")
        .file("other/x.py", "");
    let expected = "in   app/\nin   app/pyproject.toml\nin   app/x.log  include: x.log\nin   lib/\n\
                    out  lib/.env   a secret: an environment file (.env)\nin   lib/pyproject.toml\n";
    assert_eq!(folder.run(&["files", "app"]).prints(), expected);
    let message = folder
        .file("app/pyproject.toml", HELLO.replace("'rich'", "'lib @ file:../lab'"))
        .run(&["files", "app"])
        .refused();
    assert!(message.contains("/app/pyproject.toml: project.dependencies[0]: `"), "{message}");
    assert!(message.ends_with("/lab` does not exist\n"), "{message}");
}

#[test]
fn help_and_version_at_every_level() {
    let folder = Folder::hello();
    let help = folder.run(&["--help"]).prints();
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    // Continuation lines of a description are indented further.
    let names = commands.filter_map(|line| line.strip_prefix("  ")?.split(' ').next().filter(|name| !name.is_empty()));
    let commands: Vec<&str> = names.collect();
    assert!(commands.contains(&"build") && commands.contains(&"help"), "{help}");
    for command in commands.into_iter().filter(|command| *command != "help") {
        let usage = format!("Usage: agentix-gen {command} ");
        assert!(folder.run(&[command, "--help"]).prints().contains(&usage), "{command}");
    }
    assert_eq!(folder.run(&["--version"]).prints(), concat!("agentix-gen ", env!("CARGO_PKG_VERSION"), "\n"));
    assert_eq!(folder.run(&["-V"]).prints(), folder.run(&["--version"]).prints());
}

#[test]
fn wrong_usage_exits_with_code_2() {
    let folder = Folder::hello();
    for arguments in [
        &["--runtime-imag", "a:1"][..],
        &["build", "--dry"],
        &["--dialect", "oci"],
        &["stage"],
        &["build", "--dry-run", "--push"],
        &["--label", "novalue"],
        &["--build-arg", "1X=y"],
        &["--tag", "A:1"],
        &["--platform", "linux"],
    ] {
        let printed = folder.run(arguments).ends(2);
        assert_eq!(printed.stdout, "", "{arguments:?}");
        assert!(printed.stderr.starts_with("error: "), "{arguments:?}: {}", printed.stderr);
    }
}

#[test]
fn an_invalid_image_is_refused_with_the_rule_it_breaks() {
    let folder = Folder::hello();
    for (image, rule) in [
        ("--help", "it cannot start with `-`"),
        ("a:1\nRUN evil", "it contains white space or a control character"),
        ("Foo:1", "the repository path contains an upper-case letter"),
    ] {
        let message = folder.run(&[&format!("--runtime-image={image}")]).ends(2).stderr;
        assert!(message.contains(rule), "{message}");
        assert!(message.lines().count() <= 4, "{message}");
    }
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let folder = Folder::hello().file("large", vec![b'x'; 1_000_000]);
    for arguments in [&["context"][..], &["."]] {
        let mut child = folder.run(arguments).command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut message = String::new();
        child.stderr.take().unwrap().read_to_string(&mut message).unwrap();
        assert_eq!((child.wait().unwrap().code(), message.as_str()), (Some(0), ""));
    }
}

#[test]
fn output_does_not_depend_on_the_locale() {
    let folder = Folder::hello().file("ünïcode.py", "");
    let files = |locale: &str| folder.run(&["files"]).env("LC_ALL", locale).env("LANG", locale).prints();
    assert!(files("C").contains("in   ünïcode.py\n"), "{}", files("C"));
    assert_eq!(files("C"), files("tr_TR.UTF-8"));
}

/// What decides the image comes first, and what is printed comes last.
#[test]
fn the_help_has_its_options_under_headings() {
    let help = |command: &str, flag: &str| Folder::hello().run(&[command, flag]).env("COLUMNS", "80").prints();
    let headings = |command: &str| {
        let help = help(command, "-h");
        let lines = help.lines().filter(|line| line.starts_with("The ") && line.ends_with(':'));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let image = ["The image:", "The packages:", "The context:", "The build steps:"];
    assert_eq!(headings("files"), image);
    assert_eq!(headings("build"), [&image[..], &["The engine:", "The output:"]].concat());
    assert_eq!(headings("run"), [&image[..], &["The engine:", "The sandbox:", "The output:"]].concat());
    let (short, long) = (help("build", "-h"), help("build", "--help"));
    assert!(short.lines().chain(long.lines()).all(|line| line.chars().count() <= 80), "{short}{long}");
    // `-h` has one sentence for each option.
    assert!(
        !short.contains("The built image does not contain uv") && long.contains("The built image does not contain")
    );
    assert!(short.lines().count() + 80 < long.lines().count());
}
