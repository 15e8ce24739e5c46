//! Every message of MS-PSRP section 2.2.2 travels, in the direction that it has.

mod pair;

use std::collections::HashSet;

use postern_psrp::{
    client::{self, Stream},
    fragment::Reassembler,
    host::HostRequest,
    message::{Destination, Header, MessageType, MetadataQuery},
    pipeline::{PipelineSpec, PipelineState},
    records::{ErrorCategory, ErrorRecord, InformationRecord, InformationalKind, ProgressRecord, UserEvent},
    secure::KeyPair,
    server,
};
use postern_shared::value::{PsValue, SecureString, Uuid};

use self::pair::Pair;

/// Carries data between the two sides, and notes what it is.
struct Carrier {
    pair: Pair,
    seen: HashSet<(MessageType, bool)>,
}

impl Carrier {
    fn note(&mut self, data: &[u8]) {
        let seen = &mut self.seen;
        let mut whole = Reassembler::default();
        whole
            .feed(data, |message| {
                let (header, _) = Header::read(message).unwrap();
                assert!(seen.len() < 100);
                seen.insert((header.message, header.destination == Destination::Server));
            })
            .unwrap();
    }

    fn feed_server(&mut self) {
        while let Some(sent) = self.pair.client.poll_transmit(usize::MAX) {
            self.note(&sent.data);
            if sent.first {
                self.pair.server.add_pipeline(sent.pipeline.unwrap()).unwrap();
            }
            self.pair.server.handle_data(sent.pipeline, sent.stream, &sent.data).unwrap();
        }
    }

    fn feed_client(&mut self, pipelines: &[Uuid]) {
        for target in std::iter::once(None).chain(pipelines.iter().copied().map(Some)) {
            while let Some(data) = self.pair.server.poll_transmit(target, usize::MAX) {
                self.note(&data);
                self.pair.client.handle_data(target, &data).unwrap();
            }
        }
    }

    fn answer_calls(&mut self) {
        while let Some(event) = self.pair.client.poll_event() {
            if let client::Event::HostCall(call) = event {
                let answer = call.answer_line("x").unwrap();
                self.pair.client.answer_host_call(&answer);
            }
        }
    }
}

#[test]
fn every_message_travels() {
    let mut client = client::RunspacePool::new(client::PoolOptions::new(Uuid::from_u128(5)));
    let creation = client.creation_data();
    let mut pair = Pair::new();
    pair.client = client;
    pair.server = server::RunspacePool::new(server::PoolOptions::default());
    let mut carrier = Carrier { pair, seen: HashSet::new() };
    carrier.note(&creation);
    carrier.pair.server.handle_data(None, Stream::Stdin, &creation).unwrap();
    assert!(matches!(carrier.pair.server.poll_event(), Some(server::Event::Open(_))));
    carrier.pair.server.open(Vec::new());
    carrier.feed_client(&[]);

    let client = &mut carrier.pair.client;
    client.set_max_runspaces(3);
    client.set_min_runspaces(1);
    client.get_available_runspaces();
    client.reset_runspace_state();
    let pipeline = client.create_pipeline(&PipelineSpec::command("Test").with_input());
    let metadata = client.get_command_metadata(&MetadataQuery::named(["*"]));
    client.send_input(pipeline, &1.into()).unwrap();
    client.end_input(pipeline).unwrap();
    carrier.feed_server();

    let server = &mut carrier.pair.server;
    server.call_host(None, &HostRequest::ReadLine).unwrap();
    server.call_host(Some(pipeline), &HostRequest::ReadLine).unwrap();
    server.write_user_event(&UserEvent::default());
    server.write_output(pipeline, &1.into()).unwrap();
    let error = ErrorRecord::new("System.Exception", "m", "Id", ErrorCategory::NotSpecified);
    server.write_error(pipeline, &error).unwrap();
    for kind in [InformationalKind::Warning, InformationalKind::Verbose, InformationalKind::Debug] {
        server.write_informational(pipeline, kind, &"text".into()).unwrap();
    }
    server.write_progress(pipeline, &ProgressRecord::new(1, "a", "s")).unwrap();
    server.write_information(pipeline, &InformationRecord::new("m", "s")).unwrap();
    let secret = PsValue::SecureString(SecureString::Clear("s".to_owned().into()).into());
    server.write_output(pipeline, &secret).unwrap();
    server.finish(pipeline, PipelineState::Completed, None).unwrap();
    carrier.feed_client(&[pipeline]);
    carrier.pair.client.exchange_keys(KeyPair::generate().unwrap());
    // What was asked is answered too late for the pipeline that ended meanwhile; the pool's own is in time.
    carrier.pair.server.finish(metadata, PipelineState::Completed, None).unwrap();
    carrier.feed_server();
    carrier.feed_client(&[pipeline, metadata]);
    while let Some(event) = carrier.pair.client.poll_event() {
        if let client::Event::HostCall(call) = event {
            let answer = call.answer_line("x").unwrap();
            carrier.pair.client.answer_host_call(&answer);
        }
    }
    // Both answers; the second is nobody's, which is an error value and no more.
    while let Some(sent) = carrier.pair.client.poll_transmit(usize::MAX) {
        carrier.note(&sent.data);
        let _ = carrier.pair.server.handle_data(sent.pipeline, sent.stream, &sent.data);
    }

    carrier.pair.server.disconnect();
    let mut other = client::RunspacePool::new(client::PoolOptions::new(Uuid::from_u128(5)));
    let connection = other.connection_data().unwrap();
    carrier.note(&connection);
    carrier.pair.server.handle_data(None, Stream::Stdin, &connection).unwrap();
    carrier.pair.client = other;
    carrier.feed_client(&[]);
    carrier.answer_calls();
    carrier.pair.server.close();
    carrier.feed_client(&[]);

    for message in MessageType::ALL {
        let to_client = carrier.seen.contains(&(*message, false));
        let to_server = carrier.seen.contains(&(*message, true));
        let expected = match message {
            MessageType::SessionCapability => (true, true),
            MessageType::InitRunspacePool
            | MessageType::PublicKey
            | MessageType::ConnectRunspacePool
            | MessageType::SetMaxRunspaces
            | MessageType::SetMinRunspaces
            | MessageType::CreatePipeline
            | MessageType::GetAvailableRunspaces
            | MessageType::GetCommandMetadata
            | MessageType::ResetRunspaceState
            | MessageType::RunspacePoolHostResponse
            | MessageType::PipelineInput
            | MessageType::EndOfPipelineInput
            | MessageType::PipelineHostResponse => (false, true),
            _ => (true, false),
        };
        assert_eq!((to_client, to_server), expected, "{message}");
    }
}
