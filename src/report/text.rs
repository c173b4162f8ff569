//! Every word that reports and progress say, in both languages: one line a message, English first.
//!
//! Chinese follows the habits of its readers: a space between Chinese and Latin, full-width punctuation outside tables,
//! `token` untranslated, the verdict's English word kept beside the Chinese one. Names that users type (gates, purposes,
//! metrics) are never translated.

/// The language of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

impl Lang {
    /// Returns the language of a locale's name, such as `zh_CN.UTF-8` or `zh`; English for every other.
    pub fn of_locale(locale: &str) -> Self {
        if locale.trim().to_ascii_lowercase().starts_with("zh") {
            Self::Zh
        } else {
            Self::En
        }
    }
}

/// Messages without a gap: `name: English, Chinese;`.
macro_rules! labels {
    ($($name:ident: $en:literal, $zh:literal;)*) => {
        impl Lang {
            $(pub(crate) const fn $name(self) -> &'static str {
                match self { Self::En => $en, Self::Zh => $zh }
            })*
        }
    };
}

/// Messages with gaps, filled by texts: `name(gaps): English, Chinese;`.
macro_rules! phrases {
    ($($name:ident($($gap:ident),+): $en:literal, $zh:literal;)*) => {
        impl Lang {
            $(pub(crate) fn $name(self, $($gap: &str),+) -> String {
                match self { Self::En => format!($en), Self::Zh => format!($zh) }
            })*
        }
    };
}

/// Messages about `n` things: `name(n, gaps): English for one | for more, Chinese;`.
macro_rules! counts {
    ($($name:ident($n:ident $(, $gap:ident)*): $one:literal | $more:literal, $zh:literal;)*) => {
        impl Lang {
            $(pub(crate) fn $name(self, $n: usize $(, $gap: &str)*) -> String {
                let one = $n == 1;
                let $n = $crate::report::number::many($n);
                match self {
                    Self::En if one => format!($one),
                    Self::En => format!($more),
                    Self::Zh => format!($zh),
                }
            })*
        }
    };
}

mod compare;
mod prices;

