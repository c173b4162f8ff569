//! Words of `pw prices`.

use crate::report::text::Lang;

labels! {
    class: "class", "类别";
    quantity: "count", "数量";
    usd: "$", "$";
    provider: "provider", "提供方";
    price_per: "per", "每";
    in_force: "in force", "当前有效";
    not_in_force: "not in force", "未生效";
    otherwise: "otherwise", "其余时间";
    no_such_price: "no model matches", "没有匹配的模型";
    in_million: "in", "输入";
    cached_million: "cached", "缓存";
    out_million: "out", "输出";
    from: "from", "起始日期";
    no_model_named: "no model named", "未指明模型";
    cost_unknown: "cost unknown", "费用未知";
    standard_tier: "standard tier", "标准层级";
}

phrases! {
    above_input(tokens): "above {tokens} input", "输入超过 {tokens}";
    since_day(day): "from {day}", "自 {day} 起";
    between_hours(first, last): "{first}–{last} UTC", "UTC {first}–{last}";
    tier_of(word): "{word} tier", "{word} 层级";
    assumed_by(clause): "assumed: `{clause}` recognised the name", "推定：由 `{clause}` 识别名称";
    provider_reported(amount): "the provider reports {amount}", "提供方报告 {amount}";
    ours_less(amount): "that is {amount} more than ours", "比本地计算多 {amount}";
    ours_more(amount): "that is {amount} less than ours", "比本地计算少 {amount}";
    beyond_window(window): "more tokens than the model's window of {window}", "超过模型 {window} token 的窗口";
}
