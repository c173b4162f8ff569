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
    recorded_keep: "what was recorded keeps its price", "已记录的调用价格不变";
    compiled_in: "compiled in", "内置";
    same_prices: "no price differs", "价格没有差异";
    before: "before", "之前";
    after: "after", "之后";
    factor: "factor", "倍数";
    when: "when", "时间";
    new_models: "new", "新增";
    gone_models: "gone", "移除";
}

counts! {
    models_changed(n): "{n} changed" | "{n} changed", "{n} 项变动";
    models_added(n): "{n} new" | "{n} new", "{n} 项新增";
    models_removed(n): "{n} gone" | "{n} gone", "{n} 项移除";
    large_changes(n): "! {n} price changes by more than 5 times, or becomes 0" | "! {n} prices change by more than 5 times, or become 0", "! {n} 个价格变动超过 5 倍，或变为 0";
}

phrases! {
    above_input(tokens): "above {tokens} input", "输入超过 {tokens}";
    in_use_already(edition): "these are the prices in use, {edition}; nothing was changed", "这就是正在使用的价格（{edition}），未作更改";
    in_use_now(edition): "{edition} is in use from now on", "{edition} 自现在起生效";
    way_back(path): "remove `{path}` to go back to the compiled-in prices", "删除 `{path}` 即可恢复内置价格";
    imported_on(time): "imported {time}", "导入于 {time}";
    at_time(time): "at {time}", "时间 {time}";
    more_models(n): "and {n} more; -v names them", "另有 {n} 项，用 -v 列出";
    declared_first(models): "pw.toml has prices of its own, which come first, for {models}", "pw.toml 自有价格，优先采用：{models}";
    other_names(models): "other names lead to {models}", "识别名称有变：{models}";
    since_day(day): "from {day}", "自 {day} 起";
    between_hours(first, last): "{first}–{last} UTC", "UTC {first}–{last}";
    tier_of(word): "{word} tier", "{word} 层级";
    assumed_by(clause): "assumed: `{clause}` recognised the name", "推定：由 `{clause}` 识别名称";
    provider_reported(amount): "the provider reports {amount}", "提供方报告 {amount}";
    ours_less(amount): "that is {amount} more than ours", "比本地计算多 {amount}";
    ours_more(amount): "that is {amount} less than ours", "比本地计算少 {amount}";
    beyond_window(window): "more tokens than the model's window of {window}", "超过模型 {window} token 的窗口";
}
