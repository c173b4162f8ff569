//! Which models a command asks, and whether it may.

use std::time::Duration;

use crate::commands::failure::Failure;
use crate::commands::session::Session;
use crate::domain::{Endpoint, EndpointKind, ModelRef, Variant, nearest};
use crate::provider::Provider;
use crate::template::Template;

/// How long a server on this machine may take to say which models it has.
const LOCAL_PATIENCE: Duration = Duration::from_millis(700);

/// Returns the models of a run: the flags', else the suite's, else the prompt's, else the default.
pub(crate) async fn of_run(
    session: &Session,
    flags: &[String],
    suite: &[ModelRef],
    variants: &[(Variant, Template)],
) -> Result<Vec<ModelRef>, Failure> {
    let of_prompt: Vec<String> = variants
        .iter()
        .filter_map(|(_, template)| template.front().model.clone())
        .take(1)
        .collect();
    let of_suite: Vec<String> = suite.iter().map(ToString::to_string).collect();
    let default: Vec<String> = session.settings().model.iter().cloned().collect();
    let chosen = [flags.to_vec(), of_suite, of_prompt, default]
        .into_iter()
        .find(|names| !names.is_empty());
    let Some(chosen) = chosen else {
        return Err(no_model(session).await);
    };
    let mut models = Vec::new();
    for name in chosen {
        let model = resolve(session, &name).await?;
        allowed(session, &model)?;
        if !models.contains(&model) {
            models.push(model);
        }
    }
    Ok(models)
}

/// Reads `ENDPOINT/MODEL`; an endpoint alone means the one model it serves.
pub(crate) async fn resolve(session: &Session, name: &str) -> Result<ModelRef, Failure> {
    if let Some(endpoint) = session.settings().endpoints.get(name) {
        return Ok(ModelRef {
            endpoint: name.to_owned(),
            model: served(endpoint).await?,
        });
    }
    let model: ModelRef = name.parse()?;
    let endpoint = endpoint(session, &model)?;
    if let (EndpointKind::Embedded, Some(served)) = (endpoint.kind, &endpoint.model)
        && *served != model.model
    {
        let message = format!("`{}` serves `{served}`, and nothing else", endpoint.name);
        return Err(Failure::usage(format!("no model `{model}`: {message}"))
            .hint(format!("--model {}/{served}", endpoint.name)));
    }
    Ok(model)
}

/// Returns a model's endpoint.
pub(crate) fn endpoint<'a>(
    session: &'a Session,
    model: &ModelRef,
) -> Result<&'a Endpoint, Failure> {
    let endpoints = &session.settings().endpoints;
    endpoints.get(&model.endpoint).ok_or_else(|| {
        let near = nearest(&model.endpoint, endpoints.keys().map(String::as_str));
        let near = near.map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
        Failure::usage(format!(
            "no endpoint `{}` for model `{model}`{near}",
            model.endpoint
        ))
        .hint(format!(
            "known endpoints: {}; add one as `[endpoints.{}]` to pw.toml",
            names(session),
            model.endpoint
        ))
    })
}

fn names(session: &Session) -> String {
    session
        .settings()
        .endpoints
        .keys()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}

/// Demands the key, and that it may go to this host.
fn allowed(session: &Session, model: &ModelRef) -> Result<(), Failure> {
    if session.settings().is_pending(&model.endpoint) {
        let pending = session.settings().pending();
        let hash = crate::config::trust::hash(&pending);
        let pairs: Vec<String> = pending
            .iter()
            .map(|pair| {
                format!(
                    "\n  `{}` to {} (endpoint `{}`)",
                    pair.variable, pair.host, pair.endpoint
                )
            })
            .collect();
        return Err(Failure::usage(format!(
            "this workspace sends a key to a host that was not confirmed{}",
            pairs.concat()
        ))
        .hint(format!("if that is right: pw trust --hash {hash}")));
    }
    match session.settings().missing_keys(&model.endpoint).first() {
        Some(variable) => Err(Failure::usage(format!(
            "endpoint `{}` needs a key, and `{variable}` is not set",
            model.endpoint
        ))
        .hint(format!(
            "export {variable}=…, or write it to .env beside pw.toml"
        ))),
        None => Ok(()),
    }
}

