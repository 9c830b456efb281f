//! A running container that answers over HTTP.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::engines::builder::Builder;
use crate::engines::image::{Image, unique};
use crate::engines::outcome::Outcome;

const START: Duration = Duration::from_secs(30);

pub(crate) struct Container {
    name: String,
    /// The address on this machine that maps to port 8000 of the container.
    pub(crate) address: String,
    builder: Builder,
}

impl Container {
    /// Starts an image as a user does, and waits until its server answers.
    #[track_caller]
    pub(crate) fn start(image: &Image) -> Self {
        Self::with(image, &[])
    }

    /// Starts an image with further options of the engine, and waits until its server answers.
    #[track_caller]
    pub(crate) fn with(image: &Image, options: &[&str]) -> Self {
        let mut container = Self::run(image, &[&["--publish", "127.0.0.1::8000"], options].concat());
        let published = Outcome::of_success(container.engine("port").args([&container.name, "8000/tcp"]));
        published.stdout.lines().next().unwrap().clone_into(&mut container.address);
        container.wait_until(|container| container.get("/health").is_some());
        container
    }

    /// Starts an image whose program is no server, and waits until it has written a text.
    #[track_caller]
    pub(crate) fn writing(image: &Image, text: &str) -> Self {
        let container = Self::run(image, &["--network=none"]);
        container.wait_until(|container| container.output().contains(text));
        container
    }

    #[track_caller]
    fn run(image: &Image, options: &[&str]) -> Self {
        let container = Self { name: unique("container"), address: String::new(), builder: image.builder };
        let name = ["--detach", "--name", &container.name];
        Outcome::of_success(container.engine("run").args(name).args(options).arg(&image.name));
        container
    }

    #[track_caller]
    fn wait_until(&self, is_ready: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + START;
        while !is_ready(self) {
            assert!(Instant::now() < deadline, "{}", Outcome::of(self.engine("logs").arg(&self.name)));
            sleep(Duration::from_millis(100));
        }
    }

    /// Stops the container as the engine does by default, and returns the exit code of its program: 137 if the engine had
    /// to kill it.
    #[track_caller]
    pub(crate) fn stop(&self) -> String {
        Outcome::of_success(self.engine("stop").args(["--time", "10", &self.name]));
        let mut inspect = self.engine("inspect");
        Outcome::of_success(inspect.args(["--format", "{{.State.ExitCode}}", &self.name])).stdout.trim().to_owned()
    }

    /// Returns what the program has written to stdout.
    #[track_caller]
    pub(crate) fn output(&self) -> String {
        Outcome::of_success(self.engine("logs").arg(&self.name)).stdout
    }

    fn engine(&self, command: &str) -> Command {
        let mut engine = self.builder.command(self.builder.runner());
        engine.arg(command);
        engine
    }

    /// Returns the body of the server's response, or `None` if it does not answer with status 200.
    pub(crate) fn get(&self, path: &str) -> Option<String> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        stream.set_read_timeout(Some(START)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        head.starts_with("HTTP/1.1 200 ").then(|| body.to_owned())
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        let _ = self.engine("rm").args(["--force", &self.name]).output();
    }
}
