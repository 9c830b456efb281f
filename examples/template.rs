//! A template of one's own: every image of a company gets a label, whatever the project says.
//!
//! ```text
//! cargo run --example template -- examples/hello-agent
//! ```

#![expect(clippy::print_stdout, reason = "a program prints")]

use std::error::Error;

use agentix_gen::value::Template;
use agentix_gen::{Config, Dialect, dockerfile, load};

/// Adds to the last block. docs/templates.md lists the others.
const TEMPLATE: &str = r#"{% extends "bundle.dockerfile" %}
{% block end %}

# Who answers questions about this image.
LABEL org.example.contact="platform@example.org"
{% endblock %}
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: template FOLDER")?;
    let bundle = load(folder, Config::default())?.with_template(Template::new("company.dockerfile", TEMPLATE));
    println!("{}", dockerfile::render(&bundle, Dialect::BuildKit)?);
    Ok(())
}
