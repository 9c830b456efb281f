//! The picture as SVG, with a layout of its own: one column of boxes for each step from the sources to the image.

use std::fmt::Write;

use super::picture::{Edge, Kind, Node, Picture};

/// The width of a character of the boxes, in a monospace font of 12 pixels.
const CHARACTER: usize = 7;
/// The width of a character on an arrow, in a font of 10 pixels.
const SMALL_CHARACTER: usize = 6;
const LINE: usize = 16;
const MARGIN: usize = 16;
/// The shortest arrow.
const GAP: usize = 48;

const STYLE: &str = "text{font:12px ui-monospace,monospace;text-anchor:middle;fill:#1f2328}\
.edge{font-size:10px;fill:#57606a}.label{fill:#fff;stroke:none}\
path{fill:none;stroke:#8c959f;stroke-width:1.5}.mounted{stroke-dasharray:4 3}marker path{fill:#8c959f;stroke:none}\
rect{stroke:#8c959f;fill:#fff}.part{fill:#ddf4ff}.foreign{fill:#f6f8fa;stroke-dasharray:4 3}\
.stage{fill:#fff8c5}.result{fill:#dafbe1;stroke:#1a7f37;stroke-width:2}";

/// The place of a box in pixels.
#[derive(Clone, Copy, Default)]
struct Place {
    x: usize,
    y: usize,
    width: usize,
    height: usize,
}

pub(super) fn svg(picture: &Picture) -> String {
    let (places, width, height) = arrange(picture);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} \
         {height}\">\n<style>{STYLE}</style>\n<defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" \
         markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\"/></marker></defs>\n\
         <rect width=\"{width}\" height=\"{height}\" style=\"stroke:none\"/>\n"
    );
    for edge in &picture.edges {
        draw_arrow(&mut text, edge, places[edge.from], places[edge.to]);
    }
    for (node, place) in picture.nodes.iter().zip(&places) {
        draw_box(&mut text, node, *place);
    }
    for edge in &picture.edges {
        draw_labels(&mut text, edge, places[edge.from], places[edge.to]);
    }
    text + "</svg>\n"
}

/// Returns the place of each box, and the width and height of the picture.
fn arrange(picture: &Picture) -> (Vec<Place>, usize, usize) {
    let mut places = vec![Place::default(); picture.nodes.len()];
    let columns = picture.nodes.iter().map(|node| node.column + 1).max().unwrap_or(0);
    let longest = |lines: &[String]| lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let (mut x, mut bottom) = (MARGIN, 0);
    for column in 0..columns {
        let is_here = |number: &usize| picture.nodes[*number].column == column;
        let here: Vec<usize> = (0..picture.nodes.len()).filter(is_here).collect();
        let width = here.iter().map(|number| longest(&picture.nodes[*number].lines)).max().unwrap_or(0);
        let width = width * CHARACTER + 2 * MARGIN;
        let mut y = MARGIN;
        for number in here {
            let height = picture.nodes[number].lines.len() * LINE + MARGIN;
            places[number] = Place { x, y, width, height };
            y += height + MARGIN;
        }
        bottom = bottom.max(y);
        let leaving = picture.edges.iter().filter(|edge| picture.nodes[edge.from].column == column);
        let label = leaving.map(|edge| longest(&edge.labels)).max().unwrap_or(0);
        x += width + if column + 1 == columns { MARGIN } else { GAP + label * SMALL_CHARACTER };
    }
    centre(picture, &mut places, bottom);
    (places, x, bottom)
}

/// Moves each column to the middle of the picture.
fn centre(picture: &Picture, places: &mut [Place], bottom: usize) {
    for (node, index) in picture.nodes.iter().zip(0..) {
        let column = picture.nodes.iter().zip(places.iter()).filter(|(other, _)| other.column == node.column);
        let end = column.map(|(other, _)| other.lines.len() * LINE + 2 * MARGIN).sum::<usize>() + MARGIN;
        places[index].y += (bottom - end) / 2;
    }
}

fn draw_box(text: &mut String, node: &Node, place: Place) {
    let class = match node.kind {
        Kind::Part => "part",
        Kind::Foreign => "foreign",
        Kind::Stage => "stage",
        Kind::Result => "result",
    };
    let Place { x, y, width, height } = place;
    // Writing to a string cannot fail.
    _ = writeln!(text, "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"6\"/>");
    for (line, number) in node.lines.iter().zip(1..) {
        let (middle, base) = (x + width / 2, y + 4 + number * LINE);
        _ = writeln!(text, "<text x=\"{middle}\" y=\"{base}\">{}</text>", escaped(line));
    }
}

fn draw_arrow(text: &mut String, edge: &Edge, from: Place, to: Place) {
    let (start, end) = ends(from, to);
    let middle = usize::midpoint(start.0, end.0);
    let class = if edge.mounted { " class=\"mounted\"" } else { "" };
    _ = writeln!(
        text,
        "<path{class} marker-end=\"url(#arrow)\" d=\"M{} {}C{middle} {} {middle} {} {} {}\"/>",
        start.0, start.1, start.1, end.1, end.0, end.1
    );
}

fn draw_labels(text: &mut String, edge: &Edge, from: Place, to: Place) {
    let (start, end) = ends(from, to);
    let (x, y) = (usize::midpoint(start.0, end.0), usize::midpoint(start.1, end.1));
    for (label, number) in edge.labels.iter().zip(0..) {
        let y = y + number * (LINE - 4);
        let (width, height) = (label.chars().count() * SMALL_CHARACTER + 4, LINE - 4);
        let (left, top) = (x.saturating_sub(width / 2), y.saturating_sub(height - 3));
        // Its place hides the arrow behind it.
        _ = writeln!(text, "<path class=\"label\" d=\"M{left} {top}h{width}v{height}h-{width}z\"/>");
        _ = writeln!(text, "<text class=\"edge\" x=\"{x}\" y=\"{y}\">{}</text>", escaped(label));
    }
}

/// Returns where an arrow leaves a box and where it reaches the other one.
fn ends(from: Place, to: Place) -> ((usize, usize), (usize, usize)) {
    ((from.x + from.width, from.y + from.height / 2), (to.x, to.y + to.height / 2))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