labels! {
    // The table of a run.
    unnamed: "(unnamed)", "(默认)";
    variant: "variant", "变体";
    model: "model", "模型";
    pass: "pass", "通过";
    confidence: "95 %", "95% 区间";
    per_1k_calls: "$ / 1k calls", "$/千次调用";
    difference: "difference", "差异";
    unknown: "unknown", "未知";
    no_trials: "no trials", "没有试次";

    // Verdicts.
    adopt: "ADOPT", "采用 ADOPT";
    reject: "REJECT", "否决 REJECT";
    inconclusive: "?", "未定 ?";
    inconclusive_means: "? = INCONCLUSIVE", "? = 未定 INCONCLUSIVE";
    no_verdict: "no verdict is given", "不作结论";
    nothing_settles: "how many more cases would settle it cannot be told from these", "无法据此推算还需多少用例";
    nothing_flipped: "no case flipped", "没有用例翻转";
    no_pairs: "no case was judged on both sides", "没有两侧都已评判的用例";

    // How a run stands.
    filtered: "some cases only", "仅部分用例";
    dirty: ", changed since", "（有未提交的修改）";
    not_ended: "NOT ENDED", "尚未结束";
    cancelled: "CANCELLED", "已取消";
    interrupted: "INTERRUPTED", "已中断";
    run_failed: "FAILED", "运行失败";
    out_of_budget: "OUT OF BUDGET", "预算用尽";
    first: "first: ", "例如：";
    comma: ", ", "，";
    was_cut: "the answer was cut at the token limit", "回答因 token 上限被截断";
    colon: ": ", "：";
    hashes_only: "texts are not kept, only hashes", "不保存文本，仅保存哈希";
    no_cap: "no cap", "未设预算上限";
    no_period_cap: "no cap on a day or a month", "未设日或月上限";

    // Gates.
    gate: "gate", "门槛";
    gate_met: "met", "达标";
    gate_missed: "missed", "未达标";
    gate_open: "undecided, errors leave it open", "未决，存在错误";

    // One trial in full.
    system: "system", "系统";
    user: "user", "用户";
    assistant: "model", "模型";
    tool: "tool", "工具";
    answer: "answer", "回答";
    refusal: "refusal", "拒答";
    reasoning: "reasoning", "推理";
    tool_call: "tool call", "工具调用";
    error: "error", "错误";
    no_text: "(no text)", "（无文本）";
    not_sent: "not sent", "未发送";
    not_kept: "(texts are not kept)", "（未保存文本）";
    cached: "cached", "来自缓存";
    vars: "vars", "变量";
    nothing_failed: "nothing failed", "没有失败";
    media: "medium", "媒体";

    // Two runs.
    case: "case", "用例";
    was: "was", "原";
    now: "now", "现";
    no_differences: "no case differs", "没有用例不同";

    // Models and settings.
    endpoint: "endpoint", "端点";
    state: "state", "状态";
    key: "key", "密钥";
    context: "context", "上下文";
    slots: "slots", "并发槽";
    price: "$ / 1M in, out", "$/百万 token 入，出";
    price_date: "price of", "价格日期";
    reachable: "reachable", "可达";
    not_asked: "not asked", "未探测";
    no_key_needed: "none needed", "无需";
    free: "free", "免费";
    imputed_price: "imputed", "折算";
    no_endpoints: "no endpoints", "没有端点";
    // An estimate.
    no_history: "too few recorded calls to forecast", "历史调用过少，无法预测";

    // Iterations.
    revision: "revision", "修订";
    gain: "gain", "增益";
    working_time: "work", "用时";
    usd_per_point: "$ / point", "$/百分点";
    lines_changed: "lines", "改动行";
    held_out: "held out", "留出";
    sum_usd: "sum $", "累计 $";
    iterations_word: "iterations", "迭代";
    pass_rate_chart: "pass rate by iteration, with its 95 % interval", "各次迭代的通过率及其 95% 区间";
    on_held_out: "held-out cases", "留出用例";
    on_others: "cases", "用例";
    usd_chart: "dollars billed by iteration", "各次迭代的计费金额";
    target: "target model", "目标模型";
    judges: "judges", "裁判模型";
    what_changed: "what each iteration changed", "每次迭代的改动";
    best: "best", "最佳";
    first_run: "first run (UTC)", "首次运行（UTC）";

    // Spend.
    spend_title: "What was spent", "花费";
    held_usd: "held $", "冻结 $";
    lost_usd: "lost $", "下落不明 $";
    saved_usd: "saved $", "节省 $";
    nothing_spent: "nothing was spent in this period", "该时段没有花费";
    billed_usd: "billed $", "计费 $";
    recorded_usd: "recorded $", "已记录 $";
    repriced_usd: "at these prices $", "按此价格 $";
    difference_usd: "difference $", "差额 $";
    nothing_changed: "a report: no record was changed", "仅为报告：记录未作更改";
    fits: "enough, even at worst", "足够，最坏情况下也够";
    fits_likely: "likely enough, not at worst", "通常足够，最坏情况下不够";
    fits_unsure: "perhaps not enough: too little at worst", "可能不够：最坏情况下不足";
    fits_not: "not enough", "不够";
    imputed_usd: "imputed $", "折算 $";
    answers: "answers", "回答";
    taken_again: "cached", "缓存";
    none: "(none)", "（无）";
    total: "total", "合计";
    setting: "setting", "设置";
    value: "value", "值";
    layer: "from", "来源";
}

