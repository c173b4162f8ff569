//! What a run is charged: by the endpoint's prices, for the tier that answered.

use serde_json::Value;

use crate::fault_server::{Behaviour, FaultServer};
use crate::workbench::Workbench;

/// Makes the three cities ask gpt-5-mini of a server that answers on a tier; `prices` is a line of its endpoint.
fn bench(server: &FaultServer, prices: &str) -> Workbench {
    Workbench::cities().file(
        "pw.toml",
        format!(
            "[defaults]\nmodel = \"shop/gpt-5-mini\"\nconcurrency = 1\n[endpoints.shop]\nkind = \"openai\"\nbase_url = \"{}\"\n{prices}\n",
            server.url()
        ),
    )
}

fn server(tier: &'static str) -> FaultServer {
    FaultServer::start(move |_| {
        Behaviour::json(&format!(
            r#"{{"id":"c","object":"chat.completion","model":"gpt-5-mini","service_tier":"{tier}","choices":[{{"index":0,"message":{{"role":"assistant","content":"sunny"}},"finish_reason":"stop"}}],"usage":{{"prompt_tokens":8,"completion_tokens":2,"total_tokens":10}}}}"#
        ))
    })
}

fn total(bench: &Workbench) -> Value {
    bench.pw(&["cost", "--format", "json"]).code(0).json()["total"].clone()
}

#[test]
fn the_tier_that_answered_sets_the_price_litellm_13810() {
    // Each of three: 8 × 0.25 + 2 × 2 = 6 millionths; half of it by flex.
    for (tier, dollars) in [("default", "0.000018000000"), ("flex", "0.000009000000")] {
        let server = server(tier);
        let bench = bench(&server, "prices = \"openai\"");
        bench.pw(&["eval", "city"]).code(0);
        assert_eq!(total(&bench)["billed_usd"], dollars, "{tier}");
    }
}

#[test]
fn a_tier_of_unknown_price_is_kept_at_its_worst_case() {
    let server = server("scale");
    let bench = bench(&server, "prices = \"openai\"");
    bench.pw(&["eval", "city"]);
    let total = total(&bench);
    assert_eq!(total["billed_usd"], "0.000000000000", "{total}");
    assert_ne!(total["lost_usd"], "0.000000000000", "{total}");
    // Its answers are answers: they are taken, not bought again, and what they cost stays unknown until a bill tells it.
    let again = bench.pw(&["eval", "city", "--format", "json"]).code(0);
    let totals = again.json()["runs"][0]["totals"].clone();
    assert_eq!(
        (&totals["calls"], &totals["cached"]),
        (&0.into(), &3.into())
    );
    assert_eq!(totals["saved_usd"], "0.000000000000", "{totals}");
    assert_eq!(self::total(&bench)["lost_usd"], total["lost_usd"]);
    let asked = server.requests();
    assert_eq!(asked.iter().filter(|seen| seen.method == "POST").count(), 3);
}

#[test]
fn a_public_name_at_a_server_of_ones_own_is_not_priced_by_it_worca_cc_392() {
    let server = server("default");
    let refused = bench(&server, "").pw(&["eval", "city"]).code(2);
    refused
        .says("no price is known for `shop/gpt-5-mini`")
        .says("[prices.\"shop/gpt-5-mini\"]");
    assert!(server.requests().iter().all(|seen| seen.method != "POST"));
}

#[test]
fn what_the_provider_reports_stands_beside_our_own_figure() {
    // 8 × 0.25 + 2 × 2 = 6 millionths by the book; the last digit of a float is rounded away.
    for (cost, reported, says) in [
        (
            "0.000006",
            "0.000006000000",
            "the provider reports $0.000006",
        ),
        (
            "0.00000710000000000005",
            "0.000007100000",
            "that is $0.0000011 more than ours",
        ),
        (
            "0.000005",
            "0.000005000000",
            "that is $0.000001 less than ours",
        ),
    ] {
        let server = FaultServer::start(move |_| {
            Behaviour::json(&format!(
                r#"{{"id":"c","object":"chat.completion","model":"gpt-5-mini","choices":[{{"index":0,"message":{{"role":"assistant","content":"sunny"}},"finish_reason":"stop"}}],"usage":{{"prompt_tokens":8,"completion_tokens":2,"total_tokens":10,"cost":{cost}}}}}"#
            ))
        });
        let bench = bench(&server, "prices = \"openai\"");
        bench.pw(&["eval", "city"]).code(0);
        assert_eq!(total(&bench)["billed_usd"], "0.000018000000");
        let shown = bench.pw(&["show", "--case", "beijing"]).code(0).stdout;
        let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(shown.contains(says), "lacks `{says}`\n{shown}");
        assert_eq!(shown.contains("than ours"), cost != "0.000006", "{shown}");
        let report = bench.pw(&["show", "--format", "json"]).code(0).json();
        let result = &report["runs"][0]["results"][0];
        assert_eq!(
            (&result["reported_usd"], &result["cost_usd"]),
            (&reported.into(), &"0.000006000000".into())
        );
    }
}
