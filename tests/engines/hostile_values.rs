//! Labels, build arguments and file names reach the image unchanged, whatever characters they contain.

use std::collections::BTreeMap;
use std::fs;

use serde_json::json;

use crate::engines::builder::Builder;
use crate::engines::image::Image;
use crate::engines::project::Project;

on_every_builder!(values_reach_the_image_unchanged, file_names_reach_the_image_unchanged);

const HOSTILE: &str = r#"a "b" $HOME \ c # d' ${X:-y} $(id) `id` \n %s é ☃ , = "#;

fn values_reach_the_image_unchanged(builder: Builder) {
    let label = format!("org.example.hostile={HOSTILE}");
    let argument = format!("TOLD={HOSTILE}");
    let image = Image::with(builder, Project::plain().path(), &["--label", &label, "--build-arg", &argument]);
    assert_eq!(image.inspect("{{json .Config.Labels}}")["org.example.hostile"], json!(HOSTILE));
    let received = image.python("import json, sample; print(json.dumps(sample.told))");
    assert_eq!(serde_json::from_str::<String>(&received).unwrap(), HOSTILE);
}

const NAMES: &[&str] = &[
    "a b",
    "quote'\"",
    "ünï-☃",
    "-dash",
    "$HOME",
    "back\\slash",
    "*",
    "[x]",
    "#hash",
    "end ",
    "%41",
    "!not",
    "--",
    "~",
    "sub dir/-x",
    "new\nline",
    "tab\t",
    "\u{1b}[31m",
];

fn file_names_reach_the_image_unchanged(builder: Builder) {
    let project = Project::with_source();
    for name in NAMES {
        project.write(&format!("data/{name}"), format!("this is {name}"));
    }
    let long = [format!("{}/{}", "l".repeat(200), "ö".repeat(120)), "m".repeat(150)];
    for name in &long {
        project.write(&format!("data/{name}"), "long");
    }
    let image = Image::of(builder, project.path());
    let program = r#"
import json, os
found = {}
for folder, _, files in os.walk("/src/project/data"):
    for name in files:
        path = os.path.join(folder, name)
        found[os.path.relpath(path, "/src/project/data")] = open(path, newline="").read()
print(json.dumps(found))
"#;
    let received: BTreeMap<String, String> = serde_json::from_str(&image.python(program)).unwrap();
    let names = NAMES.iter().map(|&name| name.to_owned()).chain(long);
    let expected: BTreeMap<String, String> = names
        .map(|name| (name.clone(), fs::read_to_string(project.path().join("data").join(&name)).unwrap()))
        .collect();
    assert_eq!(received, expected);
}
