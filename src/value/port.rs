//! Ports that an image exposes.

use std::fmt;
use std::num::NonZeroU16;
use std::str::FromStr;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::checked_text::ValueError;

/// A port that programs of the image listen on, in the syntax of `EXPOSE`: `8000`, `"8000/tcp"`, `"53/udp"`.
///
/// ```text
/// port = number [ "/" ( "tcp" | "udp" | "sctp" ) ]      number from 1 to 65535; the default protocol is tcp
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(into = "String")]
pub struct Port {
    number: NonZeroU16,
    protocol: Protocol,
}

/// The transport protocol of a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Protocol {
    /// TCP: byte streams.
    Tcp,
    /// UDP: datagrams.
    Udp,
    /// SCTP: message streams.
    Sctp,
}

const EXPECTED: &str = "a port: a number from 1 to 65535, optionally followed by `/tcp`, `/udp` or `/sctp`";

impl Port {
    /// Returns the port number.
    pub fn number(self) -> NonZeroU16 {
        self.number
    }

    /// Returns the protocol.
    pub fn protocol(self) -> Protocol {
        self.protocol
    }
}

impl FromStr for Port {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let error = || ValueError::new(text, EXPECTED);
        let (number, protocol) = match text.split_once('/') {
            None | Some((_, "tcp")) => (text.trim_end_matches("/tcp"), Protocol::Tcp),
            Some((number, "udp")) => (number, Protocol::Udp),
            Some((number, "sctp")) => (number, Protocol::Sctp),
            Some(_) => return Err(error()),
        };
        if !number.bytes().all(|b| b.is_ascii_digit()) {
            return Err(error());
        }
        Ok(Self { number: number.parse().map_err(|_| error())?, protocol })
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let protocol = match self.protocol {
            Protocol::Tcp => "",
            Protocol::Udp => "/udp",
            Protocol::Sctp => "/sctp",
        };
        write!(f, "{}{protocol}", self.number)
    }
}

impl From<Port> for String {
    fn from(port: Port) -> Self {
        port.to_string()
    }
}

impl<'de> Deserialize<'de> for Port {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PortVisitor)
    }
}

struct PortVisitor;

impl Visitor<'_> for PortVisitor {
    type Value = Port;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EXPECTED)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Port, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Port, E> {
        number.to_string().parse().map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Port, E> {
        number.to_string().parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Port;

    proptest! {
        #[test]
        fn ports_round_trip(number in 1u16.., protocol in "(/udp|/sctp|)") {
            let text = format!("{number}{protocol}");
            let port: Port = text.parse().unwrap();
            prop_assert_eq!(&port.to_string(), &text);
            prop_assert_eq!(String::from(port), text);
            prop_assert_eq!(port.number().get(), number);
        }

        #[test]
        fn a_parsed_port_keeps_its_number_and_protocol(text in "[0-9+ -]{0,7}(/[a-z/]{0,5})?") {
            if let Ok(port) = text.parse::<Port>() {
                let shown = port.to_string();
                prop_assert_eq!(text.trim_start_matches('0').trim_end_matches("/tcp"), shown);
            }
        }
    }

    #[test]
    fn a_port_is_deserialized_from_number_or_text() {
        let read = |json: &str| serde_json::from_str::<Port>(json).map(|port| port.to_string());
        assert_eq!(read("8000").unwrap(), "8000");
        assert_eq!(read("\"8000/tcp\"").unwrap(), "8000");
        for wrong in ["0", "65536", "-1", "\"80/icmp\"", "\"80-90\"", "\"\"", "\"/tcp\"", "\"80/tcp/tcp\"", "80.0"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert!(read("true").unwrap_err().to_string().contains("expected a port: a number from 1 to 65535"));
    }
}
