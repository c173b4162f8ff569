//! The ledger in other programs' forms: read back, summed, and compared with the ledger's own totals.
//!
//! What only the programs themselves can tell (hledger, beancount, OpenTelemetry's messages) is asked where they are found;
//! `.ci/run` installs them and demands them by `PW_EXPORT_TOOLS`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::workbench::{Output, Workbench, finish, picos};

/// One call breaks off in each of its attempts; prompt, case and endpoint have names that no account may have.
const RULES: &str = "\
rules:
  - match: 武汉
    fault: reset
  - reply: sunny
    usage: { input_tokens: 10, output_tokens: 5 }
";
const SETTINGS: &str = r#"[defaults]
model = "my-shop/鹦鹉 1"

[endpoints.my-shop]
kind = "scripted"
script = "answers.yaml"

[prices."my-shop/鹦鹉 1"]
input = "1"
output = "2"
"#;
const SUITE: &str = r#"defaultTest:
  assert: [{ type: contains, value: sunny }]
tests:
  - { id: "=1+1", vars: { city: Beijing } }
  - { id: '武汉, "two"; a|b', vars: { city: 武汉 } }
  - { id: "-lhasa", vars: { city: Lhasa } }
"#;

fn books() -> Workbench {
    let bench = Workbench::new()
        .file("pw.toml", SETTINGS)
        .file("answers.yaml", RULES)
        .file("prompts/天气.hbs", "Weather in {{city}}?\n")
        .file("evals/天气.yaml", SUITE);
    bench.pw(&["eval", "天气"]);
    bench
}

fn export(bench: &Workbench, format: &str) -> String {
    let arguments = ["ledger", "export", "--format", format];
    bench.pw(&arguments).code(0).stdout
}

/// What the ledger itself says, in picodollars: billed, lost.
fn totals(bench: &Workbench) -> (i128, i128) {
    let said = bench.pw(&["cost", "--format", "json"]).code(0).json();
    let amount = |name: &str| picos(said["total"][name].as_str().expect(name));
    let totals = (amount("billed_usd"), amount("lost_usd"));
    assert!(totals.0 > 0 && totals.1 > 0, "{said}");
    totals
}

fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .expect("a table")
}

fn sum(rows: &[BTreeMap<String, String>], column: &str) -> i128 {
    rows.iter().map(|row| picos(&row[column])).sum()
}

#[test]
fn csv_has_a_line_a_call_and_no_formula() {
    let bench = books();
    let rows = rows(&export(&bench, "csv"));
    assert_eq!(rows.len(), 3);
    let (billed, lost) = totals(&bench);
    assert_eq!(
        (sum(&rows, "billed_usd"), sum(&rows, "lost_usd")),
        (billed, lost)
    );
    let cases: Vec<_> = rows.iter().map(|row| row["case"].as_str()).collect();
    assert!(
        cases.contains(&"'=1+1") && cases.contains(&"'-lhasa"),
        "{cases:?}"
    );
    let broken = rows
        .iter()
        .find(|row| row["state"] == "lost")
        .expect("the lost call");
    assert!(
        broken["attempts"].parse::<u64>().expect("a count") > 1,
        "{broken:?}"
    );
    assert_eq!(broken["case"], "武汉, \"two\"; a|b");
    assert_eq!(
        (broken["model"].as_str(), broken["prompt"].as_str()),
        ("鹦鹉 1", "天气")
    );
    for cell in rows.iter().flat_map(BTreeMap::values) {
        assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
    }
}