phrases! {
    percent(number): "{number} %", "{number}%";
    seconds(n): "{n} s", "{n} 秒";
    minutes(n): "{n} min", "{n} 分钟";
    hours(n): "{n} h", "{n} 小时";
    days(n): "{n} d", "{n} 天";
    no_cap_on(periods): "no cap: {periods}", "未设上限：{periods}";
    repriced_at(time): "at the prices of {time}", "按 {time} 的价格";
    without_usage(n): "{n} without usage", "{n} 个未报告用量";
    without_price(n, model): "{n} without a price: {model}", "{n} 个没有价格：{model}";
    without_price_more(n): "{n} of other models without a price", "其他模型 {n} 个没有价格";
    about(usd): "about {usd}", "约 {usd}";
    about_usd(half, most): "about {half}, nine times in ten below {most}", "约 {half}，九成情况下低于 {most}";
    about_tokens(n): "about {n} tokens", "约 {n} token";
    about_time(time): "about {time}", "约 {time}";
    by_calls(n): "from {n} recorded calls", "依据 {n} 次历史调用";
    at_worst(usd): "at most {usd}", "最多 {usd}";
    worked(time): "{time} of work", "工作 {time}";
    best_of(number, n, points): "best: iteration {number}; as the best of {n} on the same cases it may be flattered by up to {points} points", "最佳：第 {number} 次迭代；它是同一批用例上 {n} 次中的最佳，最多可能偏高 {points} 个百分点";
    plateau(n, moved, usd, time): "plateau: the last {n} revisions moved the pass rate by no more than noise, for {usd} and {time}; the last one stands at {moved} points on the best before it", "平台期：最近 {n} 次修订对通过率的改动未超出噪声，花费 {usd}，用时 {time}；最后一次较此前最佳 {moved} 个百分点";
    next_point(usd): "; at the best that this interval allows, the next point costs {usd}", "；即使按该区间的最好情形，下一个百分点也要 {usd}";
    held_out_says(number, cases, rate, interval): "held out: iteration {number} passes {rate} of {cases} that were not selected on [{interval}]; choosing the best does not flatter this", "留出：第 {number} 次迭代在未用于挑选的 {cases}中通过 {rate}，区间 {interval}；挑选最佳不会抬高此数";
    log_title(prompt): "Iterations of {prompt}", "{prompt} 的迭代";
    imputed_per(what): "imputed, by {what}", "折算，按{what}";
    billed_per(what): "billed, by {what}", "计费，按{what}";
    most_on(usd, period): "at most {usd}, {period}", "最高 {usd}，{period}";
    last_entries(n, what, now, before): "last {n} {what}: {now}, the {n} before: {before}", "最近 {n} {what} {now}，此前 {n} {what} {before}";
    spend_by(what): "spend by {what}", "花费，按{what}";
    run(n): "run {n}", "运行 {n}";
    seed(n): "seed {n}", "种子 {n}";
    iteration(n): "iteration {n}", "第 {n} 次迭代";
    resumed_from(run): "goes on from {run}", "续自 {run}";
    trials_ran(done, all): "{done} of {all} trials ran", "{all} 个试次中已运行 {done} 个";
    since(who, earlier): "{who} since {earlier}", "{who} 较{earlier}";
    against(who, other): "{who} against {other}", "{who} 较 {other}";
    better_worse(better, worse): "{better} better, {worse} worse", "{better} 个更好，{worse} 个更差";
    and_more(n): "and {n} more", "另有 {n} 个";
    interval_by(method): "{method} interval", "{method} 区间";
    at_least(found, required): "{found} found, at least {required} required", "实测 {found}，要求不低于 {required}";
    at_most(found, required): "{found} found, at most {required} allowed", "实测 {found}，要求不高于 {required}";
    billed(usd): "billed {usd}", "计费 {usd}";
    imputed(usd): "imputed {usd}", "本机折算 {usd}";
    held(usd): "still held {usd}", "仍冻结 {usd}";
    lost(usd): "lost {usd} (worst case, until reconciled)", "下落不明 {usd}（按最坏情况，待对账）";
    left_of(left, all): "{left} of {all} left", "预算 {all}，剩余 {left}";
    cache_hits(n): "{n} from the cache", "{n} 次来自缓存";
    cache_saved(n, usd): "{n} from the cache, {usd} saved", "{n} 次来自缓存，节省 {usd}";
    not_kept_bytes(n): "(text of {n} bytes, only its hash is kept)", "（文本 {n} 字节，仅保存哈希）";
    carried(n): "{n} taken over from an earlier run", "沿用先前运行的 {n} 个回答";
    since_first(usd, time): "{usd} and {time} since the first", "自首次迭代起 {usd}，{time}";
    score(value): "score {value}", "得分 {value}";
    repeat(n): "repeat {n}", "第 {n} 次重复";
    of_usage(input, output): "{input} + {output} tokens", "{input} + {output} token";
    answered_by(model): "answered by {model}", "由 {model} 回答";
    priced_by(source): "price: {source}", "价格：{source}";
    unreachable(why): "unreachable: {why}", "不可达：{why}";
    inside(parameters): "{parameters} parameters", "{parameters} 参数";
    inside_weather(parameters): "{parameters} parameters, weather only", "{parameters} 参数，仅天气";
    reachable_in(time): "reachable, {time}", "可达，{time}";
    key_missing(name): "{name} is not set", "未设置 {name}";
    time_left(time): "{time} left", "剩余 {time}";
    waiting(why): "waiting: {why}", "等待：{why}";
    draining(why): "ending: {why}", "正在收尾：{why}";
}

