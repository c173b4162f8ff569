//! Where the money went: `pw cost` adds up to what the runs say, whatever it groups by.

use crate::workbench::{NOW, Workbench};

/// Three runs on two days, two of them with a label.
fn month() -> Workbench {
    let bench = Workbench::cities();
    bench.pw(&["eval", "city", "--tag", "who=李"]).code(0);
    bench.write("prompts/city.hbs", "Weather, briefly: {{city}}?\n");
    bench.pw(&["eval", "city", "--tag", "who=李"]).code(0);
    let bench = bench.env("PW_TEST_CLOCK", "2026-12-01T08:00:00.000Z");
    bench.pw(&["try", "city", "--set", "city=Wuhan"]).code(0);
    bench
}

fn groups(bench: &Workbench, flags: &[&str]) -> Vec<(String, String)> {
    let mut arguments = vec!["cost", "--format", "json"];
    arguments.extend(flags);
    let report = bench.pw(&arguments).code(0).json();
    assert_eq!(report["schema"], "pw.cost/v1");
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
    let groups = report["groups"].as_array().unwrap().iter();
    groups
        .map(|group| (text(&group["name"]), text(&group["billed_usd"])))
        .collect()
}

fn pairs(groups: &[(String, String)]) -> Vec<(&str, &str)> {
    groups
        .iter()
        .map(|(name, usd)| (name.as_str(), usd.as_str()))
        .collect()
}

#[test]
fn spend_adds_up_whatever_it_is_grouped_by() {
    let bench = month();
    // Each of the six answers of the runs, and the one of `try`, cost 20 millionths of a dollar.
    for (by, expected) in [
        ("prompt", vec![("city", "0.000140000000")]),
        (
            "purpose",
            vec![("eval", "0.000120000000"), ("play", "0.000020000000")],
        ),
        (
            "month",
            vec![("2026-11", "0.000120000000"), ("2026-12", "0.000020000000")],
        ),
        (
            "run",
            vec![
                ("-", "0.000020000000"),
                ("1", "0.000060000000"),
                ("2", "0.000060000000"),
            ],
        ),
        (
            "tag",
            vec![("who=李", "0.000120000000"), ("-", "0.000020000000")],
        ),
    ] {
        assert_eq!(pairs(&groups(&bench, &["--by", by])), expected, "{by}");
    }
    assert_eq!(
        pairs(&groups(&bench, &["--since", "2026-12-01"])),
        [("city", "0.000020000000")]
    );
    assert_eq!(
        pairs(&groups(&bench, &["--until", "2026-11-30", "--by", "day"])),
        [(&NOW[..10], "0.000120000000")]
    );
    assert!(groups(&bench, &["--prompt", "other"]).is_empty());
}

#[test]
fn what_is_no_day_and_a_period_that_ends_before_it_begins_are_refused() {
    let bench = month();
    bench
        .pw(&["cost", "--since", "yesterday"])
        .code(2)
        .says("--since `yesterday` is no day, expected YYYY-MM-DD or a number of days such as 7d");
    bench
        .pw(&["cost", "--since", "2026-12-02", "--until", "2026-12-01"])
        .code(2)
        .says("--since 2026-12-02 is after --until 2026-12-01");
    Workbench::new()
        .pw(&["cost"])
        .code(2)
        .says("no ledger in this workspace");
}
