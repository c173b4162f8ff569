//! The helpers that exist, and how each is written. Only these: `{{foo a}}` is an error, `{{foo}}` a variable.

use std::collections::HashMap;

use handlebars::template::Parameter;

/// Where a helper may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stand {
    /// `{{helper …}}` and `(helper …)`.
    Value,
    /// `{{helper …}}` only.
    Tag,
    /// `{{helper …}}` only, and only in prompts.
    Marker,
    /// `{{#helper …}}`.
    Block,
}

/// One helper.
#[derive(Debug)]
pub(super) struct Signature {
    /// Its name.
    pub(super) name: &'static str,
    /// Where it may stand.
    pub(super) stand: Stand,
    /// How it is written.
    pub(super) usage: &'static str,
    arguments: (usize, usize),
    options: &'static [&'static str],
    required: Option<&'static str>,
}

impl Signature {
    const fn new(
        name: &'static str,
        stand: Stand,
        arguments: (usize, usize),
        options: &'static [&'static str],
        usage: &'static str,
    ) -> Self {
        Self {
            name,
            stand,
            usage,
            arguments,
            options,
            required: None,
        }
    }

    /// Tells whether arguments and options are what the helper takes.
    pub(super) fn fits(&self, params: &[Parameter], hash: &HashMap<String, Parameter>) -> bool {
        let (least, most) = self.arguments;
        (least..=most).contains(&params.len())
            && hash.keys().all(|key| self.options.contains(&key.as_str()))
            && self.required.is_none_or(|key| hash.contains_key(key))
    }
}

/// Dotprompt's helpers and the ones of Handlebars.
pub(super) const SIGNATURES: [Signature; 13] = [
    Signature::new(
        "if",
        Stand::Block,
        (1, 1),
        &["includeZero"],
        "{{#if value}}…{{/if}}",
    ),
    Signature::new(
        "unless",
        Stand::Block,
        (1, 1),
        &["includeZero"],
        "{{#unless value}}…{{/unless}}",
    ),
    Signature::new(
        "each",
        Stand::Block,
        (1, 1),
        &[],
        "{{#each list}}…{{/each}}",
    ),
    Signature::new(
        "with",
        Stand::Block,
        (1, 1),
        &[],
        "{{#with object}}…{{/with}}",
    ),
    Signature::new(
        "ifEquals",
        Stand::Block,
        (2, 2),
        &[],
        "{{#ifEquals a b}}…{{/ifEquals}}",
    ),
    Signature::new(
        "unlessEquals",
        Stand::Block,
        (2, 2),
        &[],
        "{{#unlessEquals a b}}…{{/unlessEquals}}",
    ),
    Signature::new("lookup", Stand::Value, (2, 2), &[], "{{lookup map key}}"),
    Signature::new(
        "json",
        Stand::Value,
        (1, 1),
        &["indent"],
        "{{json value indent=2}}",
    ),
    Signature::new(
        "log",
        Stand::Tag,
        (1, usize::MAX),
        &["level"],
        "{{log value}}",
    ),
    Signature::new("role", Stand::Marker, (1, 1), &[], "{{role \"user\"}}"),
    Signature::new("history", Stand::Marker, (0, 0), &[], "{{history}}"),
    Signature::new(
        "section",
        Stand::Marker,
        (1, 1),
        &[],
        "{{section \"name\"}}",
    ),
    Signature {
        name: "media",
        stand: Stand::Marker,
        usage: "{{media url=address contentType=type}}",
        arguments: (0, 0),
        options: &["url", "contentType"],
        required: Some("url"),
    },
];

/// Returns the helper of a name.
pub(super) fn signature(name: &str) -> Option<&'static Signature> {
    SIGNATURES.iter().find(|helper| helper.name == name)
}

/// Roles that a message can have, in Dotprompt's words.
pub(super) const ROLES: [&str; 4] = ["system", "user", "model", "tool"];

/// Names of the helpers that stand in rewritten templates; nobody can write a name with a bracket.
pub(super) mod inside {
    /// Prints its one argument as text.
    pub(in crate::template) const PRINT: &str = "[print]";
    /// Returns its one argument, which must have a value.
    pub(in crate::template) const NEED: &str = "[need]";
    /// Looks a member up; absent is null.
    pub(in crate::template) const TRY_LOOKUP: &str = "[lookup]";
    /// Returns a member of the render context.
    pub(in crate::template) const CONTEXT: &str = "[context]";
    /// Returns all inputs.
    pub(in crate::template) const ROOT: &str = "[root]";
    /// Prints literal text that is counted.
    pub(in crate::template) const TEXT: &str = "[text]";
    /// Enters a partial.
    pub(in crate::template) const ENTER: &str = "[enter]";
    /// Leaves a partial.
    pub(in crate::template) const LEAVE: &str = "[leave]";
    /// Begins the content of `{{#>partial}}`, which the engine keeps aside.
    pub(in crate::template) const CAPTURE: &str = "[capture]";
    /// Ends it.
    pub(in crate::template) const CAPTURED: &str = "[captured]";
    /// Counts content that is inserted by `{{> @partial-block}}`.
    pub(in crate::template) const REPLAY: &str = "[replay]";
}

/// The engine's name for the content of `{{#>partial}}`.
pub(super) const PARTIAL_BLOCK: &str = "@partial-block";

/// Returns the name of a partial as it is registered: quotes and brackets are the template's spelling.
pub(super) fn partial_name(name: &Parameter) -> Option<&str> {
    let raw = name.as_name()?;
    let unwrapped = [('\'', '\''), ('[', ']')]
        .into_iter()
        .find_map(|(open, close)| raw.strip_prefix(open)?.strip_suffix(close));
    Some(unwrapped.unwrap_or(raw))
}
