//! Room taken in advance for paid answers that the database refuses: a full disk must not lose one.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::{Answer, Cost};
use crate::ledger::chain;
use crate::ledger::keep::{Booking, Keep};
use crate::ledger::lock::open_file;
use crate::ledger::{LedgerError, Price, Settle};

/// The room: about two thousand answers in flight.
const ROOM: u64 = 4 << 20;

/// A settle as a line of JSON.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    attempt: String,
    cost: Option<Cost>,
    price: Option<(String, Option<String>, Option<String>)>,
    answer: Answer,
    latency_ms: Option<u64>,
    accepted: bool,
    /// Of an answer whose text is not kept: its hash in hex, and what lies in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hashed: Option<(String, String)>,
}

impl Line {
    fn of(booking: &Booking) -> Self {
        let settle = &booking.settle;
        let price = settle.price.clone();
        Self {
            attempt: settle.attempt.to_string(),
            cost: settle.cost,
            price: price.map(|price| (price.source, price.from, price.rates)),
            answer: settle.answer.clone(),
            latency_ms: settle.latency_ms,
            accepted: settle.accepted,
            hashed: (booking.body.is_none())
                .then(|| (chain::hex(&booking.hash), booking.tombstone.clone())),
        }
    }

    fn into_booking(self) -> Option<Booking> {
        let settle = Settle {
            attempt: Uuid::parse_str(&self.attempt).ok()?,
            cost: self.cost,
            price: self.price.map(|(source, from, rates)| Price {
                source,
                from,
                rates,
            }),
            answer: self.answer,
            latency_ms: self.latency_ms,
            accepted: self.accepted,
        };
        let Some((hash, tombstone)) = self.hashed else {
            // It was kept when it was spilled: no limit was passed then.
            return Some(Booking::of(settle, &Keep::default()));
        };
        Some(Booking {
            settle,
            hash: chain::unhex(&hash)?,
            body: None,
            tombstone,
        })
    }
}

/// The file of spilled settles: lines of JSON, then zeros up to its size.
#[derive(Debug)]
pub(super) struct Spill {
    path: PathBuf,
    /// Opened with the ledger: on a full disk, or without a free file descriptor, it is too late.
    file: File,
}

impl Spill {
    /// Opens the file and takes its room, by writing: a sparse file would have none.
    pub(super) fn open(path: &Path) -> Result<Self, LedgerError> {
        let take_room = || -> io::Result<File> {
            let mut file = open_file(path)?;
            let have = file.metadata()?.len();
            if have < ROOM {
                file.seek(SeekFrom::Start(have))?;
                let zeros = vec![0; usize::try_from(ROOM - have).unwrap_or(0)];
                file.write_all(&zeros)?;
                file.sync_all()?;
            }
            Ok(file)
        };
        match take_room() {
            Ok(file) => Ok(Self {
                path: path.to_owned(),
                file,
            }),
            Err(e) => Err(LedgerError::io("reserve room in", path, e)),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Keeps a settle, durably.
    pub(super) fn keep(&mut self, booking: &Booking) -> Result<(), LedgerError> {
        let mut line = serde_json::to_vec(&Line::of(booking)).unwrap_or_default();
        line.push(b'\n');
        let path = self.path.clone();
        self.locked(|file| {
            let used = used(file)?;
            if used.len() + line.len() > usize::try_from(ROOM).unwrap_or(0) {
                return Err(io::ErrorKind::StorageFull.into());
            }
            // A line that was cut by a crash was never acknowledged; the next one takes its place.
            let end = used
                .iter()
                .rposition(|&b| b == b'\n')
                .map_or(0, |at| at + 1);
            file.seek(SeekFrom::Start(end as u64))?;
            file.write_all(&line)?;
            if used.len() > end + line.len() {
                file.write_all(&vec![0; used.len() - end - line.len()])?;
            }
            file.sync_data()
        })
        .map_err(|e| LedgerError::io("write", &path, e))
    }

    /// Reads what was kept: settles in order, and how many lines could not be read.
    pub(super) fn read(&mut self) -> Result<(Vec<Booking>, usize), LedgerError> {
        let path = self.path.clone();
        self.locked(used)
            .map(|text| parse(&text))
            .map_err(|e| LedgerError::io("read", &path, e))
    }

    /// Empties the file once what it held is booked; lines that could not be read are set aside in `….unread`.
    pub(super) fn empty(&mut self, unread: usize) -> Result<(), LedgerError> {
        let path = self.path.clone();
        self.locked(|file| {
            let text = used(file)?;
            if unread > 0 {
                let mut aside = File::options()
                    .create(true)
                    .append(true)
                    .open(aside(&path))?;
                aside.write_all(&text)?;
                aside.sync_all()?;
            }
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&vec![0; text.len()])?;
            file.sync_data()
        })
        .map_err(|e| LedgerError::io("write", &path, e))
    }

    /// Runs under the file's own lock: a settle may be kept because the write lock could not be had.
    fn locked<T>(&mut self, work: impl FnOnce(&mut File) -> io::Result<T>) -> io::Result<T> {
        self.file.lock()?;
        let done = work(&mut self.file);
        self.file.unlock()?;
        done
    }
}

/// Where lines go that cannot be read.
pub(super) fn aside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".unread");
    PathBuf::from(name)
}

