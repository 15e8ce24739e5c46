//! Time to decode and to encode, against a bare scan of the same bytes by quick-xml.
//!
//! `cargo bench -p postern-psrp --bench clixml [-- decode | encode]` prints figures: what is measured, of what, the
//! median of many runs, the unit, with tabs between them. `cargo xtask bench` makes tables of them, with other clients
//! in the same table.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use postern_psrp::{
    client,
    clixml::{Decoder, Limits, encode},
    pipeline::PipelineSpec,
};
use postern_shared::value::{PsValue, Uuid};
use quick_xml::{Reader, events::Event};

/// A mailbox as Exchange sends it: 29 properties, among them enums, sizes, identities and lists.
const MAILBOX: &str = include_str!("mailbox.xml");
/// Runs of which the median is taken; the first ones also fill the decoder's memory of names, as in a session.
const RUNS: usize = 20_000;
/// Objects of a pipeline's input.
const INPUTS: usize = 10_000;

fn main() {
    // Cargo itself adds `--bench`.
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
    let mut decoder = Decoder::new(Limits::default()).deserialized(true);
    let mailbox = decoder.decode(MAILBOX.as_bytes()).expect("CLIXML");
    if is_wanted("decode") {
        let properties = mailbox.as_object().map_or(0, |object| object.adapted.len());
        let title = format!("decode a mailbox of {} bytes, {properties} properties", MAILBOX.len());
        figure(&title, "quick-xml, a bare scan", median(RUNS, || scan(black_box(MAILBOX))));
        let decoded = median(RUNS, || {
            black_box(decoder.decode(black_box(MAILBOX.as_bytes())).expect("CLIXML"));
        });
        figure(&title, "Postern", decoded);
    }
    if is_wanted("encode") {
        let title = format!("encode a mailbox of {} bytes", MAILBOX.len());
        figure(&title, "quick-xml, a bare scan", median(RUNS, || scan(black_box(MAILBOX))));
        let mut out = Vec::new();
        let encoded = median(RUNS, || {
            out.clear();
            encode(black_box(&mailbox), &mut out);
        });
        figure(&title, "Postern", encoded);
        inputs("strings", |number| format!("user{number:05}@klinik-auer.example").into());
        inputs("mailboxes", |_| mailbox.clone());
    }
}

/// Time to make messages in fragments of a pipeline's input.
fn inputs(what: &str, input: impl Fn(usize) -> PsValue) {
    let inputs: Vec<PsValue> = (0..INPUTS).map(input).collect();
    let title = format!("encode a pipeline's input of {INPUTS} {what}");
    let (mut client, pipeline) = running_pipeline();
    let mut sent = Vec::new();
    let mut send = |sent: Option<&mut Vec<u8>>| {
        let mut sent = sent;
        for value in &inputs {
            client.send_input(pipeline, value).expect("it takes input");
            // As a transport does: what makes up an envelope is taken out.
            if client.queued(Some(pipeline)) > 100_000
                && let Some(transmit) = client.poll_transmit(100_000)
            {
                match &mut sent {
                    Some(sent) => sent.extend_from_slice(&transmit.data),
                    None => drop(black_box(transmit)),
                }
            }
        }
        while let Some(transmit) = client.poll_transmit(100_000) {
            if let Some(sent) = &mut sent {
                sent.extend_from_slice(&transmit.data);
            }
        }
    };
    send(Some(&mut sent));
    let mut bodies = String::from("<all>");
    for value in &inputs {
        let mut body = Vec::new();
        encode(value, &mut body);
        bodies.push_str(std::str::from_utf8(&body).expect("UTF-8"));
    }
    bodies.push_str("</all>");
    assert!(sent.len() > bodies.len(), "all was sent");
    figure(&title, "quick-xml, a bare scan", median(30, || scan(black_box(&bodies))));
    figure(&title, "Postern, with fragments", median(30, || send(None)));
}

/// A client whose server takes a pipeline's input.
fn running_pipeline() -> (client::RunspacePool, Uuid) {
    let mut client = client::RunspacePool::new(client::PoolOptions::new(Uuid::from_u128(7)));
    client.creation_data();
    let pipeline = client.create_pipeline(&PipelineSpec::command("Measure-Object").with_input());
    while client.poll_transmit(usize::MAX).is_some() {}
    (client, pipeline)
}

fn figure(title: &str, who: &str, time: Duration) {
    println!("figure\t{title}\t{who}\t{}\tns", time.as_nanos());
}

fn median(runs: usize, mut run: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[runs / 2]
}

/// Every event of the document, looked at and dropped.
fn scan(xml: &str) {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = false;
    loop {
        match reader.read_event().expect("XML") {
            Event::Eof => break,
            event => {
                black_box(event);
            }
        }
    }
}
