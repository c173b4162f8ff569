use insta::assert_snapshot;

use super::*;
use crate::domain::Variant;
use crate::report::fixture::{case_id, row, since_previous, weather};
use crate::report::layout;
use crate::report::text::Lang;

/// Run 5: chengdu-03 passed, beijing-01 failed, and a case that is gone since.
fn before() -> Facts {
    let mut facts = weather();
    facts.number = 5;
    facts.results.truncate(24);
    facts.results[8] = row(&Variant::UNSUFFIXED, 8, true);
    facts.results[0] = row(&Variant::UNSUFFIXED, 0, false);
    facts.results[23].key.case.0 = "gone-01".to_owned();
    facts
}

#[test]
fn regressions_come_first_with_both_answers() {
    assert_snapshot!(diff(&before(), &weather(), &since_previous(), &View::plain()), @r"
    weather · run 5 -> run 7 · (unnamed) · @bbbbbbbb -> @aaaaaaaa · scripted/weather

     2 cases differ · 21 cases as before · +4 [-14, 23] ?

     chengdu-03  ✓ -> ✗
         was           今天成都阴天，气温17°C到21°C
         now           今天成都阴天，气温17°C到21°C
       ✗ contains      expected `最低` in “今天成都阴天，气温17°C到21°C”, found
                       neither it nor `low`

     beijing-01  ✗ -> ✓
         was           今天成都阴天，气温17°C到21°C
       ✗ contains      expected `最低` in “今天成都阴天，气温17°C到21°C”, found
                       neither it nor `low`
         now           今天成都阴天，气温17°C到21°C
    ");
}

#[test]
fn verbosity_adds_a_table_of_all_cases() {
    let view = View {
        verbose: 1,
        lang: Lang::Zh,
        width: 40,
        ..View::plain()
    };
    let mut now = weather();
    now.results.drain(10..22);
    let text = diff(&before(), &now, &since_previous(), &view);
    let table: Vec<&str> = text
        .lines()
        .skip_while(|line| !line.starts_with(" 用例"))
        .collect();
    assert_snapshot!(table.join("\n"), @r"
    用例                  运行 5   运行 7
    beijing-01                 ✗        ✓
    beijing-02                 ✗        ✗
    weather.csv:17 上海        ✗        ✗
    上海-02                    ✓        ✓
    guangzhou-03               ✓        ✓
    guangzhou-04               ✗        ✗
    chengdu-01                 ✓        ✓
    chengdu-02                 ✓        ✓
    chengdu-03                 ✓        ✗
    深圳🌞-01                  ✗        ✗
    xiamen-01                  ✓        ✓
    sanya-01                   -        ✗
    西安-01                    ✓        -
    西安-02                    ✗        -
    harbin-01                  ✓        -
    harbin-02                  ✗        -
    乌鲁木齐-01                ✗        -
    kunming-01                 ✓        -
    kunming-02                 ✗        -
    lhasa-01                   ✓        -
    天津-01                    ✗        -
    天津-02                    ✗        -
    wuhan-01                   ✓        -
    wuhan-02                   ✗        -
    gone-01                    ✗        -
    ");
    assert!(text.lines().all(|line| layout::width(line) <= 40), "{text}");
}

#[test]
fn the_same_run_differs_in_nothing() {
    let mut comparison = since_previous();
    comparison.difference = Some(0.0);
    comparison.interval = None;
    comparison.verdict = None;
    comparison.reference = comparison.candidate.clone();
    assert_eq!(
        diff(&weather(), &weather(), &comparison, &View::plain()),
        "weather · run 7 · (unnamed) · @aaaaaaaa · scripted/weather\n\n no case differs · 24 cases as before · 0\n"
    );
    assert_eq!(case_id(0).0, "beijing-01");
}
