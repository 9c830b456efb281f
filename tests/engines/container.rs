//! A running container that answers over HTTP.

use std::io::{Read, Write};
use std::net::TcpStream;
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
        let builder = image.builder;
        let mut container = Self { name: unique("container"), address: String::new(), builder };
        let engine = || builder.command(builder.runner());
        let port = ["--publish", "127.0.0.1::8000"];
        Outcome::of_success(engine().args(["run", "--detach", "--name", &container.name]).args(port).arg(&image.name));
        let published = Outcome::of_success(engine().args(["port", &container.name, "8000/tcp"]));
        published.stdout.lines().next().unwrap().clone_into(&mut container.address);
        let deadline = Instant::now() + START;
        while container.get("/health").is_none() {
            assert!(Instant::now() < deadline, "{}", Outcome::of(engine().args(["logs", &container.name])));
            sleep(Duration::from_millis(100));
        }
        container
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
        let mut command = self.builder.command(self.builder.runner());
        let _ = command.args(["rm", "--force", &self.name]).output();
    }
}
