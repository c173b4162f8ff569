//! `pw try`: one answer, streamed, without a suite; a dialogue with `--chat`.

use std::io::{BufRead as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::call::{Answered, Ask, Brake, Payer, PayerOptions, Reply, StopReason};
use crate::commands::cli::Global;
use crate::commands::context::{Context, fail_point};
use crate::commands::exit;
use crate::commands::failure::Failure;
use crate::commands::model;
use crate::commands::render::{one_template, rendered, set};
use crate::commands::session::Session;
use crate::config::Flag;
use crate::domain::{Message, ModelRef, PromptName, Purpose, Request, Role, Usd, Variant, Vars};
use crate::engine::{RequestOptions, request};
use crate::ledger::{Caps, Ledger};
use crate::pricing;
use crate::report::{self, safe};
use crate::template::Template;

/// Arguments of `pw try`.
#[derive(Debug, clap::Args)]
pub struct TryArgs {
    /// The prompt (`prompts/weather.hbs`, or just `weather`)
    prompt: String,
    /// Set a variable; repeatable
    #[arg(long = "set", value_name = "K=V")]
    set: Vec<String>,
    /// Use this variant
    #[arg(long, value_name = "V", default_value = "")]
    variant: String,
    /// Ask this model
    #[arg(long, value_name = "ENDPOINT[/MODEL]")]
    model: Option<String>,
    /// Let an answer have at most N tokens
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_tokens: Option<u32>,
    /// Never let this cost more
    #[arg(long, value_name = "USD")]
    budget: Option<Usd>,
    /// Keep the texts of question and answer, or nothing but hashes [default: `store` under `[ledger]`]
    #[arg(long, value_name = "WHAT", value_parser = ["text", "hash"])]
    store: Option<String>,
    /// Go on talking: each line of standard input is a further turn
    #[arg(long)]
    chat: bool,
}

/// Everything one question needs.
struct Trial<'a> {
    payer: Payer,
    asked: Asked<'a>,
    model: ModelRef,
    price: pricing::Price,
    options: RequestOptions,
}

/// The prompt that is tried.
struct Asked<'a> {
    prompt: PromptName,
    variant: Variant,
    template: &'a Template,
}

/// Asks once, or in a dialogue.
pub(crate) async fn try_(
    context: &mut Context,
    global: &Global,
    args: &TryArgs,
) -> Result<u8, Failure> {
    let flags = args
        .budget
        .map(|budget| Flag::new("budget", budget.to_string()));
    let store = args.store.as_ref().map(|what| Flag::new("store", what));
    let session = Session::open(context, global, flags.into_iter().chain(store).collect())?;
    let (prompt, template) = one_template(&session, &args.prompt, &args.variant)?;
    let mut vars = Vars::new();
    set(&mut vars, &args.set)?;
    let mut messages = rendered(&template, &vars, Vec::new())?;
    session.workspace.inline_media(&mut messages)?;
    let names: Vec<String> = args.model.iter().cloned().collect();
    let variant = super::eval::variant(&args.variant);
    let models = model::of_run(
        &session,
        &names,
        &[],
        &[(variant.clone(), template.clone())],
    )
    .await?;
    let model = models
        .into_iter()
        .next()
        .ok_or_else(|| Failure::usage("no model is named"))?;
    let ledger = session.ledger()?;
    let asked = Asked {
        prompt,
        variant,
        template: &template,
    };
    let trial = trial(context, &session, &ledger, args, asked, model).await?;
    let code = converse(context, &trial, messages, args.chat).await;
    drop(trial);
    ledger.close()?;
    code
}

/// Asks a model for one token and says what came; `pw models --ping`.
pub(crate) async fn ping(
    context: &mut Context,
    session: &Session,
    model: &ModelRef,
) -> Result<(), Failure> {
    let endpoint = model::endpoint(session, model)?;
    let price = pricing::resolve(
        endpoint,
        &model.model,
        context.clock.now(),
        session.prices()?,
    )?;
    let ledger = session.ledger()?;
    let payer = connect(context, session, &ledger, model).await?;
    let request = Request {
        model: model.model.clone(),
        messages: vec![Message::text(Role::User, "ping")],
        max_tokens: 1,
        config: serde_json::Map::new(),
        output_schema: None,
        output_json: false,
        tools: Vec::new(),
        stream: false,
        logprobs: None,
    };
    let reply = payer
        .ask(&ask(model, &request, &price, &Variant::UNSUFFIXED))
        .await;
    let said = match reply {
        Reply::Answered(answered) => format!(
            "answered in {} ms for {}",
            answered.latency_ms,
            report::dollars(answered.cost.billed)
        ),
        Reply::Failed { fault, .. } => fault.message,
        Reply::Stopped { .. } => "was not asked".to_owned(),
    };
    writeln!(context.out, "{model}: {said}")?;
    drop(payer);
    Ok(ledger.close()?)
}

