//! What peers lost, doubled or hid of their users' money (`reliability.md`, section 1.4): each provoked on `pw`, as a real
//! process with a real server and a real ledger.
//!
//! | # | thread | what happened there | the test here |
//! |---|---|---|---|
//! | B1 | litellm #33873 | rows leave a queue in memory, their write fails, the batch is gone | `peers/store.rs::b1_litellm_33873_a_write_that_fails_loses_no_answer` |
//! | B2 | litellm #29292 | of each flush only the first 100 entries are kept | `peers/rows.rs::b2_litellm_29292_a_burst_of_three_hundred_answers_keeps_three_hundred_rows` |
//! | B3 | litellm #13280 | 8 rows for 9 requests | `peers/rows.rs::b3_litellm_13280_nine_equal_requests_are_nine_rows` |
//! | B4 | litellm #6633 | the provider's id is the key, streams have none, one row is kept | `peers/rows.rs::b4_litellm_6633_ids_that_are_absent_empty_or_repeated_cost_no_row` |
//! | B5 | litellm #36426 | an answer that lacks something is not written at all | `peers/rows.rs::b5_litellm_36426_an_answer_that_says_nothing_of_itself_has_its_row` |
//! | B6 | litellm #40100, #37923 | a streamed call costs 0 | `prices_families.rs::streamed_and_whole_answers_cost_the_same_litellm_40100_37923`, `peers/rows.rs::b6_litellm_40100_37923_a_streamed_run_is_billed_like_a_whole_one` |
//! | B7 | litellm #25015, #17814 | asking for something again is counted as a call | `peers/rows.rs::b7_litellm_25015_17814_only_what_generates_is_booked` |
//! | B8 | litellm #40572, #15740 | one answer is counted twice | `peers/store.rs::b8_litellm_40572_15740_an_answer_that_is_handed_in_twice_counts_once`, `ledger_life.rs::importing_twice_doubles_nothing_and_going_on_adds_the_rest` |
//! | B9 | litellm #34732, #26672, #40095 | two requests look at a budget at once, and both pass it | `peers/caps.rs::b9_litellm_34732_26672_40095_a_cap_with_room_for_one_lets_one_through_at_a_time`, `campaign/caps.rs::a_cap_is_used_up_and_never_passed` |
//! | B10 | litellm #22726, #10973 | no budget blocks or frees everything, free models are blocked | `peers/caps.rs::b10_litellm_22726_10973_absent_and_zero_caps_mean_what_they_say` |
//! | B11 | langfuse #10592, #12306, promptfoo #7546 | cached tokens are counted twice | `prices_families.rs::cached_tokens_count_once_langfuse_10592_12306_promptfoo_7546` |
//! | B12 | helix #3005 | counts of all so far are added up | `prices_families.rs::counts_of_all_so_far_are_not_summed_helix_3005` |
//! | B13 | llmgateway #3546 | a dead stream is billed by a guess | `prices_families.rs::a_dead_stream_is_not_billed_by_a_guess_llmgateway_3546` |
//! | B14 | litellm #30135, #13810, #37046, helicone #4893 | tier, bracket or reasoning at the wrong rate | `prices_families.rs::tier_bracket_and_reasoning_have_their_own_rates_litellm_30135_13810_37046_helicone_4893`, `prices_charged.rs::the_tier_that_answered_sets_the_price_litellm_13810` |
//! | B15 | eidan #203, pollinations #3951 | a model without a price costs $0, and every cap is void | `prices_families.rs::an_unpriced_model_costs_null_and_never_nothing_eidan_203_pollinations_3951`, `prices_charged.rs::a_tier_of_unknown_price_is_kept_at_its_worst_case` |
//! | B16 | helm-api #6, #13 | unknown and tiny amounts are shown as $0.0000 | `prices_families.rs::small_and_unknown_amounts_are_not_shown_as_nothing_helm_api_6` |
//! | B17 | langfuse #2112 | an answer from the cache is priced as a call | `peers/rows.rs::b17_langfuse_2112_an_answer_of_before_costs_nothing_again` |
//! | B18 | langfuse #6380, #13592 | calls go on while the store is down | `peers/store.rs::b18_langfuse_6380_13592_nothing_is_sent_while_the_ledger_takes_no_hold` |
//! | B19 | promptfoo #1419 | memory grows with results until the crash | `peers/memory.rs::b19_promptfoo_1419_ten_thousand_results_fit_in_two_hundred_megabytes` |
//! | B20 | worca-cc #392 | a local model is priced by its public name | `prices_charged.rs::a_public_name_at_a_server_of_ones_own_is_not_priced_by_it_worca_cc_392` |

mod caps;
mod memory;
mod rows;
mod store;

use std::path::Path;

use regex::Regex;

/// Returns the tests that a table names, in the form `FILE::TEST`, and demands that each is there.
#[track_caller]
pub(crate) fn named_tests(table: &str) -> Vec<String> {
    let name = Regex::new("`([a-z_/]+\\.rs)::([a-z0-9_]+)`").expect("a pattern");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let mut found = Vec::new();
    for row in table.lines().filter(|line| line.starts_with("//! |")) {
        for names in name.captures_iter(row) {
            let text = std::fs::read_to_string(folder.join(&names[1])).unwrap_or_default();
            let test = format!("\nfn {}() {{", &names[2]);
            assert!(text.contains(&test), "no such test: {}", &names[0]);
            found.push(names[0].to_owned());
        }
    }
    found
}

#[test]
fn each_of_the_twenty_bugs_has_its_test() {
    let table = include_str!("peers.rs");
    for number in 1..=20 {
        let begins = format!("//! | B{number} |");
        let row = table.lines().find(|line| line.starts_with(&begins));
        let row = row.unwrap_or_else(|| panic!("no row of B{number}"));
        assert!(!named_tests(row).is_empty(), "{row}");
    }
}
