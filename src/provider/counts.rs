//! Usage as providers report it, to the house's unit names.
//!
//! Nonsense gives `None`, never zero: the attempt's hold then stays (F40). Cached tokens are part of the input on the
//! `OpenAI` wire and come in addition on Anthropic's; both are normalised to "part of".

use serde_json::Value;

use crate::domain::{Usage, unit};

/// Reads a usage object; `None` where input or output is missing, negative, fractional, or the sums do not agree.
pub(super) fn usage_of(raw: &Value) -> Option<Usage> {
    let wire = Wire::read(raw)?;
    let parts = wire
        .cache_read
        .unwrap_or(0)
        .checked_add(wire.cache_write.unwrap_or(0))?;
    let output = wire.whole_output()?;
    let consistent = parts <= wire.input
        && wire.reasoning.unwrap_or(0) <= output
        && wire.input_audio.unwrap_or(0) <= wire.input
        && wire.output_audio.unwrap_or(0) <= output;
    if !consistent {
        return None;
    }
    let mut usage = Usage::of(wire.input, output);
    for (name, count) in [
        (unit::CACHE_READ, wire.cache_read),
        (unit::CACHE_WRITE, wire.cache_write),
        (unit::REASONING, wire.reasoning),
        (unit::INPUT_AUDIO, wire.input_audio),
        (unit::OUTPUT_AUDIO, wire.output_audio),
    ] {
        if let Some(count) = count {
            usage.set(name, count);
        }
    }
    Some(usage)
}

struct Wire {
    input: u64,
    output: u64,
    total: Option<u64>,
    cache_read: Option<u64>,
    cache_write: Option<u64>,
    reasoning: Option<u64>,
    input_audio: Option<u64>,
    output_audio: Option<u64>,
}

impl Wire {
    /// The outer `None` of each `first` is nonsense, the inner one absence.
    fn read(raw: &Value) -> Option<Self> {
        let mut wire = Self {
            input: first(raw, &["/prompt_tokens", "/input_tokens"])??,
            output: first(raw, &["/completion_tokens", "/output_tokens"])??,
            total: first(raw, &["/total_tokens"])?,
            cache_read: first(
                raw,
                &[
                    "/prompt_tokens_details/cached_tokens",
                    "/input_tokens_details/cached_tokens",
                    "/prompt_cache_hit_tokens",
                    "/cached_tokens",
                    "/cache_read_input_tokens",
                ],
            )?,
            cache_write: first(
                raw,
                &[
                    "/prompt_tokens_details/cache_write_tokens",
                    "/prompt_tokens_details/cache_creation_tokens",
                    "/cache_creation_input_tokens",
                ],
            )?,
            reasoning: first(
                raw,
                &[
                    "/completion_tokens_details/reasoning_tokens",
                    "/output_tokens_details/reasoning_tokens",
                ],
            )?,
            input_audio: first(raw, &["/prompt_tokens_details/audio_tokens"])?,
            output_audio: first(raw, &["/completion_tokens_details/audio_tokens"])?,
        };
        if is_anthropic(raw) {
            let cached = wire
                .cache_read
                .unwrap_or(0)
                .checked_add(wire.cache_write.unwrap_or(0))?;
            wire.input = wire.input.checked_add(cached)?;
        }
        Some(wire)
    }

    /// Some hosts (xAI) leave reasoning out of `completion_tokens`; the total tells them apart, and nothing else explains a
    /// total that is not the sum.
    fn whole_output(&self) -> Option<u64> {
        let sum = self.input.checked_add(self.output)?;
        let Some(total) = self.total else {
            return Some(self.output);
        };
        if total == sum {
            return Some(self.output);
        }
        let reasoning = self.reasoning?;
        (total == sum.checked_add(reasoning)?).then(|| self.output + reasoning)
    }
}

/// Anthropic's own names, where `input_tokens` leaves the cache out.
fn is_anthropic(raw: &Value) -> bool {
    raw.get("prompt_tokens").is_none()
        && (raw.get("cache_read_input_tokens").is_some()
            || raw.get("cache_creation_input_tokens").is_some())
}

