//! `pw models`: endpoints and models, whether they answer, and what they cost.

use std::io::Write as _;
use std::time::{Duration, Instant};

use crate::commands::cli::Global;
use crate::commands::context::Context;
use crate::commands::exit;
use crate::commands::failure::Failure;
use crate::commands::session::Session;
use crate::commands::try_;
use crate::domain::{Endpoint, EndpointKind, ModelRef, Rate, unit};
use crate::pricing::{self, Prices};
use crate::provider::{Provider, ServerInfo};
use crate::report::{self, KeyState, ModelLine, Price, Reach};

/// Arguments of `pw models`.
#[derive(Debug, clap::Args)]
pub struct ModelsArgs {
    /// Show only this endpoint
    endpoint: Option<String>,
    /// Ask each named model for one token, which costs money at hosted ones
    #[arg(long)]
    ping: bool,
}

/// How long an endpoint may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(2);

/// Lists endpoints and models.
pub(crate) async fn models(
    context: &mut Context,
    global: &Global,
    args: &ModelsArgs,
) -> Result<u8, Failure> {
    let session = Session::open(context, global, Vec::new())?;
    let named = named_models(&session);
    if let Some(unknown) = args
        .endpoint
        .as_ref()
        .filter(|name| !session.settings().endpoints.contains_key(*name))
    {
        return Err(
            Failure::usage(format!("no endpoint `{unknown}`")).hint("`pw models` lists them all")
        );
    }
    let prices = session.prices()?;
    let mut lines = Vec::new();
    for endpoint in session.settings().endpoints.values() {
        if args
            .endpoint
            .as_ref()
            .is_none_or(|name| *name == endpoint.name)
        {
            lines.extend(of_endpoint(context, &session, prices, endpoint, &named).await);
        }
    }
    context
        .out
        .write_all(report::models(&lines, &session.view).as_bytes())?;
    context.out.flush()?;
    if args.ping {
        for model in named.iter().filter(|model| {
            args.endpoint
                .as_ref()
                .is_none_or(|name| *name == model.endpoint)
        }) {
            try_::ping(context, &session, model).await?;
        }
    }
    Ok(exit::SUCCESS)
}

/// Lists every model that the settings name: the default, and those with a declared price.
fn named_models(session: &Session) -> Vec<ModelRef> {
    let settings = session.settings();
    let names = settings.model.iter().chain(settings.prices.keys());
    let mut models: Vec<ModelRef> = names.filter_map(|name| name.parse().ok()).collect();
    models.sort();
    models.dedup();
    models
}

async fn of_endpoint(
    context: &Context,
    session: &Session,
    prices: &Prices,
    endpoint: &Endpoint,
    named: &[ModelRef],
) -> Vec<ModelLine> {
    let (reach, server, served) = reach(session, endpoint).await;
    let mut models: Vec<String> = named
        .iter()
        .filter(|model| model.endpoint == endpoint.name)
        .map(|model| model.model.clone())
        .collect();
    models.extend(endpoint.model.clone());
    models.extend(served);
    models.sort();
    models.dedup();
    let line = |model: Option<String>| {
        let (price, price_date) = price(context, prices, endpoint, model.as_deref());
        let limits = model
            .as_deref()
            .map(|model| pricing::limits(endpoint, model, prices));
        ModelLine {
            endpoint: endpoint.name.clone(),
            context: server.context.or(limits.and_then(|limits| limits.context)),
            model,
            reach: reach.clone(),
            key: key(session, endpoint),
            slots: server.slots,
            price,
            price_date,
        }
    };
    if models.is_empty() {
        vec![line(None)]
    } else {
        models.into_iter().map(|model| line(Some(model))).collect()
    }
}

/// Asks a server on this machine, or one whose key is there, whether it answers; lists a local server's models.
async fn reach(session: &Session, endpoint: &Endpoint) -> (Reach, ServerInfo, Vec<String>) {
    let nothing = |reach| (reach, ServerInfo::default(), Vec::new());
    if endpoint.kind == EndpointKind::Scripted {
        return nothing(Reach::Reachable(None));
    }
    if !session.settings().missing_keys(&endpoint.name).is_empty()
        || session.settings().is_pending(&endpoint.name)
    {
        return nothing(Reach::NotAsked);
    }
    let provider = match Provider::new(endpoint.clone()) {
        Ok(provider) => provider,
        Err(error) => return nothing(Reach::Unreachable(error.to_string())),
    };
    let begun = Instant::now();
    match tokio::time::timeout(PATIENCE, provider.models()).await {
        Err(_) => nothing(Reach::Unreachable(format!(
            "no answer within {} s",
            PATIENCE.as_secs()
        ))),
        Ok(Err(fault)) => nothing(Reach::Unreachable(fault.message)),
        Ok(Ok(models)) => {
            let millis = u64::try_from(begun.elapsed().as_millis()).ok();
            let server = provider.ready().await.unwrap_or_default();
            let reach = match server.parameters {
                Some(parameters) => Reach::Inside {
                    parameters,
                    weather: endpoint.file.is_none(),
                },
                None => Reach::Reachable(millis),
            };
            let local = endpoint.kind == EndpointKind::LlamaCpp;
            (reach, server, if local { models } else { Vec::new() })
        }
    }
}

fn key(session: &Session, endpoint: &Endpoint) -> KeyState {
    match (
        &endpoint.api_key_env,
        session.settings().missing_keys(&endpoint.name).first(),
    ) {
        (None, _) => KeyState::NotNeeded,
        (Some(_), Some(variable)) => KeyState::Missing((*variable).to_owned()),
        (Some(variable), None) => KeyState::Present(variable.clone()),
    }
}

fn price(
    context: &Context,
    prices: &Prices,
    endpoint: &Endpoint,
    model: Option<&str>,
) -> (Price, Option<String>) {
    let Some(model) = model else {
        return (Price::Unknown, None);
    };
    let Ok(price) = pricing::resolve(endpoint, model, context.clock.now(), prices) else {
        return (Price::Unknown, None);
    };
    let date = price.from_date();
    let shown = match (
        price.is_free(),
        endpoint.watts.is_some() || endpoint.usd_per_hour.is_some(),
    ) {
        (true, true) => Price::Imputed,
        (true, false) => Price::Free,
        (false, _) => {
            // A picodollar for a million tokens is an attodollar for one.
            let rate = |unit| {
                price
                    .per_million(unit)
                    .map(|million| Rate::from_attos(million.picos()))
            };
            match (rate(unit::INPUT), rate(unit::OUTPUT)) {
                (Some(input), Some(output)) => Price::PerToken { input, output },
                _ => Price::Unknown,
            }
        }
    };
    (shown, date)
}
