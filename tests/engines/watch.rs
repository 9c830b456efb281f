//! `build --watch` and `run --watch` with a real engine.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::engines::builder::Builder;
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::engines::project::{IN_TREE, Project, WHEEL_BACKEND};

on_docker_and_podman!(a_changed_project_is_built_again, a_changed_project_replaces_its_sandbox);

/// A server that answers every request with the text in the module `sample`.
const SERVER: &str = "
import http.server, os, sample
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(sample.told).encode())
http.server.ThreadingHTTPServer(('0.0.0.0', int(os.environ['AGENTIX_BIND_PORT'])), Handler).serve_forever()
";

fn start(image: &Image, project: &Project, command: &str) -> (Child, BufReader<ChildStdout>) {
    let mut watch: Command = image.builder.agentix_gen();
    watch.args([command, "--watch", "--engine", image.builder.engine(), "--tag", &image.name]).arg(project.path());
    let mut running = watch.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let lines = BufReader::new(running.stdout.take().unwrap());
    (running, lines)
}

fn next(lines: &mut impl BufRead) -> String {
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    assert_ne!(line, "", "the watch has ended");
    line.trim().to_owned()
}

fn interrupt(mut running: Child) {
    kill_process(Pid::from_child(&running), Signal::INT).unwrap();
    assert_eq!(running.wait().unwrap().code(), Some(130));
}

fn engine(image: &Image, arguments: &[&str]) -> String {
    Outcome::of_success(image.builder.command(image.builder.engine()).args(arguments)).stdout
}

fn answer(url: &str) -> String {
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    write!(stream, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}

/// Returns a backend whose wheel holds this value and the server.
fn backend(value: &str) -> String {
    let metadata = "wheel.writestr(about + \"METADATA\"";
    WHEEL_BACKEND
        .replace("os.environ.get('TOLD')", &format!("'{value}'"))
        .replace(metadata, &format!("wheel.writestr('serve.py', {SERVER:?})\n        {metadata}"))
}

fn a_changed_project_is_built_again(builder: Builder) {
    let (image, project) = (Image::unbuilt(builder), Project::new(IN_TREE).file("backend.py", backend("one")));
    let (running, mut lines) = start(&image, &project, "build");
    let id = || engine(&image, &["image", "inspect", "--format", "{{.Id}}", &image.name]);
    assert_eq!(next(&mut lines), image.name);
    let first = id();
    project.write("backend.py", backend("two"));
    assert_eq!(next(&mut lines), image.name);
    assert_ne!(id(), first);
    interrupt(running);
}

fn a_changed_project_replaces_its_sandbox(builder: Builder) {
    let image = Image::unbuilt(builder);
    let entry_point = "[tool.agentix]\nentrypoint = ['/nix/runtime/bin/python', '-m', 'serve']\n";
    let project = Project::new(&format!("{IN_TREE}{entry_point}")).file("backend.py", backend("one"));
    let (running, mut lines) = start(&image, &project, "run");
    let url = next(&mut lines);
    assert_eq!(answer(&url), "one");
    project.write("backend.py", backend("two"));
    assert_eq!(next(&mut lines), url, "the URL stays the same");
    assert_eq!(answer(&url), "two");
    let containers = || engine(&image, &["ps", "--all", "--format", "{{.Image}}"]);
    let of_image = |listed: String| listed.lines().filter(|line| line.contains(&image.name)).count();
    assert_eq!(of_image(containers()), 1);
    interrupt(running);
    assert_eq!(of_image(containers()), 0);
}
