//! Progress and cancellation: shows what a build does, and cancels it when its time is over.
//!
//! ```text
//! cargo run --example progress -- examples/hello-agent 60
//! ```

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program prints")]
#![expect(clippy::disallowed_methods, reason = "a program reads its environment; the library does not")]

use std::error::Error;
use std::thread;
use std::time::Duration;

use agentix_gen::build_image::build_with;
use agentix_gen::{BuildOptions, Cancel, Control, Event, LoadOptions, Registry, load};
use camino::Utf8PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, folder, seconds] = &arguments[..] else { return Err("usage: progress FOLDER SECONDS".into()) };

    // Any thread may cancel: that of a signal, of a user interface, of a server.
    let (cancel, limit) = (Cancel::default(), Duration::from_secs(seconds.parse()?));
    let of_timer = cancel.clone();
    thread::spawn(move || {
        thread::sleep(limit);
        of_timer.cancel();
    });

    let mut options = LoadOptions::default();
    options.cancel = cancel.clone();
    options.environment = std::env::vars_os().collect();
    let registry = Registry::discover(options.environment.path());
    let bundle = load(folder, options)?;
    let scratch = Utf8PathBuf::try_from(std::env::temp_dir())?;
    let mut show = |event: Event<'_>| match event {
        Event::Building { image, engine, .. } => eprintln!("{engine} builds {image}"),
        Event::ContextSent(bytes) => eprintln!("{bytes} bytes of the context are sent"),
        Event::Line(line) => eprintln!("  {line}"),
        Event::Warning(text) => eprintln!("warning: {text}"),
        _ => {}
    };
    let mut control = Control::new(&scratch, &mut show).with_cancel(cancel);
    // A cancelled build is an error. No process, container or file of it is left then.
    let built = build_with(&bundle, &registry, &BuildOptions::default(), &mut control)?;
    println!("{} is {}", built.image, built.image_id);
    Ok(())
}
