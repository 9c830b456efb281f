//! Finds secrets in tables: the names of the columns come first, and then the rows.

/// The number of rows that are read.
const MOST: usize = 1000;

/// Returns `true` if `accepts` does so for the name of a column and a cell of it. The names are in the first line, the cells
/// of a line are separated by one of `,`, `;`, `|` and a tab.
pub(super) fn any_cell(text: &str, mut accepts: impl FnMut(&str, &str) -> bool) -> bool {
    let mut lines = text.lines();
    let Some(header) = lines.next() else { return false };
    let Some(separator) = [',', '\t', ';', '|'].into_iter().find(|separator| header.contains(*separator)) else {
        return false;
    };
    let columns: Vec<&str> = header.split(separator).map(plain).collect();
    lines
        .take(MOST)
        .any(|line| columns.iter().zip(line.split(separator)).any(|(column, cell)| accepts(column, plain(cell))))
}

/// Returns `true` if `accepts` does so for the name of a column and a value of it, in SQL: `INSERT INTO table (columns)
/// VALUES (values), …;` on one or more lines, and `COPY table (columns) FROM stdin;` with lines of values.
pub(super) fn any_value(text: &str, mut accepts: impl FnMut(&str, &str) -> bool) -> bool {
    let (mut copied, mut inserted): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    text.lines().any(|line| {
        if !copied.is_empty() {
            if line == "\\." {
                copied.clear();
            }
            return copied.iter().zip(line.split('\t')).any(|(column, value)| accepts(column, value));
        }
        let (names, rest) = match columns(line) {
            Some(found) => found,
            None if line.trim_start().starts_with('(') => (std::mem::take(&mut inserted), line),
            None => return false,
        };
        let is_copy = rest.trim_start().get(..10).is_some_and(|start| start.eq_ignore_ascii_case("from stdin"));
        if is_copy {
            copied = names;
            return false;
        }
        let is_secret = |(column, value): (&&str, &str)| accepts(column, plain(value));
        let is_found = tuples(rest).take(MOST).flat_map(|values| names.iter().zip(values)).any(is_secret);
        inserted = if rest.trim_end().ends_with(';') { Vec::new() } else { names };
        is_found
    })
}

/// Returns the names of the columns that a statement fills, and the rest of its line.
fn columns(line: &str) -> Option<(Vec<&str>, &str)> {
    let is_word = |word: &str, wanted: &str| word.eq_ignore_ascii_case(wanted);
    let mut words = line.split_ascii_whitespace();
    let first = words.next()?;
    if !(is_word(first, "copy") || is_word(first, "insert") || is_word(first, "replace")) {
        return None;
    }
    let (list, rest) = line.split_once('(')?.1.split_once(')')?;
    Some((list.split(',').map(plain).collect(), rest))
}

/// Returns the values of each `(value, 'value')`.
fn tuples(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, start) = rest.split_once('(')?;
        let (mut values, mut from, mut is_quoted) = (Vec::new(), 0, false);
        for (at, letter) in start.char_indices() {
            match letter {
                '\'' => is_quoted = !is_quoted,
                ',' | ')' if !is_quoted => {
                    values.push(&start[from..at]);
                    from = at + 1;
                }
                _ => {}
            }
            if letter == ')' && !is_quoted {
                break;
            }
        }
        rest = &start[from..];
        (!values.is_empty()).then_some(values)
    })
}

fn plain(cell: &str) -> &str {
    cell.trim().trim_matches(['"', '\'', '`'])
}

#[cfg(test)]
mod tests {
    use super::{any_cell, any_value};

    #[test]
    fn a_cell_belongs_to_its_column() {
        for text in ["user,token\na,VALUE\n", "user\t\"token\"\nb\tx\na\t\"VALUE\"\n"] {
            assert!(any_cell(text, |key, value| key == "token" && value == "VALUE"), "{text}");
        }
        assert!(!any_cell("token\nVALUE\n", |_, _| true));
    }

    #[test]
    fn a_value_belongs_to_its_column() {
        for text in [
            "INSERT INTO keys (name, token) VALUES ('ci', 'VALUE');",
            "insert into `keys` (`name`, `token`) values ('a (1), b', 'x'),('it''s', 'VALUE');",
            "INSERT INTO keys (name, token) VALUES\n('a', 'b'),\n('ci', 'VALUE');",
            "COPY public.keys (name, token) FROM stdin;\na\tx\nb\tVALUE\n\\.\n",
        ] {
            assert!(any_value(text, |key, value| key == "token" && value == "VALUE"), "{text}");
        }
        for text in [
            "INSERT INTO keys (name, token) VALUES ('x, VALUE', 'b');",
            "INSERT INTO keys (name, token) VALUES\n('a', 'b'),\nand not ('ci', 'VALUE');",
            "INSERT INTO keys (name, token) VALUES ('a', 'b');\n('ci', 'VALUE');",
        ] {
            assert!(!any_value(text, |key, value| key == "token" && value == "VALUE"), "{text}");
        }
        assert!(!any_value("INSERT INTO t VALUES (1);\nCOPY t (a) FROM stdin;\n\\.\nx\n", |_, value| value == "x"));
    }
}