#[test]
fn focus_has_the_mandatory_columns_and_what_is_not_billed_apart() {
    let bench = books();
    let rows = rows(&export(&bench, "focus"));
    let (billed, lost) = totals(&bench);
    assert_eq!(
        (sum(&rows, "BilledCost"), sum(&rows, "x_LostCost")),
        (billed, lost)
    );
    for row in &rows {
        for column in [
            "BilledCost",
            "BillingAccountId",
            "BillingCurrency",
            "BillingPeriodEnd",
            "BillingPeriodStart",
            "ChargeCategory",
            "ChargePeriodEnd",
            "ChargePeriodStart",
            "ContractedCost",
            "EffectiveCost",
            "InvoiceIssuerName",
            "ListCost",
            "ServiceCategory",
            "ServiceName",
            "ServiceProviderName",
        ] {
            assert_ne!(row[column], "", "{column} takes no null");
        }
        assert!(row["ChargePeriodStart"] < row["ChargePeriodEnd"], "{row:?}");
        assert_eq!(row["BillingPeriodStart"], "2026-11-01T00:00:00Z");
        assert_eq!(row["BillingPeriodEnd"], "2026-12-01T00:00:00Z");
        let tags: serde_json::Value = serde_json::from_str(&row["Tags"]).expect("an object");
        assert_eq!(tags["pw/prompt"], "天气");
    }
}

#[test]
fn a_window_of_days_agrees_with_the_costs_of_those_days() {
    let bench = books();
    let arguments = |since: &'static str| ["ledger", "export", "--format", "csv", "--since", since];
    let all = bench.pw(&arguments("1d")).code(0).stdout;
    assert_eq!(rows(&all).len(), 3);
    let none = bench.pw(&arguments("2099-01-01")).code(0).stdout;
    assert_eq!(none.lines().count(), 1, "{none}");
    assert_eq!(none.lines().next(), all.lines().next());
}

#[test]
fn a_file_is_not_overwritten_and_bad_days_are_refused() {
    let bench = books();
    let to = |more: &[&str]| -> Output {
        bench.pw(&[&["ledger", "export", "--output", "calls.csv"], more].concat())
    };
    to(&[]).code(0);
    let first = std::fs::read_to_string(bench.path("calls.csv")).unwrap();
    assert_eq!(first, export(&bench, "csv"));
    bench.write("calls.csv", "mine");
    to(&[]).code(2).says("`calls.csv` exists");
    to(&["--since", "2026-11-02", "--until", "2026-11-01", "--yes"])
        .code(2)
        .says("--since 2026-11-02 is after --until 2026-11-01");
    assert_eq!(
        std::fs::read_to_string(bench.path("calls.csv")).unwrap(),
        "mine"
    );
    to(&["--yes"]).code(0);
    assert_eq!(
        std::fs::read_to_string(bench.path("calls.csv")).unwrap(),
        first
    );
    assert!(!bench.path("calls.csv.part").exists());
    bench
        .pw(&["ledger", "export", "--output", "calls.txt"])
        .code(2)
        .says("expected a name that ends in one of");
    bench
        .pw(&["ledger", "export", "--since", "7d"])
        .code(2)
        .says("a part of the chain cannot be verified");
}

/// Runs a program on a file of the bench, or returns `None` where it is not there and nobody demands it.
fn ask(bench: &Workbench, program: &str, arguments: &[&str]) -> Option<String> {
    let demanded = std::env::var_os("PW_EXPORT_TOOLS").is_some();
    let Some(program) = find(program) else {
        assert!(!demanded, "`{program}` is not in PW_EXPORT_TOOLS or PATH");
        return None;
    };
    let said = finish(
        bench
            .program(&program, arguments)
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .spawn()
            .expect("it starts"),
    );
    let missing = !demanded && said.stderr.contains("ModuleNotFoundError");
    (!missing).then(|| said.code(0).stdout)
}

/// Looks for a program in the folder that `PW_EXPORT_TOOLS` names, then in the path.
fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let first = std::env::var_os("PW_EXPORT_TOOLS").map(PathBuf::from);
    first
        .into_iter()
        .chain(std::env::split_paths(&path))
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

fn script(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exports");
    folder.join(name).display().to_string()
}

