//! What a newer price file changes, on the screen; [`lines`] has it as JSON.

mod lines;

use crate::domain::{Usd, unit};
use crate::pricing::{Edition, Fate, ModelChange, PriceChange};
use crate::report::layout::{Fill, fill};
use crate::report::money::digits;
use crate::report::number::{count, many};
use crate::report::prices::moment;
use crate::report::safe;
use crate::report::style::{BAD, BOLD, DIM, Piece};
use crate::report::table::{Align, Table};
use crate::report::terminal::paragraphs;
use crate::report::text::Lang;
use crate::report::view::View;

pub(super) use lines::EditionLine;
pub use lines::price_changes_json;

/// Models that are new or gone and told by name; with `-v`, all are.
const NAMED: usize = 10;

/// Two books side by side.
#[derive(Debug, Clone, Copy)]
pub struct Changes<'a> {
    /// The edition in use.
    pub before: &'a Edition,
    /// The edition of the file.
    pub after: &'a Edition,
    /// What differs.
    pub models: &'a [ModelChange],
    /// Models of these, as `ENDPOINT/MODEL`, whose price is declared: that one comes first before and after.
    pub declared: &'a [String],
}

impl Changes<'_> {
    /// Counts the prices that change by more than is believed unasked.
    pub fn large(&self) -> usize {
        let prices = self.models.iter().flat_map(|model| &model.prices);
        prices.filter(|price| price.is_large()).count()
    }

    fn of(&self, fate: Fate) -> Vec<&ModelChange> {
        let models = self.models.iter();
        models.filter(|model| model.fate == fate).collect()
    }
}

/// Lays out what a newer book changes: a line a price, then what is new and what is gone.
pub fn price_changes(changes: &Changes<'_>, view: &View) -> String {
    let lang = view.lang;
    let editions = [changes.before, changes.after].map(ToString::to_string);
    let mut title = vec![Piece::new(
        BOLD,
        editions.map(|edition| safe::line(&edition)).join(" → "),
    )];
    if changes.models.is_empty() {
        title.push(lang.same_prices().into());
        return paragraphs(&[fill(&title, Fill::dotted(view))]);
    }
    let counts = Fate::ALL.map(|fate| (fate, changes.of(fate).len()));
    let some = counts.into_iter().filter(|(_, count)| *count > 0);
    title.extend(some.map(|(fate, count)| lang.models_with(fate, count).into()));
    let mut groups = vec![fill(&title, Fill::dotted(view))];
    groups.extend(changed(&changes.of(Fate::Changed), view));
    for fate in [Fate::Added, Fate::Removed] {
        let models = changes.of(fate);
        if !models.is_empty() {
            groups.push(alone(fate, &models, view));
        }
    }
    if !changes.declared.is_empty() {
        let names = safe::line(&changes.declared.join(lang.comma()));
        let pieces = [Piece::from(lang.declared_first(&names))];
        groups.push(fill(&pieces, Fill::dotted(view)));
    }
    let large = changes.large();
    if large > 0 {
        groups.push(fill(
            &[Piece::new(BAD, lang.large_changes(large))],
            Fill::dotted(view),
        ));
    }
    paragraphs(&groups)
}

/// Says that a price file holds what is in use.
pub fn prices_in_use(edition: &Edition, view: &View) -> String {
    let lang = view.lang;
    let pieces = [Piece::from(
        lang.in_use_already(&safe::line(&edition.to_string())),
    )];
    paragraphs(&[fill(&pieces, Fill::dotted(view))])
}

/// Says which prices are in use now, where they are kept, and how to go back.
pub fn prices_imported(edition: &Edition, path: &str, view: &View) -> String {
    let lang = view.lang;
    let pieces = [
        Piece::new(BOLD, lang.in_use_now(&safe::line(&edition.to_string()))),
        lang.recorded_keep().into(),
        Piece::new(DIM, lang.way_back(&safe::line(path))),
    ];
    paragraphs(&[fill(&pieces, Fill::dotted(view))])
}

