//! Allocations that an object takes; a program of its own, because counting them costs time.
//!
//! `cargo bench -p postern-psrp --bench allocations` prints figures as `clixml` does.

use allocation_counter::measure;
use postern_psrp::clixml::{Decoder, Limits, encode};

const MAILBOX: &[u8] = include_bytes!("mailbox.xml");
const OBJECTS: u64 = 1000;

fn main() {
    let mut decoder = Decoder::new(Limits::default()).deserialized(true);
    let mailbox = decoder.decode(MAILBOX).expect("CLIXML");
    let mut kept = Vec::with_capacity(OBJECTS as usize);
    let decoding = measure(|| kept.extend((0..OBJECTS).map(|_| decoder.decode(MAILBOX).expect("CLIXML"))));
    let mut out = Vec::with_capacity(MAILBOX.len() * 2);
    let encoding = measure(|| {
        for _ in 0..OBJECTS {
            out.clear();
            encode(&mailbox, &mut out);
        }
    });
    let title = format!("memory for a mailbox of {} bytes", MAILBOX.len());
    for (what, number, unit) in [
        ("allocations of decoding", decoding.count_total / OBJECTS, ""),
        ("of these kept", decoding.count_current.unsigned_abs() / OBJECTS, ""),
        ("bytes kept", decoding.bytes_current.unsigned_abs() / OBJECTS, "B"),
        ("allocations of encoding", encoding.count_total / OBJECTS, ""),
    ] {
        println!("figure\t{title}\t{what}\t{number}\t{unit}");
    }
}
