//! JavaScript's regular expressions, rewritten for the linear-time engine.
//!
//! promptfoo's patterns are JavaScript's without flags: `\w`, `\d` and `\b` know ASCII only (so that `\b17\b` is found in
//! `气温17°C`), `.` stops at four kinds of line end, `{` and `[` are often plain characters. The engine's own extensions
//! (inline flags, `\A`, `\z`, `\p{…}`) stay available.
//!
//! Source: ECMAScript 2025, sections 22.2 and B.1.2.

/// Rewrites a pattern.
///
/// Errors: the name of a feature that needs backtracking.
pub(super) fn translate(pattern: &str) -> Result<String, &'static str> {
    let mut translation = Translation {
        rest: pattern,
        out: String::with_capacity(pattern.len() + 16),
        dot: if sets_dot_all(pattern) {
            "."
        } else {
            r"[^\n\r\x{2028}\x{2029}]"
        },
    };
    while let Some(c) = translation.next() {
        translation.outside(c)?;
    }
    Ok(translation.out)
}

/// Tells whether an inline flag lets `.` match line ends.
fn sets_dot_all(pattern: &str) -> bool {
    pattern.split("(?").skip(1).any(|group| {
        let flags: String = group.chars().take_while(char::is_ascii_lowercase).collect();
        flags.contains('s') && group[flags.len()..].starts_with([')', ':', '-'])
    })
}

struct Translation<'p> {
    rest: &'p str,
    out: String,
    dot: &'static str,
}

impl Translation<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn eat(&mut self, prefix: &str) -> bool {
        let rest = self.rest.strip_prefix(prefix);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn outside(&mut self, c: char) -> Result<(), &'static str> {
        match c {
            '\\' => self.escape(false)?,
            '[' => self.class()?,
            '.' => self.out.push_str(self.dot),
            '{' if !is_quantifier(self.rest) => self.out.push_str(r"\{"),
            '(' => {
                for (prefix, feature) in LOOK_AROUND {
                    if self.rest.starts_with(prefix) {
                        return Err(feature);
                    }
                }
                self.out.push('(');
            }
            other => self.out.push(other),
        }
        Ok(())
    }

    /// Rewrites `[…]`; the opening bracket is read.
    fn class(&mut self) -> Result<(), &'static str> {
        let negated = self.eat("^");
        if self.eat("]") {
            // `[]` matches nothing and `[^]` anything.
            self.out
                .push_str(if negated { r"[\s\S]" } else { r"[^\s\S]" });
            return Ok(());
        }
        self.out.push_str(if negated { "[^" } else { "[" });
        let mut after_set = false;
        while let Some(c) = self.next() {
            match c {
                ']' => {
                    self.out.push(']');
                    return Ok(());
                }
                '\\' => {
                    after_set = self.rest.starts_with(['d', 'D', 'w', 'W', 's', 'S']);
                    self.escape(true)?;
                    continue;
                }
                // Operators of the engine that are plain characters here; a range cannot begin at a set.
                '[' | '&' | '~' => self.out.extend(['\\', c]),
                '-' if after_set || self.rest.starts_with('-') || self.out.ends_with('-') => {
                    self.out.push_str(r"\-");
                }
                other => self.out.push(other),
            }
            after_set = false;
        }
        Ok(())
    }

    /// Rewrites what follows a backslash.
    fn escape(&mut self, in_class: bool) -> Result<(), &'static str> {
        let Some(c) = self.next() else {
            self.out.push('\\');
            return Ok(());
        };
        match c {
            'd' => self.out.push_str("[0-9]"),
            'D' => self.out.push_str("[^0-9]"),
            'w' => self.out.push_str("[0-9A-Za-z_]"),
            'W' => self.out.push_str("[^0-9A-Za-z_]"),
            'b' if in_class => self.out.push_str(r"\x08"),
            'b' => self.out.push_str(r"(?-u:\b)"),
            'B' => self.out.push_str(r"(?-u:\B)"),
            '1'..='9' if !in_class => return Err("a back-reference"),
            'k' if self.rest.starts_with('<') => return Err("a back-reference"),
            '0' => self.out.push_str(r"\x00"),
            'u' | 'x' | 'p' | 'P' if self.rest.starts_with('{') => self.braced(c),
            'u' => self.unicode(),
            '<' | '>' => self.out.push(c),
            _ if c.is_ascii() => self.out.extend(['\\', c]),
            _ => self.out.push(c),
        }
        Ok(())
    }

    /// Copies `\p{…}`, `\u{…}`, whose braces are part of the escape.
    fn braced(&mut self, c: char) {
        let length = self.rest.find('}').map_or(self.rest.len(), |end| end + 1);
        let (braces, rest) = self.rest.split_at(length);
        self.out.extend(['\\', c]);
        self.out.push_str(braces);
        self.rest = rest;
    }

    /// Rewrites `\uD83D\uDE00`, which JavaScript reads as one character; every other `\u` the engine knows.
    fn unicode(&mut self) {
        let unit = |text: &str| u16::from_str_radix(text.get(..4)?, 16).ok();
        let high = unit(self.rest);
        let low = self
            .rest
            .get(4..)
            .and_then(|rest| rest.strip_prefix(r"\u"))
            .and_then(unit);
        if let (Some(high @ 0xD800..=0xDBFF), Some(low @ 0xDC00..=0xDFFF)) = (high, low)
            && let Some(Ok(c)) = char::decode_utf16([high, low]).next()
        {
            self.rest = &self.rest[10..];
            self.out.push(c);
            return;
        }
        self.out.push_str(r"\u");
    }
}

const LOOK_AROUND: [(&str, &str); 4] = [
    ("?=", "look-ahead"),
    ("?!", "negative look-ahead"),
    ("?<=", "look-behind"),
    ("?<!", "negative look-behind"),
];

/// Tells whether the text after `{` makes it a repetition: `3}`, `3,}`, `3,5}`.
fn is_quantifier(rest: &str) -> bool {
    let Some((inside, _)) = rest.split_once('}') else {
        return false;
    };
    let (least, most) = inside.split_once(',').unwrap_or((inside, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    !least.is_empty() && digits(least) && digits(most)
}
