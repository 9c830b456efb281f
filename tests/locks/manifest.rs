//! Random small manifests, and random edits of them.

use std::collections::BTreeMap;
use std::fmt;

use crate::Dice;

/// Small packages without dependencies. `attrs` is used only with a URL.
const NAMES: [&str; 5] = ["idna", "six", "click", "pluggy", "iniconfig"];
const EXTRAS: [&str; 3] = ["", "", "[x]"];
const SPECIFIERS: [&str; 8] = ["", ">=1", ">= 1.0", ">=0.5,<1000", "<1000, >=0.5", "(!=0.1)", "!=0.1.*", ">=1,!=0.1"];
const MARKERS: [&str; 15] = [
    "",
    "",
    "python_version >= '3.9'",
    "python_full_version >= '3.12'",
    "python_version > '3.11'",
    "python_version in '3.10 3.11'",
    "sys_platform == 'linux'",
    "platform_system == 'Linux'",
    "os_name == 'posix' and sys_platform == 'linux'",
    "sys_platform != 'win32' and platform_system != 'Windows'",
    "os_name == 'nt' and sys_platform != 'darwin'",
    "platform_machine in 'x86_64 arm64'",
    "implementation_name == 'cpython' or extra == 'zzz'",
    "'linux' in sys_platform",
    "platform_release >= '5'",
];
const PYTHONS: [&str; 6] = [">=3.10", ">=3.10,<4", ">= 3.10.0", "~=3.10", ">=3.11", ">=3.9,!=3.12.*"];
/// The two files of `attrs` whose URLs [`crate::Lab::with_urls`] knows.
const ATTRS: [&str; 2] = ["WHEEL_URL", "SDIST_URL"];

#[derive(Debug, Clone)]
pub(crate) struct Requirement {
    name: String,
    extras: &'static str,
    specifier: &'static str,
    marker: &'static str,
    url: Option<&'static str>,
}

#[derive(Debug, Clone)]
pub(crate) enum Item {
    Requirement(Requirement),
    Include(&'static str),
}

#[derive(Debug, Clone)]
pub(crate) struct Manifest {
    name: &'static str,
    version: Option<&'static str>,
    description: &'static str,
    python: &'static str,
    dependencies: Vec<Requirement>,
    extras: BTreeMap<&'static str, Vec<Requirement>>,
    groups: BTreeMap<&'static str, Vec<Item>>,
    older_dev: Vec<Requirement>,
    has_source: bool,
    is_package: bool,
}

fn requirement(name: &str, dice: &mut Dice) -> Requirement {
    let (extras, specifier, marker) = (dice.pick(&EXTRAS), dice.pick(&SPECIFIERS), dice.pick(&MARKERS));
    Requirement { name: name.to_owned(), extras, specifier, marker, url: None }
}

/// Returns requirements with each name at most once. If two requirements had the same meaning, an edit of one of them
/// might not change the meaning of the list.
fn requirements(dice: &mut Dice) -> Vec<Requirement> {
    let names: Vec<_> = NAMES.into_iter().filter(|_| dice.roll(5) < 2).collect();
    names.into_iter().map(|name| requirement(name, dice)).collect()
}

impl Manifest {
    pub(crate) fn random(dice: &mut Dice) -> Self {
        let mut dependencies = requirements(dice);
        if dice.roll(4) == 0 {
            dependencies.push(Requirement { url: Some(ATTRS[0]), specifier: "", ..requirement("attrs", dice) });
        }
        let has_source = dice.roll(4) == 0;
        if has_source {
            dependencies.push(Requirement { specifier: "", ..requirement("lib", dice) });
        }
        let mut extras = BTreeMap::new();
        for name in ["web", "Db_x"] {
            if dice.roll(2) == 0 {
                extras.insert(name, requirements(dice));
            }
        }
        if extras.contains_key("web") && dice.roll(2) == 0 {
            let all = Requirement { name: "APP".to_owned(), extras: "[web]", specifier: "", marker: "", url: None };
            extras.insert("all", vec![all]);
        }
        let mut groups = BTreeMap::new();
        for name in ["dev", "Lint"] {
            if dice.roll(2) == 0 {
                groups.insert(name, requirements(dice).into_iter().map(Item::Requirement).collect::<Vec<_>>());
            }
        }
        if groups.contains_key("Lint") && dice.roll(2) == 0 {
            groups.entry("dev").or_default().push(Item::Include("lint"));
        }
        Self {
            name: dice.pick(&["app", "App"]),
            // Without a version, uv runs the build backend, which takes a hundred times as long.
            version: (dice.roll(12) > 0).then_some("1.0"),
            description: "says hello",
            python: dice.pick(&PYTHONS),
            dependencies,
            extras,
            groups,
            older_dev: if dice.roll(6) == 0 { requirements(dice) } else { Vec::new() },
            has_source,
            is_package: dice.roll(2) == 0,
        }
    }