/// Asks an endpoint for its one model.
async fn served(endpoint: &Endpoint) -> Result<String, Failure> {
    if let Some(model) = &endpoint.model {
        return Ok(model.clone());
    }
    let provider = Provider::new(endpoint.clone())?;
    let models = provider.models().await.map_err(|fault| {
        Failure::environment(format!(
            "endpoint `{}` does not say which models it has: {}",
            endpoint.name, fault.message
        ))
        .hint(format!(
            "is it running at {}? or name the model: --model {}/MODEL",
            endpoint.base_url, endpoint.name
        ))
    })?;
    match models.as_slice() {
        [one] => Ok(short_name(endpoint, one)),
        many => Err(Failure::usage(format!(
            "endpoint `{}` serves {} models, expected one",
            endpoint.name,
            many.len()
        ))
        .hint(format!(
            "name one: --model {}/{}",
            endpoint.name,
            many.first().map_or("MODEL", String::as_str)
        ))),
    }
}

/// A llama.cpp server names its model by a path and ignores the name in requests: the file's stem is what people know.
fn short_name(endpoint: &Endpoint, model: &str) -> String {
    if endpoint.kind != EndpointKind::LlamaCpp {
        return model.to_owned();
    }
    let file = model.rsplit(['/', '\\']).next().unwrap_or(model);
    file.strip_suffix(".gguf").unwrap_or(file).to_owned()
}

/// Says that nobody named a model, and which endpoints would answer.
async fn no_model(session: &Session) -> Failure {
    let mut answering = Vec::new();
    for endpoint in session.settings().endpoints.values() {
        if answers(session, endpoint).await {
            answering.push(endpoint);
        }
    }
    // What knows weather only comes last: it is a way to see the tool, and no judge of a prompt about anything else.
    answering.sort_by_key(|endpoint| is_weather(endpoint));
    let failure = Failure::usage(
        "no model is named: not by --model, the suite, the prompt or `[defaults] model`",
    );
    let set_up =
        "export OPENAI_API_KEY=… (or another provider's), or start llama-server on port 8080";
    let Some(first) = answering.first() else {
        return failure.hint(format!("no endpoint answers here: {set_up}"));
    };
    let names: Vec<String> = answering.iter().map(|endpoint| listed(endpoint)).collect();
    let model = first.model.as_deref().unwrap_or("MODEL");
    let failure = failure.hint(format!(
        "endpoints that answer: {}; try --model {}/{model}",
        names.join(", "),
        first.name
    ));
    if is_weather(first) {
        failure.hint(format!("for any other subject: {set_up}"))
    } else {
        failure
    }
}

/// Tells whether an endpoint is the model inside `pw`.
fn is_weather(endpoint: &Endpoint) -> bool {
    endpoint.kind == EndpointKind::Embedded && endpoint.file.is_none()
}

fn listed(endpoint: &Endpoint) -> String {
    let what = if is_weather(endpoint) {
        " (knows weather only)"
    } else {
        ""
    };
    format!("{}{what}", endpoint.name)
}

async fn answers(session: &Session, endpoint: &Endpoint) -> bool {
    let inside = matches!(
        endpoint.kind,
        EndpointKind::Embedded | EndpointKind::Scripted
    );
    if inside || endpoint.api_key.is_some() {
        return true;
    }
    let keyless =
        session.settings().missing_keys(&endpoint.name).is_empty() && endpoint.is_loopback();
    let Some(provider) = Provider::new(endpoint.clone()).ok().filter(|_| keyless) else {
        return false;
    };
    matches!(
        tokio::time::timeout(LOCAL_PATIENCE, provider.models()).await,
        Ok(Ok(_))
    )
}