counts! {
    not_repriced(n, usd): "{n} answer ({usd} as recorded) could not be priced again" | "{n} answers ({usd} as recorded) could not be priced again", "{n} 个回答（已记录 {usd}）无法重新定价";
    imported_not_repriced(n): "{n} answer of imported books is left out" | "{n} answers of imported books are left out", "未计入导入账本的 {n} 个回答";
    others(n): "{n} other" | "{n} others", "其他 {n} 项";
    iterations(n): "{n} iteration" | "{n} iterations", "{n} 次迭代";
    cases(n): "{n} case" | "{n} cases", "{n} 个用例";
    variants(n): "{n} variant" | "{n} variants", "{n} 个变体";
    models(n): "{n} model" | "{n} models", "{n} 个模型";
    repeats(n): "{n} repeat" | "{n} repeats", "{n} 次重复";
    pairs(n): "{n} pair" | "{n} pairs", "{n} 对";
    now_pass(n): "{n} now passes" | "{n} now pass", "{n} 个转为通过";
    now_fail(n): "{n} now fails" | "{n} now fail", "{n} 个转为失败";
    dropped(n): "{n} case not paired" | "{n} cases not paired", "{n} 个用例未能配对";
    cases_fail(n): "{n} case fails" | "{n} cases fail", "{n} 个用例失败";
    fail_only_in(n, who): "{n} case fails in {who} only" | "{n} cases fail in {who} only", "{n} 个用例仅在 {who} 中失败";
    fail_everywhere(n): "{n} case fails everywhere" | "{n} cases fail everywhere", "{n} 个用例在所有变体与模型中均失败";
    settles_at(n, usd): "about {n} more case, {usd}, would settle it" | "about {n} more cases, {usd}, would settle it", "约再需 {n} 个用例（{usd}）方可定论";
    settles_at_unknown(n): "about {n} more case would settle it" | "about {n} more cases would settle it", "约再需 {n} 个用例方可定论";
    errors(n): "{n} error" | "{n} errors", "{n} 个错误";
    unscored(n): "{n} could not be judged" | "{n} could not be judged", "{n} 个无法评判";
    skipped(n): "{n} not sent" | "{n} not sent", "{n} 个未发送";
    cut_short(n): "{n} answer cut at the token limit" | "{n} answers cut at the token limit", "{n} 个回答因 token 上限被截断";
    calls(n): "{n} call" | "{n} calls", "{n} 次调用";
    attempts(n): "{n} attempt" | "{n} attempts", "{n} 次尝试";
    tokens(n): "{n} token" | "{n} tokens", "{n} token";
    unkept(n, bytes): "{n} text kept as its hash only, {bytes} bytes" | "{n} texts kept as their hashes only, {bytes} bytes", "{n} 段文本仅保存哈希，共 {bytes} 字节";
    differing(n): "{n} case differs" | "{n} cases differ", "{n} 个用例不同";
    the_same(n): "{n} case as before" | "{n} cases as before", "{n} 个用例不变";
    not_passed(n): "{n} trial did not pass" | "{n} trials did not pass", "{n} 个试次未通过";
    failed(n): "{n} failed" | "{n} failed", "{n} 个失败";
}

