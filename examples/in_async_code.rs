//! A build in async code, here with tokio: it runs on a thread of its own, and is cancelled after a minute.
//!
//! ```text
//! cargo run --example in_async_code -- examples/hello-agent
//! ```

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program prints")]
#![expect(clippy::disallowed_methods, reason = "a program reads its environment; the library does not")]

use std::error::Error;
use std::time::Duration;

use agentix_gen::build_image::{Built, build_with};
use agentix_gen::{BuildOptions, Cancel, Control, Event, LoadOptions, Registry, load};
use camino::Utf8PathBuf;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::{runtime, task, time};

type Fault = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Fault> {
    let folder = std::env::args().nth(1).ok_or("usage: in_async_code FOLDER")?;
    runtime::Builder::new_current_thread().enable_time().build()?.block_on(build(folder))
}

async fn build(folder: String) -> Result<(), Fault> {
    let (sender, mut lines) = unbounded_channel();
    let cancel = Cancel::default();
    let of_build = cancel.clone();
    let mut building = task::spawn_blocking(move || build_here(&folder, of_build, &sender));
    // The channel ends with the build.
    let show = async {
        while let Some(line) = lines.recv().await {
            eprintln!("{line}");
        }
    };
    if time::timeout(Duration::from_mins(1), show).await.is_err() {
        cancel.cancel();
    }
    // A cancelled build ends by itself, and leaves nothing.
    let built = (&mut building).await??;
    println!("{} is {}", built.image, built.image_id);
    Ok(())
}

/// Builds on the current thread, and sends the lines that the engine prints.
fn build_here(folder: &str, cancel: Cancel, lines: &UnboundedSender<String>) -> Result<Built, Fault> {
    let mut options = LoadOptions::default();
    options.cancel = cancel.clone();
    options.environment = std::env::vars_os().collect();
    let registry = Registry::discover(options.environment.path());
    let bundle = load(folder, options)?;
    let scratch = Utf8PathBuf::try_from(std::env::temp_dir())?;
    let mut send = |event: Event<'_>| {
        if let Event::Line(line) = event {
            // Without a receiver, nobody reads the line.
            let _ = lines.send(line.to_owned());
        }
    };
    let mut control = Control::new(&scratch, &mut send).with_cancel(cancel);
    Ok(build_with(&bundle, &registry, &BuildOptions::default(), &mut control)?)
}
