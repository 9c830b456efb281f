//! The macro that declares the options of `[tool.agentix]`.

/// Declares a struct whose fields are options. Each declaration defines the key, the help, the flag, how two values are
/// merged, the default and the example in the documentation, and the schema:
///
/// ```text
/// /// The help. Its final full stop is dropped.
/// field: Type,
///     [flag "VALUE" [short 'c'] in HEADING on COMMANDS [conflicts "other-key"],]
///     [default "text",] [merge replace,]
///     example "the value in TOML";
/// ```
///
/// The key and the flag are the field's name in kebab case. The type determines the form: `Option` is one value,
/// `Option<bool>` is a switch, `Vec` is one value or a list and is joined, `BTreeMap` is a table and is merged by key.
macro_rules! options {
    (
        $(#[$attribute:meta])*
        pub struct $name:ident {
            $(
                $(#[doc = $help:literal])+
                $field:ident: $type:ty,
                $(flag $value:literal $(short $short:literal)? in $heading:ident on $commands:ident $(conflicts $conflict:literal)?,)?
                $(default $default:literal,)?
                $(merge $merge:ident,)?
                example $example:literal;
            )+
        }
    ) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
        #[non_exhaustive]
        pub struct $name {
            $(
                $(#[doc = $help])+
                #[serde(deserialize_with = "crate::project::config::value::read")]
                pub $field: $type,
            )+
        }

        impl $name {
            /// All options, in the order of the documentation.
            pub const OPTIONS: &'static [OptionSpec<Self>] = &[
                $(OptionSpec {
                    key: {
                        const NAME: &str = stringify!($field);
                        const KEY: [u8; NAME.len()] = kebab_case(NAME);
                        match std::str::from_utf8(&KEY) {
                            Ok(key) => key,
                            Err(_) => NAME,
                        }
                    },
                    lines: &[$($help),+],
                    form: <$type as OptionValue>::FORM,
                    default: options!(@optional $($default)?),
                    example: $example,
                    schema: <$type as OptionValue>::schema,
                    flag: options!(@flag $field, $type, $($value, $heading, $commands, ($($short)?), ($($conflict)?))?),
                }),+
            ];

            /// Merges this configuration over `base`: values that are set here win, lists are joined, except `tag`, and
            /// tables are merged by key.
            #[must_use]
            pub fn overlay(self, base: Self) -> Self {
                Self { $($field: options!(@merge $($merge)?)(self.$field, base.$field)),+ }
            }
        }
    };
    (@optional) => { None };
    (@optional $value:literal) => { Some($value) };
    (@merge) => { OptionValue::overlay };
    (@merge replace) => { replace };
    (@flag $field:ident, $type:ty,) => { None };
    (@flag $field:ident, $type:ty, $value:literal, $heading:ident, $commands:ident, ($($short:literal)?), ($($conflict:literal)?)) => {
        Some(Flag {
            value: $value,
            short: options!(@optional $($short)?),
            heading: $heading,
            commands: Commands::$commands,
            choices: <$type as FlagValue>::CHOICES,
            conflicts: options!(@optional $($conflict)?),
            add: |config, text| FlagValue::add(&mut config.$field, text),
        })
    };
}
