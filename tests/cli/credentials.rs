//! No output of the command contains a password: neither data nor messages, whatever repeats it.

use std::fs;

use crate::run::{Folder, HELLO, Printed, Run};
use crate::stub;

const SECRET: &str = "hunter2secret";

const FORMS: [&str; 7] = [
    "https://me:hunter2secret@h.example.org/simple",
    "https://hunter2secret@h.example.org",
    "https:/me:hunter2secret@h",
    "https:me:hunter2secret@h",
    "me:hunter2secret@h:3128",
    "https://h/x?access_token=hunter2secret",
    "postgres://me:hunter2secret@h/db",
];

/// Runs the command, whatever its exit code, and checks that it printed something else than the secret.
#[track_caller]
fn hidden(run: Run) -> Printed {
    let output = run.command().output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let printed = Printed { stdout: text(output.stdout), stderr: text(output.stderr) };
    assert!(!printed.stdout.contains(SECRET) && !printed.stderr.contains(SECRET), "{printed:?}");
    assert!(!printed.stdout.is_empty() || !printed.stderr.is_empty());
    printed
}

#[test]
fn in_arguments() {
    let folder = Folder::hello();
    for form in FORMS {
        let (flag, pair) = (format!("--{form}"), format!("X={form}"));
        for arguments in [
            &[form][..],
            &[form, "x", "y"],
            &["files", form],
            &["check", form],
            &["check", ".", form],
            &["plan", &flag],
            &["plan", "--tag", form],
            &["plan", "--installer", form],
            &["plan", "--dialect", form],
            &["plan", "--build-arg", &pair],
            &["plan", "--label", &pair],
            &["plan", "--secret", &pair],
            &["plan", "--template", form],
            &["stage", "--into", "pyproject.toml/x", "--platform", form],
            &["build", "--engine", form],
            &["runtime", form],
            &["runtime", "--python-image", form],
        ] {
            hidden(folder.run(arguments));
        }
        hidden(folder.run(&["build", "--dry-run"]).env("SOURCE_DATE_EPOCH", form));
        hidden(folder.run(&["build"]).env("AGENTIX_ENGINE", form));
    }
}

#[test]
fn in_files() {
    for form in FORMS {
        for (path, text) in [
            ("pyproject.toml", format!("{HELLO}# {form}\n[tool.agentix]\nenv = {{ X = '{form}' }}\n")),
            ("pyproject.toml", format!("{HELLO}[tool.agentix]\nunknown = '{form}'\n")),
            ("pyproject.toml", format!("[project]\nname = 'a'\nversion = '{form}'\n")),
            ("requirements.txt", format!("six==1.0 # {form}\n")),
            (".dockerignore", format!("[{form}\n")),
            (".python-version", form.to_string()),
            ("agentix.lock", format!("version = 1\n[images]\n'a:1' = '{form}'\n")),
        ] {
            let folder = Folder::hello().file(path, text);
            for command in [&[][..], &["plan"], &["files"], &["files", "--format", "json"], &["build", "--dry-run"]] {
                let arguments = [command, &["--exclude", "nothing"]].concat();
                let output = folder.run(&arguments).command().output().unwrap();
                let all = [output.stdout, output.stderr].concat();
                assert!(!String::from_utf8_lossy(&all).contains(SECRET), "{arguments:?} with {path}: {form}");
            }
        }
    }
}

/// A committed Dockerfile may contain what a generated one never does.
#[test]
fn in_a_dockerfile_to_compare() {
    for form in FORMS {
        let folder = Folder::hello().file("Dockerfile", format!("FROM a\nRUN pip install -i {form} x\n"));
        assert!(hidden(folder.run(&["check", "Dockerfile"])).stdout.contains("\n-RUN pip install -i "));
        hidden(folder.run(&["check", "Dockerfile", "--format", "json"]));
    }
}

/// Engines repeat their commands, and installers the URLs of their configuration.
#[test]
fn in_the_output_of_an_engine() {
    for form in FORMS {
        let script = format!(
            "cat >/dev/null; echo 'Looking in indexes: {form}'; echo 'ERROR: No matching distribution found for {form}' >&2; exit 3"
        );
        let folder = stub::engine(Folder::hello(), &script);
        for arguments in [&["build", "--engine", "podman"][..], &["build", "--engine", "podman", "--quiet"]] {
            let printed = hidden(folder.run(arguments).env("PATH", stub::path(&folder)));
            assert!(printed.stderr.contains("Looking in indexes: "), "{printed:?}");
        }
        let program = format!("#!/bin/sh\necho 'Cannot connect to the Docker daemon at {form}' >&2; exit 1\n");
        let folder = Folder::hello().program("bin/docker", &program);
        hidden(folder.run(&["engines"]).env("PATH", stub::path(&folder)));
        hidden(folder.run(&["engines", "--format", "json"]).env("PATH", stub::path(&folder)));
        hidden(folder.run(&["build", "--engine", "docker"]).env("PATH", stub::path(&folder)));
    }
}

#[test]
fn a_refused_value_has_its_place_and_a_remedy() {
    let when_it_starts = "remove them, and set the variable when a container starts (--env NAME)";
    let in_a_file = "remove them, and pass them in a file: --secret id=netrc,src=FILE";
    for (text, message) in [
        (
            "[tool.agentix]\nenv = { DATABASE_URL = 'postgres://me:hunter2secret@db/x' }\n",
            format!(
                "pyproject.toml:6:24: tool.agentix.env.DATABASE_URL: `postgres://…@db` contains credentials, which would end up in the image; {when_it_starts}"
            ),
        ),
        (
            "# index: https://me:hunter2secret@h/simple\n",
            format!(
                "pyproject.toml:5:10: a comment: `https://…@h` contains credentials, which would end up in the image; {in_a_file}"
            ),
        ),
        (
            "[tool.x.'https://me:hunter2secret@h']\n",
            format!(
                "pyproject.toml:5:9: tool.x: `https://…@h` contains credentials, which would end up in the image; {in_a_file}"
            ),
        ),
        (
            "[tool.uv.pip]\nhttp-proxy = 'me:hunter2secret@proxy'\n",
            format!(
                "pyproject.toml:6:14: tool.uv.pip.http-proxy: `http://…@proxy` contains credentials, which would end up in the image; {in_a_file}"
            ),
        ),
    ] {
        let folder = Folder::with("pyproject.toml", format!("{HELLO}{text}"));
        assert_eq!(folder.run(&[]).refused(), format!("error: ./{message}\n"));
        fs::remove_file(folder.path("pyproject.toml")).unwrap();
    }
    let folder = Folder::hello();
    assert_eq!(
        folder.run(&["--build-arg", "http_proxy=me:hunter2secret@proxy"]).refused(),
        format!(
            "error: build-arg.http_proxy: `http://…@proxy` contains credentials, which the image or the command line \
             would show; {in_a_file} (proxy credentials belong in the engine's configuration)\n"
        )
    );
}

/// A user name is no secret, except on the web.
#[test]
fn a_url_without_a_password_is_accepted() {
    let env = "env = { A = 'postgres://me@localhost/db', B = 'redis://localhost', C = 'ssh://git@h/x', D = 'a:b' }";
    let text = Folder::with("pyproject.toml", format!("{HELLO}[tool.agentix]\n{env}\n")).run(&[]).prints();
    assert!(text.contains("A=\"postgres://me@localhost/db\""), "{text}");
}
