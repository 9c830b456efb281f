//! A project in memory: creates its Dockerfile and its context without reading or writing files.
//!
//! ```text
//! cargo run --example in_memory | tar -t
//! ```

use std::error::Error;

use agentix_gen::bundle::Bundle;
use agentix_gen::context;
use agentix_gen::files::Listing;
use agentix_gen::project::{Config, Project};
use agentix_gen::value::{Cancel, Dialect};

fn main() -> Result<(), Box<dyn Error>> {
    let manifest = r#"
        [project]
        name = "agentix-echo"
        version = "1.0"

        [build-system]
        requires = ["flit_core"]
        build-backend = "flit_core.buildapi"
    "#;
    let listing = Listing::from_files([
        ("pyproject.toml", manifest),
        (
            "agentix_echo.py",
            "'''Returns the text unchanged.'''\n\nasync def echo(text: str) -> str:\n    return text\n",
        ),
    ])?;
    let bundle = Bundle::new(manifest.parse::<Project>()?, listing, Config::default())?;
    let context = context::stage(&bundle, Dialect::BuildKit)?;
    context::write_tar(&context, std::io::stdout().lock(), &Cancel::default())?;
    Ok(())
}
