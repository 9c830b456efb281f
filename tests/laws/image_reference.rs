//! Laws of image references, for any text:
//!
//! 1. A parsed reference is displayed as the original text, and parsing that gives the same reference.
//! 2. A parsed reference is one word that needs no quotes in a Dockerfile or an argument list.
//! 3. The parts of a reference, joined by the grammar, are the text.
//! 4. An error message is one line.

use agentix_gen::value::ImageRef;

pub(crate) fn hold(text: &str) {
    match text.parse::<ImageRef>() {
        Ok(image) => {
            assert_eq!(image.to_string(), text);
            assert_eq!(image.to_string().parse(), Ok(image.clone()));
            assert!(!text.is_empty() && !text.starts_with('-'), "{text:?}");
            assert!(text.chars().all(|c| c.is_ascii_graphic() && !"\"'`$\\{}<>|&;()*?!#%".contains(c)), "{text:?}");
            assert_eq!(joined(&image), text);
        }
        Err(error) => assert!(!error.to_string().contains(char::is_control), "{error:?}"),
    }
}

fn joined(image: &ImageRef) -> String {
    let domain = image.domain().map_or(String::new(), |domain| format!("{domain}/"));
    let tag = image.tag().map_or(String::new(), |tag| format!(":{tag}"));
    let digest = image.digest().map_or(String::new(), |digest| format!("@{digest}"));
    format!("{domain}{}{tag}{digest}", image.path())
}
