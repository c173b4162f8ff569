//! A local machine's seconds, shared among the calls it serves at once.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::domain::{Endpoint, Usd};

/// Virtual time of a machine that is shared evenly: while `n` calls are in flight it advances by `1/n` second a second, so
/// that the shares of all calls add up to the seconds in which the machine was busy.
///
/// Source: processor sharing as in weighted fair queueing (Parekh and Gallager 1993).
#[derive(Debug)]
pub(crate) struct SharedTime(Mutex<State>);

#[derive(Debug)]
struct State {
    in_flight: u32,
    seen: Instant,
    virtual_time: Duration,
}

impl State {
    fn advance(&mut self, now: Instant) {
        if self.in_flight > 0 {
            self.virtual_time += now.saturating_duration_since(self.seen) / self.in_flight;
        }
        self.seen = now;
    }
}

impl SharedTime {
    pub(crate) fn new(now: Instant) -> Self {
        Self(Mutex::new(State {
            in_flight: 0,
            seen: now,
            virtual_time: Duration::ZERO,
        }))
    }

    /// Enters a call and returns its starting mark.
    pub(crate) fn enter(&self, now: Instant) -> Duration {
        let mut state = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        state.advance(now);
        state.in_flight += 1;
        state.virtual_time
    }

    /// Ends a call that began at `mark` and returns its share.
    pub(crate) fn leave(&self, mark: Duration, now: Instant) -> Duration {
        let mut state = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        state.advance(now);
        state.in_flight = state.in_flight.saturating_sub(1);
        state.virtual_time.saturating_sub(mark)
    }
}

/// Returns the declared cost of some seconds of an endpoint's machine: electricity and the machine's hour.
///
/// Units: watts × $/kWh ÷ 3.6·10⁶ + $/h ÷ 3600, a second; rounded to a picodollar.
#[expect(
    clippy::cast_possible_truncation,
    reason = "rounded to whole picodollars, which is what is stored"
)]
pub(crate) fn imputed(endpoint: &Endpoint, share: Duration) -> Usd {
    let power =
        endpoint.watts.unwrap_or(0.0) * endpoint.usd_per_kwh.unwrap_or_default().as_f64() / 3.6e6;
    let machine = endpoint.usd_per_hour.unwrap_or_default().as_f64() / 3600.0;
    Usd::from_picos(((power + machine) * share.as_secs_f64() * 1e12).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::EndpointKind;

    #[test]
    fn shares_add_up_to_the_busy_seconds() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let time = SharedTime::new(start);
        let first = time.enter(at(0));
        let second = time.enter(at(2));
        assert_eq!(time.leave(first, at(6)), Duration::from_secs(4));
        assert_eq!(time.leave(second, at(10)), Duration::from_secs(6));
        let third = time.enter(at(100));
        assert_eq!(time.leave(third, at(101)), Duration::from_secs(1));
    }

    proptest::proptest! {
        #[test]
        fn shares_of_any_coming_and_going_add_up(
            steps in proptest::collection::vec((0_u64..2_000, 0_usize..3), 1..60)
        ) {
            let start = Instant::now();
            let time = SharedTime::new(start);
            let (mut now, mut busy, mut shares) = (start, Duration::ZERO, Duration::ZERO);
            let mut marks = Vec::new();
            let count = steps.len();
            // Whatever is still in flight at the end leaves a second later.
            let last = std::iter::repeat_n((1_000, 2), count);
            for (millis, choice) in steps.into_iter().chain(last) {
                let pause = Duration::from_millis(millis);
                now += pause;
                if !marks.is_empty() {
                    busy += pause;
                }
                match marks.pop() {
                    Some(mark) if choice == 2 => shares += time.leave(mark, now),
                    // The one that came first, so that the order of leaving is no stack.
                    Some(mark) if choice == 1 => {
                        marks.push(mark);
                        shares += time.leave(marks.remove(0), now);
                    }
                    mark => {
                        marks.extend(mark);
                        if choice == 0 {
                            marks.push(time.enter(now));
                        }
                    }
                }
            }
            proptest::prop_assert!(marks.is_empty());
            // Each step cuts less than a nanosecond off for each call in flight.
            let off = busy.abs_diff(shares);
            proptest::prop_assert!(off < Duration::from_micros(10), "{busy:?} busy, {shares:?} shared");
        }
    }

    #[test]
    fn an_hour_costs_what_was_declared() {
        let mut endpoint = Endpoint::new("local", EndpointKind::LlamaCpp, "http://127.0.0.1:8080");
        assert_eq!(imputed(&endpoint, Duration::from_hours(1)), Usd::ZERO);
        endpoint.watts = Some(65.0);
        endpoint.usd_per_kwh = "0.30".parse().ok();
        endpoint.usd_per_hour = "0.04".parse().ok();
        assert_eq!(
            imputed(&endpoint, Duration::from_hours(1)),
            "0.0595".parse().expect("an amount")
        );
    }
}
