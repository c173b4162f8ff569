//! The room as others see it: prompts in, messages and errors out.

mod front;
mod language;
mod limits;
mod markers;
mod partials;
mod strict;
mod words;

use serde_json::{Value, json};

use crate::domain::{Message, Vars};
use crate::template::{PartialSource, Partials, RenderContext, Template, TemplateError};

fn vars(value: &Value) -> Vars {
    value.as_object().cloned().unwrap_or_default()
}

fn partials(pairs: &[(&str, &str)]) -> Partials {
    let source = |(name, text): &(&str, &str)| {
        let partial = PartialSource {
            file: format!("prompts/_{name}.hbs"),
            text: (*text).to_owned(),
        };
        ((*name).to_owned(), partial)
    };
    pairs.iter().map(source).collect()
}

fn parse(text: &str) -> Template {
    Template::parse("p.hbs", text, &Partials::new()).unwrap_or_else(|error| panic!("{error}"))
}

/// Parses what must not parse.
fn refused(text: &str) -> String {
    Template::parse("p.hbs", text, &Partials::new())
        .expect_err(text)
        .to_string()
}

fn try_text(text: &str, partials: &Partials, input: &Value) -> Result<String, TemplateError> {
    let template = Template::parse("p.hbs", text, partials)?;
    let messages = template.render(&vars(input), &RenderContext::default())?;
    Ok(messages.iter().map(Message::plain_text).collect())
}

/// Renders a prompt of one message.
fn text(text: &str, input: &Value) -> String {
    try_text(text, &Partials::new(), input).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Renders what must not render.
fn fails(text: &str, input: &Value) -> String {
    try_text(text, &Partials::new(), input)
        .expect_err(text)
        .to_string()
}

/// Renders to the messages' JSON.
fn rendered(text: &str, input: &Value) -> Value {
    let messages = parse(text).render(&vars(input), &RenderContext::default());
    json!(messages.unwrap_or_else(|error| panic!("{text}: {error}")))
}
