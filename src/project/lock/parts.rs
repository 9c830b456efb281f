//! Reads a lock in TOML package by package.
//!
//! The parser makes lists of tokens and of events and a tree of values before it returns the first one: ten to twenty bytes
//! for each byte of the text. A package is a table of its own, so the text is cut before each `[[package]]`, and each part
//! is parsed alone in the memory of the one before.

use memchr::memmem;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer, ValueDeserializer};

/// The tables of a lock.
pub(super) trait Tables: DeserializeOwned {
    /// An entry of the list of packages.
    type Package: DeserializeOwned;
    /// The key of the list. The list may be missing.
    const PACKAGES: &'static str;

    /// Adds a package. `start` is the offset in the text of the lock at which its own text starts.
    fn add(&mut self, package: Self::Package, start: usize);
}

/// Parses a lock. The result is that of [`toml::from_str`].
pub(super) fn parse<T: Tables>(text: &str) -> Result<T, toml::de::Error> {
    match in_parts(text) {
        Some(tables) => Ok(tables),
        // The parser names the place of an error in the whole text.
        None => toml::from_str(text),
    }
}

/// Returns `None` if a part is invalid, or if the parts have a key other than that of the packages in common.
///
/// A part that is cut inside a value is invalid: its last bracket or quote is missing. So a valid part ends where a table
/// starts, and the parts together mean what the whole text means.
fn in_parts<T: Tables>(text: &str) -> Option<T> {
    let header = format!("\n[[{}]]", T::PACKAGES);
    let at_start = text.starts_with(&header[1..]).then_some(0);
    let starts: Vec<usize> =
        at_start.into_iter().chain(memmem::find_iter(text.as_bytes(), &header).map(|at| at + 1)).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let mut rest = DeTable::parse(&text[..*starts.first()?]).ok()?;
    if rest.get_ref().contains_key(T::PACKAGES) {
        return None;
    }
    let mut packages = Vec::with_capacity(starts.len());
    for (start, end) in starts.iter().copied().zip(ends) {
        let mut part = DeTable::parse(&text[start..end]).ok()?.into_inner();
        let package = only(part.remove(T::PACKAGES)?)?;
        packages.push((T::Package::deserialize(ValueDeserializer::from(package)).ok()?, start));
        for (key, value) in part {
            if rest.get_mut().insert(key, value).is_some() {
                return None;
            }
        }
    }
    let mut tables = T::deserialize(Deserializer::from(rest)).ok()?;
    for (package, start) in packages {
        tables.add(package, start);
    }
    Some(tables)
}

/// Returns the only item of a list.
fn only(list: Spanned<DeValue<'_>>) -> Option<Spanned<DeValue<'_>>> {
    match list.into_inner() {
        DeValue::Array(list) => {
            let mut items = list.into_iter();
            items.next().filter(|_| items.len() == 0)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use toml::Spanned;

    use super::{Tables, in_parts, parse};

    #[derive(Debug, Default, PartialEq, Deserialize)]
    struct Lock {
        #[serde(default)]
        version: u32,
        metadata: Option<toml::Table>,
        #[serde(default)]
        package: Vec<Package>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Package {
        name: Spanned<String>,
        #[serde(default)]
        dependencies: toml::Table,
        #[serde(default)]
        file: Vec<toml::Table>,
    }

    impl Tables for Lock {
        type Package = Package;
        const PACKAGES: &'static str = "package";

        fn add(&mut self, mut package: Package, start: usize) {
            let span = package.name.span();
            package.name = Spanned::new(span.start + start..span.end + start, package.name.into_inner());
            self.package.push(package);
        }
    }

    #[test]
    fn the_parts_mean_what_the_whole_means() {
        let packages = "[[package]]\nname = 'a'\n[package.dependencies]\nx = '1'\n[[package.file]]\nn = 1\n\
                        [[package.file]]\nn = 2\n\n[[package]] # second\nname = 'b'\n";
        for text in [
            packages.to_owned(),
            format!("version = 1\n{packages}"),
            format!("version = 1\r\n{}", packages.replace('\n', "\r\n")),
            format!("version = 1\n{packages}\n[metadata]\nx = 1\n[metadata.y]\n"),
            format!("version = 1\n[metadata]\nx = 1\n{packages}\n[other]\n"),
            format!("{packages}[metadata]\n{packages}"),
            format!("{packages}name2 = '''\n[[package]\n'''\n"),
        ] {
            assert_eq!(in_parts::<Lock>(&text).as_ref(), toml::from_str(&text).ok().as_ref(), "{text}");
            assert!(in_parts::<Lock>(&text).is_some(), "{text}");
        }
    }

    #[test]
    fn a_text_that_cannot_be_cut_is_read_whole() {
        for text in [
            "",
            "version = 1\n",
            "package = [{ name = 'a' }]\n",
            "[[package]]\nname = 'a'\nnote = '''\n[[package]]\nname = \"b\"'''\n",
            "[[package]]\nname = 'a'\nnote = [1,\n[[package]]\n]\n",
            "[[package]]\nname = 'a'\nnote = [[\n[[package]]\n",
            "[metadata]\nx = 1\n[[package]]\nname = 'a'\n[metadata.y]\nz = 1\n",
            "[metadata]\nx = 1\n[[package]]\nname = 'a'\n[metadata]\ny = 1\n",
            "[[package]]\nname = 'a'\n[[package]]\nname = 1\n",
            "package.name = 'a'\n[[package]]\nname = 'a'\n",
            "[package]\nname = 'a'\n[[package]]\nname = 'a'\n",
            "[[package]]\nname = 'a'\n[[package]]\nname = 'b'\nname = 'c'\n",
            "[[package]]\nname = 'a'\n [[package]]\nname = 'b'\n",
            "[[package]]\nname = 'a'\n[\"package\"]\nname = 'b'\n",
        ] {
            assert_eq!(in_parts::<Lock>(text), None, "{text}");
            let (ours, whole) = (parse::<Lock>(text), toml::from_str(text));
            assert_eq!(ours.map_err(|error| error.to_string()), whole.map_err(|error| error.to_string()), "{text}");
        }
    }
}
