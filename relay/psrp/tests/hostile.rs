//! Hostile peers: whatever they send, there is an error value or nothing, never a panic.

mod pair;

use postern_psrp::{
    ProtocolError, client,
    client::Stream,
    fragment::FragmentBuffer,
    host::HostRequest,
    message::{Destination, Header, MessageType, MetadataQuery},
    pipeline::{PipelineSpec, PipelineState},
    records::{ErrorCategory, ErrorRecord, InformationalKind},
    server,
};
use postern_shared::value::{PsValue, PsVersion, Uuid};

use self::pair::Pair;

/// Every way to cut `data` short and to flip one of its bits, or a sample of them.
fn mutations(data: &[u8], step: usize) -> impl Iterator<Item = Vec<u8>> + '_ {
    let cut = (0..data.len()).step_by(step).map(|length| data[..length].to_vec());
    let flipped = (0..data.len() * 8).step_by(step).map(|bit| {
        let mut flipped = data.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        flipped
    });
    cut.chain(flipped)
}

/// A session's data to the client: pool messages, and a pipeline's.
fn server_data(pair: &mut Pair) -> (Vec<u8>, Uuid, Vec<u8>) {
    let (pipeline, _) = pair.invoke(&PipelineSpec::command("Test"));
    let call = pair.client.get_available_runspaces();
    assert_eq!(call, 1);
    pair.feed_server();
    let server = &mut pair.server;
    let error = ErrorRecord::new("System.Exception", "message", "Id", ErrorCategory::InvalidData);
    server.call_host(None, &HostRequest::ReadLine).unwrap();
    server.close();
    let pool = server.poll_transmit(None, usize::MAX).unwrap();
    server.write_output(pipeline, &"output".into()).unwrap();
    server.write_error(pipeline, &error).unwrap();
    server.write_informational(pipeline, InformationalKind::Warning, &"w".into()).unwrap();
    server.call_host(Some(pipeline), &HostRequest::ReadLine).unwrap();
    server.finish(pipeline, PipelineState::Failed, Some(&error)).unwrap();
    let output = server.poll_transmit(Some(pipeline), usize::MAX).unwrap();
    (pool, pipeline, output)
}

#[test]
fn a_client_survives_a_hostile_server() {
    let (pool, _, output) = server_data(&mut Pair::open());
    let mut outcomes = [0, 0];
    for (of_pipeline, data, step) in [(false, pool, 13), (true, output, 131)] {
        for hostile in mutations(&data, step) {
            let mut pair = Pair::open();
            let (pipeline, _) = pair.invoke(&PipelineSpec::command("Test"));
            let result = pair.client.handle_data(of_pipeline.then_some(pipeline), &hostile);
            outcomes[usize::from(result.is_ok())] += 1;
            for event in pair.events() {
                if let client::Event::HostCall(call) = event {
                    let _ = call.request();
                }
            }
        }
    }
    assert!(outcomes[0] > 50 && outcomes[1] > 50, "{outcomes:?}");
}

#[test]
fn a_server_survives_a_hostile_client() {
    let creation = client::RunspacePool::new(client::PoolOptions::new(Uuid::from_u128(7))).creation_data();
    for hostile in mutations(&creation, 23) {
        let mut server = server::RunspacePool::new(server::PoolOptions::default());
        let _ = server.handle_data(None, Stream::Stdin, &hostile);
        while server.poll_event().is_some() {}
    }
    let mut pair = Pair::open();
    let spec = PipelineSpec::command("Get-Mailbox").parameter("Identity", "x").with_input();
    let pipeline = pair.client.create_pipeline(&spec);
    let first = pair.client.poll_transmit(usize::MAX).unwrap().data;
    pair.client.send_input(pipeline, &"input".into()).unwrap();
    pair.client.end_input(pipeline).unwrap();
    let data = [first, pair.client.poll_transmit(usize::MAX).unwrap().data].concat();
    for hostile in mutations(&data, 61) {
        let mut pair = Pair::open();
        pair.server.add_pipeline(pipeline).unwrap();
        let _ = pair.server.handle_data(Some(pipeline), Stream::Stdin, &hostile);
        while pair.server.poll_event().is_some() {}
    }
}

/// A message to the client with that id, from the pool of `pair`.
fn raw(pair: &Pair, id: u32, body: &str) -> Vec<u8> {
    let pool = pair.client.id();
    let header = Header {
        destination: Destination::Client,
        message: MessageType::PipelineOutput,
        pool,
        pipeline: None,
    };
    let mut fragments = FragmentBuffer::default();
    fragments.write(9, |out| {
        let start = out.len();
        header.write(out);
        out[start + 4..start + 8].copy_from_slice(&id.to_le_bytes());
        out.extend_from_slice(body.as_bytes());
    });
    fragments.take(usize::MAX).unwrap()
}

#[test]
fn an_unknown_message_is_an_error_and_the_rest_is_read() {
    let mut pair = Pair::open();
    let data = [
        raw(&pair, 0x0002_1FFF, "<S>x</S>"),
        raw(
            &pair,
            MessageType::RunspacePoolState.id(),
            r#"<Obj RefId="0"><MS><I32 N="RunspaceState">3</I32></MS></Obj>"#,
        ),
    ]
    .concat();
    let error = pair.client.handle_data(None, &data).unwrap_err();
    assert!(matches!(error, ProtocolError::UnknownMessage(0x0002_1FFF)) && !error.is_fatal());
    assert!(matches!(pair.client.poll_event(), Some(client::Event::PoolState { .. })));
}

