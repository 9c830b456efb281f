//! `plan`: the decisions and the stages, as text, JSON and pictures.

use std::process::Command;

use serde_json::Value;

use crate::run::{Folder, HELLO};

/// A project with several stages, whose template adds one with names that are special in every format.
fn staged() -> Folder {
    let manifest = format!(
        "{HELLO}[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n\
         [tool.agentix]\napt = ['git']\ntemplate = 't'\n[tool.agentix.secret]\nnetrc = {{ env = 'NETRC' }}\n"
    );
    let template = "{% extends \"bundle.dockerfile\" %}\n{% block after_project %}\n\
                    COPY [\"project/a \\\"<b>&|c\", \"/x\"]\n{% endblock %}\n";
    Folder::with("pyproject.toml", manifest)
        .file("t", template)
        .file("a \"<b>&|c", "12345")
        .file("src/hello/__init__.py", "")
}

fn json(folder: &Folder) -> Value {
    serde_json::from_str(&folder.run(&["plan", "--format", "json"]).prints()).unwrap()
}

/// A program that reads the plan gets the same as before: JSON, unless stdout is a terminal.
#[test]
fn without_a_terminal_the_plan_is_json() {
    let folder = Folder::hello();
    assert_eq!(folder.run(&["plan"]).prints(), folder.run(&["plan", "--format", "json"]).prints());
    let on_terminal = Command::new("script")
        .args(["--quiet", "--return", "--command"])
        .arg(format!("{} plan", env!("CARGO_BIN_EXE_agentix-gen")))
        .arg("/dev/null")
        .current_dir(folder.path(""))
        .output();
    let Ok(on_terminal) = on_terminal else { return eprintln!("not run: there is no `script`") };
    let shown = String::from_utf8(on_terminal.stdout).unwrap().replace("\r\n", "\n");
    assert_eq!(shown, folder.run(&["plan", "--format", "text"]).prints());
    assert!(shown.starts_with("hello becomes hello:1.0\n\nStages\n"), "{shown}");
}

/// The stages are those of the Dockerfile, and the sizes those of the files.
#[test]
fn the_plan_has_the_stages_with_sizes() {
    let folder = staged();
    let plan = json(&folder);
    let dockerfile = folder.run(&[]).prints();
    let from = dockerfile.lines().filter(|line| line.starts_with("FROM "));
    let stages = plan["stages"].as_array().unwrap();
    assert_eq!(stages.len(), from.count());
    let named: Vec<&str> = stages.iter().filter_map(|stage| stage["name"].as_str()).collect();
    assert!(named.contains(&"base") && named.contains(&"build"), "{named:?}");
    folder.run(&["stage", "--into", "out"]).ends(0);
    let size = |path: &str| {
        let found = std::fs::metadata(folder.path(path)).unwrap();
        if found.is_file() { found.len() } else { 0 }
    };
    let project = folder.paths().iter().filter(|path| path.starts_with("out/project/")).map(|path| size(path)).sum();
    let text = Folder::run_in(&folder.path("out/project"), &["plan", "--format", "text"]).prints();
    let row = |path: &str| text.lines().find_map(|line| line.trim().strip_prefix(path)).unwrap().trim().to_owned();
    assert_eq!(row("project/ "), format!("context, {}", agentix_gen::value::ByteSize::new(project)));
    assert_eq!(row("project/a \"<b>&|c "), "context, 5 B");
}

/// Each format shows each stage, what it starts from, and each part of the context.
#[test]
fn every_format_shows_everything_that_flows() {
    let folder = staged();
    let plan = json(&folder);
    let mut words: Vec<String> = vec!["hello:1.0".into(), "agentix/runtime:0.1.0".into(), "netrc".into()];
    words
        .extend(plan["stages"].as_array().unwrap().iter().filter_map(|stage| Some(stage["name"].as_str()?.to_owned())));
    let inputs = plan["stages"].as_array().unwrap().iter().flat_map(|stage| stage["inputs"].as_array().unwrap());
    words.extend(inputs.map(|input| input["path"].as_str().unwrap().to_owned()).filter(|path| !path.contains('"')));
    words.push("5 B".to_owned());
    for (format, hostile) in [
        ("text", "project/a \"<b>&|c"),
        ("mermaid", "project/a #34;#60;b#62;#38;#124;c"),
        ("dot", "project/a \\\"<b>&|c"),
        ("svg", "project/a \"&lt;b&gt;&amp;|c"),
    ] {
        let shown = folder.run(&["plan", "--format", format]).prints();
        for word in &words {
            assert!(shown.contains(word.as_str()), "{format}: {word}:\n{shown}");
        }
        assert!(shown.contains(hostile), "{format}:\n{shown}");
    }
}

/// A parser of XML judges the picture: boxes do not overlap and lie inside it, and each arrow ends at a box.
#[test]
fn the_boxes_of_the_picture_do_not_overlap() {
    const JUDGE: &str = "
import sys, xml.etree.ElementTree as tree
svg = tree.parse(sys.stdin).getroot()
space = '{http://www.w3.org/2000/svg}'
width, height = int(svg.get('width')), int(svg.get('height'))
boxes = [[int(box.get(side)) for side in ('x', 'y', 'width', 'height')] for box in svg.findall(space + 'rect') if box.get('class')]
for number, (x, y, w, h) in enumerate(boxes):
    assert x >= 0 and y >= 0 and x + w <= width and y + h <= height, (x, y, w, h)
    for a, b, c, d in boxes[:number]:
        assert x + w <= a or a + c <= x or y + h <= b or b + d <= y, ((x, y, w, h), (a, b, c, d))
ends = {(x, y + h // 2) for x, y, w, h in boxes}
arrows = [path.get('d') for path in svg.findall(space + 'path') if path.get('marker-end')]
assert arrows
for arrow in arrows:
    assert tuple(int(n) for n in arrow.split()[-2:]) in ends, arrow
print(len(boxes), len(arrows))
";
    for folder in [Folder::hello(), staged()] {
        let drawn = folder.run(&["plan", "--format", "svg"]).prints();
        let folder = folder.file("drawn.svg", drawn);
        let file = std::fs::File::open(folder.path("drawn.svg")).unwrap();
        let judged = Command::new("python3").args(["-c", JUDGE]).stdin(file).output().unwrap();
        assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stderr));
    }
}
