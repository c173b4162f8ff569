//! The fault table, row by row, whole and streamed: what `Provider::send` makes of each (`reliability.md`, section 2).
//!
//! Each row says in one line what came: the fault's code, its money and what may be done, or the answer. Rows that other rooms
//! own are covered as far as a provider can see them: waiting and parking after F1 to F3 is `retry`'s and `call/`'s, F38's and
//! F40's holds, F44's price and F45's overrun are the ledger's, and F46 (wall clock going back) cannot be seen here, since
//! durations come from the monotonic clock and only `Date` minus a header's date is ever subtracted.

mod answers;
mod bodies;
mod connections;
mod refusals;
mod special;
mod streams;
mod times;

use std::fmt::Write as _;
use std::time::Duration;

use pw::domain::{Endpoint, EndpointKind, Fault, Message, MoneyClass, Request, Role, unit};
use pw::provider::{Prepared, Provider, Reply, Watch};
use serde_json::Map;

use crate::fault_server::{Behaviour, FaultServer};

pub(crate) const KEY: &str = "sk-canary-0123456789abcdef";
pub(crate) const ATTEMPT: &str = "0199-attempt";
pub(crate) const OK: &str = "ok `北京晴` finish=stop usage=9/3";

pub(crate) fn request() -> Request {
    Request {
        model: "m".to_owned(),
        messages: vec![Message::text(Role::User, "北京天气?")],
        max_tokens: 16,
        config: Map::new(),
        output_schema: None,
        output_json: false,
        tools: Vec::new(),
        stream: false,
        logprobs: None,
    }
}

pub(crate) fn endpoint(url: &str, streamed: bool) -> Endpoint {
    let mut endpoint = Endpoint::new("fake", EndpointKind::OpenAi, url);
    endpoint.api_key = Some(KEY.into());
    endpoint.stream = streamed;
    endpoint.timeout = Duration::from_secs(10);
    endpoint.idle_timeout = Duration::from_secs(10);
    endpoint.connect_timeout = Duration::from_secs(5);
    endpoint
}

pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

pub(crate) fn prepare(endpoint: Endpoint) -> (Provider, Prepared) {
    let provider = Provider::new(endpoint).unwrap();
    let prepared = provider.prepare(&request()).unwrap();
    (provider, prepared)
}

fn send(endpoint: Endpoint) -> Result<Reply, Fault> {
    let (provider, prepared) = prepare(endpoint);
    run(provider.send(&prepared, ATTEMPT, &Watch::none()))
}

/// One line for whatever came.
pub(crate) fn shown(result: &Result<Reply, Fault>) -> String {
    match result {
        Ok(reply) => shown_answer(reply),
        Err(fault) => shown_fault(fault),
    }
}

fn shown_answer(reply: &Reply) -> String {
    let answer = &reply.answer;
    let text = answer
        .text
        .as_ref()
        .map_or("-".to_owned(), |text| format!("`{text}`"));
    let finish = answer
        .finish_reason
        .clone()
        .map_or("-".to_owned(), String::from);
    let usage = answer.usage.as_ref().map_or("-".to_owned(), |usage| {
        format!("{}/{}", usage.get(unit::INPUT), usage.get(unit::OUTPUT))
    });
    let mut line = format!("ok {text} finish={finish} usage={usage}");
    for (name, there) in [
        ("refusal", answer.refusal.is_some()),
        ("reasoning", answer.reasoning.is_some()),
        ("tools", !answer.tool_calls.is_empty()),
        ("raw", answer.usage.is_none() && answer.usage_raw.is_some()),
        ("warned", !answer.warnings.is_empty()),
    ] {
        if there {
            line.push(' ');
            line.push_str(name);
        }
    }
    line
}

