//! Words of `pw compare`.

use crate::report::text::Lang;

labels! {
    prompt_path: "prompt", "提示词";
    finetune_path: "fine-tune", "微调";
    present_value: "present value", "现值";
    people: "people", "人力";
    labelling: "labels", "标注";
    training: "training", "训练";
    evaluating: "evaluation", "评测";
    given_investment: "investment (given)", "投入（给定）";
    sunk: "already spent", "已花费";
    of_tokens: "tokens", "token";
    of_errors: "wrong answers", "错误回答";
    hosting: "hosting", "托管";
    maintenance: "maintenance", "维护";
    sum: "total", "合计";
    per_request: "a request", "每次请求";
    per_correct: "a right answer", "每个正确回答";
    per_month: "a month, levelled", "均摊每月";
    not_available: "Fine-tuning cannot be had; what follows is hypothetical.", "微调目前不可行；以下数字仅为假设。";
    finetune_always: "fine-tuning is cheaper at every volume", "无论请求量多少，微调都更便宜";
    prompt_always: "the prompt is cheaper at every volume", "无论请求量多少，提示词都更便宜";
    never_pays_back: "fine-tuning does not pay back within the horizon", "微调在期限内无法回本";
    pays_at_once: "fine-tuning costs less from the start", "微调从一开始就更省";
    nothing_uncertain: "every number of this file is taken for known", "本文件中的每个数都按已知处理";
    tornado: "What moves it: each number alone at its 10th and 90th percentile", "影响因素：各数单独取第 10 与第 90 百分位";
    number_column: "number", "数";
    low_column: "low", "低";
    high_column: "high", "高";
    to_prompt: "prompt", "提示词";
    to_finetune: "fine-tune", "微调";
    turns: "Where it turns, one number at a time, nearest first", "转折点：单独改变一个数，最近者在前";
    now_column: "now", "现值";
    at_column: "turns at", "转折于";
    assumptions: "Not from you", "非您给定";
    nothing_turns: "No single number turns it.", "单独改变任何一个数都不会改变结论。";
    no_next: "no measurement is worth its cost", "没有值得花钱去做的测量";
    assumption: "assumed, not measured", "未经测量的假设";
    no_more: "the target is out of reach of this curve", "按该曲线无法达到目标";
    too_flat: "too few points, or no slope: nothing is extrapolated", "数据点太少或没有趋势：不作外推";
}

phrases! {
    compare_title(file, months, day, volume): "{file} · {months} months from {day} · {volume} requests in the first", "{file} · 自 {day} 起 {months} 个月 · 首月 {volume} 次请求";
    stay(p, usd, months): "Stay with the prompt: fine-tuning wins with probability {p} and costs {usd} more on average over {months} months.", "建议继续用提示词：微调胜出的概率为 {p}，{months} 个月内平均多花 {usd}。";
    tune(p, usd, months): "Fine-tune: it wins with probability {p} and saves {usd} on average over {months} months.", "建议微调：胜出的概率为 {p}，{months} 个月内平均节省 {usd}。";
    stay_unavailable(p, gap, months): "Stay with the prompt: fine-tuning cannot be had. If it could, it would win with probability {p} and {gap} on average over {months} months.", "建议继续用提示词：微调目前不可行。假如可行，胜出的概率为 {p}，{months} 个月内平均{gap}。";
    would_save(usd): "save {usd}", "节省 {usd}";
    would_cost(usd): "cost {usd} more", "多花 {usd}";
    would_turn(key, at, now): "It turns where `{key}` is {at} (now {now}).", "当 `{key}` 为 {at} 时结论反转（现为 {now}）。";
    breaks_even_above(volume, now): "fine-tuning is cheaper above {volume} requests in the first month (now {now})", "首月请求量高于 {volume} 时微调更便宜（现为 {now}）";
    breaks_even_below(volume, now): "fine-tuning is cheaper below {volume} requests in the first month (now {now})", "首月请求量低于 {volume} 时微调更便宜（现为 {now}）";
    pays_back(month): "fine-tuning has paid back at the end of month {month}", "微调在第 {month} 个月末回本";
    wins_exactly(p, worlds): "fine-tuning wins with probability {p}, over all {worlds} worlds", "微调胜出的概率为 {p}，已穷举全部 {worlds} 种情形";
    wins_drawn(p, se, draws): "fine-tuning wins with probability {p} ± {se}, by {draws} draws", "微调胜出的概率为 {p} ± {se}，{draws} 次抽样";
    gain_between(mean, low, middle, high): "it gains {mean} on average; 5 %, half and 95 % of all worlds lie below {low}, {middle} and {high}", "平均收益 {mean}；5%、50%、95% 分位数为 {low}、{middle}、{high}";
    regrets(prompt, finetune): "what may be regretted on average: {prompt} with the prompt, {finetune} with fine-tuning", "平均遗憾：选提示词 {prompt}，选微调 {finetune}";
    worth_all(usd): "knowing everything before choosing would be worth {usd}", "决策前掌握全部信息的价值为 {usd}";
    worth_each(list): "knowing one number alone: {list}", "单独弄清一个数的价值：{list}";
    measure_next(key, cases, worth, cost): "next: measure `{key}` on {cases} cases; that is worth {worth} and costs {cost}", "下一步：用 {cases} 个用例测量 `{key}`，价值 {worth}，成本 {cost}";
    find_out_next(key, worth): "next: find out `{key}`, if that costs less than {worth}", "下一步：若成本低于 {worth}，弄清 `{key}`";
    solved_at(key, value): "both paths cost the same where `{key}` is {value}", "当 `{key}` 为 {value} 时两条路径成本相同";
    learning_prompt(a, b, c): "errors after n iterations: {a} + {b}·(n+1)^-{c}", "n 次迭代后的错误率：{a} + {b}·(n+1)^-{c}";
    learning_labels(a, b, c): "errors with N labels: {a} + {b}·N^-{c}", "N 条标注下的错误率：{a} + {b}·N^-{c}";
    reaches_at(n): "the other path's quality at {n}", "在 {n} 处达到另一条路径的质量";
    far_beyond(n): "the other path's quality at {n}, far beyond what was seen", "在 {n} 处达到另一条路径的质量，远超已观测范围";
    best_stop(n): "one more stops paying at {n}", "到 {n} 之后继续投入不再划算";
    more_lines(n): "{n} more, all by default none; -v lists them", "另有 {n} 项默认为无，-v 可列出";
    gate_jobs(as_of, until): "jobs are accepted before {until}, and this is {as_of}", "{until} 前受理任务，基准日为 {as_of}";
    gate_base(left, least): "the base model is served for {left} months more, and {least} are the least", "基座模型还可用 {left} 个月，至少需要 {least} 个月";
    gate_horizon(left, horizon): "the base model is served for {left} months more, and the horizon is {horizon}", "基座模型还可用 {left} 个月，期限为 {horizon} 个月";
    gate_examples(found, least): "{found} examples, and the provider asks for {least}", "有 {found} 条样例，服务商要求至少 {least} 条";
    gate_context(tokens, limit): "a request is {tokens} tokens, and the context is {limit}", "一次请求 {tokens} token，上下文为 {limit}";
    gate_capacity(requests, capacity): "the busiest month has {requests} requests, and the replicas answer {capacity}", "最忙的月份有 {requests} 次请求，副本可处理 {capacity} 次";
    gate_memory(needed, gpus): "training takes {needed} GPUs, and there are {gpus}", "训练需要 {needed} 块 GPU，现有 {gpus} 块";
    unchecked(key): "not checked: `{key}` is not given", "未检查：未给出 `{key}`";
}
