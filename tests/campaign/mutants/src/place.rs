//! The places of mutants in a file, and what is written there.

use std::ops::Range;

use proc_macro2::LineColumn;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Arm, BinOp, Block, Expr, ExprBinary, ExprMatch, ExprStruct, ExprUnary, Pat, ReturnType, Signature, Type};

use crate::edit::{Edit, Piece};

/// One change of the code.
pub(crate) struct Mutant {
    pub(crate) number: usize,
    genre: String,
    replacement: String,
    /// The lines begin with 1, the columns with 0.
    span: Range<LineColumn>,
}

impl Mutant {
    pub(crate) fn new(number: usize, entry: &serde_json::Value) -> Self {
        let text = |key: &str| entry[key].as_str().expect("a text").to_owned();
        let count = |end: &str, key: &str| {
            usize::try_from(entry["span"][end][key].as_u64().expect("a number")).expect("a small number")
        };
        let place = |end: &str| LineColumn { line: count(end, "line"), column: count(end, "column") - 1 };
        Self { number, genre: text("genre"), replacement: text("replacement"), span: place("start")..place("end") }
    }

    /// The condition that this mutant is the chosen one.
    fn is_chosen(&self) -> String {
        format!("crate::mutant_is({})", self.number)
    }
}

/// Returns the edits for mutants of a file, and the numbers of those that have one.
pub(crate) fn edits(text: &str, mutants: Vec<Mutant>) -> (Vec<Edit>, Vec<usize>) {
    let file = syn::parse_file(text).expect("the crate compiles");
    let mut places = Places { mutants, text, edits: Vec::new(), written: Vec::new(), needs_each_arm: false };
    places.visit_file(&file);
    (places.edits, places.written)
}

struct Places<'a> {
    mutants: Vec<Mutant>,
    text: &'a str,
    edits: Vec<Edit>,
    written: Vec<usize>,
    /// Whether the match around a place would not be complete without one of its arms.
    needs_each_arm: bool,
}

fn range(node: &impl Spanned) -> Range<usize> {
    node.span().byte_range()
}

fn text(text: impl Into<String>) -> Piece {
    Piece::Text(text.into())
}

/// The code of a mutant alone.
fn own(mutant: &Mutant, code: Vec<Piece>) -> Vec<Piece> {
    let mut pieces = vec![text(format!("/*<!{}*/", mutant.number))];
    pieces.extend(code);
    pieces.push(text("/*>*/"));
    pieces
}

