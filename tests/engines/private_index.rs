//! Packages from a private index. Only the steps that need its credentials get them.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{fs, thread};

use tempfile::TempDir;

use crate::background::while_repeating;
use crate::engines::builder::Builder;
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::engines::project::{IN_TREE, Project, SAMPLE, WHEEL_BACKEND};

on_every_builder!(
    only_the_installer_gets_a_netrc,
    only_the_installer_gets_a_pip_configuration,
    only_the_build_gets_the_credentials_of_an_index,
    uv_installs_locked_packages_from_the_index,
    uv_installs_from_the_index_of_the_project,
    another_password_rebuilds_no_layer,
    a_build_trusts_the_given_certificate
);

const USER: &str = "canary-user";
const PASSWORD: &str = "C4nary/9+pass=w0rd";
/// The password in percent-encoding, as in a URL.
const ENCODED: &str = "C4nary%2F9%2Bpass%3Dw0rd";

fn only_the_installer_gets_a_netrc(builder: Builder) {
    let index = Index::private();
    let netrc = index.write("netrc", &format!("machine 127.0.0.1 login {USER} password {PASSWORD}\n"));
    let configuration = index.write("pip.conf", &format!("[global]\nindex-url = {}\n", index.url("")));
    let secrets = [secret("netrc", &netrc), secret("pip-conf", &configuration)];
    installs_without_a_trace(builder, &project(""), &["--secret", &secrets[0], "--secret", &secrets[1]], &[]);
}

fn only_the_installer_gets_a_pip_configuration(builder: Builder) {
    let index = Index::private();
    let with_password = index.url(&format!("{USER}:{ENCODED}@"));
    let project = project("[tool.agentix.secret]\npip-conf = { env = 'CANARY_PIP_CONF' }");
    let configuration = format!("[global]\nindex-url = {with_password}\n");
    installs_without_a_trace(builder, &project, &[], &[("CANARY_PIP_CONF", &configuration)]);
}

/// The build backend stands in for uv. It reads the credentials from the variables that uv reads, and writes their
/// digests into the wheel.
fn only_the_build_gets_the_credentials_of_an_index(builder: Builder) {
    let index = "[[tool.uv.index]]\nname = 'corp'\nurl = 'https://pypi.example.org/simple'\nauthenticate = 'always'\n";
    let backend = WHEEL_BACKEND.replace(
        "os.environ.get('TOLD')",
        "[__import__('hashlib').sha256(os.environ['UV_INDEX_CORP_' + what].encode()).hexdigest() \
         for what in ('USERNAME', 'PASSWORD')]",
    );
    let project = Project::new(&format!("{IN_TREE}{index}")).file("backend.py", backend);
    let image = Image::unbuilt(builder);
    let mut command = builder.build(project.path(), &image.name);
    command.env("UV_INDEX_CORP_USERNAME", USER).env("UV_INDEX_CORP_PASSWORD", PASSWORD);
    let outcome = Outcome::of(&mut command);
    assert_no_trace("the output", format!("{outcome}").as_bytes());
    if builder == Builder::Legacy {
        return assert_rejected_by_the_legacy_builder(&outcome);
    }
    assert_eq!(outcome.code, 0, "{outcome}");
    let digests = [
        "df62bfee11a67eb5556d5b446fb66e9e3d86d914e6a07c61083e4462dbba43dd",
        "eb94909342098f19a4619801d8a66495747a9bcf968e34d49ad2da3b097b90f0",
    ];
    assert_eq!(image.python("import sample; print(*sample.told)"), digests.join(" ") + "\n");
}

fn uv_installs_locked_packages_from_the_index(builder: Builder) {
    let index = Index::private();
    let named = format!(
        "[tool.uv.sources]\ncanary-lib = {{ index = 'corp' }}\n\
         [[tool.uv.index]]\nname = 'corp'\nurl = '{}'\nexplicit = true\nauthenticate = 'always'\n",
        index.url("")
    );
    let project = project(&named).file("uv.lock", index.lock());
    let variables = [("UV_INDEX_CORP_USERNAME", USER), ("UV_INDEX_CORP_PASSWORD", PASSWORD)];
    installs_without_a_trace(builder, &project, &["--installer", "uv"], &variables);
}

