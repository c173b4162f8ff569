//! Which names belong to models that reason before they answer.

use std::sync::LazyLock;

use regex::Regex;

/// Families that reason without being asked to, at the start of a name or after a prefix such as `openai/` or `openai.`;
/// then the words by which a model says so itself.
const REASONS: &str = r"(?x)
    (?:^|[/.~]) (?:
        o[134] (?:-|$)                  # OpenAI
      | gpt-5 | gpt-oss | codex-mini
      | deepseek-r\d | deepseek-reasoner
      | gemini-(?:2\.5|[3-9]) | gemini-(?:pro|flash)-latest
      | grok-(?:3-mini|[4-9])
      | magistral
      | qwq | qwen3(?:-\d|\.|$)         # not qwen3-coder, qwen3-max
      | kimi-k[3-9]
      | glm-(?:4\.[5-9]|[5-9])
      | minimax-m\d
      | sonar-(?:reasoning|deep-research)
    )
    | \b(?:thinking|reasoning|reasoner)\b";

/// Words by which a name of such a family says that it does not.
const ANSWERS_AT_ONCE: &str =
    r"\b(?:chat|instruct|non-reasoning|non-thinking|image|tts|embedding)\b";

static PATTERNS: LazyLock<Option<(Regex, Regex)>> =
    LazyLock::new(|| Some((Regex::new(REASONS).ok()?, Regex::new(ANSWERS_AT_ONCE).ok()?)));

/// Tells whether a model reasons, judged by its name: an unknown name is said not to.
///
/// Used for room in `max_tokens` only. A wrong yes makes a hold larger, a wrong no cuts an answer, which is counted and named.
pub(super) fn named(model: &str) -> bool {
    let name = model.trim().to_lowercase();
    PATTERNS
        .as_ref()
        .is_some_and(|(yes, no)| yes.is_match(&name) && !no.is_match(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_told_from_their_neighbours() {
        for name in [
            "o3",
            "o4-mini-2025-04-16",
            "openai/gpt-5-mini",
            "openai.gpt-5.5",
            "gpt-5.6-sol",
            "gpt-oss-20b-Q4_K_M.gguf",
            "deepseek/deepseek-r1:free",
            "deepseek-reasoner",
            "models/gemini-2.5-pro",
            "grok-4-fast-reasoning",
            "Qwen/Qwen3-32B",
            "kimi-k2-thinking",
            "anthropic/claude-3.7-sonnet:thinking",
            "sonar-reasoning-pro",
        ] {
            assert!(named(name), "{name}");
        }
        for name in [
            "gpt-4o",
            "gpt-5-chat-latest",
            "turbo3",
            "deepseek-chat",
            "gemini-2.0-flash",
            "gemini-2.5-flash-image",
            "grok-4-fast-non-reasoning",
            "Qwen3-4B-Instruct-2507",
            "qwen3-coder-plus",
            "claude-sonnet-5",
            "sonar-pro",
            "weather",
            "",
        ] {
            assert!(!named(name), "{name}");
        }
    }
}
