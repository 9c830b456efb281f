//! The picture for programs that lay it out themselves: [Mermaid] and [Graphviz].
//!
//! [Mermaid]: https://mermaid.js.org/syntax/flowchart.html
//! [Graphviz]: https://graphviz.org/doc/info/lang.html

use std::fmt::Write;

use super::picture::{Kind, Picture};

/// Returns the picture as a Mermaid flowchart.
pub(super) fn mermaid(picture: &Picture) -> String {
    let quoted = |lines: &[String]| {
        let lines: Vec<String> = lines.iter().map(|line| entities(line)).collect();
        format!("\"{}\"", lines.join("<br>"))
    };
    let mut text = String::from("flowchart LR\n");
    for (number, node) in picture.nodes.iter().enumerate() {
        let (open, close) = match node.kind {
            Kind::Part => ("[/", "/]"),
            Kind::Foreign => ("([", "])"),
            Kind::Stage => ("[", "]"),
            Kind::Result => ("[[", "]]"),
        };
        // Writing to a string cannot fail.
        _ = writeln!(text, "  n{number}{open}{}{close}", quoted(&node.lines));
    }
    for edge in &picture.edges {
        let arrow = if edge.mounted { "-.->" } else { "-->" };
        let label = if edge.labels.is_empty() { String::new() } else { format!("|{}|", quoted(&edge.labels)) };
        _ = writeln!(text, "  n{} {arrow}{label} n{}", edge.from, edge.to);
    }
    text
}

/// Escapes a label: Mermaid reads Markdown, HTML and entities in it.
fn entities(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if c.is_alphanumeric() || " ./:@+=,-_~".contains(c) {
            escaped.push(c);
        } else {
            _ = write!(escaped, "#{};", u32::from(c));
        }
    }
    escaped
}

/// Returns the picture in Graphviz's language.
pub(super) fn dot(picture: &Picture) -> String {
    let quoted = |lines: &[String]| {
        let lines: Vec<String> = lines.iter().map(|line| line.replace('\\', "\\\\").replace('"', "\\\"")).collect();
        format!("\"{}\"", lines.join("\\n"))
    };
    let mut text = String::from("digraph {\n  rankdir=LR\n  node [shape=box fontname=monospace]\n");
    text.push_str("  edge [fontname=monospace fontsize=10]\n");
    for (number, node) in picture.nodes.iter().enumerate() {
        let style = match node.kind {
            Kind::Part => " shape=folder",
            Kind::Foreign => " shape=ellipse",
            Kind::Stage => "",
            Kind::Result => " style=bold",
        };
        _ = writeln!(text, "  n{number} [label={}{style}]", quoted(&node.lines));
    }
    for edge in &picture.edges {
        let style = if edge.mounted { " style=dashed" } else { "" };
        _ = writeln!(text, "  n{} -> n{} [label={}{style}]", edge.from, edge.to, quoted(&edge.labels));
    }
    text + "}\n"
}
