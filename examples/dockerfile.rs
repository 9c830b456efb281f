//! Prints the Dockerfile of a folder.
//!
//! ```text
//! cargo run --example dockerfile -- examples/hello-agent
//! ```

#![expect(clippy::print_stdout, reason = "a program prints")]

use agentix_gen::{Config, Dialect, dockerfile, load};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let bundle = load(folder, Config::default())?;
    print!("{}", dockerfile::render(&bundle, Dialect::BuildKit)?);
    Ok(())
}