fn changed(models: &[&ModelChange], view: &View) -> Vec<Vec<String>> {
    let lang = view.lang;
    let mut table = Table::new([
        (lang.model(), Align::Left),
        (lang.class(), Align::Left),
        (lang.before(), Align::Right),
        (lang.after(), Align::Right),
        (lang.factor(), Align::Right),
        (lang.when(), Align::Left),
    ])
    .yields(0, 16);
    let mut last = None;
    let (mut priced, mut renamed) = (false, Vec::new());
    for model in models {
        let name = safe::line(&format!("{}/{}", model.provider, model.model));
        if model.names {
            renamed.push(name.clone());
        }
        for price in &model.prices {
            let shown = if last == Some(&model.model) {
                ""
            } else {
                &name
            };
            last = Some(&model.model);
            priced = true;
            table.row(row(shown, price, lang));
        }
    }
    let mut groups = Vec::new();
    if priced {
        groups.push(table.lay(view.width, view.styled).lines);
    }
    if !renamed.is_empty() {
        let told = vec![Piece::from(lang.other_names(&renamed.join(lang.comma())))];
        groups.push(fill(&told, Fill::dotted(view)));
    }
    groups
}

fn row(name: &str, price: &PriceChange, lang: Lang) -> Vec<Piece> {
    let amount = |usd: Option<Usd>| match usd {
        Some(usd) => digits(usd).into(),
        None => Piece::new(DIM, "-"),
    };
    let factor = price.factor().map_or_else(|| "-".to_owned(), times);
    let factor = if price.is_large() {
        Piece::new(BAD, format!("{factor} !"))
    } else {
        factor.into()
    };
    vec![
        name.into(),
        class(price).into(),
        amount(price.before),
        amount(price.after),
        factor,
        Piece::new(
            DIM,
            price
                .when
                .map_or_else(String::new, |when| moment(when, lang)),
        ),
    ]
}

/// Writes a factor so that a small one does not read as none: `1.20×`, `0.04×`.
fn times(factor: f64) -> String {
    if factor >= 10.0 {
        format!("{factor:.0}×")
    } else if factor >= 0.01 || factor <= 0.0 {
        format!("{factor:.2}×")
    } else {
        "<0.01×".to_owned()
    }
}

fn class(price: &PriceChange) -> String {
    let name = safe::line(price.unit.strip_suffix("_tokens").unwrap_or(&price.unit));
    match price.above {
        None => name,
        Some(start) => format!("{name} >{}", count(start)),
    }
}

fn alone(fate: Fate, models: &[&ModelChange], view: &View) -> Vec<String> {
    let lang = view.lang;
    let mut table = Table::new([
        (lang.models_that(fate), Align::Left),
        (lang.in_million(), Align::Right),
        (lang.out_million(), Align::Right),
        ("", Align::Left),
    ])
    .yields(0, 16);
    let most = if view.verbose > 0 { usize::MAX } else { NAMED };
    // One that asks first is always among those that are told.
    let (large, others): (Vec<&ModelChange>, Vec<&ModelChange>) = models
        .iter()
        .partition(|model| model.prices.iter().any(PriceChange::is_large));
    let told = large.len().max(most.min(models.len()));
    for model in large.iter().chain(&others).take(told) {
        let price = |unit| {
            let plain = |one: &&PriceChange| one.unit == unit && one.above.is_none();
            let usd = model
                .prices
                .iter()
                .find(plain)
                .and_then(|one| one.after.or(one.before));
            usd.map_or_else(|| Piece::new(DIM, "-"), |usd| digits(usd).into())
        };
        let asks = model.prices.iter().any(PriceChange::is_large);
        table.row(vec![
            safe::line(&format!("{}/{}", model.provider, model.model)).into(),
            price(unit::INPUT),
            price(unit::OUTPUT),
            Piece::new(BAD, if asks { "!" } else { "" }),
        ]);
    }
    let mut lines = table.lay(view.width, view.styled).lines;
    if models.len() > told {
        lines.push(format!(" {}", lang.more_models(&many(models.len() - told))));
    }
    lines
}

impl Lang {
    fn models_with(self, fate: Fate, n: usize) -> String {
        match fate {
            Fate::Changed => self.models_changed(n),
            Fate::Added => self.models_added(n),
            Fate::Removed => self.models_removed(n),
        }
    }

    fn models_that(self, fate: Fate) -> &'static str {
        match fate {
            Fate::Changed => self.model(),
            Fate::Added => self.new_models(),
            Fate::Removed => self.gone_models(),
        }
    }
}