impl Places<'_> {
    /// Takes the mutants of a genre that begin at a node, or that a node contains.
    fn take(&mut self, genre: &str, is_here: impl Fn(&Range<LineColumn>) -> bool) -> Vec<Mutant> {
        let (here, rest) = std::mem::take(&mut self.mutants)
            .into_iter()
            .partition(|mutant| mutant.genre == genre && is_here(&mutant.span));
        self.mutants = rest;
        here
    }

    fn starting(&mut self, genre: &str, node: &impl Spanned) -> Vec<Mutant> {
        let start = node.span().start();
        self.take(genre, |span| span.start == start)
    }

    fn write(&mut self, range: Range<usize>, mutants: &[Mutant], code: Vec<Piece>) {
        let numbers: Vec<String> = mutants.iter().map(|mutant| mutant.number.to_string()).collect();
        let mut pieces = vec![text(format!("/*<{}*/", numbers.join(",")))];
        pieces.extend(code);
        pieces.push(text("/*>*/"));
        self.edits.push(Edit { range, pieces });
        self.written.extend(mutants.iter().map(|mutant| mutant.number));
    }

    /// Writes an expression that is another one if a mutant is chosen. The parts of it are compiled once for each.
    fn choose(&mut self, range: Range<usize>, mutants: &[Mutant], code: impl Fn(Option<&Mutant>) -> Vec<Piece>) {
        let mut pieces = vec![text("(")];
        for mutant in mutants {
            let mut changed = code(Some(mutant));
            changed.insert(0, text("("));
            changed.push(text(")"));
            pieces.push(text(format!("if {} {{ ", mutant.is_chosen())));
            pieces.extend(own(mutant, changed));
            pieces.push(text(" } else "));
        }
        pieces.push(text("{ ("));
        pieces.extend(code(None));
        pieces.push(text(") })"));
        self.write(range, mutants, pieces);
    }

    /// A function returns another value. A hidden type can only be one: that of an iterator is `OneOf`.
    fn function(&mut self, signature: &Signature, block: &Block) {
        let Some(first) = block.stmts.first() else { return };
        let (start, end) = (first.span().start(), block.stmts.last().expect("there is a first").span().end());
        let mutants = self.take("FnValue", |span| span.start == start && span.end == end);
        if mutants.is_empty() {
            return;
        }
        let body = range(first).start..block.span().byte_range().end - 1;
        let is_hidden =
            matches!(&signature.output, ReturnType::Type(_, returned) if matches!(**returned, Type::ImplTrait(_)));
        let is_iterator = is_hidden && mutants[0].replacement.starts_with("::std::iter::");
        let (before, after) = match is_iterator {
            true => ("crate::OneOf::Changed(", ") } else { crate::OneOf::Same({ "),
            false => ("return ", "; } "),
        };
        let mut pieces = Vec::new();
        for mutant in &mutants {
            pieces.push(text(format!("if {} {{ {before}", mutant.is_chosen())));
            pieces.extend(own(mutant, vec![text(mutant.replacement.clone())]));
            pieces.push(text(after));
        }
        pieces.push(Piece::Source(body.clone()));
        pieces.extend(mutants.iter().filter(|_| is_iterator).map(|_| text(" }) }")));
        self.write(body, &mutants, pieces);
    }

    /// `a && b` is `a || b`, or the other way round. Each part is there once, because such chains are long.
    fn logic(&mut self, node: &ExprBinary, mutants: &[Mutant]) {
        let [mutant] = mutants else { return };
        let changed = format!("; if left ^ {} ", mutant.is_chosen());
        let right = [text("{ "), Piece::Source(range(&*node.right)), text(" }")];
        let left = [text("{ left }")];
        let mut pieces = vec![text("({ let left: bool = "), Piece::Source(range(&*node.left)), text(changed)];
        if matches!(node.op, BinOp::And(_)) {
            pieces.extend(right);
            pieces.push(text(" else "));
            pieces.extend(left);
        } else {
            pieces.extend(left);
            pieces.push(text(" else "));
            pieces.extend(right);
        }
        pieces.push(text(" })"));
        self.write(range(node), mutants, pieces);
    }
}

/// Whether an expression is a condition with `let`, in which no `||` can be.
fn has_let(expression: &Expr) -> bool {
    match expression {
        Expr::Let(_) => true,
        Expr::Binary(node) if matches!(node.op, BinOp::And(_)) => has_let(&node.left) || has_let(&node.right),
        _ => false,
    }
}

/// Whether an arm takes all that comes to it. Without one, no other arm can be deleted. A name in capitals is a constant.
fn takes_all(arm: &Arm) -> bool {
    let takes = match &arm.pat {
        Pat::Wild(_) => true,
        Pat::Ident(name) => name.ident.to_string().starts_with(char::is_lowercase),
        _ => false,
    };
    takes && arm.guard.is_none()
}

