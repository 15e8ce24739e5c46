//! Fragments (MS-PSRP section 2.2.4): messages cut into pieces, and put together again.
//!
//! A fragment is a header of 21 bytes, all big-endian (object id, fragment id, flags, length), and a piece of a message.

use thiserror::Error;

/// Bytes of a fragment's header: object id 8, fragment id 8, flags 1, length 4.
pub const HEADER_LEN: usize = 21;
/// Size of a fragment with its header. PowerShell's own, on both sides; one fits into every envelope that a server
/// may ask for (153,600 bytes) with room to spare.
pub const FRAGMENT_SIZE: usize = 32 * 1024;
/// Longest message that is put together from fragments. Exchange's own shell limits an object to 75 MB.
pub const MAX_MESSAGE_LEN: usize = 75 << 20;

/// Flag of an object's first fragment.
const START: u8 = 1;
/// Flag of an object's last fragment.
const END: u8 = 2;
/// Read bytes at the front of a buffer are given back once they are this many and the larger part of it.
const COMPACT_FROM: usize = 64 * 1024;

/// Why fragments cannot be put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FragmentError {
    /// A message is longer than the limit.
    #[error("a message of more than {limit} bytes")]
    TooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// A fragment that continues an object which has not begun.
    #[error("fragment {fragment} of object {object} without a beginning")]
    NoStart {
        /// Object id.
        object: u64,
        /// Fragment id.
        fragment: u64,
    },
    /// A fragment is missing, or comes twice.
    #[error("fragment {fragment} of object {object} instead of fragment {expected}")]
    OutOfOrder {
        /// Object id.
        object: u64,
        /// Fragment id that came.
        fragment: u64,
        /// Fragment id that should have come.
        expected: u64,
    },
    /// An earlier error made the stream unreadable.
    #[error("the stream is broken since an earlier error")]
    Broken,
}

/// Fragments that wait to be sent: messages are written straight into it, and whole fragments are taken out.
#[derive(Debug)]
pub struct FragmentBuffer {
    bytes: Vec<u8>,
    /// Everything before this was taken.
    start: usize,
    /// Bytes of a message in one fragment.
    piece: usize,
}

impl Default for FragmentBuffer {
    fn default() -> Self {
        Self::new(FRAGMENT_SIZE)
    }
}

impl FragmentBuffer {
    /// An empty buffer with fragments of up to `fragment_size` bytes, header included (at least 22).
    pub fn new(fragment_size: usize) -> Self {
        Self { bytes: Vec::new(), start: 0, piece: fragment_size.saturating_sub(HEADER_LEN).max(1) }
    }

    /// Adds the message that `write` appends to the vector it is given, as fragments of the object `object`.
    ///
    /// A message that fits into one fragment is never copied; a longer one is moved once, to make room for headers.
    pub fn write(&mut self, object: u64, write: impl FnOnce(&mut Vec<u8>)) {
        self.try_write(object, |out| {
            write(out);
            true
        });
    }

    /// As [`Self::write`], unless `write` says that the message is not to be sent. Gives what it said.
    pub fn try_write(&mut self, object: u64, write: impl FnOnce(&mut Vec<u8>) -> bool) -> bool {
        let begin = self.bytes.len();
        self.bytes.extend_from_slice(&[0; HEADER_LEN]);
        if !write(&mut self.bytes) {
            self.bytes.truncate(begin);
            return false;
        }
        let length = self.bytes.len().saturating_sub(begin + HEADER_LEN);
        let count = length.div_ceil(self.piece).max(1);
        self.bytes.resize(begin + length + count * HEADER_LEN, 0);
        for at in (0..count).rev() {
            let from = begin + HEADER_LEN + at * self.piece;
            let piece = self.piece.min(length - at * self.piece);
            let to = from + at * HEADER_LEN;
            self.bytes.copy_within(from..from + piece, to);
            let flags = if at == 0 { START } else { 0 } | if at + 1 == count { END } else { 0 };
            let header = &mut self.bytes[to - HEADER_LEN..to];
            header[..8].copy_from_slice(&object.to_be_bytes());
            header[8..16].copy_from_slice(&(at as u64).to_be_bytes());
            header[16] = flags;
            header[17..].copy_from_slice(&(piece as u32).to_be_bytes());
        }
        true
    }

