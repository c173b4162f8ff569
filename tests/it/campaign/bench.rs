//! The workspace and the server of the campaigns.

use std::time::Duration;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};

use crate::fault_server::{Behaviour, FaultServer, Step};
use crate::workbench::Workbench;

/// The most tokens of an answer.
const LONGEST: u64 = 64;

/// The command that every campaign runs.
pub(crate) const EVAL: [&str; 3] = ["eval", "prompts/a.hbs", "--quiet"];

/// Makes a workspace of so many cases that asks this address; `more` is added to `pw.toml`.
pub(crate) fn workspace(url: &str, cases: usize, more: &str) -> Workbench {
    let settings = format!(
        "[defaults]\nmodel = \"fake/m\"\nmax_tokens = {LONGEST}\n\n[endpoints.fake]\nkind = \"openai\"\n\
         base_url = \"{url}\"\n\n[prices.\"fake/m\"]\ninput = \"1\"\noutput = \"2\"\n\n{more}"
    );
    let rows: Vec<String> = (0..cases).map(|n| format!("c{n:03}")).collect();
    let suite =
        "defaultTest:\n  assert:\n    - type: contains\n      value: ok\ntests: file://a.csv\n";
    Workbench::new()
        .file("pw.toml", settings)
        .file("prompts/a.hbs", "Say {{x}}\n")
        .file("evals/a.csv", format!("x\n{}\n", rows.join("\n")))
        .file("evals/a.yaml", suite)
}

/// Starts a server that answers in 2 to 10 ms, at a length that the seed draws for each request.
pub(crate) fn server(seed: u64) -> FaultServer {
    FaultServer::start(move |number| {
        let mut random = ChaCha8Rng::seed_from_u64(seed ^ ((number as u64) << 32));
        let pause = Duration::from_micros(random.random_range(2_000..10_000));
        answer(random.random_range(1..=LONGEST), pause)
    })
}

/// Answers so many tokens after a pause.
pub(crate) fn answer(tokens: u64, pause: Duration) -> Behaviour {
    let total = tokens + 9;
    let Behaviour(mut steps) = Behaviour::json(&format!(
        r#"{{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{{"index":0,"message":{{"role":"assistant","content":"ok"}},"finish_reason":"stop"}}],"usage":{{"prompt_tokens":9,"completion_tokens":{tokens},"total_tokens":{total}}}}}"#
    ));
    steps.insert(1, Step::Pause(pause));
    Behaviour(steps)
}
