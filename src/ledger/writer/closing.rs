//! What waits for its turn at the end or after a failure: spilled answers, and the farewell.

use std::sync::Arc;

use crate::ledger::LedgerError;
use crate::ledger::keep::Booking;
use crate::ledger::recover::End;
use crate::ledger::writer::Writer;

impl Writer {
    /// Books the answers of the spill file, each by itself; an attempt that is settled already is left alone. Call it under
    /// the lock.
    pub(super) fn book_spilled(&mut self) -> Result<(), LedgerError> {
        let (bookings, mut unread) = self.spill.read()?;
        for booking in &bookings {
            match self.book_one(booking) {
                Ok(()) => {}
                // Booked before. An answer of unknown cost whose attempt is lost meanwhile is set aside instead of dropped.
                Err(LedgerError::AttemptState { .. }) if booking.settle.cost.is_some() => {}
                Err(e) if e.spoils() && !e.is_local() => return Err(e),
                // It would fail for ever: it must not keep the ledger from opening.
                Err(_) => unread += 1,
            }
        }
        if !bookings.is_empty() || unread > 0 {
            self.spill.empty(unread)?;
        }
        self.spilled = false;
        Ok(())
    }

    fn book_one(&mut self, booking: &Booking) -> Result<(), LedgerError> {
        let booked = self.desk.turn(self.clock.now()).and_then(|mut page| {
            page.settle(booking)?;
            page.commit()
        });
        if booked.is_err() {
            self.desk.forget();
        }
        let (mark, _) = booked.map_err(|e| e.at("write", &self.places.db))?;
        mark.map_or(Ok(()), |mark| self.anchor.write(&mark))
    }

    /// Ends this writer: its row, the anchor, the WAL, its sign of life.
    pub(super) fn close(mut self) -> Result<(), LedgerError> {
        self.write(Vec::new());
        if let Some(cause) = self.stopped.take() {
            return Err(LedgerError::Stopped {
                path: self.places.db.clone(),
                cause,
            });
        }
        let lock = Arc::clone(&self.lock);
        let held = lock.acquire()?;
        let db = self.places.db.clone();
        let at = |e: LedgerError| e.at("close", &db);
        let writer = self.desk.writer;
        let mut page = self.desk.turn(self.clock.now()).map_err(at)?;
        page.bury(writer, End::Closed).map_err(at)?;
        let (mark, _) = page.commit().map_err(at)?;
        mark.map_or(Ok(()), |mark| self.anchor.write(&mark))?;
        self.anchor.sync()?;
        drop(held);
        self.withdraw();
        // Another process may be reading: then the last one to close does it.
        self.desk
            .conn
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
            .ok();
        if self.unwritten.is_empty() {
            Ok(())
        } else {
            Err(LedgerError::Closed)
        }
    }

    pub(super) fn withdraw(&mut self) {
        if let Some(sign) = self.sign.take() {
            sign.withdraw();
        }
    }
}
