//! A newer price file: compared, imported, used from then on; and recorded usage at other prices.

use serde_json::{Value, json};

use crate::fault_server::{Behaviour, FaultServer};
use crate::workbench::{Output, Workbench};

const BOOK: &str = include_str!("../../src/pricing/data/data.json");

/// The compiled-in feed with `change` made to the part of `OpenAI`.
fn feed(change: impl Fn(&mut Value)) -> String {
    let mut providers: Value = serde_json::from_str(BOOK).unwrap();
    let openai = providers.as_array_mut().unwrap().iter_mut();
    change(
        openai
            .into_iter()
            .find(|part| part["id"] == "openai")
            .unwrap(),
    );
    providers.to_string()
}

/// The feed with some prices of one model.
fn priced(model: &str, prices: &Value) -> String {
    feed(|openai| row(openai, model)["prices"] = prices.clone())
}

fn row<'a>(openai: &'a mut Value, model: &str) -> &'a mut Value {
    let models = openai["models"].as_array_mut().unwrap();
    models.iter_mut().find(|row| row["id"] == model).unwrap()
}

/// The feed in which gpt-5-mini is a little dearer, one model is new and one is gone.
fn newer() -> String {
    feed(|openai| {
        row(openai, "gpt-5-mini")["prices"]["input_mtok"] = json!(0.3);
        let models = openai["models"].as_array_mut().unwrap();
        models.retain(|row| row["id"] != "gpt-3.5-turbo");
        models.push(json!({"id": "gpt-6", "match": {"equals": "gpt-6"},
            "prices": {"input_mtok": 1, "output_mtok": 4}}));
    })
}

fn diff(text: &str) -> Value {
    let bench = Workbench::new().file("newer.json", text);
    let report = bench.pw(&["prices", "diff", "newer.json", "--format", "json"]);
    report.code(0).json()
}

fn import(bench: &Workbench, flags: &[&str]) -> Output {
    let mut arguments = vec!["prices", "import", "newer.json"];
    arguments.extend(flags);
    bench.pw(&arguments)
}

