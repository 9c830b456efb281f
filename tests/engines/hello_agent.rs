//! Builds the example, runs it, and calls its function with the client that users have.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::engines::builder::Builder;
use crate::engines::container::Container;
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::engines::project::hello_agent;

on_every_builder!(the_client_calls_a_function_in_the_image);

fn the_client_calls_a_function_in_the_image(builder: Builder) {
    let image = Image::unbuilt(builder);
    let built = Outcome::of_success(&mut builder.build(&hello_agent(), &image.name));
    let start = format!("building {} on agentix/runtime:0.1.0 with {} ", image.name, builder.engine());
    let line = built.stderr.lines().find(|line| line.starts_with(&start)).unwrap_or_else(|| panic!("{built}"));
    assert!(line.ends_with(&format!(" ({})", builder.told_as())), "{line}");
    assert_eq!(built.stdout, format!("{}\n", image.name));

    let container = Container::start(&image);
    assert_eq!(container.get("/health").unwrap(), r#"{"status":"ok","version":"0.1.0"}"#);
    let python = image.python("import platform; print(platform.python_version())");
    let greeting = call_greet(&container.address);
    assert!(greeting.contains(&format!("Hello Ada, this is Python {} with rich ", python.trim())), "{greeting}");
}

/// Calls the function in the container, as the README of the example does.
fn call_greet(address: &str) -> String {
    const PROGRAM: &str = r#"
import asyncio, sys
from agentix import RuntimeClient
from hello_agent import greet

async def main():
    async with RuntimeClient(sys.argv[1]) as client:
        print(await client.remote(greet, name="Ada"))

asyncio.run(main())
"#;
    let mut command = Command::new(client());
    command.env("PYTHONPATH", hello_agent().join("src")).env("PYTHONDONTWRITEBYTECODE", "1");
    Outcome::of_success(command.args(["-c", PROGRAM, &format!("http://{address}")])).stdout
}

/// Returns a Python that has the client but not the dependencies of the example.
fn client() -> &'static Path {
    static CLIENT: OnceLock<PathBuf> = OnceLock::new();
    CLIENT.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("agentixx-0.1.0");
        let lock = File::create(folder.with_extension("lock")).unwrap();
        lock.lock().unwrap();
        let (python, done) = (folder.join("bin/python"), folder.join("installed"));
        if !done.exists() {
            Outcome::of_success(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder));
            Outcome::of_success(Command::new(&python).args(["-m", "pip", "install", "--quiet", "agentixx==0.1.0"]));
            fs::write(done, "").unwrap();
        }
        python
    })
}
