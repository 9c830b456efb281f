//! A JSON value (RFC 8259) that refers to the text it was read from.
//!
//! Most files are read once and hold no secret, so their texts are not copied and their keys not sorted.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A JSON value.
#[derive(Debug)]
pub(super) enum Value<'a> {
    Text(Cow<'a, str>),
    /// A whole number from 0 to `u64::MAX`.
    Number(u64),
    List(Vec<Value<'a>>),
    Object(Object<'a>),
    /// Another number, a truth value, or `null`.
    Other,
}

/// The keys and values of an object, in the order of the text.
#[derive(Debug)]
pub(super) struct Object<'a>(Vec<(Cow<'a, str>, Value<'a>)>);

impl<'a> Value<'a> {
    /// Reads a value. Returns `None` if the text is not JSON, or more than 128 levels deep.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(super) fn as_list(&self) -> Option<&[Self]> {
        if let Self::List(list) = self { Some(list) } else { None }
    }

    pub(super) fn as_object(&self) -> Option<&Object<'a>> {
        if let Self::Object(object) = self { Some(object) } else { None }
    }

    /// Returns the value of a key, if this is an object that has it.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.as_object()?.get(key)
    }
}

impl<'a> Object<'a> {
    /// Returns the value of a key. If the object has it several times, the last one counts, as for most programs.
    pub(super) fn get(&self, key: &str) -> Option<&Value<'a>> {
        self.0.iter().rev().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Value<'a>)> {
        self.0.iter().map(|(key, value)| (&**key, value))
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &Value<'a>> {
        self.0.iter().map(|(_, value)| value)
    }
}

impl<'de> Deserialize<'de> for Value<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OfAnyKind)
    }
}

struct OfAnyKind;

impl<'de> Visitor<'de> for OfAnyKind {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Value::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Value::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Value::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Value::Other)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Value::Other)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Value::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<Self::Value, A::Error> {
        let mut object = Vec::new();
        while let Some((key, value)) = pairs.next_entry::<Key<'de>, _>()? {
            object.push((key.0, value));
        }
        Ok(Value::Object(Object(object)))
    }
}

/// The key of an object.
struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_str(OfAnyKind)? {
            Value::Text(key) => Ok(Self(key)),
            _ => Err(serde::de::Error::custom("a key is a text")),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Value;

    /// Returns the value as `serde_json` has it. A number that is not a whole one is `null`, as is a truth value.
    fn plain(value: &Value<'_>) -> serde_json::Value {
        match value {
            Value::Text(text) => (&**text).into(),
            Value::Number(number) => (*number).into(),
            Value::List(list) => list.iter().map(plain).collect(),
            Value::Object(object) => object.iter().map(|(key, value)| (key.to_owned(), plain(value))).collect(),
            Value::Other => serde_json::Value::Null,
        }
    }

    fn without_others(value: serde_json::Value) -> serde_json::Value {
        use serde_json::Value::{Array, Bool, Null, Number, Object};
        match value {
            Bool(_) => Null,
            Number(number) if !number.is_u64() => Null,
            Array(list) => list.into_iter().map(without_others).collect(),
            Object(object) => object.into_iter().map(|(key, value)| (key, without_others(value))).collect(),
            other => other,
        }
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<u64>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                prop::collection::vec((any::<String>(), inner), 0..6)
                    .prop_map(|pairs| pairs.into_iter().collect::<serde_json::Map<_, _>>().into()),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_value_is_read_as_serde_json_reads_it(value in json(), is_pretty: bool) {
            let text = if is_pretty { format!("{value:#}") } else { value.to_string() };
            let read = Value::read(&text).map(|read| plain(&read));
            prop_assert_eq!(read, Some(without_others(value)));
        }
    }

    #[test]
    fn the_last_value_of_a_key_counts() {
        let value = Value::read(r#"{"a": 1, "\u0061": "x", "b": null}"#).unwrap();
        assert_eq!(value.get("a").and_then(Value::as_text), Some("x"));
        assert!(value.get("b").is_some() && value.get("c").is_none());
    }

    #[test]
    fn what_is_no_json_is_not_read() {
        let deep = "[".repeat(200_000);
        for text in ["", "{", "{1: 2}", "[1] 2", "# comment", &deep] {
            assert!(Value::read(text).is_none());
        }
    }
}
