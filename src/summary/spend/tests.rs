use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn row(
    day: Date,
    prompt: Option<&str>,
    run: Option<u64>,
    tags: &[(&str, &str)],
    picos: i64,
) -> SpendRow {
    SpendRow {
        day,
        source: Arc::new(SpendSource {
            purpose: "eval".to_owned(),
            workspace: "/w".to_owned(),
            prompt: prompt.map(|name| PromptName(name.to_owned())),
            variant: Variant(Some("detailed".to_owned())),
            revision: None,
            run,
            model: ModelRef {
                endpoint: "openai".to_owned(),
                model: "gpt".to_owned(),
            },
            tags: tags
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect(),
        }),
        sums: SpendSums {
            billed: Usd::from_picos(picos),
            answers: 1,
            ..SpendSums::default()
        },
    }
}

fn shown(spend: &Spend) -> Vec<(&str, i64)> {
    let line = |group: &'_ SpendGroup| group.sums.billed.picos();
    let names = spend
        .groups
        .iter()
        .map(|group| group.name.as_deref().unwrap_or("-"));
    names.zip(spend.groups.iter().map(line)).collect()
}

fn sample() -> [SpendRow; 4] {
    [
        row(
            date(2026, 12, 31),
            Some("weather"),
            Some(10),
            &[("who", "li"), ("ci", "yes")],
            5,
        ),
        row(
            date(2027, 1, 1),
            Some("weather"),
            Some(9),
            &[("who", "li")],
            7,
        ),
        row(date(2027, 1, 4), Some("标签"), Some(2), &[], 30),
        row(date(2027, 1, 4), None, None, &[], 1),
    ]
}

#[test]
fn names_are_dearest_first_and_times_follow_each_other() {
    let rows = sample();
    assert_eq!(
        shown(&spend(&rows, SpendBy::Prompt)),
        [("标签", 30), ("weather", 12), ("-", 1)]
    );
    assert_eq!(
        shown(&spend(&rows, SpendBy::Variant))[1],
        ("weather.detailed", 12)
    );
    assert_eq!(
        shown(&spend(&rows, SpendBy::Run)),
        [("-", 1), ("2", 30), ("9", 7), ("10", 5)]
    );
    assert_eq!(
        shown(&spend(&rows, SpendBy::Month)),
        [("2026-12", 5), ("2027-01", 38)]
    );
    // The 31st of December and the 1st of January are of one ISO week, that of the older year.
    assert_eq!(
        shown(&spend(&rows, SpendBy::Week)),
        [("2026-W53", 12), ("2027-W01", 31)]
    );
    assert_eq!(
        spend(&rows, SpendBy::Day).days,
        Some((date(2026, 12, 31), date(2027, 1, 4)))
    );
}

#[test]
fn a_run_of_two_labels_is_in_two_groups_and_once_in_the_total() {
    let found = spend(&sample(), SpendBy::Tag);
    assert_eq!(shown(&found), [("-", 31), ("who=li", 12), ("ci=yes", 5)]);
    assert_eq!(found.total.billed.picos(), 43);
}

proptest! {
    #[test]
    fn groups_add_up_to_the_total(amounts in proptest::collection::vec((0_i64..1_000_000, 0_u64..4, 1_i8..28), 0..40)) {
        let rows: Vec<SpendRow> = amounts
            .iter()
            .map(|(picos, run, day)| row(date(2026, 2, *day), Some("p"), (*run > 0).then_some(*run), &[], *picos))
            .collect();
        for by in [SpendBy::Prompt, SpendBy::Run, SpendBy::Day, SpendBy::Week, SpendBy::Model] {
            let found = spend(&rows, by);
            let mut sum = SpendSums::default();
            found.groups.iter().for_each(|group| sum.add(&group.sums));
            prop_assert_eq!(sum, found.total);
        }
    }
}