fn edition(bench: &Workbench) -> String {
    let list = bench.pw(&["prices", "list", "gpt-6", "--format", "json"]);
    list.code(0).json()["book"]["edition"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn a_diff_names_what_is_changed_new_and_gone() {
    let found = diff(&newer());
    assert_eq!(found["schema"], "pw.price-changes/1");
    assert_eq!(found["before"]["edition"], "genai-prices 2026-08-21");
    let models: Vec<_> = found["models"].as_array().unwrap().iter().collect();
    let told: Vec<_> = models
        .iter()
        .map(|one| (one["change"].as_str(), one["model"].as_str()))
        .collect();
    let expected = [
        ("removed", "gpt-3.5-turbo"),
        ("changed", "gpt-5-mini"),
        ("added", "gpt-6"),
    ];
    assert_eq!(
        told,
        expected.map(|(change, model)| (Some(change), Some(model)))
    );
    let price = &models[1]["prices"][0];
    assert_eq!(price["unit"], "input_tokens");
    assert_eq!(
        (&price["before_usd"], &price["after_usd"]),
        (&json!("0.250000000000"), &json!("0.300000000000"))
    );
    assert!((price["factor"].as_f64().unwrap() - 1.2).abs() < 1e-9);
    assert_eq!(
        (&price["large"], &found["large"]),
        (&json!(false), &json!(0))
    );
    assert_eq!(diff(BOOK)["models"], json!([]));
}

#[test]
fn five_times_is_believed_and_more_or_nothing_asks() {
    // gpt-5-nano costs 0.05 in and 0.4 out.
    for (prices, large) in [
        (
            json!({"input_mtok": 0.25, "cache_read_mtok": 0.001, "output_mtok": 0.08}),
            0,
        ),
        (
            json!({"input_mtok": 0.2501, "cache_read_mtok": 0.005, "output_mtok": 0.0799}),
            2,
        ),
        (
            json!({"input_mtok": 0, "cache_read_mtok": 0.005, "output_mtok": 0.4}),
            1,
        ),
        // A tier of long inputs, and a day to come, are looked at too.
        (
            json!({"input_mtok": {"base": 0.05, "tiers": [{"start": 1000, "price": 0.3}]}, "output_mtok": 0.4}),
            1,
        ),
        (
            json!([{"prices": {"input_mtok": 0.05, "cache_read_mtok": 0.005, "output_mtok": 0.4}},
            {"constraint": {"start_date": "2027-05-01"}, "prices": {"input_mtok": 5, "cache_read_mtok": 0.005, "output_mtok": 0.4}}]),
            1,
        ),
        (
            json!([{"prices": {"input_mtok": 0.05, "cache_read_mtok": 0.005, "output_mtok": 0.4}},
            {"constraint": {"start_time": "01:00:00Z", "end_time": "02:00:00Z"}, "prices": {"input_mtok": 5, "cache_read_mtok": 0.005, "output_mtok": 0.4}}]),
            1,
        ),
    ] {
        let found = diff(&priced("gpt-5-nano", &prices));
        assert_eq!(found["large"], large, "{prices} {}", found["models"]);
    }
    let free = feed(|openai| {
        let models = openai["models"].as_array_mut().unwrap();
        models.push(json!({"id": "x", "match": {"equals": "x"}, "prices": {"input_mtok": 0}}));
    });
    assert_eq!(diff(&free)["large"], 1);
}

#[test]
fn changes_of_names_are_told_because_they_change_prices() {
    let narrowed = feed(|openai| row(openai, "gpt-4.1")["match"] = json!({"equals": "gpt-4.1"}));
    let found = diff(&narrowed);
    assert_eq!(found["models"][0]["other_names"], true);
    let bench = Workbench::new().file("newer.json", narrowed);
    let text = bench.pw(&["prices", "diff", "newer.json"]).code(0).stdout;
    assert!(
        text.contains("other names lead to openai/gpt-4.1"),
        "{text}"
    );
}

#[test]
fn a_price_of_ones_own_is_named_because_it_comes_first() {
    let settings = "[prices.\"openai/gpt-5-mini\"]\ninput = \"1\"\noutput = \"2\"\n[prices.\"openai/gpt-5-nano\"]\ninput = \"1\"\noutput = \"2\"\n";
    let bench = Workbench::new()
        .file("newer.json", newer())
        .file("pw.toml", settings);
    let report = bench.pw(&["prices", "diff", "newer.json", "--format", "json"]);
    assert_eq!(
        report.code(0).json()["declared"],
        json!(["openai/gpt-5-mini"])
    );
    let text = bench.pw(&["prices", "diff", "newer.json"]).code(0).stdout;
    assert!(text.contains("come first, for openai/gpt-5-mini"), "{text}");
}

#[test]
fn the_screen_keeps_to_its_columns_in_both_languages() {
    let bench = Workbench::new().file("newer.json", newer());
    for (lang, words) in [
        (
            "en",
            ["1 changed · 1 new · 1 gone", "1.20×", "openai/gpt-6"],
        ),
        (
            "zh",
            ["1 项变动 · 1 项新增 · 1 项移除", "1.20×", "openai/gpt-6"],
        ),
    ] {
        let text = bench
            .pw(&["--lang", lang, "prices", "diff", "newer.json"])
            .code(0)
            .stdout;
        for word in words {
            assert!(text.contains(word), "lacks `{word}`\n{text}");
        }
        assert!(
            text.lines().all(|line| line.chars().count() <= 80),
            "{text}"
        );
    }
}

#[test]
fn an_import_is_used_from_then_on_and_importing_twice_changes_nothing() {
    let bench = Workbench::new().file("newer.json", newer());
    assert_eq!(edition(&bench), "genai-prices 2026-08-21");
    let done = import(&bench, &["--edition", "2026-10-20"]).code(0).stdout;
    assert!(
        done.contains("imported 2026-10-20 is in use from now on"),
        "{done}"
    );
    assert_eq!(edition(&bench), "imported 2026-10-20");
    let shown = bench.pw(&["prices", "show", "openai/gpt-6"]).code(0).stdout;
    assert!(
        shown.contains("price: imported 2026-10-20: openai/gpt-6"),
        "{shown}"
    );
    let kept = std::fs::read(bench.path(".pw/prices.json")).unwrap();
    let again = import(&bench, &[]).code(0).stdout;
    assert!(again.contains("these are the prices in use"), "{again}");
    assert_eq!(std::fs::read(bench.path(".pw/prices.json")).unwrap(), kept);
    // The kept file is a price file too, which knows its day.
    let other = Workbench::new().file("newer.json", &kept);
    import(&other, &[]).code(0);
    assert_eq!(edition(&other), "imported 2026-10-20");
    std::fs::remove_file(bench.path(".pw/prices.json")).unwrap();
    assert_eq!(edition(&bench), "genai-prices 2026-08-21");
}

#[test]
fn an_older_edition_and_large_changes_are_taken_only_when_told_to() {
    let dear = priced("gpt-5-nano", &json!({"input_mtok": 50, "output_mtok": 0.4}));
    for (text, flags, why) in [
        (
            &dear,
            vec![],
            "nothing was changed: 1 price changes by more than 5 times, or becomes 0",
        ),
        (
            &newer(),
            vec!["--edition", "2026-08-20"],
            "the file's edition, 2026-08-20, is older than genai-prices 2026-08-21",
        ),
    ] {
        let bench = Workbench::new().file("newer.json", text);
        import(&bench, &flags).code(2).says(why).says("--yes");
        assert!(!bench.path(".pw").exists());
        import(&bench, &[flags, vec!["--yes"]].concat()).code(0);
        assert!(edition(&bench).starts_with("imported "));
    }
}

#[test]
fn a_file_that_is_no_price_file_is_refused_whole_with_the_place_of_its_mistake() {
    let mistakes = feed(|openai| {
        row(openai, "gpt-5-mini")["prices"]["input_mtok"] = json!(-0.25);
        row(openai, "gpt-5-nano")["prices"]["output_mtok"] = json!(null);
    });
    for (text, says) in [
        ("", "it is empty, expected a JSON list of providers"),
        (
            "input,output\n1,2\n",
            "it is not JSON: expected value at line 1 column 1",
        ),
        (&BOOK[..BOOK.len() / 2], "it is not JSON: EOF"),
        ("{}", "found an object, expected a JSON list of providers"),
        ("3", "found 3, expected a JSON list of providers"),
        ("[]", "found no model in it"),
        (
            "[7]",
            "provider 1: found 7, expected `id` and a list of `models`",
        ),
        (r#"[{"id":"a","models":[{}]}]"#, "a/model 1: lacks `prices`"),
        (
            r#"[{"id":"a","models":[{"id":"m","prices":{}}]}]"#,
            "a/m: missing field `match`",
        ),
        (&mistakes, "found 2 entries that cannot be used:"),
        (
            &mistakes,
            "openai/gpt-5-mini: `input_mtok` is -0.25, expected dollars for 1000000 from 0 to 10000",
        ),
        (
            &mistakes,
            "openai/gpt-5-nano: `output_mtok` is null, expected dollars",
        ),
        (
            &priced("gpt-5-mini", &json!({"input_mtok": 2_500_000})),
            "`input_mtok` is 2500000",
        ),
        (
            &priced("gpt-5-mini", &json!({"input_mtok": "0.25"})),
            "`input_mtok` is a text",
        ),
        (
            &priced("gpt-5-mini", &json!({"pancakes": 1})),
            "`pancakes` is no price that is known",
        ),
        (
            &priced(
                "gpt-5-mini",
                &json!({"input_mtok": {"base": 1, "tiers": [{"start": 5}]}}),
            ),
            "`input_mtok` is null",
        ),
        (
            &priced(
                "gpt-5-mini",
                &json!([{"constraint": {"start_date": "soon"}, "prices": {}}]),
            ),
            "openai/gpt-5-mini: ",
        ),
        (
            &feed(|openai| row(openai, "gpt-5-mini")["match"] = json!({"regex": "("})),
            "openai/gpt-5-mini: found `(`, expected a regular expression",
        ),
        (
            &feed(|openai| row(openai, "gpt-5-mini")["id"] = json!("gpt-5-nano")),
            "openai/gpt-5-nano: found twice",
        ),
    ] {
        let bench = Workbench::new().file("newer.json", text);
        import(&bench, &[])
            .code(2)
            .says(says)
            .says("newer.json: ")
            .says("hint: nothing was changed");
        assert!(!bench.path(".pw").exists(), "{says}");
    }
    let bench = Workbench::new().file("newer.json", newer());
    import(&bench, &["--edition", "soon"])
        .code(2)
        .says("--edition `soon` is no day");
    import(&bench, &["--edition", "2026-11-25"])
        .code(2)
        .says("after today, 2026-11-24");
    bench
        .pw(&["prices", "import", "nothing.json"])
        .code(2)
        .says("cannot read `nothing.json`: ");
    bench.write("newer.json", [0xff, 0xfe]);
    import(&bench, &[]).code(2).says("it is not UTF-8 text");
}

#[test]
fn a_kept_file_that_was_damaged_stops_whatever_needs_a_price() {
    let bench = Workbench::cities().file(".pw/prices.json", "{\"schema\":");
    bench
        .pw(&["eval", "city"])
        .code(2)
        .says("it was changed since it was imported")
        .says("remove it to go on with the compiled-in prices");
    assert!(!bench.path(".pw/ledger.db").exists());
}

/// Three cities at a server that is priced as `OpenAI`; each answer is 8 tokens in and 2 out.
fn shop(server: &FaultServer) -> Workbench {
    let settings = format!(
        "[defaults]\nmodel = \"shop/gpt-5-mini\"\nconcurrency = 1\n[endpoints.shop]\nkind = \"openai\"\nbase_url = \"{}\"\nprices = \"openai\"\n",
        server.url()
    );
    Workbench::cities().file("pw.toml", settings)
}

fn answers(usage: &'static str) -> FaultServer {
    FaultServer::start(move |_| {
        Behaviour::json(&format!(
            r#"{{"id":"c","object":"chat.completion","model":"gpt-5-mini","choices":[{{"index":0,"message":{{"role":"assistant","content":"sunny"}},"finish_reason":"stop"}}],"usage":{usage}}}"#
        ))
    })
}

#[test]
fn recorded_calls_keep_their_price_and_a_report_says_what_they_would_cost() {
    let server = answers(r#"{"prompt_tokens":8,"completion_tokens":2,"total_tokens":10}"#);
    let bench = shop(&server).file("newer.json", newer());
    bench.pw(&["eval", "city"]).code(0);
    let spent = |bench: &Workbench| {
        bench.pw(&["cost", "--format", "json"]).code(0).json()["total"]["billed_usd"].clone()
    };
    // Each of three: 8 × 0.25 + 2 × 2 = 6 millionths.
    assert_eq!(spent(&bench), "0.000018000000");
    let exported = bench.pw(&["ledger", "export"]).code(0).stdout;
    import(&bench, &["--edition", "2026-10-20"]).code(0);
    assert_eq!(spent(&bench), "0.000018000000");
    let report = bench
        .pw(&["cost", "--reprice", "now", "--format", "json"])
        .code(0)
        .json();
    assert_eq!(report["schema"], "pw.reprice/v1");
    assert_eq!(report["edition"], "imported 2026-10-20");
    // 8 × 0.3 + 2 × 2 = 6.4 millionths.
    assert_eq!(
        report["groups"],
        json!([{"name": "city", "recorded_usd": "0.000018000000",
        "repriced_usd": "0.000019200000", "difference_usd": "0.000001200000", "answers": 3}])
    );
    assert_eq!(report["not_repriced"]["answers"], 0);
    assert_eq!(bench.pw(&["ledger", "export"]).code(0).stdout, exported);
    bench.pw(&["ledger", "check"]).code(0);
    for (lang, words) in [
        ("en", "a report: no record was changed"),
        ("zh", "仅为报告：记录未作更改"),
    ] {
        let text = bench
            .pw(&["--lang", lang, "cost", "--reprice", "2026-11-24"])
            .code(0)
            .stdout;
        assert!(
            text.contains(words) && text.contains("+0.0000012"),
            "{text}"
        );
        assert!(
            text.lines().all(|line| line.chars().count() <= 80),
            "{text}"
        );
    }
    let csv = bench.pw(&[
        "cost",
        "--reprice",
        "now",
        "--by",
        "model",
        "--format",
        "csv",
    ]);
    assert_eq!(
        csv.code(0).stdout,
        "name,recorded_usd,repriced_usd,difference_usd,answers\n\
         shop/gpt-5-mini,0.000018000000,0.000019200000,0.000001200000,3\n"
    );
    // New calls pay the new price.
    bench.write("prompts/city.hbs", "Weather, briefly: {{city}}?\n");
    bench.pw(&["eval", "city"]).code(0);
    assert_eq!(spent(&bench), "0.000037200000");
}

#[test]
fn prices_of_a_day_are_those_that_held_then() {
    let server = answers(r#"{"prompt_tokens":8,"completion_tokens":2,"total_tokens":10}"#);
    let dated = json!([
        {"prices": {"input_mtok": 0.25, "cache_read_mtok": 0.025, "output_mtok": 2}},
        {"constraint": {"start_date": "2026-11-20"}, "prices": {"input_mtok": 0.5, "cache_read_mtok": 0.025, "output_mtok": 2}}
    ]);
    let bench = shop(&server).file("newer.json", priced("gpt-5-mini", &dated));
    import(&bench, &[]).code(0);
    bench.pw(&["eval", "city"]).code(0);
    let at = |when: &str| {
        let report = bench.pw(&["cost", "--reprice", when, "--format", "json"]);
        let total = report.code(0).json()["total"].clone();
        (
            total["repriced_usd"].clone(),
            total["difference_usd"].clone(),
        )
    };
    assert_eq!(
        at("2026-11-20"),
        ("0.000024000000".into(), "0.000000000000".into())
    );
    assert_eq!(
        at("2026-11-19"),
        ("0.000018000000".into(), "-0.000006000000".into())
    );
}

#[test]
fn what_cannot_be_priced_again_is_counted_and_left_out() {
    let server = answers(r#"{"prompt_tokens":8,"completion_tokens":2,"total_tokens":10}"#);
    let bench = shop(&server);
    bench.pw(&["eval", "city"]).code(0);
    let gone = feed(|openai| {
        let models = openai["models"].as_array_mut().unwrap();
        models.retain(|row| row["id"] != "gpt-5-mini");
        models.retain(|row| !row["match"].to_string().contains("gpt-5"));
    });
    bench.write("newer.json", gone);
    import(&bench, &[]).code(0);
    let report = bench
        .pw(&["cost", "--reprice", "now", "--format", "json"])
        .code(0)
        .json();
    assert_eq!(report["total"]["answers"], 0);
    assert_eq!(
        report["not_repriced"],
        json!({"answers": 3, "recorded_usd": "0.000018000000", "without_usage": 0,
            "without_price": [{"model": "shop/gpt-5-mini", "answers": 3}], "imported": 0})
    );
    let text = bench.pw(&["cost", "--reprice", "now"]).code(0).stdout;
    assert!(
        text.contains("3 answers ($0.000018 as recorded) could not be priced again"),
        "{text}"
    );
    // An answer that was free says nothing of its use; at a price, that is missing.
    let server = answers("null");
    let bench = Workbench::at_server(&server.url());
    let free = std::fs::read_to_string(bench.path("pw.toml")).unwrap();
    let free = free.replace("input = \"1\"\noutput = \"2\"", "price = \"free\"");
    let priced = std::fs::read_to_string(bench.path("pw.toml")).unwrap();
    bench.write("pw.toml", free);
    bench.pw(&["eval", "city"]).code(0);
    bench.write("pw.toml", priced);
    let report = bench
        .pw(&["cost", "--reprice", "now", "--format", "json"])
        .code(0)
        .json();
    assert_eq!(report["not_repriced"]["without_usage"], 3);
    bench
        .pw(&["cost", "--reprice", "yesterday"])
        .code(2)
        .says("--reprice `yesterday` is no time");
    bench
        .pw(&["cost", "--reprice", "now", "--output", "page.html"])
        .code(2)
        .says("found a page for --reprice");
    assert!(!bench.path("page.html").exists());
}
