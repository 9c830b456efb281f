//! The user that runs the programs of an image.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::checked_text::ValueError;

/// The user that runs the programs of an image.
///
/// ```toml
/// user = "root"                         # instead of an account, where the image would have one
/// user = "agent"                        # creates an account with UID 1000 and a home folder
/// user = { name = "agent", uid = 2000 } # creates the account with another UID
/// user = "1000:1000"                    # UID and GID only; creates no account
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum User {
    /// The user root.
    Root,
    /// An account that the build creates.
    Account(Account),
    /// A UID and an optional GID, without an account.
    Numbers(UidGid),
}

/// An account that the build creates in the image, with a group of the same name and number, and the home folder
/// `/home/NAME`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Account {
    /// The name of the account and of its group.
    pub name: AccountName,
    /// The UID and GID of the account, from 1 to 2147483647.
    #[serde(default)]
    pub uid: Uid,
}

/// The UID of a user that is not root, from 1 to 2147483647. The default is 1000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Uid(u32);

/// A UID and an optional GID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct UidGid {
    user: Uid,
    group: Option<u32>,
}

/// The error for a number that is not the UID of a user other than root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a valid UID: use a number from 1 to 2147483647 (0 is root)")]
pub struct UidError(u32);

checked_text!(
    /// The name of an account, in a form that every `/etc/passwd` accepts.
    ///
    /// ```text
    /// name = ( lower | "_" ) *31( lower | digit | "_" | "-" )      not "root"
    /// ```
    AccountName,
    "a user name: up to 32 lower-case letters, digits, `_` and `-`, starting with a letter or `_`, and not `root`",
    |text| {
        text != "root"
            && text.len() <= 32
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b))
            && text.bytes().next().is_some_and(|b| b.is_ascii_lowercase() || b == b'_')
    }
);

/// The variable with which an image names its user, for the images that are built on it: their steps run as root, and a
/// Dockerfile does not know the user of its base.
pub(crate) const USER_VARIABLE: &str = "AGENTIX_USER";

/// The name of root, the only account that an image has already.
const ROOT: &str = "root";

/// The largest UID and GID that engines accept.
const LARGEST: u32 = i32::MAX.unsigned_abs();

impl User {
    /// Returns the account that the build creates, if any.
    pub fn account(&self) -> Option<&Account> {
        match self {
            Self::Account(account) => Some(account),
            Self::Root | Self::Numbers(_) => None,
        }
    }
}

impl Account {
    /// Returns the home folder.
    pub fn home(&self) -> String {
        format!("/home/{}", self.name)
    }
}

/// The account of an image that names no user: `agentix` with the number 65532, which is no person's on most machines, and
/// which images without a shell use as well.
impl Default for Account {
    fn default() -> Self {
        Self { name: AccountName("agentix".to_owned()), uid: Uid(65532) }
    }
}

impl Serialize for User {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Root => serializer.serialize_str(ROOT),
            Self::Account(account) => account.serialize(serializer),
            Self::Numbers(numbers) => numbers.serialize(serializer),
        }
    }
}

/// Writes the argument of `USER` in numeric form. This shows whether the user is root, without a look at the files of the
/// image.
impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => f.write_str("0"),
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
        if text == ROOT {
            return Ok(Self::Root);
        }
        if text.starts_with(|c: char| c.is_ascii_digit()) {
            return text.parse().map(Self::Numbers);
        }
        Ok(Self::Account(Account { name: text.parse()?, uid: Uid::default() }))
    }
}

impl FromStr for UidGid {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let error = || {
            ValueError::new(
                text,
                "a UID with an optional GID: `UID` or `UID:GID`, where UID is from 1 to 2147483647 and GID is from 0 \
                 to 2147483647",
            )
        };
        let (user, group) = match text.split_once(':') {
            Some((user, group)) => (user, Some(number(group).ok_or_else(error)?)),
            None => (text, None),
        };
        let user = number(user).and_then(|user| user.try_into().ok()).ok_or_else(error)?;
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
        f.write_str("a user: a name, `{ name = …, uid = … }`, `UID:GID`, or `root`")
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
        fn users_round_trip(
            name in "[a-z_][a-z0-9_-]{0,31}",
            uid in 1u32..=2_147_483_647,
            gid in 0u32..=2_147_483_647,
        ) {
            prop_assume!(name != "root");
            let account = format!(r#"{{"name":"{name}","uid":{uid}}}"#);
            for json in [account, format!(r#""{uid}:{gid}""#), format!(r#""{uid}""#), r#""root""#.to_owned()] {
                prop_assert_eq!(serde_json::to_string(&read(&json).unwrap()).unwrap(), json);
            }
        }

        /// A user has no character that is special in `/etc/passwd`, in a shell or in a Dockerfile instruction.
        #[test]
        fn a_user_has_no_special_characters(text in "[a-z0-9:_.$ -]{0,6}\\PC{0,2}") {
            if let Ok(user) = text.parse::<User>() {
                prop_assert!(user.to_string().bytes().all(|b| b.is_ascii_digit() || b == b':'));
                let name = user.account().map_or("", |account| account.name.as_str());
                prop_assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b)));
            }
        }
    }

    #[test]
    fn invalid_users_are_rejected() {
        for root in [r#""0""#, r#""0:0""#, "0", r#"{"name":"agent","uid":0}"#, r#"{"name":"root"}"#] {
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
        assert!(
            read("[]").unwrap_err().contains("expected a user: a name, `{ name = …, uid = … }`, `UID:GID`, or `root`")
        );
        assert!(read(r#""1:""#).unwrap_err().contains("`1:` is not a UID with an optional GID"));
    }

    #[test]
    fn a_user_is_displayed_in_numeric_form() {
        for (json, expected) in [
            (r#""agent""#, "1000:1000"),
            (r#""root""#, "0"),
            ("1234", "1234"),
            (r#""1234:0""#, "1234:0"),
            (r#""1:2147483647""#, "1:2147483647"),
        ] {
            assert_eq!(read(json).unwrap().to_string(), expected, "{json}");
        }
    }

    #[test]
    fn a_name_has_at_most_32_characters() {
        for (length, is_valid) in [(32, true), (33, false)] {
            assert_eq!(read(&format!("\"{}\"", "a".repeat(length))).is_ok(), is_valid, "{length} characters");
        }
    }
}