#[test]
fn hledger_takes_the_journal_and_sums_as_the_ledger_does() {
    let bench = books();
    let (billed, lost) = totals(&bench);
    bench.write("books.journal", export(&bench, "hledger"));
    let Some(_) = ask(
        &bench,
        "hledger",
        &["-f", "books.journal", "check", "--strict"],
    ) else {
        return;
    };
    let balance = |account: &str| {
        let flat = [
            "-f",
            "books.journal",
            "balance",
            "-N",
            "--flat",
            "-O",
            "csv",
            account,
        ];
        let said = ask(&bench, "hledger", &flat).expect("it ran before");
        rows(&said)
            .iter()
            .map(|row| picos(row["balance"].trim_end_matches(" USD")))
            .sum::<i128>()
    };
    assert_eq!(balance("Expenses:LLM"), billed);
    assert_eq!(balance("Liabilities"), -billed);
    assert_eq!(balance("Equity:Lost"), lost);
    assert_eq!((balance("Equity:Held"), balance("Equity")), (0, 0));
}

#[test]
fn beancount_takes_the_journal_and_sums_as_the_ledger_does() {
    let bench = books();
    let (billed, lost) = totals(&bench);
    bench.write("books.beancount", export(&bench, "beancount"));
    let Some(said) = ask(
        &bench,
        "python3",
        &[&script("beancount_total.py"), "books.beancount"],
    ) else {
        return;
    };
    let balances: BTreeMap<String, String> = serde_json::from_str(&said).expect("balances");
    let under = |account: &str| -> i128 {
        let below = balances
            .iter()
            .filter(|(name, _)| name.starts_with(account));
        below.map(|(_, amount)| picos(amount)).sum()
    };
    assert_eq!(under("Expenses:LLM:Eval"), billed);
    assert_eq!(under("Liabilities:My-shop-"), -billed);
    assert_eq!(under("Equity:Lost:My-shop-"), lost);
    assert_eq!((under("Equity:Held"), under("Equity")), (0, 0));
}

#[test]
fn opentelemetrys_own_messages_take_spans_and_metrics() {
    let bench = books();
    let (billed, lost) = totals(&bench);
    let spans = export(&bench, "otlp");
    assert_eq!(spans.lines().count(), 3);
    bench.write("spans.jsonl", &spans);
    bench.write("metrics.jsonl", export(&bench, "otlp-metrics"));
    let decoded = |file: &str| {
        ask(&bench, "python3", &[&script("otlp_total.py"), file])
            .map(|said| serde_json::from_str::<serde_json::Value>(&said).expect("counts"))
    };
    let (Some(spans), Some(metrics)) = (decoded("spans.jsonl"), decoded("metrics.jsonl")) else {
        return;
    };
    assert_eq!(spans["spans"], 3);
    for kind in ["input", "output"] {
        assert_eq!(spans[kind], metrics[kind]);
    }
    assert_eq!(
        (&spans["input"], &spans["output"]),
        (&20.into(), &10.into())
    );
    assert_eq!(
        metrics["picos"].as_i64().map(i128::from),
        Some(billed + lost)
    );
}

#[test]
fn without_a_ledger_there_is_nothing_to_export() {
    let bench = Workbench::cities();
    bench
        .pw(&["ledger", "export"])
        .code(2)
        .says("no ledger in this workspace");
}

#[test]
fn an_empty_ledger_leaves_heads_only() {
    let bench = Workbench::cities();
    // A run that is refused before its first call leaves a ledger without one.
    bench.pw(&["eval", "city", "--budget", "0"]);
    assert!(bench.path(".pw/ledger.db").exists(), "the run is recorded");
    for (format, lines) in [
        ("jsonl", 0),
        ("csv", 1),
        ("focus", 1),
        ("otlp", 0),
        ("otlp-metrics", 0),
    ] {
        assert_eq!(export(&bench, format).lines().count(), lines, "{format}");
    }
}
