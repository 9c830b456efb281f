//! Reads the modules of the library and their imports with `syn`. Test modules are ignored.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{Attribute, Item, UseTree, Visibility};

/// The path of a module in the crate, for example `["value", "image"]`.
pub(crate) type Name = Vec<String>;

pub(crate) struct Modules(BTreeMap<Name, Module>);

#[derive(Default)]
struct Module {
    /// Imported paths. Each starts with `crate`, `super`, `self` or a child module.
    uses: Vec<Vec<String>>,
    /// Names that are re-exported, with their original paths.
    exports: BTreeMap<String, Vec<String>>,
}

/// Returns all files below a folder, sorted.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

impl Modules {
    pub(crate) fn read() -> Self {
        let all = files(Path::new("src")).into_iter().filter_map(|path| {
            let below = path.strip_prefix("src").unwrap().with_extension("");
            let mut name: Name = below.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
            if name.last().is_some_and(|last| last == "mod") {
                name.pop();
            }
            let is_ours = !matches!(name[0].as_str(), "lib" | "main" | "cli") && name.last().unwrap() != "tests";
            is_ours.then(|| (name, Module::read(&fs::read_to_string(&path).unwrap())))
        });
        Self(all.collect())
    }

    /// Returns each import as a pair of modules. Importing a re-exported name counts as an import of its original
    /// module.
    pub(crate) fn imports(&self) -> impl Iterator<Item = (&Name, Name)> {
        self.0.iter().flat_map(move |(from, module)| {
            let targets: BTreeSet<Name> = module.uses.iter().filter_map(|path| self.target(from, path, 0)).collect();
            targets.into_iter().filter(move |to| to != from).map(move |to| (from, to))
        })
    }

    fn target(&self, from: &Name, path: &[String], depth: usize) -> Option<Name> {
        let (mut here, mut rest) = match path.first()?.as_str() {
            "crate" => (Name::new(), &path[1..]),
            "self" => (from.clone(), &path[1..]),
            "super" => (from[..from.len() - 1].to_vec(), &path[1..]),
            _ => (from.clone(), path),
        };
        while rest.first().is_some_and(|word| word == "super") {
            here.pop();
            rest = &rest[1..];
        }
        while let Some(word) = rest.first() {
            let child: Name = here.iter().chain([word]).cloned().collect();
            if self.0.contains_key(&child) {
                here = child;
                rest = &rest[1..];
                continue;
            }
            let origin = self.0.get(&here).and_then(|module| module.exports.get(word)).filter(|_| depth < 8);
            return origin.and_then(|origin| self.target(&here, origin, depth + 1)).or(Some(here));
        }
        self.0.contains_key(&here).then_some(here)
    }

    /// Returns the import cycles: groups of modules that import each other, directly or indirectly.
    pub(crate) fn circles(&self) -> Vec<Vec<String>> {
        let mut edges: BTreeMap<&Name, Vec<Name>> = BTreeMap::new();
        for (from, to) in self.imports() {
            edges.entry(from).or_default().push(to);
        }
        let reachable = |start: &Name| {
            let mut seen: BTreeSet<Name> = BTreeSet::new();
            let mut open = vec![start.clone()];
            while let Some(module) = open.pop() {
                for next in edges.get(&module).into_iter().flatten() {
                    if seen.insert(next.clone()) {
                        open.push(next.clone());
                    }
                }
            }
            seen
        };
        let from: BTreeMap<&Name, BTreeSet<Name>> = self.0.keys().map(|module| (module, reachable(module))).collect();
        let mut cycles = BTreeSet::new();
        for module in self.0.keys().filter(|module| from[module].contains(*module)) {
            let others = from[module].iter().filter(|other| from[other].contains(module));
            cycles.insert(others.map(|name| name.join("::")).collect::<Vec<_>>());
        }
        cycles.into_iter().collect()
    }
}

impl Module {
    fn read(text: &str) -> Self {
        let mut module = Self::default();
        module.visit_file(&syn::parse_file(text).unwrap());
        module
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Ident>().is_ok_and(|condition| condition == "test")
    })
}

/// Collects the leaves of a use tree: each path, and the name that it has in this module.
fn leaves(tree: &UseTree, before: &[String], found: &mut Vec<(Vec<String>, String)>) {
    let with = |name: &dyn ToString| before.iter().cloned().chain([name.to_string()]).collect::<Vec<_>>();
    match tree {
        UseTree::Path(path) => leaves(&path.tree, &with(&path.ident), found),
        UseTree::Name(name) if name.ident == "self" => {
            found.push((before.to_vec(), before.last().cloned().unwrap_or_default()));
        }
        UseTree::Name(name) => found.push((with(&name.ident), name.ident.to_string())),
        UseTree::Rename(renamed) => found.push((with(&renamed.ident), renamed.rename.to_string())),
        UseTree::Glob(_) => found.push((before.to_vec(), String::new())),
        UseTree::Group(group) => group.items.iter().for_each(|tree| leaves(tree, before, found)),
    }
}

impl<'ast> Visit<'ast> for Module {
    fn visit_item(&mut self, item: &'ast Item) {
        match item {
            Item::Mod(module) if is_test(&module.attrs) => {}
            Item::Use(used) if !is_test(&used.attrs) => {
                let mut found = Vec::new();
                leaves(&used.tree, &[], &mut found);
                if matches!(used.vis, Visibility::Inherited) {
                    self.uses.extend(found.into_iter().map(|(path, _)| path));
                } else {
                    self.exports.extend(found.into_iter().map(|(path, name)| (name, path)));
                }
            }
            _ => visit::visit_item(self, item),
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let words: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if matches!(words[0].as_str(), "crate" | "super") && words.len() > 1 {
            self.uses.push(words);
        }
        visit::visit_path(self, path);
    }
}