impl<'ast> Visit<'ast> for Places<'_> {
    // What the compiler computes cannot ask which mutant is chosen: constants, and functions for them.

    fn visit_item_fn(&mut self, node: &'ast syn::ItemFn) {
        if node.sig.constness.is_none() {
            self.function(&node.sig, &node.block);
            visit::visit_item_fn(self, node);
        }
    }

    fn visit_impl_item_fn(&mut self, node: &'ast syn::ImplItemFn) {
        if node.sig.constness.is_none() {
            self.function(&node.sig, &node.block);
            visit::visit_impl_item_fn(self, node);
        }
    }

    fn visit_trait_item_fn(&mut self, node: &'ast syn::TraitItemFn) {
        if let Some(block) = &node.default {
            self.function(&node.sig, block);
        }
        visit::visit_trait_item_fn(self, node);
    }

    fn visit_item_const(&mut self, _: &'ast syn::ItemConst) {}

    fn visit_impl_item_const(&mut self, _: &'ast syn::ImplItemConst) {}

    fn visit_item_static(&mut self, node: &'ast syn::ItemStatic) {
        // The closure of a lazy one is called later.
        if matches!(*node.expr, Expr::Call(_)) {
            visit::visit_item_static(self, node);
        }
    }

    fn visit_expr_binary(&mut self, node: &'ast ExprBinary) {
        let whole = Expr::Binary(node.clone());
        let mutants = if has_let(&whole) { Vec::new() } else { self.starting("BinaryOperator", &node.op) };
        if mutants.is_empty() {
        } else if matches!(node.op, BinOp::And(_) | BinOp::Or(_)) {
            self.logic(node, &mutants);
        } else {
            let operator = self.text[range(&node.op)].to_owned();
            self.choose(range(node), &mutants, |mutant| {
                let operator = mutant.map_or(&operator, |mutant| &mutant.replacement);
                vec![
                    Piece::Source(range(&*node.left)),
                    text(format!(" {operator} ")),
                    Piece::Source(range(&*node.right)),
                ]
            });
        }
        visit::visit_expr_binary(self, node);
    }

    fn visit_expr_unary(&mut self, node: &'ast ExprUnary) {
        let mutants = self.starting("UnaryOperator", &node.op);
        if !mutants.is_empty() {
            let operator = self.text[range(&node.op)].to_owned();
            self.choose(range(node), &mutants, |mutant| {
                let operator = mutant.map_or(operator.as_str(), |_| "");
                vec![text(operator), Piece::Source(range(&*node.expr))]
            });
        }
        visit::visit_expr_unary(self, node);
    }

    fn visit_expr_match(&mut self, node: &'ast ExprMatch) {
        let outer = std::mem::replace(&mut self.needs_each_arm, !node.arms.iter().any(takes_all));
        visit::visit_expr_match(self, node);
        self.needs_each_arm = outer;
    }

    fn visit_arm(&mut self, node: &'ast Arm) {
        let needs_it = self.needs_each_arm && node.guard.is_none();
        let deleted = if needs_it { Vec::new() } else { self.starting("MatchArm", node) };
        let delete = |mutant: &Mutant| format!("!{}", mutant.is_chosen());
        match &node.guard {
            None if deleted.is_empty() => {}
            None => {
                let end = range(&node.pat).end;
                let conditions: Vec<String> = deleted.iter().map(delete).collect();
                self.write(end..end, &deleted, vec![text(format!(" if {}", conditions.join(" && ")))]);
            }
            Some((_, guard)) if !has_let(guard) => {
                let mut mutants = deleted;
                let mut guards = self.starting("MatchArmGuard", guard);
                guards.sort_by_key(|mutant| mutant.replacement != "true");
                let mut pieces = vec![text("(")];
                pieces.extend(mutants.iter().map(|mutant| text(delete(mutant) + " && ")));
                pieces.push(text("("));
                for mutant in &guards {
                    let is = mutant.is_chosen();
                    pieces.push(text(if mutant.replacement == "true" {
                        format!("{is} || ")
                    } else {
                        format!("!{is} && ")
                    }));
                }
                pieces.extend([text("("), Piece::Source(range(guard)), text(")))")]);
                mutants.extend(guards);
                if !mutants.is_empty() {
                    self.write(range(guard), &mutants, pieces);
                }
            }
            Some(_) => {}
        }
        visit::visit_arm(self, node);
    }

    fn visit_expr_struct(&mut self, node: &'ast ExprStruct) {
        let mut mutants = Vec::new();
        let mut fields = Vec::new();
        for field in node.fields.pairs() {
            let here = self.starting("StructField", field.value());
            let end = field.punct().map_or_else(|| range(field.value()).end, |comma| range(*comma).end);
            fields.extend(here.iter().map(|mutant| (mutant.number, range(*field.value()).start..end)));
            mutants.extend(here);
        }
        if !mutants.is_empty() {
            let whole = range(node);
            self.choose(whole.clone(), &mutants, |mutant| {
                let field = mutant.and_then(|mutant| fields.iter().find(|(number, _)| *number == mutant.number));
                match field {
                    None => vec![Piece::Source(whole.clone())],
                    Some((_, field)) => {
                        vec![Piece::Source(whole.start..field.start), Piece::Source(field.end..whole.end)]
                    }
                }
            });
        }
        visit::visit_expr_struct(self, node);
    }
}