/// Returns the first count that is there: `Some(None)` when none is, `None` when it is not a count.
#[expect(
    clippy::option_option,
    reason = "nonsense and absence are two things, and `?` tells them apart"
)]
fn first(raw: &Value, pointers: &[&str]) -> Option<Option<u64>> {
    for pointer in pointers {
        match raw.pointer(pointer) {
            None | Some(Value::Null) => {}
            Some(value) => return count(value).map(Some),
        }
    }
    Some(None)
}

/// A whole number that is not negative, even when written as `12.0`.
fn count(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| {
        let float = value.as_f64()?;
        let whole = float.fract() == 0.0 && (0.0..9e15).contains(&float);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole, not negative and below 2^53, checked above"
        )]
        whole.then_some(float as u64)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn units(raw: &Value) -> Option<Vec<(String, u64)>> {
        usage_of(raw).map(|usage| usage.0.into_iter().collect())
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "it is compared with what may be nothing"
    )]
    fn pairs(of: &[(&str, u64)]) -> Option<Vec<(String, u64)>> {
        Some(
            of.iter()
                .map(|(name, n)| ((*name).to_owned(), *n))
                .collect(),
        )
    }

    #[test]
    fn every_dialect_comes_to_the_same_words() {
        let openai = json!({"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120,
            "prompt_tokens_details": {"cached_tokens": 64, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 8, "audio_tokens": null}});
        assert_eq!(
            units(&openai),
            pairs(&[
                ("cache_read_tokens", 64),
                ("input_audio_tokens", 0),
                ("input_tokens", 100),
                ("output_reasoning_tokens", 8),
                ("output_tokens", 20)
            ])
        );
        let deepseek = json!({"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120,
            "prompt_cache_hit_tokens": 64, "prompt_cache_miss_tokens": 36});
        assert_eq!(
            units(&deepseek),
            pairs(&[
                ("cache_read_tokens", 64),
                ("input_tokens", 100),
                ("output_tokens", 20)
            ])
        );
        let xai = json!({"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 42,
            "completion_tokens_details": {"reasoning_tokens": 30}});
        assert_eq!(
            units(&xai),
            pairs(&[
                ("input_tokens", 10),
                ("output_reasoning_tokens", 30),
                ("output_tokens", 32)
            ])
        );
        let anthropic = json!({"input_tokens": 10, "output_tokens": 5, "cache_read_input_tokens": 90,
            "cache_creation_input_tokens": 7});
        assert_eq!(
            units(&anthropic),
            pairs(&[
                ("cache_read_tokens", 90),
                ("cache_write_tokens", 7),
                ("input_tokens", 107),
                ("output_tokens", 5)
            ])
        );
    }

    #[test]
    fn nonsense_is_unknown_and_never_zero() {
        for raw in [
            json!(null),
            json!({}),
            json!({"prompt_tokens": null, "completion_tokens": 1}),
            json!({"prompt_tokens": 1}),
            json!({"prompt_tokens": -1, "completion_tokens": 1}),
            json!({"prompt_tokens": 1.5, "completion_tokens": 1}),
            json!({"prompt_tokens": "1", "completion_tokens": 1}),
            json!({"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 3}),
            json!({"prompt_tokens": 1, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 2}}),
            json!({"prompt_tokens": 1, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": -2}}),
            json!({"prompt_tokens": 1, "completion_tokens": 1, "completion_tokens_details": {"reasoning_tokens": 2}}),
            json!({"prompt_tokens": u64::MAX, "completion_tokens": 1, "total_tokens": 0}),
        ] {
            assert_eq!(usage_of(&raw), None, "{raw}");
        }
        assert_eq!(
            usage_of(&json!({"prompt_tokens": 3.0, "completion_tokens": 1})),
            Some(Usage::of(3, 1))
        );
    }
}
