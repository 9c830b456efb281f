//! The plan as text for a terminal.

use std::fmt::Write;

use agentix_gen::dockerfile::{Input, Origin};
use agentix_gen::value::OneLine;
use serde_json::Value;

use super::Staged;

pub(super) fn text(staged: &Staged<'_>) -> String {
    let plan = &staged.plan;
    let mut blocks = vec![
        table("Stages", 2, &stages(staged)),
        table("Decisions", 3, &decisions(staged)),
        table("Python", 2, &python(staged)),
        table("Dependencies", 2, &dependencies(staged)),
    ];
    let secrets = plan.secrets.iter().map(|needed| {
        let required = if needed.required { "required" } else { "used if it is there" };
        [needed.secret.id.to_string(), required.to_owned(), needed.from.clone()]
    });
    blocks.push(table("Secrets", 3, &secrets.collect::<Vec<_>>()));
    blocks.push(table("Warnings", 1, &plan.warnings.iter().map(|warning| [warning.clone()]).collect::<Vec<_>>()));
    if !plan.kept_out.is_empty() {
        blocks.push(format!("{} paths are excluded from the context: agentix-gen files\n", plan.kept_out.len()));
    }
    blocks.retain(|block| !block.is_empty());
    format!("{} becomes {}\n\n{}", plan.name, staged.image, blocks.join("\n"))
}

/// Returns lines with aligned columns below a heading, or nothing if there are no rows. The last column has any width.
fn table<const N: usize>(heading: &str, columns: usize, rows: &[[String; N]]) -> String {
    /// A longer cell moves the rest of its row.
    const WIDEST: usize = 48;
    if rows.is_empty() {
        return String::new();
    }
    let shown: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| OneLine(cell).to_string()).collect()).collect();
    let length = |cell: &String| cell.chars().count();
    let widths: Vec<usize> = (0..columns)
        .map(|column| shown.iter().map(|row| length(&row[column])).filter(|width| *width <= WIDEST).max().unwrap_or(0))
        .collect();
    let mut text = format!("{heading}\n");
    for row in &shown {
        let mut line = String::from(" ");
        for (cell, width) in row.iter().zip(&widths) {
            // Writing to a string cannot fail.
            _ = write!(line, " {cell:width$} ");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Returns a row for each stage, and one for each of its inputs.
fn stages(staged: &Staged<'_>) -> Vec<[String; 2]> {
    let mut rows = Vec::new();
    for (number, stage) in staged.stages.iter().enumerate() {
        let base = match &stage.base {
            Origin::Stage(base) => format!("from the stage {}", staged.name(*base)),
            Origin::Image(image) => format!("from {image}"),
            _ => String::new(),
        };
        rows.push([staged.name(number), base]);
        rows.extend(stage.inputs.iter().map(|input| [format!("  {}", input.path), source(staged, input)]));
    }
    rows
}

fn source(staged: &Staged<'_>, input: &Input) -> String {
    let mut text = match &input.from {
        Origin::Context => staged.size(&input.path).map_or("context".to_owned(), |size| format!("context, {size}")),
        Origin::Stage(number) => format!("stage {}", staged.name(*number)),
        Origin::Image(image) => image.clone(),
        Origin::Secret => return "secret".to_owned(),
        _ => "downloaded".to_owned(),
    };
    if input.mounted {
        text += ", mounted";
    }
    text
}

fn decisions(staged: &Staged<'_>) -> Vec<[String; 3]> {
    let mut rows = Vec::new();
    for (key, decision) in &staged.plan.decisions {
        match &decision.value {
            Value::Object(table) => {
                let row =
                    |(name, value): (&String, &Value)| [format!("{key}.{name}"), plain(value), decision.from.clone()];
                rows.extend(table.iter().map(row));
            }
            value => rows.push([key.clone(), plain(value), decision.from.clone()]),
        }
    }
    rows
}

/// Returns a value as a person writes it.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Null => "-".to_owned(),
        value => value.to_string(),
    }
}

fn python(staged: &Staged<'_>) -> Vec<[String; 2]> {
    let Some(required) = &staged.plan.requires_python else { return Vec::new() };
    vec![[required.range.clone(), required.from.join(", ")]]
}

fn dependencies(staged: &Staged<'_>) -> Vec<[String; 2]> {
    let dependencies = &staged.plan.dependencies;
    let from = dependencies.from.iter().map(|from| {
        let hashed = if dependencies.hashed { "each file is checked by its hash" } else { "not checked by hashes" };
        [from.clone(), hashed.to_owned()]
    });
    let is_list = dependencies.from.as_deref() == Some("requirements.txt");
    let origin = if is_list { "as the list says" } else { "resolved in the build" };
    let requirements =
        dependencies.requirements.iter().map(|requirement| [format!("  {requirement}"), origin.to_owned()]);
    from.chain(requirements).collect()
}