    /// Bytes that wait.
    pub fn len(&self) -> usize {
        self.bytes.len() - self.start
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes whole fragments out, as many as make up to `max_bytes`, but one at least if any waits.
    pub fn take(&mut self, max_bytes: usize) -> Option<Vec<u8>> {
        let waiting = self.bytes.get(self.start..).filter(|waiting| !waiting.is_empty())?;
        if waiting.len() <= max_bytes {
            return Some(self.take_first(waiting.len()));
        }
        let mut end = fragment_len(waiting)?;
        while let Some(next) = waiting.get(end..).and_then(fragment_len) {
            if end + next > max_bytes {
                break;
            }
            end += next;
        }
        Some(self.take_first(end))
    }

    /// Takes the first fragment out.
    pub fn take_fragment(&mut self) -> Option<Vec<u8>> {
        self.take(0)
    }

    fn take_first(&mut self, length: usize) -> Vec<u8> {
        if self.start == 0 && length == self.bytes.len() {
            return std::mem::take(&mut self.bytes);
        }
        let end = self.start + length;
        let taken = self.bytes[self.start..end].to_vec();
        self.start = end;
        if self.start == self.bytes.len() {
            self.bytes.clear();
            self.start = 0;
        } else if self.start >= COMPACT_FROM && self.start > self.bytes.len() / 2 {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        taken
    }
}

/// Length of the fragment at the front, header included, if its header is there.
fn fragment_len(bytes: &[u8]) -> Option<usize> {
    Some(HEADER_LEN + Header::read(bytes)?.length)
}

struct Header {
    object: u64,
    fragment: u64,
    flags: u8,
    length: usize,
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Self> {
        let (object, rest) = bytes.split_first_chunk()?;
        let (fragment, rest) = rest.split_first_chunk()?;
        let (flags, rest) = rest.split_first()?;
        Some(Self {
            object: u64::from_be_bytes(*object),
            fragment: u64::from_be_bytes(*fragment),
            flags: *flags,
            length: u32::from_be_bytes(*rest.first_chunk()?) as usize,
        })
    }
}

/// Puts the messages of one stream together. The data may be cut anywhere, also within a fragment's header.
#[derive(Debug)]
pub struct Reassembler {
    /// The beginning of a fragment whose end has not come.
    pending: Vec<u8>,
    /// The object whose first fragments have come.
    open: Option<Open>,
    limit: usize,
    broken: bool,
    /// No object has begun yet, and the stream may start within one.
    joining: bool,
}

#[derive(Debug)]
struct Open {
    object: u64,
    next: u64,
    message: Vec<u8>,
}

impl Default for Reassembler {
    fn default() -> Self {
        Self::new(MAX_MESSAGE_LEN)
    }
}

impl Reassembler {
    /// A reassembler for messages of up to `limit` bytes. It never holds much more than that.
    pub fn new(limit: usize) -> Self {
        Self { pending: Vec::new(), open: None, limit, broken: false, joining: false }
    }

    /// A reassembler for a stream whose beginning somebody else has received: the rest of an object that had begun there
    /// is passed over.
    pub fn joining(limit: usize) -> Self {
        Self { joining: true, ..Self::new(limit) }
    }

    /// Takes the next bytes of the stream and calls `on_message` for each message that they complete.
    ///
    /// A beginning of a new object discards an unfinished one, as PowerShell does. After an error the stream cannot
    /// be read any more.
    pub fn feed(&mut self, data: &[u8], mut on_message: impl FnMut(&[u8])) -> Result<(), FragmentError> {
        if self.broken {
            return Err(FragmentError::Broken);
        }
        let fed = if self.pending.is_empty() {
            self.read(data, &mut on_message).map(|read| {
                self.pending.extend_from_slice(data.get(read..).unwrap_or_default());
            })
        } else {
            let mut pending = std::mem::take(&mut self.pending);
            pending.extend_from_slice(data);
            self.read(&pending, &mut on_message).map(|read| {
                pending.drain(..read);
                self.pending = pending;
            })
        };
        if fed.is_err() {
            *self = Self { broken: true, ..Self::new(self.limit) };
        }
        fed
    }

    /// Reads whole fragments from the front and says how many bytes these were.
    fn read(&mut self, data: &[u8], on_message: &mut impl FnMut(&[u8])) -> Result<usize, FragmentError> {
        let mut at = 0;
        while let Some(rest) = data.get(at..)
            && let Some(header) = Header::read(rest)
        {
            let so_far =
                self.open.as_ref().filter(|_| header.flags & START == 0).map_or(0, |o| o.message.len());
            if so_far.saturating_add(header.length) > self.limit {
                return Err(FragmentError::TooLong { limit: self.limit });
            }
            let Some(piece) = rest.get(HEADER_LEN..HEADER_LEN + header.length) else { break };
            self.accept(&header, piece, on_message)?;
            at += HEADER_LEN + header.length;
        }
        Ok(at)
    }

    fn accept(
        &mut self,
        header: &Header,
        piece: &[u8],
        on_message: &mut impl FnMut(&[u8]),
    ) -> Result<(), FragmentError> {
        let &Header { object, fragment, flags, .. } = header;
        if flags & START != 0 {
            self.open = None;
            self.joining = false;
            if fragment != 0 {
                return Err(FragmentError::OutOfOrder { object, fragment, expected: 0 });
            }
            if flags & END != 0 {
                on_message(piece);
            } else {
                self.open = Some(Open { object, next: 1, message: piece.to_vec() });
            }
            return Ok(());
        }
        if self.joining {
            return Ok(());
        }
        let Some(open) = self.open.as_mut().filter(|open| open.object == object) else {
            return Err(FragmentError::NoStart { object, fragment });
        };
        if fragment != open.next {
            return Err(FragmentError::OutOfOrder { object, fragment, expected: open.next });
        }
        open.next += 1;
        open.message.extend_from_slice(piece);
        if flags & END != 0
            && let Some(open) = self.open.take()
        {
            on_message(&open.message);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(length: usize) -> Vec<u8> {
        (0..length).map(|at| (at % 251) as u8).collect()
    }

    fn buffer(fragment_size: usize, messages: &[Vec<u8>]) -> FragmentBuffer {
        let mut buffer = FragmentBuffer::new(fragment_size);
        for (object, message) in (1..).zip(messages) {
            buffer.write(object, |out| out.extend_from_slice(message));
        }
        buffer
    }

    fn reassemble(reassembler: &mut Reassembler, data: &[u8]) -> Result<Vec<Vec<u8>>, FragmentError> {
        let mut messages = Vec::new();
        reassembler.feed(data, |message| messages.push(message.to_vec()))?;
        Ok(messages)
    }

    fn fragment(object: u64, fragment: u64, flags: u8, piece: &[u8]) -> Vec<u8> {
        let mut bytes = object.to_be_bytes().to_vec();
        bytes.extend_from_slice(&fragment.to_be_bytes());
        bytes.push(flags);
        bytes.extend_from_slice(&(piece.len() as u32).to_be_bytes());
        bytes.extend_from_slice(piece);
        bytes
    }

    #[test]
    fn who_joins_a_stream_begins_with_its_next_object() {
        let mut late = Reassembler::joining(1000);
        let rest = [fragment(7, 2, 0, b"b"), fragment(7, 3, END, b"c")].concat();
        assert_eq!(reassemble(&mut late, &rest), Ok(Vec::new()));
        assert_eq!(reassemble(&mut late, &fragment(8, 0, START | END, b"d")), Ok(vec![b"d".to_vec()]));
        let error = FragmentError::NoStart { object: 9, fragment: 1 };
        assert_eq!(reassemble(&mut late, &fragment(9, 1, END, b"e")), Err(error));
    }

    /// WIRE 1: the header is big-endian.
    #[test]
    fn wire_1_a_fragment_header_is_big_endian() {
        let mut buffer = FragmentBuffer::new(HEADER_LEN + 3);
        buffer.write(0x0102, |out| out.extend_from_slice(b"abcd"));
        let mut expected = vec![0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 3];
        expected.extend_from_slice(b"abc");
        expected.extend_from_slice(&[0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 1]);
        expected.push(b'd');
        assert_eq!(buffer.take(usize::MAX), Some(expected));
    }

    #[test]
    fn messages_of_all_lengths_survive() {
        for size in [HEADER_LEN + 1, HEADER_LEN + 7, 64, FRAGMENT_SIZE] {
            let messages: Vec<_> = [0, 1, 6, 7, 8, 13, 14, 15, 300].map(message).into();
            let data = buffer(size, &messages).take(usize::MAX).unwrap();
            assert_eq!(reassemble(&mut Reassembler::default(), &data), Ok(messages));
        }
    }

    /// WIRE 31: data ends anywhere, in the middle of a fragment or of its header.
    #[test]
    fn wire_31_data_may_be_cut_anywhere() {
        let messages = [message(40), message(0), message(9)];
        let data = buffer(HEADER_LEN + 16, &messages).take(usize::MAX).unwrap();
        for cut in 0..=data.len() {
            let mut reassembler = Reassembler::default();
            let (front, back) = data.split_at(cut);
            let mut got = reassemble(&mut reassembler, front).unwrap();
            got.extend(reassemble(&mut reassembler, back).unwrap());
            assert_eq!(got, messages, "cut at {cut}");
        }
        let mut reassembler = Reassembler::default();
        let got: Vec<_> =
            data.iter().flat_map(|byte| reassemble(&mut reassembler, &[*byte]).unwrap()).collect();
        assert_eq!(got, messages);
    }

    #[test]
    fn whole_fragments_are_taken_up_to_the_size_asked_for() {
        let mut buffer = buffer(HEADER_LEN + 10, &[message(25), message(10)]);
        let whole = HEADER_LEN + 10;
        assert_eq!(buffer.len(), 4 * HEADER_LEN + 35);
        assert_eq!(buffer.take(2 * whole + 5).map(|data| data.len()), Some(2 * whole));
        assert_eq!(buffer.take(1).map(|data| data.len()), Some(HEADER_LEN + 5), "one at least");
        buffer.write(3, |out| out.push(1));
        assert_eq!(buffer.take_fragment().map(|data| data.len()), Some(whole));
        assert_eq!(buffer.take(usize::MAX).map(|data| data.len()), Some(HEADER_LEN + 1));
        assert_eq!(buffer.take(usize::MAX), None);
        assert!(buffer.is_empty());
    }

    #[test]
    fn a_queue_that_is_never_empty_does_not_grow() {
        let mut buffer = FragmentBuffer::default();
        buffer.write(0, |out| out.extend([0; 1000]));
        for object in 1..10_000 {
            buffer.write(object, |out| out.extend([0; 1000]));
            assert_eq!(buffer.take(1100).map(|data| data.len()), Some(1000 + HEADER_LEN));
        }
        assert!(buffer.bytes.capacity() < 10 * COMPACT_FROM, "{}", buffer.bytes.capacity());
    }

    #[test]
    fn a_message_beyond_the_limit_is_refused_before_it_is_kept() {
        let limit = FragmentError::TooLong { limit: 100 };
        let mut reassembler = Reassembler::new(100);
        assert_eq!(
            reassemble(&mut reassembler, &fragment(1, 0, START | END, &message(100))).unwrap().len(),
            1
        );
        let mut announced = fragment(2, 0, START, &[]);
        announced[17..].copy_from_slice(&u32::MAX.to_be_bytes());
        assert_eq!(reassemble(&mut reassembler, &announced), Err(limit));
        assert_eq!(reassemble(&mut reassembler, &[0]), Err(FragmentError::Broken));

        let mut reassembler = Reassembler::new(100);
        reassemble(&mut reassembler, &fragment(1, 0, START, &message(60))).unwrap();
        assert_eq!(reassemble(&mut reassembler, &fragment(1, 1, 0, &message(41))), Err(limit));
    }

    #[test]
    fn fragments_out_of_order_are_refused() {
        let first = fragment(1, 0, START, b"a");
        for (second, error) in [
            (fragment(1, 2, END, b"b"), FragmentError::OutOfOrder { object: 1, fragment: 2, expected: 1 }),
            (fragment(2, 1, END, b"b"), FragmentError::NoStart { object: 2, fragment: 1 }),
            (fragment(2, 1, START, b"b"), FragmentError::OutOfOrder { object: 2, fragment: 1, expected: 0 }),
        ] {
            let data = [first.clone(), second].concat();
            assert_eq!(reassemble(&mut Reassembler::default(), &data), Err(error));
        }
        assert_eq!(
            reassemble(&mut Reassembler::default(), &fragment(1, 1, END, b"b")),
            Err(FragmentError::NoStart { object: 1, fragment: 1 })
        );
    }

    #[test]
    fn a_new_object_discards_an_unfinished_one() {
        let data = [fragment(1, 0, START, b"lost"), fragment(2, 0, START | END, b"kept")].concat();
        assert_eq!(reassemble(&mut Reassembler::default(), &data), Ok(vec![b"kept".to_vec()]));
    }
}
