//! The overlay of all layers, and typed reading from it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rust_decimal::Decimal;

use crate::domain::Usd;

use crate::config::document::Setting;
use crate::config::keys::path;
use crate::config::kind::Value;
use crate::config::source::Source;

/// The settings in force, by path.
#[derive(Debug, Default)]
pub(super) struct Layers(BTreeMap<Vec<String>, Setting>);

impl Layers {
    /// Lays a higher layer over what is there, key by key, with two exceptions about money:
    ///
    /// A table of `prices` replaces the lower one whole, since half of one price and half of another is nobody's. And an
    /// endpoint's new `base_url` drops the part of the price book that a lower layer named: another address is another seller.
    pub(super) fn overlay(&mut self, layer: Vec<Setting>) {
        for setting in &layer {
            match setting.path.as_slice() {
                [table, name, _] if table == "prices" => {
                    let table = path(&["prices", name]);
                    self.0.retain(|path, _| !path.starts_with(&table));
                }
                [table, name, key]
                    if table == "endpoints" && key == "base_url" && self.differs(setting) =>
                {
                    self.0.remove(&path(&["endpoints", name, "prices"]));
                }
                _ => {}
            }
        }
        let by_path = layer
            .into_iter()
            .map(|setting| (setting.path.clone(), setting));
        self.0.extend(by_path);
    }

    fn differs(&self, setting: &Setting) -> bool {
        let old = self.0.get(&setting.path);
        old.is_some_and(|old| old.value != setting.value)
    }

    /// Lists everything in force, sorted by path.
    pub(super) fn all(&self) -> impl Iterator<Item = &Setting> {
        self.0.values()
    }

    /// Lists the names that the user chose in a table of tables.
    pub(super) fn names(&self, table: &str) -> BTreeSet<String> {
        self.0
            .keys()
            .filter(|path| path.first().is_some_and(|first| first == table))
            .filter_map(|path| path.get(1).cloned())
            .collect()
    }

    pub(super) fn get(&self, parts: &[&str]) -> Option<&Setting> {
        self.0.get(&path(parts))
    }

    /// Lists what stands directly below a table.
    pub(super) fn below<'a>(
        &'a self,
        parts: &[&str],
    ) -> impl Iterator<Item = (&'a str, &'a Setting)> + use<'a> {
        let table = path(parts);
        self.0.values().filter_map(move |setting| {
            let name = setting.path.get(table.len())?;
            (setting.path.starts_with(&table) && setting.path.len() == table.len() + 1)
                .then_some((name.as_str(), setting))
        })
    }

    /// Returns where a table begins: its first key in the highest layer that gives one.
    pub(super) fn first_source(&self, parts: &[&str]) -> Option<&Source> {
        let table = path(parts);
        self.0
            .iter()
            .filter(|(path, _)| path.starts_with(&table))
            .map(|(_, setting)| &setting.source)
            .min_by_key(|source| {
                let line = source.place.as_ref().map(|place| place.line);
                (Reverse(source.layer), line)
            })
    }

    pub(super) fn text(&self, parts: &[&str]) -> Option<&str> {
        match &self.get(parts)?.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn count(&self, parts: &[&str]) -> Option<u32> {
        match self.get(parts)?.value {
            Value::Count(count) => Some(count),
            _ => None,
        }
    }

    pub(super) fn number(&self, parts: &[&str]) -> Option<f64> {
        match self.get(parts)?.value {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    pub(super) fn money(&self, parts: &[&str]) -> Option<Usd> {
        match self.get(parts)?.value {
            Value::Money(amount) => Some(amount),
            _ => None,
        }
    }

    pub(super) fn decimal(&self, parts: &[&str]) -> Option<Decimal> {
        match self.get(parts)?.value {
            Value::Decimal(amount) => Some(amount),
            _ => None,
        }
    }

    pub(super) fn switch(&self, parts: &[&str]) -> Option<bool> {
        match self.get(parts)?.value {
            Value::Switch(flag) => Some(flag),
            _ => None,
        }
    }

    pub(super) fn time(&self, parts: &[&str]) -> Option<Duration> {
        match self.get(parts)?.value {
            Value::Time(time) => Some(time),
            _ => None,
        }
    }
}
