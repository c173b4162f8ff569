//! What the book lacks: how much a model reads and writes, until when it lives, and what its other tiers cost.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::pricing::dated::Keyed;

/// Origin of the overlay, as shown with each price of a tier; changes with `data/`.
pub(super) const EDITION: &str = "litellm 1.109.1";

const DATA: &str = include_str!("data/overlay.json");

static OVERLAY: LazyLock<Overlay> = LazyLock::new(|| {
    #[expect(
        clippy::expect_used,
        reason = "the text is compiled in, and tests read it"
    )]
    serde_json::from_str(DATA).expect("the compiled-in overlay is well-formed")
});

#[derive(Deserialize)]
struct Overlay {
    models: Vec<Extra>,
}

/// What the overlay says of one model; an absent value is unknown.
#[derive(Debug, Deserialize)]
pub(super) struct Extra {
    provider: String,
    model: String,
    genai_prices_id: String,
    pub(super) max_input_tokens: Option<u64>,
    pub(super) max_output_tokens: Option<u64>,
    pub(super) deprecation_date: Option<String>,
    pub(super) batch: Option<Keyed>,
    pub(super) flex: Option<Keyed>,
    pub(super) priority: Option<Keyed>,
}

impl Extra {
    /// Tells whether it is about the model of this name itself, not about another of its row.
    pub(super) fn is_of(&self, model: &str) -> bool {
        self.model.eq_ignore_ascii_case(model) || self.genai_prices_id.eq_ignore_ascii_case(model)
    }
}

/// Returns what is known of a row of the book: of the very model asked, where several share a row, else of the row's own.
pub(super) fn extra(provider: &str, row: &str, model: &str) -> Option<&'static Extra> {
    let of_row = || {
        let all = OVERLAY.models.iter();
        all.filter(|extra| extra.provider == provider && extra.genai_prices_id == row)
    };
    let named = |name: &str| of_row().find(|extra| extra.model.eq_ignore_ascii_case(name));
    named(model)
        .or_else(|| named(row))
        .or_else(|| of_row().next())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pricing::book::Book;

    #[test]
    fn every_entry_belongs_to_a_row_of_the_book() {
        assert_eq!(OVERLAY.models.len(), 69);
        for extra in &OVERLAY.models {
            let part = Book::compiled_in().part(&extra.provider).expect("a part");
            let known = part
                .models
                .iter()
                .any(|row| row.id == extra.genai_prices_id);
            assert!(known, "{}/{}", extra.provider, extra.genai_prices_id);
        }
    }

    #[test]
    fn the_model_asked_comes_before_others_of_its_row() {
        let of = |model| extra("minimax", "MiniMax-M2", model).map(|extra| extra.model.as_str());
        assert_eq!(of("minimax-m2.5"), Some("MiniMax-M2.5"));
        assert_eq!(of("MiniMax-M2"), Some("MiniMax-M2"));
        assert_eq!(of("MiniMax-M2-her"), Some("MiniMax-M2"));
        assert!(extra("openai", "MiniMax-M2", "MiniMax-M2").is_none());
    }
}