async fn connect(
    context: &Context,
    session: &Session,
    ledger: &Ledger,
    model: &ModelRef,
) -> Result<Payer, Failure> {
    let settings = session.settings();
    let options = PayerOptions {
        ledger: ledger.clone(),
        reader: session.reader()?,
        caps: Caps {
            run: settings.budget.run,
            day: settings.budget.day,
            month: settings.budget.month,
        },
        prices: session.prices()?.clone(),
        workspace: session.name(),
        clock: Arc::clone(&context.clock),
        fail: fail_point(settings),
        brake: Arc::new(Brake::default()),
        concurrency: 1,
        concurrency_given: false,
        patience: Duration::from_secs(30),
        wait_scale: settings.seams.wait_scale.unwrap_or(1.0),
    };
    Ok(Payer::connect(options, [model::endpoint(session, model)?.clone()]).await?)
}

async fn trial<'a>(
    context: &Context,
    session: &Session,
    ledger: &Ledger,
    args: &TryArgs,
    asked: Asked<'a>,
    model: ModelRef,
) -> Result<Trial<'a>, Failure> {
    let endpoint = model::endpoint(session, &model)?;
    let prices = session.prices()?;
    let price = pricing::resolve(endpoint, &model.model, context.clock.now(), prices)?;
    let reasons = pricing::limits(endpoint, &model.model, prices).reasons;
    let default = session
        .settings()
        .max_tokens
        .unwrap_or(if reasons { 8192 } else { 1024 });
    let options = RequestOptions {
        max_tokens: args.max_tokens,
        default_max_tokens: default,
        stream: true,
        ..RequestOptions::default()
    };
    let payer = connect(context, session, ledger, &model).await?;
    Ok(Trial {
        payer,
        asked,
        model,
        price,
        options,
    })
}

fn ask<'a>(
    model: &'a ModelRef,
    request: &'a Request,
    price: &'a pricing::Price,
    variant: &'a Variant,
) -> Ask<'a> {
    Ask {
        purpose: Purpose::Play,
        prompt: None,
        variant,
        revision: None,
        run: None,
        case: None,
        repeat: 1,
        model,
        request,
        price,
        use_cache: false,
        on_text: None,
    }
}

/// Asks, shows the answer, and with `--chat` goes on for each line of standard input.
async fn converse(
    context: &mut Context,
    trial: &Trial<'_>,
    mut messages: Vec<Message>,
    chat: bool,
) -> Result<u8, Failure> {
    loop {
        let streamed = Arc::new(AtomicBool::new(false));
        let answered = match one(trial, messages.clone(), &streamed).await {
            Reply::Answered(answered) => answered,
            Reply::Failed { fault, .. } => {
                return Err(Failure::environment(format!(
                    "{}: {}",
                    trial.model, fault.message
                )));
            }
            Reply::Stopped { .. } => return Err(stopped(trial)),
        };
        let text = answered.answer.text.clone().unwrap_or_default();
        finish_line(context, &text, &answered, streamed.load(Ordering::Relaxed))?;
        if !chat {
            return Ok(exit::SUCCESS);
        }
        messages.push(Message::text(Role::Model, text));
        let Some(line) = next_line()? else {
            return Ok(exit::SUCCESS);
        };
        messages.push(Message::text(Role::User, line));
    }
}

async fn one(trial: &Trial<'_>, messages: Vec<Message>, streamed: &Arc<AtomicBool>) -> Reply {
    let request = request(
        trial.asked.template.front(),
        messages,
        &trial.model.model,
        &trial.options,
    );
    let mut ask = ask(&trial.model, &request, &trial.price, &trial.asked.variant);
    ask.prompt = Some(&trial.asked.prompt);
    ask.revision = Some(trial.asked.template.revision());
    let streamed = Arc::clone(streamed);
    ask.on_text = Some(Arc::new(move |text: &str| {
        streamed.store(true, Ordering::Relaxed);
        let mut out = std::io::stdout().lock();
        // A reader that went away ends the command at the next write of its own.
        out.write_all(safe::block(text).as_bytes())
            .and_then(|()| out.flush())
            .ok();
    }));
    trial.payer.ask(&ask).await
}

fn stopped(trial: &Trial<'_>) -> Failure {
    match trial.payer.brake().reason() {
        Some(StopReason::Budget(refused)) => Failure::budget(super::eval::over_budget(&refused)),
        Some(StopReason::Endpoint(why) | StopReason::Ledger(why)) => Failure::environment(why),
        _ => Failure::environment("the call was not sent"),
    }
}

/// Ends the streamed text and says on stderr what it cost.
fn finish_line(
    context: &mut Context,
    text: &str,
    answered: &Answered,
    streamed: bool,
) -> Result<(), Failure> {
    if !streamed {
        context.out.write_all(safe::block(text).as_bytes())?;
    }
    if !text.ends_with('\n') {
        writeln!(context.out)?;
    }
    context.out.flush()?;
    let usage = answered.answer.usage.clone().unwrap_or_default();
    let tokens = usage.get(crate::domain::unit::INPUT) + usage.get(crate::domain::unit::OUTPUT);
    let cost = answered
        .answer_cost
        .map_or_else(|| "unknown".to_owned(), |cost| report::dollars(cost.billed));
    writeln!(
        context.err,
        "{cost} · {tokens} tokens · {} ms",
        answered.latency_ms
    )?;
    Ok(())
}

fn next_line() -> Result<Option<String>, Failure> {
    let mut line = String::new();
    loop {
        line.clear();
        if std::io::stdin().lock().read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let said = line.trim_end_matches(['\r', '\n']);
        if !said.is_empty() {
            return Ok(Some(said.to_owned()));
        }
    }
}
