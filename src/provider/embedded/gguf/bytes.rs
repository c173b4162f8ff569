//! A place in a file that never goes past its end.

use crate::provider::embedded::gguf::GgufError;

/// The rest of a file, and how far in it lies.
#[derive(Debug)]
pub(super) struct Bytes<'a> {
    file: &'a [u8],
    at: usize,
}

impl<'a> Bytes<'a> {
    pub(super) fn new(file: &'a [u8]) -> Self {
        Self { file, at: 0 }
    }

    /// Takes some bytes.
    ///
    /// Errors: [`GgufError::Cut`] where the file ends before.
    pub(super) fn take(&mut self, length: u64, what: &'static str) -> Result<&'a [u8], GgufError> {
        let rest = &self.file[self.at..];
        let taken = usize::try_from(length)
            .ok()
            .and_then(|length| rest.get(..length))
            .ok_or(GgufError::Cut {
                what,
                at: self.at,
                needed: length,
                left: rest.len(),
            })?;
        self.at += taken.len();
        Ok(taken)
    }

    /// Takes as many bytes as an array holds.
    pub(super) fn array<const N: usize>(
        &mut self,
        what: &'static str,
    ) -> Result<[u8; N], GgufError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N as u64, what)?);
        Ok(array)
    }

    pub(super) fn u32(&mut self, what: &'static str) -> Result<u32, GgufError> {
        Ok(u32::from_le_bytes(self.array(what)?))
    }

    pub(super) fn u64(&mut self, what: &'static str) -> Result<u64, GgufError> {
        Ok(u64::from_le_bytes(self.array(what)?))
    }

    /// Takes a number of things that may be `most` at most.
    pub(super) fn count(&mut self, most: u64, what: &'static str) -> Result<u64, GgufError> {
        let at = self.at;
        let found = self.u64(what)?;
        if found > most {
            return Err(GgufError::TooMany {
                what,
                at,
                found,
                most,
            });
        }
        Ok(found)
    }

    /// Takes a string: its length in bytes, then its bytes.
    pub(super) fn text(&mut self, what: &'static str) -> Result<&'a str, GgufError> {
        let length = self.u64(what)?;
        let at = self.at;
        std::str::from_utf8(self.take(length, what)?).map_err(|_| GgufError::Utf8 { what, at })
    }

    /// Returns everything from the next multiple of `alignment` on: nothing where the file ends before.
    pub(super) fn aligned(&self, alignment: u64) -> &'a [u8] {
        usize::try_from((self.at as u64).next_multiple_of(alignment))
            .ok()
            .and_then(|start| self.file.get(start..))
            .unwrap_or(&[])
    }
}
