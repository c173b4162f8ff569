//! Server-sent events, by the standard, with a limit on a line.
//!
//! Source: WHATWG HTML, 9.2.6 "Interpreting an event stream". One thing differs: at the end of the stream an event without
//! its blank line is given out, because servers forget the one after `[DONE]`; a cut event fails as JSON later.

/// Bytes of one line at most.
const LONGEST_LINE: usize = 1 << 20;

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct SseEvent {
    /// Its `event:` name, empty when there is none.
    pub(super) name: String,
    /// Its `data:` lines, joined by line feeds.
    pub(super) data: String,
}

/// Why a stream of bytes is not a stream of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SseError {
    LineTooLong,
    NotUtf8,
}

/// Reads events out of bytes that come in pieces of any size.
#[derive(Debug, Default)]
pub(super) struct SseReader {
    bytes: Vec<u8>,
    /// Start of what has not been read as a line.
    start: usize,
    /// Up to where `bytes` was searched for a line's end in vain.
    searched: usize,
    past_beginning: bool,
    skip_line_feed: bool,
    pending: SseEvent,
    has_data: bool,
}

impl SseReader {
    /// Takes the next bytes.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        if self.start > 0 {
            self.bytes.drain(..self.start);
            self.searched -= self.start;
            self.start = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// Returns the next whole event, if there is one.
    pub(super) fn next_event(&mut self) -> Result<Option<SseEvent>, SseError> {
        while let Some((from, to)) = self.next_line()? {
            if let Some(event) = self.take_line(from, to)? {
                return Ok(Some(event));
            }
        }
        Ok(None)
    }

    /// Returns what is left when no more bytes come.
    pub(super) fn last_event(&mut self) -> Result<Option<SseEvent>, SseError> {
        if self.start < self.bytes.len() {
            let (from, to) = (self.start, self.bytes.len());
            self.start = to;
            self.take_line(from, to)?;
        }
        Ok(self.dispatch())
    }

    fn next_line(&mut self) -> Result<Option<(usize, usize)>, SseError> {
        if !self.past_beginning {
            if self.bytes.len() < 3 && "\u{feff}".as_bytes().starts_with(&self.bytes) {
                return Ok(None);
            }
            if self.bytes.starts_with("\u{feff}".as_bytes()) {
                self.start = 3;
                self.searched = 3;
            }
            self.past_beginning = true;
        }
        if self.skip_line_feed && self.start < self.bytes.len() {
            self.skip_line_feed = false;
            if self.bytes[self.start] == b'\n' {
                self.start += 1;
            }
        }
        self.searched = self.searched.max(self.start);
        let unread = &self.bytes[self.searched..];
        let Some(at) = unread.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
            self.searched = self.bytes.len();
            let long = self.bytes.len() - self.start > LONGEST_LINE;
            return if long {
                Err(SseError::LineTooLong)
            } else {
                Ok(None)
            };
        };
        let (from, to) = (self.start, self.searched + at);
        if to - from > LONGEST_LINE {
            return Err(SseError::LineTooLong);
        }
        self.skip_line_feed = self.bytes[to] == b'\r';
        self.start = to + 1;
        self.searched = self.start;
        Ok(Some((from, to)))
    }

    fn take_line(&mut self, from: usize, to: usize) -> Result<Option<SseEvent>, SseError> {
        let line = std::str::from_utf8(&self.bytes[from..to]).map_err(|_| SseError::NotUtf8)?;
        if line.is_empty() {
            return Ok(self.dispatch());
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "data" => {
                if self.has_data {
                    self.pending.data.push('\n');
                }
                self.pending.data.push_str(value);
                self.has_data = true;
            }
            "event" => value.clone_into(&mut self.pending.name),
            // Comments (an empty field name), `id`, `retry` and unknown fields say nothing about an answer.
            _ => {}
        }
        Ok(None)
    }

    fn dispatch(&mut self) -> Option<SseEvent> {
        let event = std::mem::take(&mut self.pending);
        std::mem::take(&mut self.has_data).then_some(event)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(pieces: &[&[u8]]) -> Result<Vec<(String, String)>, SseError> {
        let mut reader = SseReader::default();
        let mut events = Vec::new();
        for piece in pieces {
            reader.feed(piece);
            while let Some(event) = reader.next_event()? {
                events.push((event.name, event.data));
            }
        }
        events.extend(reader.last_event()?.map(|event| (event.name, event.data)));
        Ok(events)
    }

    const STREAM: &str = "\u{feff}: hello\r\ndata: 晴天\r\n\r\nevent: error\rdata:a\rdata\rdata:  b\r\rid: 7\nretry: 1\n\ndata: [DONE]";

    fn expected() -> Vec<(String, String)> {
        [("", "晴天"), ("error", "a\n\n b"), ("", "[DONE]")]
            .map(|(name, data)| (name.to_owned(), data.to_owned()))
            .to_vec()
    }

    #[test]
    fn the_standard_is_read_in_pieces_of_any_size() {
        let bytes = STREAM.as_bytes();
        assert_eq!(all(&[bytes]), Ok(expected()));
        for at in 0..=bytes.len() {
            let (a, b) = bytes.split_at(at);
            assert_eq!(all(&[a, b]), Ok(expected()), "cut at {at}");
        }
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(all(&single), Ok(expected()));
    }

    #[test]
    fn long_lines_and_bad_bytes_are_refused() {
        let long = vec![b'a'; LONGEST_LINE + 1];
        assert_eq!(all(&[&long]), Err(SseError::LineTooLong));
        assert_eq!(all(&[b"data: \xff\n\n"]), Err(SseError::NotUtf8));
        let mut fits = b"data:".to_vec();
        fits.resize(LONGEST_LINE, b'a');
        fits.extend_from_slice(b"\n\n");
        assert_eq!(
            all(&[&fits]).map(|events| events[0].1.len()),
            Ok(LONGEST_LINE - 5)
        );
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_pieces_are_read_alike(
            bytes in prop::collection::vec(prop::sample::select(b"data: event\r\n\n\r\xe6\x99\xb4{}".to_vec()), 0..200),
            cut in 0_usize..200,
        ) {
            let (a, b) = bytes.split_at(cut.min(bytes.len()));
            prop_assert_eq!(all(&[a, b]), all(&[&bytes]));
        }
    }
}