/// In the first project, the index is the default and replaces `PyPI` for all packages. In the second one, one package is
/// assigned to the index by name. It is both a dependency and a build requirement.
fn uv_installs_from_the_index_of_the_project(builder: Builder) {
    let index = Index::private();
    let variables = [("UV_INDEX_CORP_USERNAME", USER), ("UV_INDEX_CORP_PASSWORD", PASSWORD)];
    let corp = |more: &str| {
        let url = index.url("");
        format!("[[tool.uv.index]]\nname = 'corp'\nurl = '{url}'\nauthenticate = 'always'\n{more}")
    };
    installs_without_a_trace(builder, &project(&corp("default = true\n")), &[], &variables);
    let needs = "requires-python = '>=3.9'\ndependencies = ['canary-lib']\n[build-system]";
    let manifest = SAMPLE.replace("[build-system]", needs).replace("requires = [", "requires = [\"canary-lib\", ");
    let of_name = "[tool.uv.sources]\ncanary-lib = { index = 'corp' }\n";
    let manifest = format!("{manifest}{of_name}{}", corp("explicit = true\n"));
    let project = Project::new(&manifest).file("sample/__init__.py", "");
    installs_without_a_trace(builder, &project, &[], &variables);
}

fn another_password_rebuilds_no_layer(builder: Builder) {
    if builder == Builder::Legacy {
        return;
    }
    let index = Index::private();
    let with = |password: &str| format!("[global]\nindex-url = {}\n", index.url(&format!("{USER}:{password}@")));
    let project = project("");
    let image = Image::unbuilt(builder);
    let build = |configuration: &str, more: &[&str]| {
        let secret = ["--network", "host", "--secret", "id=pip-conf,env=CANARY_PIP_CONF"];
        let mut command = builder.build(project.path(), &image.name);
        Outcome::of(command.args(secret).args(more).env("CANARY_PIP_CONF", configuration))
    };
    assert_eq!(build(&with(ENCODED), &[]).code, 0);
    let layers = image.layers();
    let again = build(&with("wrong"), &[]);
    assert_eq!(again.code, 0, "{again}");
    assert_eq!(image.layers(), layers);
    // A step reads the secret only when it runs.
    let uncached = build(&with("wrong"), &["--no-cache"]);
    assert_ne!(uncached.code, 0, "{uncached}");
}

fn a_build_trusts_the_given_certificate(builder: Builder) {
    let index = Index::with_tls();
    let url = format!("PIP_INDEX_URL={}", index.url(""));
    let project = project("");
    let image = Image::unbuilt(builder);
    let build = |more: &[&str]| {
        let mut command = builder.build(project.path(), &image.name);
        Outcome::of(
            command
                .args(["--network", "host", "--no-cache", "--build-arg", &url, "--build-arg", "PIP_RETRIES=0"])
                .args(more),
        )
    };
    let distrusted = build(&[]);
    assert_ne!(distrusted.code, 0, "{distrusted}");
    let trusted = build(&["--ca-certificate", &index.certificate()]);
    assert_eq!(trusted.code, 0, "{trusted}");
    let left = image.python("import canary_lib, os; print(canary_lib.sings, os.path.exists('/tmp/trusted.pem'))");
    assert_eq!(left, "True False\n");
    let variables = image.inspect("{{json .Config.Env}}").to_string();
    assert!(!variables.contains("trusted.pem"), "{variables}");
}

/// Returns a project that depends on the package of the index.
fn project(more: &str) -> Project {
    let needs = "requires-python = '>=3.9'\ndependencies = ['canary-lib']\n[build-system]";
    let manifest = IN_TREE.replace("[build-system]", needs);
    Project::plain().file("pyproject.toml", manifest + more)
}

fn secret(id: &str, file: &Path) -> String {
    format!("id={id},src={}", file.display())
}

/// Builds the project, and searches for the password in all outputs, in all command lines and in the image.
fn installs_without_a_trace(builder: Builder, project: &Project, arguments: &[&str], variables: &[(&str, &str)]) {
    let image = Image::unbuilt(builder);
    let build = |more: &[&str]| {
        let mut command = builder.build(project.path(), &image.name);
        command.args(["--network", "host"]).args(arguments).args(more).envs(variables.iter().copied());
        command
    };
    let printed = Outcome::of(&mut build(&["--print-command"]));
    assert_eq!(printed.code == 0, builder != Builder::Legacy, "{printed}");
    assert_no_trace("the printed command", format!("{printed}").as_bytes());
    let look = || {
        assert_no_trace_in_processes();
        thread::sleep(Duration::from_millis(20));
    };
    let outcome = while_repeating(look, || Outcome::of(&mut build(&["--no-cache"])));
    assert_no_trace("the output", format!("{outcome}").as_bytes());
    if builder == Builder::Legacy {
        return assert_rejected_by_the_legacy_builder(&outcome);
    }
    assert_eq!(outcome.code, 0, "{outcome}");
    assert_eq!(image.python("import canary_lib; print(canary_lib.sings)"), "True\n");
    let runner = || builder.command(builder.runner());
    let saved = runner().args(["save", &image.name]).output().unwrap();
    assert!(saved.status.success() && saved.stdout.len() > 1_000_000);
    assert_no_trace("the image", &saved.stdout);
    let history = Outcome::of_success(runner().args(["history", "--no-trunc", "--format", "{{json .}}", &image.name]));
    assert_no_trace("the history", history.stdout.as_bytes());
    assert_no_trace("the configuration", image.inspect("{{json .}}").to_string().as_bytes());
}

