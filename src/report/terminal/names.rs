//! What variants, models and cases are called on the screen of one run.

use crate::domain::{CaseId, ModelRef, Variant};
use crate::report::safe;
use crate::report::text::Lang;
use crate::summary::Facts;

/// Knows whether a run has several variants and several models, and so what tells its rows apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names {
    pub(crate) lang: Lang,
    pub(crate) variants: usize,
    pub(crate) models: usize,
}

impl Names {
    /// Counts what a run has.
    pub(crate) fn of(facts: &Facts, lang: Lang) -> Self {
        Self {
            lang,
            variants: distinct(facts.variants.iter().map(|row| &row.variant)),
            models: distinct(facts.variants.iter().map(|row| &row.model)),
        }
    }

    /// Returns what tells a row from the others: the variant, the model, or both.
    pub(crate) fn row(&self, variant: &Variant, model: &ModelRef) -> String {
        match (self.variants > 1, self.models > 1) {
            (_, false) => self.variant(variant),
            (false, true) => safe::line(&model.to_string()),
            (true, true) => format!(
                "{} {}",
                self.variant(variant),
                safe::line(&model.to_string())
            ),
        }
    }

    /// Returns a variant's name; the unsuffixed one has none of its own.
    pub(crate) fn variant(&self, variant: &Variant) -> String {
        match variant.as_str() {
            "" => self.lang.unnamed().to_owned(),
            name => safe::line(name),
        }
    }
}

fn distinct<'a, T: Ord + 'a>(items: impl Iterator<Item = &'a T>) -> usize {
    items.collect::<std::collections::BTreeSet<_>>().len()
}

/// Returns what people call a case.
pub(crate) fn label(facts: &Facts, case: &CaseId) -> String {
    safe::line(facts.labels.get(case).unwrap_or(&case.0))
}
