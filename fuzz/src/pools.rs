//! Runspace pools: whatever the other side sends, nothing panics and little is kept.
//!
//! An input is a row of steps with 0xFF between them, which no CLIXML holds. A step's first byte says what it is: see
//! [`feed`].

use std::sync::OnceLock;

use postern_psrp::{
    client::{self, Stream},
    fragment::FragmentBuffer,
    message::{Destination, Header, MessageType},
    pipeline::PipelineSpec,
    server,
};
use postern_shared::value::Uuid;

use crate::clixml::bodies;

const POOL: Uuid = Uuid::from_u128(0xA1B2_C3D4_E5F6_4789_8ABC_DEF0_1234_5678);
/// Step of bytes as they are for the pool's stream; every other number is a message, by its place in the list of all.
const RAW_POOL: u8 = 0xF0;
/// The same for the pipeline's.
const RAW_PIPELINE: u8 = 0xF1;
/// Bit of a message in the pipeline's stream.
const OF_PIPELINE: u8 = 0x80;

/// Gives each step of the input to `handle`: the target and the stream's bytes.
fn feed(data: &[u8], to: Destination, pipeline: Uuid, mut handle: impl FnMut(Option<Uuid>, &[u8])) {
    for (object, step) in (100..).zip(data.split(|byte| *byte == 0xFF).take(64)) {
        let Some((kind, body)) = step.split_first() else { continue };
        match *kind {
            RAW_POOL => handle(None, body),
            RAW_PIPELINE => handle(Some(pipeline), body),
            kind => {
                let target = (kind & OF_PIPELINE != 0).then_some(pipeline);
                let all = MessageType::ALL;
                let Some(message) = all.get(usize::from(kind & !OF_PIPELINE) % all.len()) else { continue };
                let header = Header { destination: to, message: *message, pool: POOL, pipeline: target };
                let mut fragments = FragmentBuffer::default();
                fragments.write(object, |out| {
                    header.write(out);
                    out.extend_from_slice(body);
                });
                handle(target, &fragments.take(usize::MAX).unwrap_or_default());
            }
        }
    }
}

fn new_client() -> (client::RunspacePool, Vec<u8>) {
    let mut client = client::RunspacePool::new(client::PoolOptions::new(POOL));
    let creation = client.creation_data();
    (client, creation)
}

fn new_server(creation: &[u8]) -> server::RunspacePool {
    let mut server = server::RunspacePool::new(server::PoolOptions::default());
    server.handle_data(None, Stream::Stdin, creation).expect("own creation data");
    server.open(Vec::new());
    server
}

/// A hostile server.
pub fn client(data: &[u8]) {
    static OPENING: OnceLock<Vec<u8>> = OnceLock::new();
    let (mut client, creation) = new_client();
    let opening =
        OPENING.get_or_init(|| new_server(&creation).poll_transmit(None, usize::MAX).unwrap_or_default());
    client.handle_data(None, opening).expect("own opening");
    let pipeline = client.create_pipeline(&PipelineSpec::command("Get-Mailbox").with_input());
    while client.poll_event().is_some() || client.poll_transmit(usize::MAX).is_some() {}
    feed(data, Destination::Client, pipeline, |target, bytes| {
        let _ = client.handle_data(target, bytes);
        while let Some(event) = client.poll_event() {
            if let client::Event::HostCall(call) = event {
                let _ = call.request();
            }
        }
        let mut sent = 0;
        while let Some(transmit) = client.poll_transmit(100_000) {
            sent += transmit.data.len();
        }
        assert!(sent <= 2 * bytes.len() + 10_000, "{sent} bytes sent for {} received", bytes.len());
    });
    let _ = client.send_input(pipeline, &"input".into());
    client.remove_pipeline(pipeline);
}

/// A hostile client.
pub fn server(data: &[u8]) {
    static CREATION: OnceLock<Vec<u8>> = OnceLock::new();
    let mut server = new_server(CREATION.get_or_init(|| new_client().1));
    let pipeline = Uuid::from_u128(7);
    server.add_pipeline(pipeline).expect("room for one");
    while server.poll_event().is_some() || server.poll_transmit(None, usize::MAX).is_some() {}
    feed(data, Destination::Server, pipeline, |target, bytes| {
        for stream in [Stream::Stdin, Stream::PromptResponse] {
            let _ = server.handle_data(target, stream, bytes);
        }
        while server.poll_event().is_some() {}
        let mut sent = 0;
        for target in [None, Some(pipeline)] {
            while let Some(data) = server.poll_transmit(target, 100_000) {
                sent += data.len();
            }
        }
        assert!(sent <= 20 * bytes.len() + 10_000, "{sent} bytes sent for {} received", bytes.len());
    });
    server.close();
}

fn seeds_to(server: bool) -> Vec<Vec<u8>> {
    bodies()
        .filter(|(to_server, ..)| *to_server == server)
        .filter_map(|(_, id, body)| {
            let place = MessageType::ALL.iter().position(|message| message.id() == id)?;
            let bit =
                if id >= 0x0004_0000 || id == MessageType::CreatePipeline.id() { OF_PIPELINE } else { 0 };
            let mut seed = vec![u8::try_from(place).ok()? | bit];
            seed.extend_from_slice(body.as_bytes());
            Some(seed)
        })
        .collect()
}

/// What PowerShell's server sent.
pub fn client_seeds() -> Vec<Vec<u8>> {
    let mut seeds = seeds_to(false);
    let opening = new_server(&new_client().1).poll_transmit(None, usize::MAX).unwrap_or_default();
    seeds.push([&[RAW_POOL][..], &opening].concat());
    seeds
}

/// What PowerShell's client sent.
pub fn server_seeds() -> Vec<Vec<u8>> {
    let mut seeds = seeds_to(true);
    seeds.push([&[RAW_POOL][..], &new_client().1].concat());
    // Input for a running pipeline.
    let place = |message: MessageType| {
        let place = MessageType::ALL.iter().position(|other| *other == message).unwrap_or_default();
        OF_PIPELINE | u8::try_from(place).unwrap_or_default()
    };
    if let Some((.., create)) = bodies().find(|(_, id, _)| *id == MessageType::CreatePipeline.id()) {
        let create = create.replacen("<B N=\"NoInput\">true", "<B N=\"NoInput\">false", 1);
        let mut seed = vec![place(MessageType::CreatePipeline)];
        seed.extend_from_slice(create.as_bytes());
        seed.extend([0xFF, place(MessageType::PipelineInput)]);
        seed.extend_from_slice(b"<S>input</S>");
        seed.extend([0xFF, place(MessageType::EndOfPipelineInput)]);
        seeds.push(seed);
    }
    seeds
}
