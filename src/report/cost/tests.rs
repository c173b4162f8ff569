use jiff::civil::date;

use super::*;
use crate::summary::{SpendEntry, SpendGroup, StackGroup};

fn sums(billed: &str, answers: u64) -> SpendSums {
    SpendSums {
        billed: billed.parse().unwrap(),
        answers,
        ..SpendSums::default()
    }
}

fn sample() -> Spend {
    let total = SpendSums {
        lost: "0.002".parse().unwrap(),
        losses: 1,
        saved: "0.5".parse().unwrap(),
        cached: 1_200,
        ..sums("4.2", 5_208)
    };
    let group = |name: Option<&str>, sums| SpendGroup {
        name: name.map(str::to_owned),
        sums,
    };
    Spend {
        by: SpendBy::Prompt,
        days: Some((date(2026, 11, 1), date(2026, 11, 24))),
        groups: vec![
            group(Some("客服分流"), sums("4", 5_000)),
            group(Some("=cmd()"), sums("0.1999", 200)),
            group(None, sums("0.0001", 8)),
        ],
        total,
    }
}

fn cap() -> CapLeft {
    CapLeft {
        period: "month",
        cap: "50".parse().unwrap(),
        left: "45.79".parse().unwrap(),
    }
}

/// One day's entry: no trend.
fn course() -> SpendCourse {
    let parts = ["4", "0.1999", "0.0001"].map(|usd| usd.parse().unwrap());
    SpendCourse {
        period: SpendBy::Day,
        by: SpendBy::Prompt,
        imputed: false,
        groups: vec![
            StackGroup::Named("客服分流".to_owned()),
            StackGroup::Named("=cmd()</script>\"\u{202e}".to_owned()),
            StackGroup::Others(3),
        ],
        entries: vec![SpendEntry {
            name: "2026-11-01".to_owned(),
            parts: parts.into(),
        }],
    }
}

#[test]
fn groups_their_bars_and_what_is_not_billed_stand_apart() {
    let zh = View {
        lang: Lang::Zh,
        width: 60,
        ..View::plain()
    };
    assert_eq!(
        cost(&sample(), &course(), &[cap()], &View::plain()),
        "\
spend by prompt · 2026-11-01 – 2026-11-24

 prompt     billed $                      answers   cached
 客服分流       4.00   ████████████████     5,000        0
 =cmd()         0.20   ▊                      200        0
 (none)       0.0001   ▏                        8        0
 total          4.20                        5,208    1,200

billed $4.20 · lost $0.002 (worst case, until reconciled) (1 attempt)
 1,200 from the cache, $0.50 saved · this month $45.79 of $50.00 left
"
    );
    assert_eq!(
        cost(&sample(), &course(), &[], &zh),
        "\
花费，按提示 · 2026-11-01 – 2026-11-24

 提示       计费 $                       回答    缓存
 客服分流     4.00   ████████████████   5,000       0
 =cmd()       0.20   ▊                    200       0
 （无）     0.0001   ▏                      8       0
 合计         4.20                      5,208   1,200

计费 $4.20
 下落不明 $0.002（按最坏情况，待对账） (1 次尝试)
 1,200 次来自缓存，节省 $0.50 · 未设日或月上限
"
    );
}

#[test]
fn a_ledger_without_calls_says_so() {
    let nothing = Spend {
        by: SpendBy::Day,
        days: None,
        groups: Vec::new(),
        total: SpendSums::default(),
    };
    assert_eq!(
        cost(&nothing, &course(), &[], &View::plain()),
        "nothing was spent in this period\n"
    );
    assert!(cost_json(&nothing, &[]).contains("\"groups\": []"));
}

#[test]
fn json_and_csv_are_exact_and_a_formula_is_disarmed() {
    let json: serde_json::Value = serde_json::from_str(&cost_json(&sample(), &[cap()])).unwrap();
    assert_eq!(json["groups"][2]["billed_usd"], "0.000100000000");
    assert_eq!(json["total"]["lost_usd"], "0.002000000000");
    assert_eq!(json["caps"][0]["left_usd"], "45.790000000000");
    let csv = cost_csv(&sample());
    let second = csv.lines().nth(2).unwrap();
    assert_eq!(
        second,
        "'=cmd(),0.199900000000,0.000000000000,0.000000000000,0.000000000000,0.000000000000,200,0,0,0,0"
    );
}

#[test]
fn whatever_is_not_nothing_has_a_bar() {
    let usd = |text: &str| text.parse::<Usd>().unwrap();
    assert_eq!(bar(usd("0.000000000001"), usd("9000000"), false), "▏");
    assert_eq!(bar(usd("1"), usd("2"), false), "█".repeat(8));
    assert_eq!(bar(Usd::ZERO, usd("2"), false), "");
}

#[test]
fn a_trend_needs_three_periods_and_compares_two_stretches() {
    let usd = |picos: i64| SpendEntry {
        name: format!("2026-11-{picos:02}"),
        parts: vec![Usd::from_picos(picos * 1_000_000_000)],
    };
    let entries: Vec<SpendEntry> = (1..=14).map(usd).collect();
    let long = SpendCourse {
        entries,
        ..course()
    };
    let shown = |ascii: bool, lang: Lang| {
        let view = View {
            lang,
            ascii,
            ..View::plain()
        };
        trend::trend(&long, &view).join("\n")
    };
    assert_eq!(
        shown(false, Lang::En),
        " billed, by day  ⣀⣀⣠⣤⣶⣶⣿  at most $0.014, 2026-11-14
   last 7 days: $0.077, the 7 before: $0.028"
    );
    assert_eq!(
        shown(true, Lang::Zh),
        " 计费，按日期  .....---====##  最高 $0.014，2026-11-14
   最近 7 天 $0.077，此前 7 天 $0.028"
    );
    assert_eq!(trend::trend(&course(), &View::plain()).len(), 0);
}

#[test]
fn a_page_holds_no_markup_of_strangers() {
    let page = cost_html(&sample(), &course(), &[cap()], Lang::Zh);
    assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"zh-Hans\">"));
    assert!(page.contains("=cmd()&lt;/script&gt;&quot;"), "{page}");
    assert!(!page.contains("<script") && !page.contains("</script") && !page.contains('\u{202e}'));
    assert!(page.contains("预算 $50.00，剩余 $45.79"), "{page}");
}
