//! Who the programs of an image run as.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::checked_text::ValueError;

/// Who the programs of an image run as, where that is not root.
///
/// ```toml
/// user = "agent"                        # an account that the image gets, with a home: its number is 1000
/// user = { name = "agent", uid = 2000 } # the same with another number
/// user = "1000:1000"                    # numbers of user and group; nothing is made for them
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum User {
    /// An account that is made.
    Account(Account),
    /// Numbers alone.
    Numbers(UidGid),
}

/// An account of its own in the image, with a group of the same name and number, and `/home/NAME`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Account {
    /// Its name.
    pub name: AccountName,
    /// Its number, from 1 to 2147483647.
    #[serde(default)]
    pub uid: Uid,
}

/// The number of a user that is not root, from 1 to 2147483647; 1000 where nobody says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Uid(u32);

/// The number of a user, and that of its group where it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct UidGid {
    user: Uid,
    group: Option<u32>,
}

/// A number that is none of a user who is not root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not the number of a user: from 1 to 2147483647, for 0 is root")]
pub struct UidError(u32);

checked_text!(
    /// The name of an account, as every `/etc/passwd` takes it.
    ///
    /// ```text
    /// name = ( lower | "_" ) *31( lower | digit | "_" | "-" )      not "root"
    /// ```
    AccountName,
    "the name of a user: up to 32 lower-case letters, digits, `_` and `-`, a letter or `_` first, and not root",
    |text| {
        text != "root"
            && text.len() <= 32
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b))
            && text.bytes().next().is_some_and(|b| b.is_ascii_lowercase() || b == b'_')
    }
);

/// What engines take for the number of a user or a group.
const LARGEST: u32 = i32::MAX.unsigned_abs();

impl User {
    /// The account to make, if one is.
    pub fn account(&self) -> Option<&Account> {
        match self {
            Self::Account(account) => Some(account),
            Self::Numbers(_) => None,
        }
    }
}

/// As `USER` takes it: in numbers, so that whoever starts a container knows without a look into the image that it is
/// not root.
impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(Account { uid, .. }) => write!(f, "{uid}:{uid}"),
            Self::Numbers(numbers) => numbers.fmt(f),
        }
    }
}

impl fmt::Display for UidGid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.group {
            Some(group) => write!(f, "{}:{group}", self.user),
            None => self.user.fmt(f),
        }
    }
}

impl FromStr for User {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        if text.starts_with(|c: char| c.is_ascii_digit()) {
            return text.parse().map(Self::Numbers);
        }
        Ok(Self::Account(Account { name: text.parse()?, uid: Uid::default() }))
    }
}

impl FromStr for UidGid {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let refused = || {
            ValueError::new(
                text,
                "the numbers of a user and a group, `UID` or `UID:GID`, from 1 (a group: 0) to 2147483647",
            )
        };
        let (user, group) = match text.split_once(':') {
            Some((user, group)) => (user, Some(number(group).ok_or_else(refused)?)),
            None => (text, None),
        };
        let user = number(user).and_then(|user| user.try_into().ok()).ok_or_else(refused)?;
        Ok(Self { user, group })
    }
}

fn number(text: &str) -> Option<u32> {
    let number = text.parse().ok().filter(|number| *number <= LARGEST);
    number.filter(|_| text.bytes().all(|b| b.is_ascii_digit()))
}

impl Default for Uid {
    fn default() -> Self {
        Self(1000)
    }
}

impl TryFrom<u32> for Uid {
    type Error = UidError;

    fn try_from(number: u32) -> Result<Self, UidError> {
        if (1..=LARGEST).contains(&number) { Ok(Self(number)) } else { Err(UidError(number)) }
    }
}

impl From<Uid> for u32 {
    fn from(uid: Uid) -> Self {
        uid.0
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<UidGid> for String {
    fn from(numbers: UidGid) -> Self {
        numbers.to_string()
    }
}

impl<'de> Deserialize<'de> for User {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UserVisitor)
    }
}

struct UserVisitor;

impl<'de> Visitor<'de> for UserVisitor {
    type Value = User;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a user: a name, `{ name = …, uid = … }`, or the numbers `UID:GID`")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<User, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<User, E> {
        number.to_string().parse().map(User::Numbers).map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<User, E> {
        number.to_string().parse().map(User::Numbers).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<User, A::Error> {
        Account::deserialize(de::value::MapAccessDeserializer::new(map)).map(User::Account)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::User;

    fn read(json: &str) -> Result<User, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    proptest! {
        #[test]
        fn a_user_is_written_as_it_was_read(name in "[a-z_][a-z0-9_-]{0,31}", uid in 1u32..=2_147_483_647, gid in 0u32..=2_147_483_647) {
            prop_assume!(name != "root");
            for json in [format!(r#"{{"name":"{name}","uid":{uid}}}"#), format!(r#""{uid}:{gid}""#), format!(r#""{uid}""#)] {
                prop_assert_eq!(serde_json::to_string(&read(&json).unwrap()).unwrap(), json);
            }
        }

        /// Neither a line of `/etc/passwd`, nor a shell, nor an instruction takes a character of it for anything else.
        #[test]
        fn nothing_else_is_a_user(text in "[a-z0-9:_.$ -]{0,6}\\PC{0,2}") {
            if let Ok(user) = text.parse::<User>() {
                prop_assert!(user.to_string().bytes().all(|b| b.is_ascii_digit() || b == b':'));
                let name = user.account().map_or("", |account| account.name.as_str());
                prop_assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b)));
            }
        }
    }

    #[test]
    fn a_user_is_not_root() {
        for root in [r#""root""#, r#""0""#, r#""0:0""#, "0", r#"{"name":"agent","uid":0}"#] {
            assert!(read(root).is_err(), "{root}");
        }
        for wrong in [
            r#""""#,
            r#""1000:""#,
            r#""+1""#,
            r#""1:+1""#,
            r#""2147483648""#,
            r#""Agent""#,
            r#""a:b""#,
            "-1",
            r#""1:2147483648""#,
            r#"{"uid":1}"#,
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert!(read("[]").unwrap_err().contains("expected a user: a name, `{ name = …, uid = … }`, or"));
        assert!(read(r#""1:""#).unwrap_err().contains("`1:` is not the numbers of a user and a group"));
    }

    #[test]
    fn an_account_is_used_by_its_number() {
        assert_eq!(read(r#""agent""#).unwrap().to_string(), "1000:1000");
        assert_eq!(read("1234").unwrap().to_string(), "1234");
        assert_eq!(read(r#""1234:0""#).unwrap().to_string(), "1234:0");
        assert_eq!(read(r#""1:2147483647""#).unwrap().to_string(), "1:2147483647");
        let named = |length: usize| read(&format!("\"{}\"", "a".repeat(length)));
        assert!(named(32).is_ok() && named(33).is_err());
    }
}
