//! `pw render`: what would be sent; nothing is.

use std::io::Write as _;

use serde_json::{Value, json};

use crate::commands::cli::Global;
use crate::commands::context::Context;
use crate::commands::eval::{split, variant};
use crate::commands::exit;
use crate::commands::failure::Failure;
use crate::commands::session::Session;
use crate::domain::{Case, Message, Part, PromptName, Vars, nearest};
use crate::engine::{RequestOptions, request};
use crate::suite;
use crate::template::{RenderContext, Template};

/// Arguments of `pw render`.
#[derive(Debug, clap::Args)]
pub struct RenderArgs {
    /// The prompt (`prompts/weather.hbs`, or just `weather`)
    prompt: String,
    /// Take the variables of this case of the suite [default: its first case]
    #[arg(long, value_name = "ID")]
    case: Option<String>,
    /// Set a variable; repeatable
    #[arg(long = "set", value_name = "K=V")]
    set: Vec<String>,
    /// Render this variant
    #[arg(long, value_name = "V", default_value = "")]
    variant: String,
    /// Show the text, the messages, or the request as JSON
    #[arg(long, value_name = "FORMAT", value_parser = ["text", "messages", "json"], default_value = "text")]
    format: String,
}

/// Renders a prompt.
pub(crate) fn render(
    context: &mut Context,
    global: &Global,
    args: &RenderArgs,
) -> Result<u8, Failure> {
    let session = Session::open(context, global, Vec::new())?;
    let (_, template) = one_template(&session, &args.prompt, &args.variant)?;
    let case = case_of(&session, args, &template)?;
    let mut vars = case
        .as_ref()
        .map(|case| case.vars.clone())
        .unwrap_or_default();
    set(&mut vars, &args.set)?;
    let turns = case.map(|case| case.turns).unwrap_or_default();
    let messages = rendered(&template, &vars, turns)?;
    let text = match args.format.as_str() {
        "messages" => serde_json::to_string_pretty(&messages).map_err(Failure::environment)?,
        "json" => {
            let model = template.front().model.as_deref().unwrap_or("MODEL");
            let options = RequestOptions {
                default_max_tokens: 1024,
                ..RequestOptions::default()
            };
            serde_json::to_string_pretty(&request(template.front(), messages, model, &options))
                .map_err(Failure::environment)?
        }
        _ => as_text(&messages),
    };
    writeln!(context.out, "{}", text.trim_end_matches('\n'))?;
    Ok(exit::SUCCESS)
}

/// Parses one variant of one prompt.
pub(crate) fn one_template(
    session: &Session,
    prompt: &str,
    name: &str,
) -> Result<(PromptName, Template), Failure> {
    let files = session
        .workspace
        .prompts(std::slice::from_ref(&prompt.to_owned()))?;
    let [files] = files.as_slice() else {
        return Err(Failure::usage(format!(
            "`{prompt}` means {} prompts, expected one",
            files.len()
        )));
    };
    let wanted = variant(name);
    let only = files.variants.len() == 1 && name.is_empty();
    let file = files
        .variants
        .iter()
        .find(|file| only || file.variant == wanted)
        .ok_or_else(|| {
            let known: Vec<&str> = files
                .variants
                .iter()
                .map(|file| file.variant.as_str())
                .collect();
            Failure::usage(format!(
                "prompt `{}` has no variant `{name}`, found {}",
                files.name,
                crate::domain::and_list(&known, 8)
            ))
        })?;
    let template = Template::parse(&file.display, &file.source, &session.workspace.partials()?)?;
    Ok((files.name.clone(), template))
}

/// Renders with every variable checked first.
pub(crate) fn rendered(
    template: &Template,
    vars: &Vars,
    history: Vec<Message>,
) -> Result<Vec<Message>, Failure> {
    let missing = template.missing(vars);
    if !missing.is_empty() {
        let lines: Vec<String> = missing
            .iter()
            .map(|one| {
                format!(
                    "\n  {}:{}:{} `{}`",
                    one.file, one.line, one.column, one.name
                )
            })
            .collect();
        return Err(Failure::usage(format!(
            "the prompt needs variables that are not set{}",
            lines.concat()
        ))
        .hint("set each with --set NAME=VALUE"));
    }
    template.check(vars)?;
    Ok(template.render(
        &template.inputs(vars),
        &RenderContext {
            history,
            ..RenderContext::default()
        },
    )?)
}

/// Sets variables from `K=V`.
pub(crate) fn set(vars: &mut Vars, pairs: &[String]) -> Result<(), Failure> {
    for pair in pairs {
        let (name, value) = split(pair, "--set")?;
        vars.insert(name.to_owned(), Value::from(value));
    }
    Ok(())
}

fn case_of(
    session: &Session,
    args: &RenderArgs,
    template: &Template,
) -> Result<Option<Case>, Failure> {
    let files = session
        .workspace
        .prompts(std::slice::from_ref(&args.prompt))?;
    let Some(files) = files.first() else {
        return Ok(None);
    };
    let path = match session
        .workspace
        .suite_path(&files.name, template.front().suite())
    {
        Ok(path) => path,
        // Without a suite, all variables come from --set.
        Err(_) if args.case.is_none() => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let suite = suite::load(session.workspace.root(), &path)?;
    let Some(id) = &args.case else {
        return Ok(suite.cases.into_iter().next());
    };
    let near = nearest(id, suite.cases.iter().map(|case| case.id.0.as_str()))
        .map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
    let found = suite
        .cases
        .iter()
        .find(|case| case.id.0 == *id || case.label == *id)
        .cloned();
    found
        .map(Some)
        .ok_or_else(|| Failure::usage(format!("`{}` has no case `{id}`{near}", suite.file)))
}

fn as_text(messages: &[Message]) -> String {
    let mut text = String::new();
    for message in messages {
        if messages.len() > 1 || message.content.len() > 1 {
            text.push('[');
            text.push_str(json!(message.role).as_str().unwrap_or_default());
            text.push_str("]\n");
        }
        for part in &message.content {
            match part {
                Part::Text { text: said } => text.push_str(said),
                Part::Media { media } => text.extend(["[media ", &media.url, "]"]),
                Part::Metadata { metadata } => text.push_str(&json!(metadata).to_string()),
            }
        }
        if !text.ends_with('\n') {
            text.push('\n');
        }
    }
    text
}