    /// Returns a copy with one edit.
    pub(crate) fn edited(&self, dice: &mut Dice) -> Self {
        let mut edited = self.clone();
        match dice.roll(14) {
            0 => edited.description = "says good-bye",
            1 => edited.name = dice.pick(&["app", "aPP"]),
            2 => edited.python = dice.pick(&PYTHONS),
            3 => edited.dependencies.reverse(),
            4 => edited.dependencies.push(Requirement { name: "markupsafe".to_owned(), ..requirement("", dice) }),
            5 => edited.extras = BTreeMap::from([("web", requirements(dice))]),
            6 => {
                let items = requirements(dice).into_iter().map(Item::Requirement).collect();
                edited.groups = BTreeMap::from([("dev", items)]);
            }
            7 => drop(edited.extras.insert("new-one", requirements(dice))),
            8 => edited.older_dev = requirements(dice),
            _ => edited.edit_a_requirement(dice),
        }
        edited
    }

    fn edit_a_requirement(&mut self, dice: &mut Dice) {
        let mut lists: Vec<_> = self.extras.values_mut().chain([&mut self.dependencies]).collect();
        let of = dice.roll(lists.len());
        let list = lists.swap_remove(of);
        if list.is_empty() {
            return;
        }
        let index = dice.roll(list.len());
        let edited = &mut list[index];
        match dice.roll(6) {
            0 => drop(list.remove(index)),
            1 => edited.name = edited.name.to_uppercase(),
            2 => edited.marker = dice.pick(&MARKERS),
            3 => edited.extras = if edited.name == "APP" { "[web]" } else { dice.pick(&EXTRAS) },
            4 if edited.url.is_some() => edited.url = Some(dice.pick(&ATTRS)),
            _ if edited.url.is_none() && NAMES.contains(&edited.name.as_str()) => {
                edited.specifier = dice.pick(&SPECIFIERS);
            }
            _ => {}
        }
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.name, self.extras)?;
        match self.url {
            Some(url) => write!(f, " @ {url}")?,
            None => write!(f, "{}", self.specifier)?,
        }
        if self.marker.is_empty() { Ok(()) } else { write!(f, " ; {}", self.marker) }
    }
}

impl Requirement {
    /// Returns the requirement with an exclusion that depends on the extra. If the same requirement occurred with and
    /// without the extra, it would apply without the extra.
    fn of_extra(&self, extra: &str) -> String {
        let exception = format!("!=1.999.{}", extra.len());
        let start = format!("{}{}", self.name, self.extras);
        let marker = if self.marker.is_empty() { String::new() } else { format!(" ; {}", self.marker) };
        match self.specifier.trim_matches(['(', ')']) {
            _ if self.name == "APP" => self.to_string(),
            "" => format!("{start}{exception}{marker}"),
            specifier => format!("{start}{specifier},{exception}{marker}"),
        }
    }
}

fn list(requirements: &[Requirement]) -> String {
    format!("{:?}", requirements.iter().map(ToString::to_string).collect::<Vec<_>>())
}

impl fmt::Display for Manifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "[project]\nname = {:?}\ndescription = {:?}", self.name, self.description)?;
        match self.version {
            Some(version) => writeln!(f, "version = {version:?}")?,
            None => writeln!(f, "dynamic = [\"version\"]")?,
        }
        writeln!(f, "requires-python = {:?}\ndependencies = {}", self.python, list(&self.dependencies))?;
        writeln!(f, "[project.optional-dependencies]")?;
        for (name, requirements) in &self.extras {
            let texts = requirements.iter().map(|requirement| requirement.of_extra(name));
            writeln!(f, "{name} = {:?}", texts.collect::<Vec<_>>())?;
        }
        writeln!(f, "[dependency-groups]")?;
        for (name, items) in &self.groups {
            let item = |item: &Item| match item {
                Item::Requirement(requirement) => format!("{:?}", requirement.to_string()),
                Item::Include(name) => format!("{{include-group = {name:?}}}"),
            };
            writeln!(f, "{name} = [{}]", items.iter().map(item).collect::<Vec<_>>().join(", "))?;
        }
        writeln!(f, "[tool.uv]\npackage = {}", self.is_package)?;
        if !self.older_dev.is_empty() {
            writeln!(f, "dev-dependencies = {}", list(&self.older_dev))?;
        }
        if self.has_source {
            writeln!(f, "[tool.uv.sources]\nlib = {{path = \"lib\"}}")?;
        }
        Ok(())
    }
}
