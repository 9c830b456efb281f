//! A picture of the stages: boxes, and arrows for what flows between them. Every format draws the same picture.

use agentix_gen::dockerfile::Origin;
use agentix_gen::value::OneLine;

use super::Staged;

/// Boxes and arrows. Each arrow leads from an earlier column to a later one.
pub(super) struct Picture {
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
}

pub(super) struct Node {
    pub(super) kind: Kind,
    /// The name, and below it a detail such as the size.
    pub(super) lines: Vec<String>,
    /// The column, from the left.
    pub(super) column: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A part of the context.
    Part,
    /// An image, a download or a secret: it comes from elsewhere.
    Foreign,
    Stage,
    /// The stage that becomes the image.
    Result,
}

pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    /// What flows, one path per line. Empty if the box at its start says it.
    pub(super) labels: Vec<String>,
    /// `true` if a step only mounts it.
    pub(super) mounted: bool,
}

impl Picture {
    pub(super) fn new(staged: &Staged<'_>) -> Self {
        let last = staged.stages.len() - 1;
        let boxes = (0..=last).map(|number| Node {
            kind: if number == last { Kind::Result } else { Kind::Stage },
            lines: vec![OneLine(&staged.name(number)).to_string()],
            column: 0,
        });
        let mut picture = Self { nodes: boxes.collect(), edges: Vec::new() };
        for (number, stage) in staged.stages.iter().enumerate() {
            picture.connect(staged, &stage.base, "", false, number);
            for input in &stage.inputs {
                picture.connect(staged, &input.from, &input.path, input.mounted, number);
            }
        }
        picture.arrange(staged.stages.len());
        picture
    }

    /// Adds an arrow to a stage. Several between the same boxes become one.
    fn connect(&mut self, staged: &Staged<'_>, origin: &Origin, path: &str, mounted: bool, to: usize) {
        let name = |text: &str| OneLine(text).to_string();
        let (from, label) = match origin {
            Origin::Stage(number) => (*number, name(path)),
            Origin::Image(image) => (self.source(Kind::Foreign, vec![name(image)], to), name(path)),
            Origin::Context => {
                let size = staged.size(path).map(|size| size.to_string());
                (self.source(Kind::Part, [name(path)].into_iter().chain(size).collect(), to), String::new())
            }
            Origin::Secret => (self.source(Kind::Foreign, vec![name(path), "secret".to_owned()], to), String::new()),
            _ => (self.source(Kind::Foreign, vec![name(path)], to), String::new()),
        };
        let known = self.edges.iter().position(|edge| (edge.from, edge.to) == (from, to));
        let known = known.unwrap_or_else(|| {
            self.edges.push(Edge { from, to, labels: Vec::new(), mounted: true });
            self.edges.len() - 1
        });
        let edge = &mut self.edges[known];
        edge.mounted &= mounted;
        if !label.is_empty() && !edge.labels.contains(&label) {
            edge.labels.push(label);
        }
    }

    /// Returns the box of a source. Each stage has its own, so that no arrow crosses the picture.
    fn source(&mut self, kind: Kind, lines: Vec<String>, stage: usize) -> usize {
        let is_known = |edge: &&Edge| {
            let node = &self.nodes[edge.from];
            edge.to == stage && node.kind == kind && node.lines == lines
        };
        if let Some(edge) = self.edges.iter().find(is_known) {
            return edge.from;
        }
        self.nodes.push(Node { kind, lines, column: 0 });
        self.nodes.len() - 1
    }

    /// Chooses the columns: a stage comes after all that it takes from, a source right before its stage.
    fn arrange(&mut self, stages: usize) {
        // A stage takes only from stages before it, so one pass is enough.
        for stage in 0..stages {
            let before = self
                .edges
                .iter()
                .filter(|edge| edge.to == stage)
                .map(|edge| if edge.from < stages { self.nodes[edge.from].column + 1 } else { 1 });
            self.nodes[stage].column = before.max().unwrap_or(0);
        }
        for edge in self.edges.iter().filter(|edge| edge.from >= stages) {
            self.nodes[edge.from].column = self.nodes[edge.to].column - 1;
        }
    }
}
