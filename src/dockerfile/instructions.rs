//! Splits a Dockerfile into instructions, by its [reference].
//!
//! [reference]: https://docs.docker.com/reference/dockerfile/

/// One instruction.
pub(super) struct Instruction {
    /// The keyword in upper case: `FROM`.
    pub(super) keyword: String,
    /// The flags before the first word: `--from=build`.
    pub(super) flags: Vec<String>,
    /// The other words. The elements, if they are a list in JSON.
    pub(super) words: Vec<String>,
}

/// Returns the instructions of a text. The text between an instruction with `<<EOF` and the line `EOF` is skipped.
pub(super) fn instructions(text: &str) -> impl Iterator<Item = Instruction> {
    let mut lines = text.lines();
    std::iter::from_fn(move || {
        let is_comment = |line: &str| line.trim_start().starts_with('#') || line.trim().is_empty();
        let mut whole = lines.find(|line| !is_comment(line))?.trim_end().to_owned();
        while whole.ends_with('\\') {
            whole.pop();
            let Some(next) = lines.find(|line| !is_comment(line)) else { break };
            whole.push_str(next.trim_end());
        }
        let instruction = Instruction::read(&whole);
        for (end, may_be_indented) in here_documents(&instruction) {
            let is_end =
                |line: &&str| if may_be_indented { line.trim_start_matches('\t') == end } else { *line == end };
            lines.find(is_end);
        }
        Some(instruction)
    })
}

impl Instruction {
    fn read(line: &str) -> Self {
        let mut words = line.split_whitespace();
        let keyword = words.next().unwrap_or_default().to_ascii_uppercase();
        let flags: Vec<String> = words.clone().take_while(|word| word.starts_with("--")).map(str::to_owned).collect();
        let words = words.skip(flags.len());
        let list = || serde_json::from_str(line.get(line.find('[')?..)?).ok();
        let is_list = words.clone().next().is_some_and(|word| word.starts_with('['));
        let words = is_list.then(list).flatten().unwrap_or_else(|| words.map(str::to_owned).collect());
        Self { keyword, flags, words }
    }
}

/// Returns the last line of each document in the instruction, and whether tabs may precede it.
fn here_documents(instruction: &Instruction) -> Vec<(String, bool)> {
    if !matches!(instruction.keyword.as_str(), "RUN" | "COPY" | "ADD") {
        return Vec::new();
    }
    let read = |word: &String| {
        let name = word.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix("<<")?;
        let (name, is_indented) = name.strip_prefix('-').map_or((name, false), |name| (name, true));
        let name = name.trim_matches(['"', '\'']);
        (!name.is_empty() && !name.contains('<')).then(|| (name.to_owned(), is_indented))
    };
    instruction.words.iter().filter_map(read).collect()
}
