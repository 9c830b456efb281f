//! Reads, merges and describes the values of options.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{self, IntoDeserializer, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::option::Form;
use super::schema::Schema;
use crate::value::{BuildSecret, ContextSource, SecretId, SecretSource, SingleLine};

/// The value of an option.
pub(super) trait OptionValue: Sized {
    const FORM: Form;

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;

    /// Merges this value over `base`.
    fn overlay(self, base: Self) -> Self;

    fn schema() -> Value;
}

/// A value that a flag can set.
pub(super) trait FlagValue: OptionValue {
    /// The accepted words. Empty if the value is not one of a few words.
    const CHOICES: &'static [&'static str] = &[];

    /// Sets the value, or adds to it.
    fn add(&mut self, text: &str) -> Result<(), String>;
}

/// A single value, parsed from the text of a flag.
pub(super) trait FlagText: Sized {
    fn from_flag(text: &str) -> Result<Self, String>;
}

impl<T: FromStr<Err: fmt::Display>> FlagText for T {
    fn from_flag(text: &str) -> Result<Self, String> {
        text.parse().map_err(|error: T::Err| error.to_string())
    }
}

/// An entry of a table, parsed from the text of a flag.
pub(super) trait FlagEntry<K>: Sized {
    fn from_flag(text: &str) -> Result<(K, Self), String>;
}

impl<K: FromStr<Err: fmt::Display>> FlagEntry<K> for SingleLine {
    fn from_flag(text: &str) -> Result<(K, Self), String> {
        let (key, value) = text.split_once('=').ok_or("expected the form K=V")?;
        Ok((FlagText::from_flag(key)?, FlagText::from_flag(value)?))
    }
}

impl<K: FromStr<Err: fmt::Display>> FlagEntry<K> for ContextSource {
    fn from_flag(text: &str) -> Result<(K, Self), String> {
        let (key, value) = text.split_once('=').ok_or("expected the form NAME=SOURCE")?;
        Ok((FlagText::from_flag(key)?, FlagText::from_flag(value)?))
    }
}

impl FlagEntry<SecretId> for SecretSource {
    fn from_flag(text: &str) -> Result<(SecretId, Self), String> {
        let BuildSecret { id, source } = FlagText::from_flag(text)?;
        Ok((id, source))
    }
}

/// Deserialises a value in the form of its type.
pub(super) fn read<'de, D: Deserializer<'de>, T: OptionValue>(deserializer: D) -> Result<T, D::Error> {
    T::read(deserializer)
}

/// Returns `list`, or `base` if `list` is empty. Replaces [`OptionValue::overlay`] for lists that are not joined.
pub(super) fn replace<T>(list: Vec<T>, base: Vec<T>) -> Vec<T> {
    if list.is_empty() { base } else { list }
}

impl<T: for<'de> Deserialize<'de> + Schema> OptionValue for Option<T> {
    const FORM: Form = if T::IS_SWITCH { Form::Switch } else { Form::One };

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }

    fn overlay(self, base: Self) -> Self {
        self.or(base)
    }

    fn schema() -> Value {
        T::schema()
    }
}

impl<T: for<'de> Deserialize<'de> + Schema + FromStr<Err: fmt::Display>> FlagValue for Option<T> {
    const CHOICES: &'static [&'static str] = T::CHOICES;

    fn add(&mut self, text: &str) -> Result<(), String> {
        *self = Some(FlagText::from_flag(text)?);
        Ok(())
    }
}

impl<T: for<'de> Deserialize<'de> + Schema> OptionValue for Vec<T> {
    const FORM: Form = Form::Many;

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrMany(PhantomData))
    }

    fn overlay(mut self, base: Self) -> Self {
        self.extend(base);
        self
    }

    fn schema() -> Value {
        json!({ "anyOf": [T::schema(), { "type": "array", "items": T::schema() }] })
    }
}

impl<T: for<'de> Deserialize<'de> + Schema + FromStr<Err: fmt::Display>> FlagValue for Vec<T> {
    fn add(&mut self, text: &str) -> Result<(), String> {
        let values: Vec<&str> = T::SEPARATOR.map_or_else(|| vec![text], |separator| text.split(separator).collect());
        values.into_iter().try_for_each(|value| {
            self.push(FlagText::from_flag(value)?);
            Ok(())
        })
    }
}

impl<K, V> OptionValue for BTreeMap<K, V>
where
    K: for<'de> Deserialize<'de> + Ord,
    V: for<'de> Deserialize<'de> + Schema,
{
    const FORM: Form = Form::Table;

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }

    fn overlay(self, mut base: Self) -> Self {
        base.extend(self);
        base
    }

    fn schema() -> Value {
        json!({ "type": "object", "additionalProperties": V::schema() })
    }
}

impl<K, V> FlagValue for BTreeMap<K, V>
where
    K: for<'de> Deserialize<'de> + Ord,
    V: for<'de> Deserialize<'de> + Schema + FlagEntry<K>,
{
    fn add(&mut self, text: &str) -> Result<(), String> {
        let (key, value) = V::from_flag(text)?;
        self.insert(key, value);
        Ok(())
    }
}

/// Deserialises one value or a list of values.
struct OneOrMany<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrMany<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one value or a list of values")
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Vec<T>, E> {
        T::deserialize(number.into_deserializer()).map(|value| vec![value])
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Vec<T>, E> {
        T::deserialize(number.into_deserializer()).map(|value| vec![value])
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<T>, E> {
        T::deserialize(text.into_deserializer()).map(|value| vec![value])
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, list: A) -> Result<Vec<T>, A::Error> {
        Vec::deserialize(de::value::SeqAccessDeserializer::new(list))
    }
}
