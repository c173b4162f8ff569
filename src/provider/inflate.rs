//! Unpacks gzip that nobody asked for, under the cap of the body.
//!
//! We offer no encoding: answers are small, and a bomb needs an invitation. A proxy that packs regardless must not cost a
//! paid answer, so it is unpacked here, where the decompressed bytes are counted as they come.

use std::io::{self, Write};

use flate2::write::MultiGzDecoder;

/// Unpacks a body piece by piece.
#[derive(Debug)]
pub(super) struct Inflate(MultiGzDecoder<Capped>);

/// Why a packed body cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InflateError {
    /// It unpacks to more than the cap (F30).
    Bomb,
    /// It is not gzip, or it is cut (F31).
    Bad,
}

#[derive(Debug)]
struct Capped {
    bytes: Vec<u8>,
    left: usize,
    full: bool,
}

impl Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.left {
            self.full = true;
            return Err(io::Error::other("the cap is reached"));
        }
        self.left -= bytes.len();
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Inflate {
    /// Makes an unpacker that stops at `cap` bytes.
    pub(super) fn new(cap: usize) -> Self {
        Self(MultiGzDecoder::new(Capped {
            bytes: Vec::new(),
            left: cap,
            full: false,
        }))
    }

    /// Unpacks the next piece to the end of `out`.
    pub(super) fn feed(&mut self, packed: &[u8], out: &mut Vec<u8>) -> Result<(), InflateError> {
        let result = self.0.write_all(packed).and_then(|()| self.0.flush());
        self.give(&result, out)
    }

    /// Ends the body: what is left comes to `out`, and a missing checksum is an error.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), InflateError> {
        let result = self.0.try_finish();
        self.give(&result, out)
    }

    fn give(&mut self, result: &io::Result<()>, out: &mut Vec<u8>) -> Result<(), InflateError> {
        let sink = self.0.get_mut();
        out.append(&mut sink.bytes);
        match result {
            Ok(()) => Ok(()),
            Err(_) if sink.full => Err(InflateError::Bomb),
            Err(_) => Err(InflateError::Bad),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(text).unwrap();
        packer.finish().unwrap()
    }

    fn unpack(bytes: &[u8], cap: usize) -> Result<Vec<u8>, InflateError> {
        let mut inflate = Inflate::new(cap);
        let mut out = Vec::new();
        for piece in bytes.chunks(7) {
            inflate.feed(piece, &mut out)?;
        }
        inflate.finish(&mut out)?;
        Ok(out)
    }

    #[test]
    fn gzip_is_unpacked_and_counted() {
        let bytes = packed("晴天".as_bytes());
        assert_eq!(unpack(&bytes, 100), Ok("晴天".as_bytes().to_vec()));
        assert_eq!(unpack(&packed(&[0; 1000]), 999), Err(InflateError::Bomb));
        assert_eq!(unpack(b"this is not gzip", 100), Err(InflateError::Bad));
        assert_eq!(
            unpack(&bytes[..bytes.len() - 9], 100),
            Err(InflateError::Bad)
        );
    }
}
