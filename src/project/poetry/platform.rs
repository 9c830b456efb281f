//! Poetry's constraints of `platform`, as markers.
//!
//! ```text
//! constraint   = "*" | alternative *( ( "|" | "||" ) alternative )
//! alternative  = part *( "," part )
//! part         = [ "==" | "=" | "===" | "!=" ] value of sys.platform
//! ```
//!
//! The form follows `poetry-core`.

/// The constraint as a marker; empty if any platform is allowed. The error says what is expected.
pub(super) fn marker(constraint: &str) -> Result<String, &'static str> {
    if constraint.trim() == "*" {
        return Ok(String::new());
    }
    let alternatives = constraint.trim().split('|').filter(|part| !part.is_empty());
    let alternatives: Vec<String> = alternatives.map(alternative).collect::<Result<_, _>>()?;
    match &alternatives[..] {
        [] => Err(EXPECTED),
        [one] => Ok(one.clone()),
        several => Ok(several.iter().map(|one| format!("({one})")).collect::<Vec<_>>().join(" or ")),
    }
}

const EXPECTED: &str = "a platform such as `linux`, `!=win32` or `linux|darwin`";

/// One alternative: parts that all apply.
fn alternative(text: &str) -> Result<String, &'static str> {
    let parts: Vec<String> = text.split(',').map(part).collect::<Result<_, _>>()?;
    Ok(parts.join(" and "))
}

fn part(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    let value = text.trim_start_matches(['!', '=']);
    let operator = match &text[..text.len() - value.len()] {
        "" | "=" | "==" | "===" => "==",
        "!=" => "!=",
        _ => return Err(EXPECTED),
    };
    let value = value.trim();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if value.is_empty() || !value.bytes().all(is_name) {
        return Err(EXPECTED);
    }
    Ok(format!("sys_platform {operator} \"{value}\""))
}

#[cfg(test)]
mod tests {
    use super::marker;

    /// The markers that `poetry-core` writes into the metadata of a wheel for the same constraints, as `and` and `or`.
    #[test]
    fn a_constraint_becomes_a_marker() {
        for (constraint, expected) in [
            ("linux", "sys_platform == \"linux\""),
            ("=linux", "sys_platform == \"linux\""),
            ("===linux", "sys_platform == \"linux\""),
            ("!= win32", "sys_platform != \"win32\""),
            ("darwin|linux", "(sys_platform == \"darwin\") or (sys_platform == \"linux\")"),
            ("darwin || linux", "(sys_platform == \"darwin\") or (sys_platform == \"linux\")"),
            ("!=win32,!=cygwin", "sys_platform != \"win32\" and sys_platform != \"cygwin\""),
            ("*", ""),
        ] {
            assert_eq!(marker(constraint).as_deref(), Ok(expected), "{constraint}");
        }
    }

    #[test]
    fn a_constraint_that_cannot_be_read_is_refused() {
        for constraint in ["", "|", ">=linux", "linux,", "\"x\" or os_name != \"y\"", "linux darwin"] {
            assert!(marker(constraint).unwrap_err().starts_with("a platform such as"), "{constraint}");
        }
    }
}
