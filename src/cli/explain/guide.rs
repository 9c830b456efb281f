//! The guide, and the search in it.

/// The pages of the guide that explain keys, rules and errors. The first that fits is printed first.
const PAGES: &[(&str, &str)] = &[
    ("errors.md", include_str!("../../../docs/errors.md")),
    ("files-and-secrets.md", include_str!("../../../docs/files-and-secrets.md")),
    ("image.md", include_str!("../../../docs/image.md")),
    ("installers-and-locks.md", include_str!("../../../docs/installers-and-locks.md")),
    ("credentials.md", include_str!("../../../docs/credentials.md")),
    ("engines.md", include_str!("../../../docs/engines.md")),
    ("in-tree.md", include_str!("../../../docs/in-tree.md")),
    ("templates.md", include_str!("../../../docs/templates.md")),
    ("sandboxes.md", include_str!("../../../docs/sandboxes.md")),
    ("bake.md", include_str!("../../../docs/bake.md")),
    ("limits.md", include_str!("../../../docs/limits.md")),
];

/// A paragraph, a row of a table or a section of the guide.
pub(super) struct Passage {
    pub(super) page: &'static str,
    pub(super) heading: &'static str,
    pub(super) text: &'static str,
}

/// Returns the passages about a key, a rule or an error, the best first.
///
/// The passages with the highest rank are returned: the section whose heading is asked for, the one with the longest
/// heading that is a part of the message, the passages with the word in backticks, or those with the phrase.
pub(super) fn find(asked: &str) -> Vec<Passage> {
    let asked = asked.trim().to_lowercase();
    if asked.is_empty() {
        return Vec::new();
    }
    let rank = |passage: &Passage, is_section: bool| {
        let heading = passage.heading.trim_matches('`').to_lowercase();
        let text = passage.text.to_lowercase();
        match () {
            () if is_section && heading == asked => usize::MAX,
            () if is_section && heading.contains(' ') && asked.contains(&heading) => 2 + heading.len(),
            () if is_section => 0,
            () if text.contains(&format!("`{asked}`")) || text.contains(&format!("`{asked} =")) => 2,
            () if has_phrase(&text, &asked) => 1,
            () => 0,
        }
    };
    let mut found: Vec<(usize, Passage)> = Vec::new();
    for section in sections() {
        found.push((rank(&section, true), section));
    }
    for paragraph in sections().flat_map(|section| paragraphs(&section)) {
        found.push((rank(&paragraph, false), paragraph));
    }
    let best = found.iter().map(|(rank, _)| *rank).max().unwrap_or(0);
    found.retain(|(rank, _)| *rank == best && best > 0);
    found.into_iter().map(|(_, passage)| passage).collect()
}

/// Returns `true` if the phrase is there as whole words.
fn has_phrase(text: &str, phrase: &str) -> bool {
    let is_outside = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '-' && c != '_');
    text.match_indices(phrase).any(|(start, _)| {
        is_outside(text[..start].chars().next_back()) && is_outside(text[start + phrase.len()..].chars().next())
    })
}

/// Returns the sections: a heading with the text up to the next heading.
fn sections() -> impl Iterator<Item = Passage> {
    PAGES.iter().flat_map(|(page, text)| {
        let mut rest = text.trim_start();
        std::iter::from_fn(move || {
            let (heading, body) = rest.strip_prefix('#')?.split_once('\n')?;
            let mut ends = body.match_indices("\n#").map(|(end, _)| end);
            let end = ends.find(|end| !is_in_block(&body[..*end]));
            let text = end.map_or(body, |end| &body[..end]);
            rest = end.map_or("", |end| &body[end + 1..]);
            Some(Passage { page, heading: heading.trim_start_matches('#').trim(), text: text.trim() })
        })
    })
}

/// Returns whether a text ends inside a fenced block.
fn is_in_block(text: &str) -> bool {
    text.matches("```").count() % 2 == 1
}

/// Returns the paragraphs of a section. Rows of a table and items of a list are paragraphs too.
fn paragraphs(section: &Passage) -> Vec<Passage> {
    let Passage { page, heading, text } = *section;
    let is_row = |line: &&str| line.starts_with('|') || line.starts_with("- ");
    let mut found = Vec::new();
    for block in text.split("\n\n") {
        if block.lines().all(|line| is_row(&line) || line.starts_with("  ")) {
            let starts = block.match_indices("\n|").chain(block.match_indices("\n- ")).map(|(start, _)| start + 1);
            let starts: Vec<usize> = [0].into_iter().chain(starts).chain([block.len()]).collect();
            let rows = starts.windows(2).map(|pair| block[pair[0]..pair[1]].trim_end());
            found.extend(rows.filter(|row| !row.starts_with("|---")).map(|text| Passage { page, heading, text }));
        } else if !block.starts_with("```") {
            found.push(Passage { page, heading, text: block });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{PAGES, find, sections};

    fn headings(asked: &str) -> Vec<String> {
        find(asked).iter().map(|passage| format!("{}: {}", passage.page, passage.heading)).collect()
    }

    #[test]
    fn every_page_is_cut_into_its_sections() {
        let count = |(_, text): &(&str, &str)| text.lines().filter(|line| line.starts_with('#')).count();
        let in_blocks = 1; // `# Site settings.` in templates.md
        assert_eq!(sections().count(), PAGES.iter().map(count).sum::<usize>() - in_blocks);
    }

    #[test]
    fn a_heading_comes_before_a_mention() {
        assert_eq!(headings("Git LFS"), ["files-and-secrets.md: Git LFS"]);
        assert_eq!(headings("symbolic links"), ["files-and-secrets.md: Symbolic links"]);
        assert!(headings("apt").iter().all(|found| !found.starts_with("errors.md")), "{:?}", headings("apt"));
        assert!(headings("no such word in it").is_empty());
        assert!(headings("").is_empty());
    }
}
