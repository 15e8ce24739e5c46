//! Fragments: however a stream is cut, the same messages come out; whatever is sent arrives.

use postern_psrp::fragment::{FragmentBuffer, FragmentError, HEADER_LEN, Reassembler};

/// Longest message, so that the limit is met.
const LIMIT: usize = 512;

/// The first byte says how the rest is cut, and of how many bytes fragments are made.
pub fn run(data: &[u8]) {
    let Some((cut, stream)) = data.split_first() else { return };
    let cut = usize::from(*cut).max(1);
    as_received(stream, cut);
    as_sent(stream, cut);
}

fn as_received(stream: &[u8], cut: usize) {
    let whole = reassemble(std::iter::once(stream));
    assert_eq!(reassemble(stream.chunks(cut)), whole);
    assert!(whole.0.iter().all(|message| message.len() <= LIMIT));
}

fn reassemble<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<Vec<u8>>, Result<(), FragmentError>) {
    let mut reassembler = Reassembler::new(LIMIT);
    let mut messages = Vec::new();
    for piece in pieces {
        let fed = reassembler.feed(piece, |message| messages.push(message.to_vec()));
        if fed.is_err() {
            assert_eq!(
                reassembler.feed(piece, |_| panic!("a message of a broken stream")),
                Err(FragmentError::Broken)
            );
            return (messages, fed);
        }
    }
    (messages, Ok(()))
}

fn as_sent(stream: &[u8], cut: usize) {
    let messages: Vec<&[u8]> = stream.split(|byte| *byte == 0).collect();
    let mut buffer = FragmentBuffer::new(HEADER_LEN + cut % 40);
    let mut reassembler = Reassembler::default();
    let mut arrived = Vec::new();
    let mut feed = |data: Vec<u8>| {
        reassembler.feed(&data, |message| arrived.push(message.to_vec())).expect("own fragments");
    };
    for (object, message) in (1..).zip(&messages) {
        buffer.write(object, |out| out.extend_from_slice(message));
        if let Some(data) = buffer.take(cut * 3) {
            feed(data);
        }
    }
    while let Some(data) = buffer.take_fragment() {
        feed(data);
    }
    assert_eq!(arrived, messages);
}

/// Streams of several messages.
pub fn seeds() -> Vec<Vec<u8>> {
    [(1, 30), (7, 3), (50, 21), (200, 64), (255, 300)]
        .map(|(cut, size)| {
            let mut buffer = FragmentBuffer::new(HEADER_LEN + size);
            for (object, length) in (1..).zip([0, 1, size, size + 1, 100, 511]) {
                buffer.write(object, |out| out.extend((0..length).map(|at| at as u8)));
            }
            let mut seed = vec![cut];
            seed.extend(buffer.take(usize::MAX).unwrap_or_default());
            seed
        })
        .into_iter()
        .chain([vec![3, 1, 2, 0, 3]])
        .collect()
}
