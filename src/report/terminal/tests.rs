use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;
use crate::report::fixture::{alone, break_row, empty, grid, history, troubled, usd, weather};
use crate::report::layout;
use crate::report::text::Lang;

fn view(width: usize, lang: Lang) -> View {
    View {
        width,
        lang,
        history: Some(history()),
        ..View::plain()
    }
}

fn english(facts: &Facts, width: usize) -> String {
    terminal(facts, &view(width, Lang::En))
}

fn chinese(facts: &Facts, width: usize) -> String {
    terminal(facts, &view(width, Lang::Zh))
}

#[test]
fn two_variants_in_english() {
    assert_snapshot!(english(&weather(), 80), @r"
    weather · 24 cases × 2 variants · scripted/weather · run 7

     variant             pass       95 %   $ / 1k calls     p50   difference
     (unnamed)   11/24   46 %    28-65 %         0.0488    8 ms
     detailed    24/24  100 %   86-100 %          0.104   1.2 s   +54 [33, 72] ADOPT

     (unnamed) since iteration 2 (10/24): 2 now pass, 1 now fails  +4 [-14, 23] ?
       ✗ chengdu-03  expected `最低` in “今天成都阴天，气温17°C到21°C”, found neith…
       ✓ beijing-01, 西安-01
     13 cases fail in (unnamed) only · first: beijing-02, weather.csv:17 上海, …

     ? = INCONCLUSIVE: about 516 more cases, $0.0787, would settle it

    billed $0.00366 · 48 calls, 2,310 tokens · no cap
    iteration 3, $0.0721 and 26 min since the first
    ");
    assert_snapshot!(english(&weather(), 60), @r"
    weather · 24 cases × 2 variants · scripted/weather · run 7

     variant            pass      95 %  $ / 1k calls    p50
     (unnamed)  11/24   46 %   28-65 %        0.0488   8 ms
     detailed   24/24  100 %  86-100 %         0.104  1.2 s

     detailed against (unnamed): +54 [33, 72] ADOPT
     (unnamed) since iteration 2 (10/24):
       2 now pass, 1 now fails  +4 [-14, 23] ?
       ✗ chengdu-03  expected `最低` in “今天成都阴天，气温17°C…
       ✓ beijing-01, 西安-01
     13 cases fail in (unnamed) only
       beijing-02, weather.csv:17 上海, guangzhou-04, …

     ? = INCONCLUSIVE:
       about 516 more cases, $0.0787, would settle it

    billed $0.00366 · 48 calls, 2,310 tokens · no cap
    iteration 3, $0.0721 and 26 min since the first
    ");
    assert_snapshot!(english(&weather(), 40), @r"
    weather · 24 cases × 2 variants
     scripted/weather · run 7

     variant            pass      95 %
     (unnamed)  11/24   46 %   28-65 %
     detailed   24/24  100 %  86-100 %

     detailed against (unnamed):
       +54 [33, 72] ADOPT
     (unnamed) since iteration 2 (10/24):
       2 now pass, 1 now fails
       +4 [-14, 23] ?
       ✗ chengdu-03  expected `最低` in “今…
       ✓ beijing-01, 西安-01
     13 cases fail in (unnamed) only
       beijing-02, weather.csv:17 上海, …

     ? = INCONCLUSIVE:
       about 516 more cases, $0.0787, would
       settle it

    billed $0.00366 · 48 calls, 2,310 tokens
    no cap
    iteration 3, $0.0721 and 26 min since
    the first
    ");
}

#[test]
fn two_variants_in_chinese() {
    assert_snapshot!(chinese(&weather(), 80), @r"
    weather · 24 个用例 × 2 个变体 · scripted/weather · 运行 7

     变体             通过  95% 区间  $/千次调用    p50  差异
     (默认)    11/24   46%    28-65%      0.0488   8 ms
     detailed  24/24  100%   86-100%       0.104  1.2 s  +54 [33, 72] 采用 ADOPT

     (默认) 较第 2 次迭代 (10/24)：2 个转为通过，1 个转为失败  +4 [-14, 23] 未定 ?
       ✗ chengdu-03  expected `最低` in “今天成都阴天，气温17°C到21°C”, found neith…
       ✓ beijing-01, 西安-01
     13 个用例仅在 (默认) 中失败 · 例如：beijing-02, weather.csv:17 上海, …

     ? = 未定 INCONCLUSIVE：约再需 516 个用例（$0.0787）方可定论

    计费 $0.00366 · 48 次调用，2,310 token · 未设预算上限
    第 3 次迭代，自首次迭代起 $0.0721，26 分钟
    ");
    assert_snapshot!(chinese(&weather(), 60), @r"
    weather · 24 个用例 × 2 个变体 · scripted/weather · 运行 7

     变体             通过  95% 区间  $/千次调用    p50
     (默认)    11/24   46%    28-65%      0.0488   8 ms
     detailed  24/24  100%   86-100%       0.104  1.2 s

     detailed 较 (默认)：+54 [33, 72] 采用 ADOPT
     (默认) 较第 2 次迭代 (10/24)：2 个转为通过，1 个转为失败
       +4 [-14, 23] 未定 ?
       ✗ chengdu-03  expected `最低` in “今天成都阴天，气温17°C…
       ✓ beijing-01, 西安-01
     13 个用例仅在 (默认) 中失败
       beijing-02, weather.csv:17 上海, guangzhou-04, …

     ? = 未定 INCONCLUSIVE：约再需 516 个用例（$0.0787）方可定论

    计费 $0.00366 · 48 次调用，2,310 token · 未设预算上限
    第 3 次迭代，自首次迭代起 $0.0721，26 分钟
    ");
    assert_snapshot!(chinese(&weather(), 40), @r"
    weather · 24 个用例 × 2 个变体
     scripted/weather · 运行 7

     变体             通过  95% 区间
     (默认)    11/24   46%    28-65%
     detailed  24/24  100%   86-100%

     detailed 较 (默认)：
       +54 [33, 72] 采用 ADOPT
     (默认) 较第 2 次迭代 (10/24)：
       2 个转为通过，1 个转为失败
       +4 [-14, 23] 未定 ?
       ✗ chengdu-03  expected `最低` in “今…
       ✓ beijing-01, 西安-01
     13 个用例仅在 (默认) 中失败
       beijing-02, weather.csv:17 上海, …

     ? = 未定 INCONCLUSIVE：
       约再需 516 个用例（$0.0787）方可定论

    计费 $0.00366 · 48 次调用，2,310 token
    未设预算上限
    第 3 次迭代，自首次迭代起 $0.0721，26 分
    钟
    ");
}

#[test]
fn everything_that_can_go_wrong_is_said() {
    assert_snapshot!(english(&troubled(), 80), @r"
    weather · 24 cases × 2 variants · scripted/weather · run 7
     OUT OF BUDGET · 47 of 48 trials ran · no verdict is given

     variant             pass       95 %   $ / 1k calls     p50   difference
     (unnamed)    5/19   26 %    12-49 %        unknown    8 ms
     detailed    24/24  100 %   86-100 %          0.104   1.2 s   +54 [33, 72]

     detailed against (unnamed): 5 cases not paired
     (unnamed) since iteration 2: 2 now pass, 1 now fails  +4 [-14, 23]
       5 cases not paired
       ✗ chengdu-03  expected `最低` in “今天成都阴天，气温17°C到21°C”, found neith…
       ✓ beijing-01, 西安-01
     14 cases fail in (unnamed) only · first: beijing-02, weather.csv:17 上海, …
     (unnamed): 3 errors  1 could not be judged  1 not sent
       2 answers cut at the token limit
       ! 3x F1 429  rate limit reached for weather

     ✗ gate `rate`  missed  89.96 % found, at least 90.00 % required
     ✓ gate `lower_bound`  met  12 % found, at least 10 % required
     ✗ gate `max_cost_per_call`  missed  $0.0488 found, at most $0.01 allowed
     ? gate `regression`  undecided, errors leave it open

    billed $0.00366 (eval $0.00366, judge $0.90) · imputed $0.0000244
    lost $0.0512 (worst case, until reconciled) · still held $0.01
    48 calls, 53 attempts, 2,310 tokens · 6 from the cache, $0.00047 saved
    $0.0042 of $1.00 left · iteration 3, $0.0721 and 26 min since the first
    ");
    assert_snapshot!(chinese(&troubled(), 80), @r"
    weather · 24 个用例 × 2 个变体 · scripted/weather · 运行 7
     预算用尽 · 48 个试次中已运行 47 个 · 不作结论

     变体              通过   95% 区间   $/千次调用     p50   差异
     (默认)      5/19   26%     12-49%         未知    8 ms
     detailed   24/24  100%    86-100%        0.104   1.2 s   +54 [33, 72]

     detailed 较 (默认)：5 个用例未能配对
     (默认) 较第 2 次迭代：2 个转为通过，1 个转为失败  +4 [-14, 23]
       5 个用例未能配对
       ✗ chengdu-03  expected `最低` in “今天成都阴天，气温17°C到21°C”, found neith…
       ✓ beijing-01, 西安-01
     14 个用例仅在 (默认) 中失败 · 例如：beijing-02, weather.csv:17 上海, …
     (默认)：3 个错误  1 个无法评判  1 个未发送  2 个回答因 token 上限被截断
       ! 3x F1 429  rate limit reached for weather

     ✗ 门槛 `rate`  未达标  实测 89.96%，要求不低于 90.00%
     ✓ 门槛 `lower_bound`  达标  实测 12%，要求不低于 10%
     ✗ 门槛 `max_cost_per_call`  未达标  实测 $0.0488，要求不高于 $0.01
     ? 门槛 `regression`  未决，存在错误

    计费 $0.00366 (eval $0.00366, judge $0.90) · 本机折算 $0.0000244
    下落不明 $0.0512（按最坏情况，待对账） · 仍冻结 $0.01
    48 次调用，53 次尝试，2,310 token · 6 次来自缓存，节省 $0.00047
    预算 $1.00，剩余 $0.0042 · 第 3 次迭代，自首次迭代起 $0.0721，26 分钟
    ");
    assert_snapshot!(english(&troubled(), 40), @r"
    weather · 24 cases × 2 variants
     scripted/weather · run 7
     OUT OF BUDGET · 47 of 48 trials ran
     no verdict is given

     variant            pass      95 %
     (unnamed)   5/19   26 %   12-49 %
     detailed   24/24  100 %  86-100 %

     detailed against (unnamed):
       +54 [33, 72]  5 cases not paired
     (unnamed) since iteration 2:
       2 now pass, 1 now fails  +4 [-14, 23]
       5 cases not paired
       ✗ chengdu-03  expected `最低` in “今…
       ✓ beijing-01, 西安-01
     14 cases fail in (unnamed) only
       beijing-02, weather.csv:17 上海, …
     (unnamed): 3 errors
       1 could not be judged  1 not sent
       2 answers cut at the token limit
       ! 3x F1 429  rate limit reached for…

     ✗ gate `rate`  missed
       89.96 % found, at least 90.00 %
       required
     ✓ gate `lower_bound`  met
       12 % found, at least 10 % required
     ✗ gate `max_cost_per_call`  missed
       $0.0488 found, at most $0.01 allowed
     ? gate `regression`
       undecided, errors leave it open

    billed $0.00366 (eval $0.00366, judge
    $0.90) · imputed $0.0000244
    lost $0.0512 (worst case, until
    reconciled) · still held $0.01
    48 calls, 53 attempts, 2,310 tokens
    6 from the cache, $0.00047 saved
    $0.0042 of $1.00 left
    iteration 3, $0.0721 and 26 min since
    the first
    ");
}

#[test]
fn verbosity_adds_how_it_was_computed() {
    let verbose = View {
        verbose: 1,
        ..view(80, Lang::En)
    };
    assert_snapshot!(terminal(&weather(), &verbose), @r"
    weather · 24 cases × 2 variants · scripted/weather · run 7
     2026-11-24T08:00:00Z · seed 1 · git 01234567, changed since

     variant             pass       95 %   $ / 1k calls     p50   difference
     (unnamed)   11/24   46 %    28-65 %         0.0488    8 ms
     detailed    24/24  100 %   86-100 %          0.104   1.2 s   +54 [33, 72] ADOPT

     (unnamed) @aaaaaaaa · iteration 3 · 24 of 24 trials ran · billed $0.00183
       p95 21 ms · wilson interval · score 0.625 · 语气 0.500
     detailed @dddddddd · iteration 1 · 24 of 24 trials ran · billed $0.00183
       p95 2.1 s · wilson interval · score 1.000 · 语气 0.500

     detailed against (unnamed):
       exact McNemar test · 24 pairs · 13 better, 0 worse · p = 0.00024
     (unnamed) since iteration 2 (10/24): 2 now pass, 1 now fails  +4 [-14, 23] ?
       ✗ chengdu-03  expected `最低` in “今天成都阴天，气温17°C到21°C”, found
                     neither it nor `low`
       ✓ beijing-01, 西安-01
       exact McNemar test · 24 pairs · 2 better, 1 worse · p = 1
     13 cases fail in (unnamed) only
       ✗ beijing-02           expected `最低` in “今天成都阴天，气温17°C到21°C”,
                              found neither it nor `low`
       ✗ weather.csv:17 上海  expected `最低` in “今天成都阴天，气温17°C到21°C”,
                              found neither it nor `low`
       ✗ guangzhou-04         expected `最低` in “今天成都阴天，气温17°C到21°C”,
                              found neither it nor `low`
       ✗ 深圳🌞-01            expected `最低` in “今天成都阴天，气温17°C到21°C”,
                              found neither it nor `low`
       ✗ 西安-02              expected `最低` in “今天成都阴天，气温17°C到21°C”,
                              found neither it nor `low`
       ✗ harbin-02            expected `最低` in “今天成都阴天，气温17°C到21°C”,
                              found neither it nor `low`
       ✗ 乌鲁木齐-01          expected `最低` in “今天成都阴天，气温17°C到21°C”,
                              found neither it nor `low`
       ✗ kunming-02           expected `最低` in “今天成都阴天，气温17°C到21°C”,
                              found neither it nor `low`
       ✗ 天津-01              expected `最低` in “今天成都阴天，气温17°C到21°C”,
                              found neither it nor `low`
       ✗ 天津-02              expected `最低` in “今天成都阴天，气温17°C到21°C”,
                              found neither it nor `low`
       ✗ wuhan-02             expected `最低` in “今天成都阴天，气温17°C到21°C”,
                              found neither it nor `low`
       ✗ sanya-01             expected `最低` in “今天成都阴天，气温17°C到21°C”,
                              found neither it nor `low`

     ? = INCONCLUSIVE: about 516 more cases, $0.0787, would settle it

    billed $0.00366 · 48 calls, 2,310 tokens · no cap
    iteration 3, $0.0721 and 26 min since the first
    ");
}

#[test]
fn variants_and_models_have_a_row_for_each_pair() {
    assert_snapshot!(english(&grid(), 100), @r"
    weather · 24 cases × 2 variants × 3 repeats · 2 models · run 7

     variant    model                      pass      95 %  $ / 1k calls    p50  difference
     (unnamed)  scripted/weather   33/72   46 %   28-65 %        0.0488   8 ms
     detailed   scripted/weather   72/72  100 %  86-100 %         0.104  1.2 s   +54 [33, 72]      ADOPT
     (unnamed)  openai/gpt-5-mini  33/72   46 %   28-65 %      1,234.50   8 ms
     detailed   openai/gpt-5-mini  72/72  100 %  86-100 %      1,234.50  1.2 s  -0.3 [-12.0, 11.4] ?

     (unnamed) scripted/weather since iteration 2: 2 now pass, 1 now fails  +4 [-14, 23] ?
       ✗ chengdu-03  expected `最低` in “今天成都阴天，气温17°C到21°C”, found neither it nor `low`
       ✓ beijing-01, 西安-01
     detailed against (unnamed) (openai/gpt-5-mini): p = 0.00024  too few clusters
     1 case fails everywhere
       ✗ 上海-02  expected `最低` in “今天成都阴天，气温17°C到21°C”, found neither it nor `low`

     ? = INCONCLUSIVE: (unnamed) scripted/weather since iteration 2
       about 516 more cases, $0.0787, would settle it
     ? = INCONCLUSIVE: detailed against (unnamed) (openai/gpt-5-mini)
       how many more cases would settle it cannot be told from these

    billed $0.00366 · 48 calls, 2,310 tokens · no cap · iteration 3, $0.0721 and 26 min since the first
    ");
    assert_snapshot!(chinese(&grid(), 60), @r"
    weather · 24 个用例 × 2 个变体 × 3 次重复 · 2 个模型
     运行 7

     变体      模型                      通过  95% 区间
     (默认)    scripted/weather   33/72   46%    28-65%
     detailed  scripted/weather   72/72  100%   86-100%
     (默认)    openai/gpt-5-mini  33/72   46%    28-65%
     detailed  openai/gpt-5-mini  72/72  100%   86-100%

     detailed 较 (默认) (scripted/weather)：
       +54 [33, 72] 采用 ADOPT
     (默认) scripted/weather 较第 2 次迭代：
       2 个转为通过，1 个转为失败  +4 [-14, 23] 未定 ?
       ✗ chengdu-03  expected `最低` in “今天成都阴天，气温17°C…
       ✓ beijing-01, 西安-01
     detailed 较 (默认) (openai/gpt-5-mini)：
       -0.3 [-12.0, 11.4] 未定 ?  p = 0.00024  簇数过少
     1 个用例在所有变体与模型中均失败
       ✗ 上海-02  expected `最低` in “今天成都阴天，气温17°C到2…

     ? = 未定 INCONCLUSIVE：
       (默认) scripted/weather 较第 2 次迭代
       约再需 516 个用例（$0.0787）方可定论
     ? = 未定 INCONCLUSIVE：
       detailed 较 (默认) (openai/gpt-5-mini)
       无法据此推算还需多少用例

    计费 $0.00366 · 48 次调用，2,310 token · 未设预算上限
    第 3 次迭代，自首次迭代起 $0.0721，26 分钟
    ");
}

#[test]
fn one_variant_lists_its_failures() {
    let first = View {
        history: None,
        ..view(80, Lang::En)
    };
    assert_snapshot!(terminal(&alone(), &first), @r"
    weather · 24 cases · scripted/weather · run 7

     variant            pass      95 %   $ / 1k calls    p50
     (unnamed)   11/24  46 %   28-65 %              0   8 ms

     13 cases fail
       ✗ beijing-02           expected `最低` in “今天成都阴天，气温17°C到21°C”, fo…
       ✗ weather.csv:17 上海  expected `最低` in “今天成都阴天，气温17°C到21°C”, fo…
       ✗ guangzhou-04         expected `最低` in “今天成都阴天，气温17°C到21°C”, fo…
       ✗ chengdu-03           expected `最低` in “今天成都阴天，气温17°C到21°C”, fo…
       ✗ 深圳🌞-01            expected `最低` in “今天成都阴天，气温17°C到21°C”, fo…
         and 8 more

    billed $0 · 48 calls, 2,310 tokens · no cap · iteration 1
    ");
}

#[test]
fn a_run_of_nothing_is_a_run() {
    assert_snapshot!(english(&empty(), 80), @r"
    weather · 0 cases · run 7
     FAILED · no verdict is given

     no trials

    billed $0 · 0 calls, 0 tokens · no cap
    iteration 3, $0.0721 and 26 min since the first
    ");
}

#[test]
fn a_run_of_errors_has_no_rate() {
    let mut facts = alone();
    for row in &mut facts.results {
        break_row(row, 11, "connection refused", false);
    }
    let row = &mut facts.variants[0];
    (row.passed, row.failed, row.errors) = (0, 0, 24);
    (row.pass_rate, row.interval, row.usd_per_1k_calls) = (None, None, None);
    (row.latency_p50_ms, row.iteration) = (None, None);
    let plain = View::plain();
    assert_snapshot!(terminal(&facts, &plain), @r"
    weather · 24 cases · scripted/weather · run 7

     variant       pass   95 %   $ / 1k calls   p50
     (unnamed)   0/0  -      -        unknown     -

     (unnamed): 24 errors
       ! 24x F11 429  connection refused

    billed $0 · 48 calls, 2,310 tokens · no cap
    ");
}

#[test]
fn huge_numbers_keep_their_columns() {
    let mut facts = weather();
    let row = &mut facts.variants[0];
    (row.cases, row.trials, row.passed, row.failed) = (1_000_000, 1_000_000, 999_999, 1);
    row.pass_rate = Some(0.999_999);
    row.usd_per_1k_calls = Some(usd("9223372.036854775807"));
    row.latency_p50_ms = Some(u64::MAX / 2);
    facts.totals.billed = usd("9223372.036854775807");
    facts.totals.calls = u64::MAX;
    let text = english(&facts, 100);
    let lines: Vec<&str> = text.lines().skip(2).take(3).collect();
    assert_eq!(
        lines,
        [
            " variant                        pass      95 %  $ / 1k calls                      p50",
            " (unnamed)  999,999/1,000,000  >99 %   28-65 %  9,223,372.04  9,223,372,036,854,776 s",
            " detailed               24/24  100 %  86-100 %         0.104                    1.2 s",
        ]
    );
    assert!(
        text.contains("billed $9,223,372.04 · 18,446,744,073,709,551,615 calls"),
        "{text}"
    );
}

#[test]
fn texts_of_models_and_files_steer_nothing() {
    let mut facts = troubled();
    let hostile = "\u{1b}]0;x\u{7}\u{202e}a\u{9b}31m\u{200b}\nb";
    facts.prompt.0 = hostile.to_owned();
    facts.suite = hostile.to_owned();
    for flip in &mut facts.comparisons[1].flipped {
        flip.reason = hostile.to_owned();
        flip.case.0 = hostile.to_owned();
    }
    facts.comparisons[0].remarks = vec![hostile.to_owned()];
    facts.variants[1].variant.0 = Some(hostile.to_owned());
    facts.variants[0].metrics.insert(hostile.to_owned(), 1.0);
    facts.gates[0].gate = hostile.to_owned();
    facts.totals.by_purpose.insert(hostile.to_owned(), usd("1"));
    facts.note = Some(hostile.to_owned());
    let verbose = View {
        verbose: 2,
        ..view(80, Lang::En)
    };
    let text = terminal(&facts, &verbose);
    assert!(!text.contains(crate::report::safe::is_hostile), "{text:?}");
    assert!(text.starts_with("a b · 24 cases"), "{text}");
}

#[test]
fn colours_change_no_column() {
    let styled = View {
        styled: true,
        ..view(80, Lang::Zh)
    };
    for facts in [weather(), troubled(), grid(), empty()] {
        let coloured = terminal(&facts, &styled);
        assert!(coloured.contains("\u{1b}["));
        assert_eq!(crate::report::safe::block(&coloured), chinese(&facts, 80));
    }
}

#[test]
fn a_note_stands_where_interval_and_test_disagree() {
    let mut facts = weather();
    facts.comparisons[0].p_value = Some(0.063);
    let told = " detailed against (unnamed): p = 0.063\n";
    assert!(
        english(&facts, 80).contains(told),
        "{}",
        english(&facts, 80)
    );
    facts.comparisons[0].remarks =
        vec!["the exact test and the interval disagree: p = 0.0630".to_owned()];
    assert!(!english(&facts, 80).contains(told));
    assert!(
        chinese(&facts, 80).contains(" detailed 较 (默认)：精确检验与置信区间不一致：p = 0.0630\n")
    );
}

#[test]
fn ten_thousand_failures_are_told_in_linear_time() {
    let mut facts = alone();
    let row = facts.results[1].clone();
    facts.results = (0..10_000)
        .map(|i| {
            let mut row = row.clone();
            row.key.case.0 = format!("case-{i:05}");
            row
        })
        .collect();
    let text = english(&facts, 80);
    assert!(
        text.contains(" 10,000 cases fail\n   ✗ case-00000  expected"),
        "{text}"
    );
    assert!(text.contains("     and 9,995 more\n"), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_line_is_wider_than_the_terminal(width in 24_usize..140, verbose in 0_u8..3, zh in any::<bool>()) {
        let lang = if zh { Lang::Zh } else { Lang::En };
        let view = View { verbose, ..view(width, lang) };
        for facts in [weather(), troubled(), grid(), empty()] {
            for line in terminal(&facts, &view).lines() {
                prop_assert!(layout::width(line) <= width, "{} > {}: {:?}", layout::width(line), width, line);
            }
        }
    }
}
