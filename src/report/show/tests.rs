use insta::assert_snapshot;

use super::*;
use crate::domain::{FinishReason, Variant};
use crate::report::fixture::{alone, case_id, grid, troubled, weather};
use crate::report::text::Lang;

#[test]
fn a_case_is_shown_whole_for_each_trial() {
    let view = View::plain();
    assert_snapshot!(case(&weather(), &case_id(8), &view).expect("a case"), @r"
    chengdu-03 · weather · run 7
         vars          city: chengdu-03
                       days: 2

     ✗ (unnamed) · scripted/weather · score 0.33
         system        你是天气助手。只用一句话回答。
         user          chengdu-03今天天气怎么样？
         answer        今天成都阴天，气温17°C到21°C
       ✗ contains      expected `最低` in “今天成都阴天，气温17°C到21°C”, found
                       neither it nor `low`
       ✓ latency       9 ms, at most 1000 ms
         $0.0000763 · 9 ms · 32 + 16 tokens · stop · answered by weather-2026
         price: pw.toml 2026-10-01

     ✓ detailed · scripted/weather · score 1.00
         system        你是天气助手。只用一句话回答。
         user          chengdu-03今天天气怎么样？
         answer        今天成都阴天，气温17°C到21°C
       ✓ contains      found `最低`
       ✓ latency       9 ms, at most 1000 ms
         $0.0000763 · 9 ms · 32 + 16 tokens · stop · answered by weather-2026
         price: pw.toml 2026-10-01
    ");
}

#[test]
fn a_case_is_found_by_what_people_call_it() {
    let zh = View {
        lang: Lang::Zh,
        width: 44,
        ..View::plain()
    };
    let mut facts = weather();
    facts.results.truncate(24);
    facts.variants.truncate(1);
    let called = CaseId("weather.csv:17 上海".to_owned());
    assert_snapshot!(case(&facts, &called, &zh).expect("a case"), @r"
    weather.csv:17 上海 · 上海-01 · weather
     运行 7
         变量
         city: 上海-01
         days: 2

     ✗ (默认) · scripted/weather · 得分 0.33
         系统
         你是天气助手。只用一句话回答。
         用户
         上海-01今天天气怎么样？
         回答
         今天成都阴天，气温17°C到21°C
       ✗ contains
         expected `最低` in “今天成都阴天，气温
         17°C到21°C”, found neither it nor `low`
       ✓ latency
         9 ms, at most 1000 ms
         $0.0000763 · 9 ms · 32 + 16 token
         stop · 由 weather-2026 回答
         价格：pw.toml 2026-10-01
    ");
    assert_eq!(case(&facts, &CaseId("nowhere".to_owned()), &zh), None);
}

#[test]
fn what_did_not_pass_is_listed_with_what_is_wrong() {
    let mut facts = troubled();
    facts.results.truncate(8);
    facts.results[6].outcome = facts.results[5].outcome.clone();
    if let Outcome::Answered { answer } = &mut facts.results[6].outcome {
        answer.text = Some("一二三四五六七八\n".repeat(9));
        answer.finish_reason = Some(FinishReason::Length);
    }
    assert_snapshot!(failed(&facts, &View::plain()), @r"
    7 trials did not pass · weather · run 7

     ! beijing-01 · (unnamed)
         error         F1 429  rate limit reached for weather

     ✗ beijing-02 · (unnamed) · score 0.33
         answer        今天成都阴天，气温17°C到21°C
       ✗ contains      expected `最低` in “今天成都阴天，气温17°C到21°C”, found
                       neither it nor `low`

     ✗ weather.csv:17 上海 · (unnamed) · score 0.33
         answer        今天成都阴天，气温17°C到21°C
       ✗ contains      expected `最低` in “今天成都阴天，气温17°C到21°C”, found
                       neither it nor `low`

     ! 上海-02 · (unnamed)
         error         F1 429  rate limit reached for weather

     ! guangzhou-03 · (unnamed)
         error         F1 429  rate limit reached for weather

     ✗ guangzhou-04 · (unnamed) · score 0.33
         answer        今天成都阴天，气温17°C到21°C
       ✗ contains      expected `最低` in “今天成都阴天，气温17°C到21°C”, found
                       neither it nor `low`

     ✗ chengdu-01 · (unnamed)
         answer        一二三四五六七八
                       一二三四五六七八
                       一二三四五六七八
                       一二三四五六七八
                       一二三四五六七八
                       一二三四五六七八
         …
       ✗ the answer was cut at the token limit
    ");
}

#[test]
fn nothing_failed_is_said() {
    let mut facts = alone();
    facts.results.retain(|row| row.pass == Some(true));
    assert_eq!(
        failed(&facts, &View::plain()),
        "nothing failed · weather · run 7\n"
    );
}

#[test]
fn repeats_and_models_are_named_where_there_are_several() {
    let text = failed(&grid(), &View::plain());
    assert!(
        text.contains("\n ✗ 上海-02 · detailed · openai/gpt-5-mini · repeat 3 · score 0.33\n"),
        "{text}"
    );
}

#[test]
fn texts_that_are_not_kept_and_answers_without_text_are_said() {
    let mut facts = alone();
    facts.vars.clear();
    let row = &mut facts.results[0];
    row.messages.clear();
    row.cached = true;
    row.attempts = 2;
    row.answer_cost.imputed = row.answer_cost.billed;
    if let Outcome::Answered { answer } = &mut row.outcome {
        answer.text = None;
        answer.usage = None;
    }
    assert_eq!(row.key.variant, Variant::UNSUFFIXED);
    assert_snapshot!(case(&facts, &case_id(0), &View::plain()).expect("a case"), @r"
    beijing-01 · weather · run 7

     ✓ (unnamed) · scripted/weather · score 1.00
         (texts are not kept)
         answer        (no text)
       ✓ contains      found `最低`
       ✓ latency       9 ms, at most 1000 ms
         $0.0000763 + imputed $0.0000763 · 9 ms · stop · answered by weather-2026
         cached · 2 attempts · price: pw.toml 2026-10-01
    ");
}
