//! The laws of an image reference, for any text:
//!
//! 1. Displaying what was parsed gives back the text, and parsing that gives back the same reference.
//! 2. What was parsed is one word that may stand in a Dockerfile or an argument list as it is.
//! 3. Its parts, put together by the grammar, are the text.
//! 4. What is refused is refused in one line.

use agentix_gen::value::ImageRef;

pub(crate) fn hold(text: &str) {
    match text.parse::<ImageRef>() {
        Ok(image) => {
            assert_eq!(image.to_string(), text);
            assert_eq!(image.to_string().parse(), Ok(image.clone()));
            assert!(!text.is_empty() && !text.starts_with('-'), "{text:?}");
            assert!(text.chars().all(|c| c.is_ascii_graphic() && !"\"'`$\\{}<>|&;()*?!#%".contains(c)), "{text:?}");
            assert_eq!(put_together(&image), text);
        }
        Err(error) => assert!(!error.to_string().contains(char::is_control), "{error:?}"),
    }
}

fn put_together(image: &ImageRef) -> String {
    let domain = image.domain().map_or(String::new(), |domain| format!("{domain}/"));
    let tag = image.tag().map_or(String::new(), |tag| format!(":{tag}"));
    let digest = image.digest().map_or(String::new(), |digest| format!("@{digest}"));
    format!("{domain}{}{tag}{digest}", image.path())
}
