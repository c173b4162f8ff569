//! What was measured of promptfoo (`promptfoo.md`, sections 2 to 5), repeated on `pw` against the same kind of server: one that
//! counts the tokens it sells. After each case the server's count is the ledger's, the exit code says what happened, and the
//! report says how much of it was paid.
//!
//! | section | the server does, or the user | promptfoo | the test here |
//! |---|---|---|---|
//! | 2 | every 5th request 429 | right | `campaign/metered.rs::every_fifth_request_429_is_asked_again_and_nothing_else_is` |
//! | 2 | a 429 for each of 100 answers, 32 at a time | right | `promptfoo/faults.rs::a_hundred_429s_cost_a_hundred_waits_and_nothing_else` |
//! | 2 | nothing but 429 | 200 requests, 267 s | `promptfoo/faults.rs::nothing_but_429_ends_with_no_answer_and_no_cost` |
//! | 2 | every 5th request 500 | 20 of 100 lost | `campaign/metered.rs::every_fifth_request_500_is_asked_again` |
//! | 2 | 503 before each answer | 10 of 10 lost | `promptfoo/faults.rs::a_503_before_each_answer_is_waited_out`, `campaign/metered.rs::a_model_that_is_still_loading_is_waited_for` |
//! | 2 | a reset in the middle, before each answer | 10 of 10 lost | `promptfoo/faults.rs::a_reset_before_each_answer_is_asked_again_and_each_is_shown_as_lost`, `campaign/metered.rs::a_reset_in_the_middle_is_asked_again_and_shown_as_lost` |
//! | 2 | a close in the middle | 10 of 10 lost | `campaign/metered.rs::a_close_in_the_middle_is_asked_again_and_shown_as_lost` |
//! | 2 | connection refused | an error after 5 tries | `promptfoo/faults.rs::a_port_where_nobody_listens_costs_nothing` |
//! | 2 | 200 with a page of HTML | 10 of 10 errors | `promptfoo/faults.rs::a_page_in_place_of_answers_stops_the_run_and_is_shown_at_its_worst_case` |
//! | 2 | 200 with `choices: []` | 10 of 10 errors | `promptfoo/faults.rs::answers_without_a_choice_are_paid_and_shown` |
//! | 2 | no request remains, beside every 3rd answer | 4 paid answers thrown away | `campaign/metered.rs::an_answer_beside_which_no_request_remains_is_kept` |
//! | 2 | the same beside every answer | 72 paid answers thrown away | `promptfoo/faults.rs::answers_beside_which_no_request_remains_are_all_kept` |
//! | 2 | never answers | not run | `promptfoo/faults.rs::a_server_that_never_answers_is_left_and_its_calls_are_shown_as_lost` |
//! | 2 | a judge fails, or says half of what it should | an outage lowers the pass rate | none: `pw` has no model as a judge yet, no assertion calls one |
//! | 3 | four providers on one address, priced or not | no cost where the table lacks the name | `promptfoo/costs.rs::a_declared_price_is_taken_and_a_missing_one_is_asked_for_before_anything_is_sent` |
//! | 3 | `cost` asserted | an error without a price | `promptfoo/costs.rs::a_row_that_fails_keeps_its_usage_and_its_cost` |
//! | 3 | rows in error show no usage, the sum is 121 of 484 tokens | | `promptfoo/costs.rs::a_row_that_fails_keeps_its_usage_and_its_cost` |
//! | 3 | a llama.cpp server's own wire | no usage | `promptfoo/costs.rs::a_llama_cpp_server_is_found_where_it_is_declared_and_its_tokens_count` |
//! | 3 | a judge's tokens | not priced | none: no judge yet |
//! | 4 | KILL, 4 at a time | total 0.7 % short | `campaign/resumed.rs::killed_at_4_and_resumed` |
//! | 4 | INT | total 0.3 % short, exit 0 | `campaign/resumed.rs::interrupted_and_resumed_loses_nothing` |
//! | 4 | TERM | 4 paid and lost | `campaign/resumed.rs::terminated_and_resumed_loses_nothing` |
//! | 4 | KILL, 128 at a time | 121 paid and lost, total 11 % short | `campaign/resumed.rs::killed_at_128_and_resumed` |
//! | 4 | KILL, 32 at a time, 1,000 cases | 23 paid and lost | `campaign/resumed.rs::thousands_of_cases_killed_and_resumed` |
//! | 4 | resume after errors | skips them | `resume.rs::faults_are_asked_again_and_answers_are_not` |
//! | 5 | a shared question, warm, `--repeat`, `--no-cache` | the shared call is charged twice | `promptfoo/cache.rs::each_step_is_charged_what_its_own_requests_cost`, `campaign/metered.rs::a_question_asked_twice_is_paid_once_and_repeats_are_answers_of_their_own` |

mod cache;
mod costs;
mod faults;

#[test]
fn each_measured_case_has_its_test() {
    let table = include_str!("promptfoo.rs");
    let rows = table.lines().filter(|line| line.starts_with("//! | "));
    // Below the heading and its rule.
    for row in rows.filter(|row| !row.starts_with("//! | section")) {
        let known = crate::peers::named_tests(row);
        assert!(!known.is_empty() || row.contains("| none: "), "{row}");
    }
}