fn shown_fault(fault: &Fault) -> String {
    let money = match fault.money {
        MoneyClass::NotSent => "N",
        MoneyClass::Refused => "R",
        MoneyClass::Ambiguous => "A",
    };
    let mut line = format!("{} {money}", fault.code);
    if let Some(status) = fault.status {
        write!(line, " {status}").unwrap();
    }
    for (name, there) in [
        ("retry", fault.retry),
        ("stops", fault.stops_endpoint),
        ("by-request", fault.caused_by_request),
        ("partial", fault.partial_text.is_some()),
        ("settled", fault.settled_by.is_some()),
    ] {
        if there {
            line.push(' ');
            line.push_str(name);
        }
    }
    if let Some(most) = fault.max_attempts {
        write!(line, " max={most}").unwrap();
    }
    if let Some(after) = fault.retry_after {
        write!(line, " after={}ms", after.as_millis()).unwrap();
    }
    line
}

/// A row of the table: what the server does in one manner of answering, and what must come of it.
#[derive(Clone)]
pub(crate) struct Row {
    pub(crate) code: u8,
    pub(crate) name: &'static str,
    pub(crate) streamed: bool,
    pub(crate) behaviour: Behaviour,
    pub(crate) limits: fn(&mut Endpoint),
    pub(crate) expected: &'static str,
}

#[derive(Default)]
struct Table(Vec<Row>);

impl Table {
    /// The same behaviour and outcome in both manners.
    fn both(
        &mut self,
        code: u8,
        name: &'static str,
        behaviour: &Behaviour,
        expected: &'static str,
    ) {
        self.whole(code, name, behaviour.clone(), expected);
        self.stream(code, name, behaviour.clone(), expected);
    }

    fn whole(
        &mut self,
        code: u8,
        name: &'static str,
        behaviour: Behaviour,
        expected: &'static str,
    ) {
        self.row(code, name, false, behaviour, |_| {}, expected);
    }

    fn stream(
        &mut self,
        code: u8,
        name: &'static str,
        behaviour: Behaviour,
        expected: &'static str,
    ) {
        self.row(code, name, true, behaviour, |_| {}, expected);
    }

    fn row(
        &mut self,
        code: u8,
        name: &'static str,
        streamed: bool,
        behaviour: Behaviour,
        limits: fn(&mut Endpoint),
        expected: &'static str,
    ) {
        self.0.push(Row {
            code,
            name,
            streamed,
            behaviour,
            limits,
            expected,
        });
    }
}

/// Every row that a plain server can show, in both manners.
pub(crate) fn rows() -> Vec<Row> {
    let mut table = Table::default();
    refusals::refusals(&mut table);
    connections::connections(&mut table);
    times::times(&mut table);
    bodies::bodies(&mut table);
    streams::streams(&mut table);
    answers::answers(&mut table);
    table.0
}

#[test]
#[expect(
    clippy::print_stdout,
    reason = "the count is what a run of the table reports"
)]
fn every_row_of_the_fault_table_is_named_rightly() {
    let rows = rows();
    let mut outcomes: Vec<(String, String, &str)> = Vec::new();
    for row in &rows {
        let behaviour = row.behaviour.clone();
        let server = FaultServer::start(move |_| behaviour.clone());
        let mut endpoint = endpoint(&server.url(), row.streamed);
        (row.limits)(&mut endpoint);
        let result = send(endpoint);
        assert!(
            !format!("{result:?}").contains(KEY),
            "F{} {} shows the key",
            row.code,
            row.name
        );
        let seen = server.requests();
        assert_eq!(
            seen.len(),
            1,
            "F{} {}: one attempt is one request",
            row.code,
            row.name
        );
        assert_eq!(seen[0].attempt.as_deref(), Some(ATTEMPT));
        let name = format!("F{} {} streamed={}", row.code, row.name, row.streamed);
        outcomes.push((name, shown(&result), row.expected));
    }
    outcomes.extend(special::special());
    let wrong: Vec<String> = outcomes
        .iter()
        .filter(|(_, came, expected)| came != expected)
        .map(|(name, came, expected)| format!("{name}: expected {expected}, came {came}"))
        .collect();
    println!(
        "faults: passed {} of {}",
        outcomes.len() - wrong.len(),
        outcomes.len()
    );
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    for code in (1..=49).filter(|code| *code != 46) {
        let begins = format!("F{code} ");
        assert!(
            outcomes.iter().any(|(name, ..)| name.starts_with(&begins)),
            "{begins}has no row"
        );
    }
}