fn assert_rejected_by_the_legacy_builder(outcome: &Outcome) {
    let error = outcome.error();
    assert!(error.contains("classic dialect would store it in the image"), "{outcome}");
    assert!(!outcome.stderr.contains("Step 1"), "{outcome}");
}

/// Fails if the command line of any process contains the password.
fn assert_no_trace_in_processes() {
    for process in fs::read_dir("/proc").unwrap().flatten() {
        let line = fs::read(process.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line);
        // Not with `assert_no_trace`: the command line of its `grep` contains all forms.
        assert!(!line.contains("C4nary") || line.starts_with("grep"), "{line}");
    }
}

/// Fails if the bytes contain the password in any form.
#[track_caller]
fn assert_no_trace(source: &str, bytes: &[u8]) {
    // `grep` is fast enough for an image of hundreds of megabytes.
    let mut grep = Command::new("grep");
    for form in FORMS {
        grep.args(["-e", form]);
    }
    let mut grep = grep.args(["-aoFi"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = grep.stdin.take().unwrap();
    stdin.write_all(bytes).unwrap();
    drop(stdin);
    let found = grep.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&found.stdout), "", "{source} contains the password");
}

/// The password as plain text, in percent-encoding, in hexadecimal, and in base64 at each possible offset in a longer
/// text.
const FORMS: &[&str] = &[
    "C4nary/9",
    "C4nary%2F9",
    "43346e6172792f39",
    "QzRuYXJ5LzkrcGFzcz13MHJk",
    "bmFyeS85K3Bhc3M9dzBy",
    "NG5hcnkvOStwYXNzPXcw",
];

#[test]
fn a_trace_is_found() {
    let hidden = ["x".into(), format!("https://{USER}:{ENCODED}@example.org"), "Basic QzRuYXJ5LzkrcGFzcz13MHJk".into()];
    let found =
        hidden.map(|text: String| std::panic::catch_unwind(|| assert_no_trace("a text", text.as_bytes())).is_err());
    assert_eq!(found, [false, true, true]);
}

/// The process of the index, and a folder for files. Both are removed on drop.
pub(crate) struct Index {
    process: Child,
    address: String,
    /// The SHA-256 of the wheel.
    pub(crate) wheel_hash: String,
    folder: TempDir,
}

impl Index {
    fn private() -> Self {
        Self::start("http", &[], &[("USER_NAME", USER), ("PASSWORD", PASSWORD)])
    }

    /// Starts an index with TLS. Clients do not connect unless they trust its authority.
    pub(crate) fn with_tls() -> Self {
        Self::start("https", &["tls"], &[])
    }

    fn start(scheme: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/engines/private_index.py");
        let mut command = Command::new("python3");
        command.arg(script).arg(folder.path()).args(arguments).envs(variables.iter().copied());
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let (port, wheel_hash) = line.trim().split_once(' ').unwrap();
        let address = format!("{scheme}://127.0.0.1:{port}/simple");
        Self { process, address, wheel_hash: wheel_hash.to_owned(), folder }
    }

    /// Returns the URL of the index, with credentials before the host.
    fn url(&self, credentials: &str) -> String {
        self.address.replacen("://", &format!("://{credentials}"), 1)
    }

    /// Returns the URL of the wheel.
    pub(crate) fn wheel(&self) -> String {
        self.address.replace("/simple", "/canary_lib-1.0-py3-none-any.whl")
    }

    /// Returns the path of the authority's certificate.
    pub(crate) fn certificate(&self) -> String {
        self.folder.path().join("ca.pem").to_str().unwrap().to_owned()
    }

    /// Returns the `uv.lock` of a project that depends on the package.
    fn lock(&self) -> String {
        let (url, wheel, hash) = (self.url(""), self.wheel(), &self.wheel_hash);
        format!(
            "version = 1\nrevision = 3\nrequires-python = '>=3.9'\n\n\
             [[package]]\nname = 'canary-lib'\nversion = '1.0'\nsource = {{ registry = '{url}' }}\n\
             wheels = [{{ url = '{wheel}', hash = 'sha256:{hash}' }}]\n\n\
             [[package]]\nname = 'sample'\nversion = '1.0'\nsource = {{ editable = '.' }}\n\
             dependencies = [{{ name = 'canary-lib' }}]\n\n\
             [package.metadata]\nrequires-dist = [{{ name = 'canary-lib', index = '{url}' }}]\n"
        )
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Index {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
