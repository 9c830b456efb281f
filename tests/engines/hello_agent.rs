//! Builds the example, runs it, and calls its function with the client that users have.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

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
    let greeting = call_greet(&container.address, "0.1.0");
    assert!(greeting.contains(&format!("Hello Ada, this is Python {} with rich ", python.trim())), "{greeting}");
}

/// Calls the function in the container, as the README of the example does, with a version of the client.
pub(crate) fn call_greet(address: &str, version: &str) -> String {
    const PROGRAM: &str = r#"
import asyncio, sys
from agentix import RuntimeClient
from hello_agent import greet

async def main():
    async with RuntimeClient(sys.argv[1]) as client:
        print(await asyncio.wait_for(client.remote(greet, name="Ada"), 60))

# On a busy machine the client loses its connection, and it never asks again for the answer.
for turn in range(5):
    try:
        asyncio.run(main())
        break
    except asyncio.TimeoutError:
        if turn == 4:
            raise
"#;
    let mut command = Command::new(client(version));
    command.env("PYTHONPATH", hello_agent().join("src")).env("PYTHONDONTWRITEBYTECODE", "1");
    Outcome::of_success(command.args(["-c", PROGRAM, &format!("http://{address}")])).stdout
}

/// Returns a Python that has the client but not the dependencies of the example. From 0.2 on, it also has the framework's
/// deployment for docker.
pub(crate) fn client(version: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("agentixx-{version}"));
    // Other tests wait here until it is installed.
    let lock = File::create(folder.with_extension("lock")).unwrap();
    lock.lock().unwrap();
    let (python, done) = (folder.join("bin/python"), folder.join("installed"));
    if !done.exists() {
        Outcome::of_success(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder));
        let mut install = Command::new(&python);
        install.args(["-m", "pip", "install", "--quiet", &format!("agentixx=={version}")]);
        if version != "0.1.0" {
            install.arg("agentix-deployment-docker==0.1.4");
        }
        Outcome::of_success(&mut install);
        fs::write(done, "").unwrap();
    }
    python
}
