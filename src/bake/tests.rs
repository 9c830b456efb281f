use proptest::prelude::*;

use super::target::literal;

proptest! {
    /// Undoes what a reader of the file does with a string: `$${` stands for `${`, `%%{` for `%{`.
    #[test]
    fn a_value_has_no_template_and_reads_as_it_was(value in "[ab${}%]{0,12}") {
        let written = literal(&value);
        let read = written.replace("$${", "\u{1}{").replace("%%{", "\u{2}{");
        prop_assert!(!read.contains("${") && !read.contains("%{"), "{written}");
        prop_assert_eq!(read.replace('\u{1}', "$").replace('\u{2}', "%"), value);
    }
}