/// Counts what lies in a spill file: settles to book and unreadable lines.
pub(super) fn count(path: &Path) -> Result<(usize, usize), LedgerError> {
    match File::open(path).and_then(|mut file| used(&mut file)) {
        Ok(text) => {
            let (bookings, unread) = parse(&text);
            Ok((bookings.len(), unread))
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok((0, 0)),
        Err(e) => Err(LedgerError::io("read", path, e)),
    }
}

/// Returns everything before the first zero byte, reading no further than the block that holds it.
fn used(file: &mut File) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(0))?;
    let (mut text, mut block) = (Vec::new(), vec![0; 16 * 1024]);
    loop {
        let read = file.read(&mut block)?;
        let zero = block[..read].iter().position(|&b| b == 0);
        text.extend_from_slice(&block[..zero.unwrap_or(read)]);
        if read == 0 || zero.is_some() {
            return Ok(text);
        }
    }
}

fn parse(text: &[u8]) -> (Vec<Booking>, usize) {
    let whole = text
        .iter()
        .rposition(|&b| b == b'\n')
        .map_or(0, |at| at + 1);
    let lines = text[..whole]
        .split(|&b| b == b'\n')
        .filter(|line| !line.is_empty());
    let (mut bookings, mut unread) = (Vec::new(), 0);
    for line in lines {
        match serde_json::from_slice::<Line>(line)
            .ok()
            .and_then(Line::into_booking)
        {
            Some(booking) => bookings.push(booking),
            None => unread += 1,
        }
    }
    (bookings, unread)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::TextKey;
    use crate::ledger::TextLimits;
    use crate::ledger::testing::{answer, settle};

    #[test]
    fn lines_are_kept_across_openings_and_emptied() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spill");
        assert_eq!(count(&path).unwrap(), (0, 0));
        let mut spill = Spill::open(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().len(), ROOM);
        let mut first = settle(Uuid::from_u128(1), 5);
        first.answer = answer("晴天\n第二行");
        spill.keep(&booked(first.clone())).unwrap();
        drop(spill);
        let mut spill = Spill::open(&path).unwrap();
        spill.keep(&booked(settle(Uuid::from_u128(2), 7))).unwrap();
        let (bookings, unread) = spill.read().unwrap();
        assert_eq!((bookings.len(), unread), (2, 0));
        assert_eq!(bookings[0].settle.answer, first.answer);
        assert_eq!(bookings[1].settle.attempt, Uuid::from_u128(2));
        spill.empty(0).unwrap();
        assert_eq!(count(&path).unwrap(), (0, 0));
        assert_eq!(std::fs::metadata(&path).unwrap().len(), ROOM);
    }

    #[test]
    fn a_torn_line_is_overwritten_and_an_unreadable_one_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spill");
        std::fs::write(&path, b"{\"not\":\"a settle\"}\n{\"attempt\":\"0").unwrap();
        let mut spill = Spill::open(&path).unwrap();
        spill.keep(&booked(settle(Uuid::from_u128(3), 1))).unwrap();
        let (bookings, unread) = spill.read().unwrap();
        assert_eq!((bookings.len(), unread), (1, 1));
        spill.empty(unread).unwrap();
        assert!(
            std::fs::read_to_string(aside(&path))
                .unwrap()
                .starts_with("{\"not\"")
        );
    }

    #[test]
    fn a_full_file_refuses() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spill");
        let mut spill = Spill::open(&path).unwrap();
        let mut huge = settle(Uuid::from_u128(4), 1);
        huge.answer.text = Some("x".repeat(5 << 20));
        assert!(spill.keep(&booked(huge)).unwrap_err().is_disk_full());
        assert_eq!(spill.read().unwrap().0.len(), 0);
    }

    fn booked(settle: Settle) -> Booking {
        Booking::of(settle, &Keep::default())
    }

    #[test]
    fn an_answer_whose_text_is_not_kept_is_spilled_as_its_hash() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spill");
        let mut spill = Spill::open(&path).unwrap();
        let small = TextLimits {
            each: Some(1 << 20),
            total: None,
        };
        // Five megabytes would not fit the room.
        let mut huge = settle(Uuid::from_u128(4), 1);
        huge.answer.text = Some("晴".repeat(5 << 20));
        let keeps = [Keep::Hashes(TextKey::new(b"key")), Keep::Texts(small)];
        let kept: Vec<Booking> = keeps
            .iter()
            .map(|keep| Booking::of(huge.clone(), keep))
            .collect();
        for booking in &kept {
            spill.keep(booking).unwrap();
        }
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains('晴'), "{}", &text[..400]);
        let (read, unread) = spill.read().unwrap();
        assert_eq!((read.len(), unread), (2, 0));
        for (read, kept) in read.iter().zip(&kept) {
            assert_eq!((read.hash, &read.tombstone), (kept.hash, &kept.tombstone));
            assert_eq!(read.settle.answer, kept.settle.answer);
            assert_eq!(read.body, None);
        }
        assert_ne!(read[0].hash, read[1].hash, "one of them has a key");
    }
}