#[test]
fn messages_out_of_place_are_refused() {
    // Every message that is not for a client, and those with a body that is not theirs.
    let mut refused = 0;
    for message in MessageType::ALL {
        let mut pair = Pair::open();
        let data = raw(&pair, message.id(), r#"<Obj RefId="0"><MS><S N="x">y</S></MS></Obj>"#);
        refused += usize::from(pair.client.handle_data(None, &data).is_err());
    }
    assert!(refused >= 26, "{refused}");
    // A server may ask for a key at any time; a key that nobody asked for ends the session.
    let mut pair = Pair::open();
    let data = raw(&pair, MessageType::PublicKeyRequest.id(), "<S></S>");
    pair.client.handle_data(None, &data).unwrap();
    assert!(pair.client.wants_key_pair());
    let key = r#"<Obj RefId="0"><MS><S N="EncryptedSessionKey">AAAA</S></MS></Obj>"#;
    let data = raw(&pair, MessageType::EncryptedSessionKey.id(), key);
    let error = pair.client.handle_data(None, &data).unwrap_err();
    assert!(matches!(error, ProtocolError::KeyExchange(_)) && error.is_fatal());
}

#[test]
fn nothing_is_taken_before_the_versions_are_known() {
    let mut client = client::RunspacePool::new(client::PoolOptions::new(Uuid::from_u128(7)));
    client.creation_data();
    let mut pair = Pair::open();
    pair.server.close();
    let closed = pair.server.poll_transmit(None, usize::MAX).unwrap();
    assert!(client.handle_data(None, &closed).is_err());
    assert_eq!(client.poll_event(), None);
}

/// WIRE 33: versions 2.0 to 2.4 are spoken to, others are not.
#[test]
fn wire_33_versions_that_do_not_fit_are_refused() {
    for (major, minor, fits) in
        [(2, 0, true), (2, 1, true), (2, 3, true), (2, 4, true), (2, 5, false), (3, 0, false)]
    {
        let mut options = client::PoolOptions::new(Uuid::from_u128(7));
        options.protocol_version = PsVersion::new(major, minor);
        let mut client = client::RunspacePool::new(options);
        let mut server = server::RunspacePool::new(server::PoolOptions::default());
        let result = server.handle_data(None, Stream::Stdin, &client.creation_data());
        assert_eq!(result.is_ok(), fits, "{major}.{minor}: {result:?}");
        assert_eq!(server.poll_event().is_some(), fits);
        // The client gets the server's versions either way, to tell its user.
        client.handle_data(None, &server.poll_transmit(None, usize::MAX).unwrap()).unwrap();
        assert_eq!(client.server_capability().unwrap().protocol, server::PROTOCOL_VERSION);

        let options =
            server::PoolOptions { protocol_version: PsVersion::new(major, minor), ..Default::default() };
        let mut server = server::RunspacePool::new(options);
        let mut client = client::RunspacePool::new(client::PoolOptions::new(Uuid::from_u128(7)));
        server.handle_data(None, Stream::Stdin, &client.creation_data()).unwrap();
        let result = client.handle_data(None, &server.poll_transmit(None, usize::MAX).unwrap());
        assert_eq!(result.is_ok(), fits, "{major}.{minor}: {result:?}");
        assert!(result.err().is_none_or(|error| error.is_fatal()));
    }
}

#[test]
fn a_client_cannot_have_pipelines_without_bound() {
    let mut pair = Pair::open();
    let added = (1..1000).take_while(|id| pair.server.add_pipeline(Uuid::from_u128(*id)).is_ok()).count();
    assert_eq!(added, server::MAX_PIPELINES);
}

#[test]
fn a_pipeline_is_created_once() {
    let mut pair = Pair::open();
    let pipeline = pair.client.get_command_metadata(&MetadataQuery::named(["*"]));
    let first = pair.client.poll_transmit(usize::MAX).unwrap();
    assert!(matches!(
        pair.server.handle_data(Some(pipeline), Stream::Stdin, &first.data),
        Err(ProtocolError::UnknownPipeline(_))
    ));
    pair.server.add_pipeline(pipeline).unwrap();
    pair.server.handle_data(Some(pipeline), Stream::Stdin, &first.data).unwrap();
    assert!(pair.server.handle_data(Some(pipeline), Stream::Stdin, &first.data).is_err());
    pair.server.write_output(pipeline, &PsValue::Null).unwrap();
}

#[test]
fn answers_that_nobody_reads_do_not_pile_up() {
    let mut pair = Pair::open();
    let mut refused = 0;
    for _ in 0..20_000 {
        pair.client.get_available_runspaces();
        while let Some(asked) = pair.client.poll_transmit(usize::MAX) {
            refused += usize::from(pair.server.handle_data(None, asked.stream, &asked.data).is_err());
        }
    }
    assert!(pair.server.queued(None) < 2 << 20, "{} bytes wait", pair.server.queued(None));
    assert!(refused > 0);
    // Once they are read, the server goes on.
    while pair.server.poll_transmit(None, usize::MAX).is_some() {}
    pair.client.get_available_runspaces();
    let asked = pair.client.poll_transmit(usize::MAX).unwrap();
    pair.server.handle_data(None, asked.stream, &asked.data).unwrap();
}
