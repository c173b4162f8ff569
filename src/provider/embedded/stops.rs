//! Texts that end an answer.

/// An answer that grows; what may be the beginning of a stop is held back.
#[derive(Debug)]
pub(super) struct Stops<'a> {
    stops: &'a [String],
    held: String,
}

impl<'a> Stops<'a> {
    pub(super) fn new(stops: &'a [String]) -> Self {
        Self {
            stops,
            held: String::new(),
        }
    }

    /// Takes more text; returns what may be shown, and whether a stop was met: the text before it is shown, it is not.
    pub(super) fn push(&mut self, text: &str) -> (String, bool) {
        self.held.push_str(text);
        let met = self
            .stops
            .iter()
            .filter_map(|stop| self.held.find(stop.as_str()))
            .min();
        if let Some(at) = met {
            self.held.truncate(at);
            return (std::mem::take(&mut self.held), true);
        }
        let rest = self.held.split_off(self.held.len() - self.beginning());
        (std::mem::replace(&mut self.held, rest), false)
    }

    /// Takes what was held back, when the answer ends otherwise.
    pub(super) fn take(&mut self) -> String {
        std::mem::take(&mut self.held)
    }

    /// Returns how many bytes at the end may be the beginning of a stop.
    fn beginning(&self) -> usize {
        let begins = |at: &usize| {
            let end = &self.held[*at..];
            self.stops.iter().any(|stop| stop.starts_with(end))
        };
        let places = self.held.char_indices().map(|(at, _)| at);
        places
            .into_iter()
            .find(begins)
            .map_or(0, |at| self.held.len() - at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_is_found_across_pieces_and_only_its_beginning_is_held() {
        let given = ["END".to_owned(), "天气。".to_owned()];
        let mut stops = Stops::new(&given);
        assert_eq!(stops.push("sunny E"), ("sunny ".to_owned(), false));
        assert_eq!(stops.push("EN"), ("E".to_owned(), false));
        assert_eq!(stops.push("d 天"), ("ENd ".to_owned(), false));
        assert_eq!(stops.push("气。END"), (String::new(), true));
        let mut stops = Stops::new(&given);
        assert_eq!(stops.push("a END 天气。"), ("a ".to_owned(), true));
        let mut stops = Stops::new(&given);
        assert_eq!(stops.push("EN"), (String::new(), false));
        assert_eq!(stops.take(), "EN");
        assert_eq!(Stops::new(&[]).push("END"), ("END".to_owned(), false));
    }
}
