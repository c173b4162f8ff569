//! The registry of billable units: what a name counts, and which units are parts of which.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, Serializer};

/// The units of genai-prices; the feed of prices does not carry them.
const UNITS: &str = include_str!("data/units.yml");

/// A billable unit, such as `cache_read_tokens`.
///
/// Source: `data/units.yml`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unit {
    /// Its name in a usage.
    pub(super) name: String,
    /// How many of it one price covers: a million tokens, a thousand searches.
    pub(super) per: u32,
    pub(super) price_key: String,
    dimensions: BTreeMap<String, String>,
}

/// An entry of the file; its key is the unit's name.
#[derive(Deserialize)]
struct Entry {
    per: u32,
    price_key: Option<String>,
    dimensions: BTreeMap<String, String>,
}

static REGISTRY: LazyLock<Vec<Unit>> = LazyLock::new(|| read(UNITS));

#[expect(
    clippy::expect_used,
    reason = "the text is compiled in, and tests read it"
)]
fn read(text: &str) -> Vec<Unit> {
    let entries: BTreeMap<String, Entry> =
        serde_saphyr::from_str(text).expect("the compiled-in units are well-formed");
    entries
        .into_iter()
        .map(|(name, entry)| Unit {
            price_key: entry.price_key.unwrap_or_else(|| name.clone()),
            name,
            per: entry.per,
            dimensions: entry.dimensions,
        })
        .collect()
}

impl Unit {
    /// Returns the unit that a usage calls `name`.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        REGISTRY.iter().find(|unit| unit.name == name)
    }

    /// Returns the unit whose price stands under `key`, such as `input_mtok`.
    pub(super) fn priced_by(key: &str) -> Option<&'static Self> {
        REGISTRY.iter().find(|unit| unit.price_key == key)
    }

    /// Tells whether `part` counts a part of what this unit counts: all of this unit's dimensions and one more at least.
    pub(super) fn contains(&self, part: &Self) -> bool {
        part.dimensions.len() > self.dimensions.len()
            && self
                .dimensions
                .iter()
                .all(|(key, value)| part.dimensions.get(key) == Some(value))
    }

    /// Returns how specific it is: the number of its dimensions.
    pub(super) fn depth(&self) -> usize {
        self.dimensions.len()
    }

    /// Tells whether it counts tokens.
    pub(super) fn is_tokens(&self) -> bool {
        self.dimension("family") == Some("tokens")
    }

    /// Tells whether it counts tokens read.
    pub(super) fn is_input(&self) -> bool {
        self.is_tokens() && self.dimension("direction") == Some("input")
    }

    /// Tells whether it counts tokens written.
    pub(super) fn is_output(&self) -> bool {
        self.is_tokens() && self.dimension("direction") == Some("output")
    }

    /// Tells whether it counts what goes in this direction, `input` or `output`.
    pub(super) fn goes(&self, direction: &str) -> bool {
        self.dimension("direction") == Some(direction)
    }

    /// Tells whether only an image, a sound or a film makes it count.
    pub(super) fn is_media(&self) -> bool {
        self.dimension("modality")
            .is_some_and(|modality| modality != "text")
    }

    fn dimension(&self, key: &str) -> Option<&str> {
        self.dimensions.get(key).map(String::as_str)
    }
}

/// Writes a unit as its name.
pub(super) fn serialize<S: Serializer>(unit: &Unit, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&unit.name)
}

/// Reads a unit by its name; a name that the registry lacks is an error.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<&'static Unit, D::Error> {
    let name = String::deserialize(deserializer)?;
    Unit::named(&name).ok_or_else(|| {
        serde::de::Error::custom(format_args!(
            "found unit `{name}`, expected one of the price book's units"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::unit;

    #[test]
    fn registry_holds_all_units_with_their_divisors() {
        assert_eq!(REGISTRY.len(), 59);
        for (name, key, per) in [
            ("input_tokens", "input_mtok", 1_000_000),
            ("requests", "requests_kcount", 1_000),
            ("audio_seconds", "audio_hours", 3_600),
            ("input_pixels", "input_gpixels", 1_000_000_000),
        ] {
            let unit = Unit::named(name).expect(name);
            assert_eq!((unit.price_key.as_str(), unit.per), (key, per));
            assert_eq!(
                Unit::priced_by(key).map(|unit| unit.name.as_str()),
                Some(name)
            );
        }
    }

    #[test]
    fn units_of_the_whole_program_are_registered() {
        for name in [
            unit::INPUT,
            unit::CACHE_READ,
            unit::CACHE_WRITE,
            unit::OUTPUT,
            unit::REASONING,
            unit::INPUT_AUDIO,
            unit::OUTPUT_AUDIO,
        ] {
            assert!(Unit::named(name).is_some(), "{name}");
        }
    }

    #[test]
    fn parts_have_all_dimensions_of_the_whole() {
        let of = |name| Unit::named(name).expect(name);
        assert!(of("input_tokens").contains(of("cache_write_1h_tokens")));
        assert!(of("cache_write_tokens").contains(of("cache_write_1h_tokens")));
        assert!(!of("input_tokens").contains(of("input_tokens")));
        assert!(!of("input_tokens").contains(of("output_reasoning_tokens")));
        assert!(!of("cache_read_tokens").contains(of("input_tokens")));
    }
}