impl Lang {
    /// Returns the name of a paired test.
    pub(crate) fn method(self, method: &str) -> String {
        let (en, zh) = match method {
            "mcnemar-exact" => ("exact McNemar test", "精确 McNemar 检验"),
            "paired-t" => ("paired t", "配对 t 检验"),
            "paired-t-clustered" => ("paired t over clusters", "按簇配对 t 检验"),
            other => (other, other),
        };
        if self == Self::En { en } else { zh }.to_owned()
    }

    /// Returns a remark that `summary/` makes of a comparison; one that has no translation stays as it is.
    pub(crate) fn remark(self, remark: &str) -> String {
        if self == Self::En {
            return remark.to_owned();
        }
        let known = match remark {
            "too few clusters" => "簇数过少",
            "missing rows could overturn it" => "缺失数据可能推翻结论",
            "all differences are equal" => "各用例差异相同",
            _ => "",
        };
        if known.is_empty() {
            chinese_with_numbers(remark).unwrap_or_else(|| remark.to_owned())
        } else {
            known.to_owned()
        }
    }
}

/// Translates the remarks that carry numbers.
fn chinese_with_numbers(remark: &str) -> Option<String> {
    if let Some(p) = remark.strip_prefix("the exact test and the interval disagree: ") {
        return Some(format!("精确检验与置信区间不一致：{p}"));
    }
    let (confidence, rest) = remark
        .strip_prefix("interval at ")?
        .split_once(" % (Holm, ")?;
    let candidates = rest.strip_suffix(" candidates)")?;
    Some(format!(
        "区间置信度 {confidence}%（Holm，{candidates} 个候选）"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_names_its_language() {
        for (locale, lang) in [
            ("zh_CN.UTF-8", Lang::Zh),
            ("zh", Lang::Zh),
            ("ZH-hant", Lang::Zh),
            ("en_US.UTF-8", Lang::En),
            ("C", Lang::En),
            ("", Lang::En),
        ] {
            assert_eq!(Lang::of_locale(locale), lang, "{locale}");
        }
    }

    #[test]
    fn remarks_are_translated_where_they_are_known() {
        for (remark, zh) in [
            ("too few clusters", "簇数过少"),
            (
                "the exact test and the interval disagree: p = 0.0625",
                "精确检验与置信区间不一致：p = 0.0625",
            ),
            (
                "interval at 97.5 % (Holm, 2 candidates)",
                "区间置信度 97.5%（Holm，2 个候选）",
            ),
            ("something new", "something new"),
        ] {
            assert_eq!(Lang::Zh.remark(remark), zh);
            assert_eq!(Lang::En.remark(remark), remark);
        }
    }

    #[test]
    fn messages_count_in_both_languages() {
        assert_eq!(Lang::En.cases(1), "1 case");
        assert_eq!(Lang::En.cases(24_000), "24,000 cases");
        assert_eq!(Lang::Zh.cases(1), "1 个用例");
        assert_eq!(
            Lang::Zh.since("(默认)", &Lang::Zh.iteration("2")),
            "(默认) 较第 2 次迭代"
        );
    }
}
