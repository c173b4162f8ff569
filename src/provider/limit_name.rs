//! Under which name a model takes the limit of its answer: the one table of it.

/// The name that every chat model took at first, and most servers still take.
pub(super) const OLD: &str = "max_tokens";
/// The name that counts hidden reasoning too; `OpenAI`'s reasoning models refuse the old one.
pub(super) const NEW: &str = "max_completion_tokens";

/// Families that take only the new name, by the beginning of the model's name after the last `/`.
///
/// Source: `OpenAI` API reference, chat completions, `max_tokens`: "not compatible with o-series models".
const NEW_NAME_ONLY: &[&str] = &["o1", "o3", "o4", "gpt-5", "codex-mini"];

/// Returns the name of the limit that this model takes.
pub(super) fn limit_name(model: &str) -> &'static str {
    let name = model.rsplit('/').next().unwrap_or(model);
    let newer = NEW_NAME_ONLY.iter().any(|family| {
        name.strip_prefix(family)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.', ':']))
    });
    if newer { NEW } else { OLD }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasoning_families_take_the_new_name() {
        for (model, expected) in [
            ("gpt-5-mini", NEW),
            ("gpt-5.1", NEW),
            ("openai/o3", NEW),
            ("o4-mini-2025-04-16", NEW),
            ("gpt-4.1", OLD),
            ("deepseek-chat", OLD),
            ("o30", OLD),
            ("qwen/qwen3", OLD),
        ] {
            assert_eq!(limit_name(model), expected, "{model}");
        }
    }
}
