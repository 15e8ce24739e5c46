//! Pools that are left and come back to, and what else concerns a pool rather than a pipeline.

mod pair;

use postern_psrp::{
    ProtocolError, client,
    client::Stream,
    host::{Console, HostInfo, HostRequest},
    message::RunspacePoolState,
    pipeline::{PipelineSpec, PipelineState},
    records::UserEvent,
    secure::KeyPair,
    server,
};
use postern_shared::value::{DateTimeKind, PsDateTime, PsObject, PsValue, PsVersion, SecureString, Uuid};

use self::pair::Pair;

/// A client of another process, connected to the pair's server.
fn connected(pair: &mut Pair) -> client::RunspacePool {
    let mut client = client::RunspacePool::new(client::PoolOptions::new(pair.server.id()));
    let data = client.connection_data().unwrap();
    assert_eq!(client.state(), RunspacePoolState::Connecting);
    pair.server.handle_data(None, Stream::Stdin, &data).unwrap();
    assert_eq!(pair.server.poll_event(), Some(server::Event::Connected));
    let answer = pair.server.poll_transmit(None, usize::MAX).unwrap();
    client.handle_data(None, &answer).unwrap();
    client
}

/// WIRE 13: a client that reconnects replays no handshake; output goes on in the middle of a fragment.
#[test]
fn wire_13_a_client_that_reconnects_goes_on_where_it_was() {
    let mut pair = Pair::open();
    let (pipeline, _) = pair.invoke(&PipelineSpec::command("Get-Mailbox").with_input());
    pair.server.write_output(pipeline, &"x".repeat(50_000).into()).unwrap();
    let data = pair.server.poll_transmit(Some(pipeline), usize::MAX).unwrap();
    let (front, back) = data.split_at(40_000);
    pair.client.handle_data(Some(pipeline), front).unwrap();

    pair.client.disconnected();
    pair.server.disconnect();
    assert_eq!(pair.client.state(), RunspacePoolState::Disconnected);
    assert_eq!(pair.client.pipeline_state(pipeline), Some(PipelineState::Disconnected));
    pair.client.send_input(pipeline, &PsValue::I32(1)).unwrap();
    assert_eq!(pair.client.poll_transmit(usize::MAX), None, "nothing is sent meanwhile");
    assert!(pair.client.queued(Some(pipeline)) > 0);
    pair.server.write_output(pipeline, &"meanwhile".into()).unwrap();

    pair.client.reconnected();
    pair.server.reconnect();
    assert_eq!(pair.client.pipeline_state(pipeline), Some(PipelineState::Running));
    pair.client.handle_data(Some(pipeline), back).unwrap();
    pair.feed_client(Some(pipeline));
    assert_eq!(pair.events().len(), 2);
    pair.feed_server();
    assert_eq!(pair.server.poll_event(), Some(server::Event::Input { pipeline, value: PsValue::I32(1) }));
}

/// WIRE 3: `CONNECT_RUNSPACEPOOL` and `RUNSPACEPOOL_INIT_DATA`.
#[test]
fn wire_3_another_process_connects_to_the_pool_and_its_pipelines() {
    let mut pair = Pair::new();
    pair.feed_server();
    assert!(matches!(pair.server.poll_event(), Some(server::Event::Open(_))));
    pair.server.open(vec![("SupportedVersions".into(), "15".into())]);
    pair.feed_client(None);
    let (pipeline, _) = pair.invoke(&PipelineSpec::command("Get-Mailbox"));
    pair.server.disconnect();
    pair.server.write_output(pipeline, &"kept".into()).unwrap();
    // What a client sends to a pool that it has left is out of place.
    let late = pair.client.get_available_runspaces();
    assert_eq!(late, 1);
    let late = pair.client.poll_transmit(usize::MAX).unwrap();
    assert!(pair.server.handle_data(None, Stream::Stdin, &late.data).is_err());

    let mut client = connected(&mut pair);
    assert_eq!(client.state(), RunspacePoolState::Opened);
    assert_eq!(
        client.poll_event(),
        Some(client::Event::InitData { min_runspaces: Some(1), max_runspaces: Some(1) })
    );
    let Some(client::Event::ApplicationPrivateData(data)) = client.poll_event() else { panic!("no data") };
    assert!(format!("{data:?}").contains("SupportedVersions"));

    client.attach_pipeline(pipeline).unwrap();
    assert!(client.attach_pipeline(pipeline).is_err());
    assert!(matches!(client.send_input(pipeline, &PsValue::Null), Err(ProtocolError::Unexpected { .. })));
    pair.server.finish(pipeline, PipelineState::Completed, None).unwrap();
    let data = pair.server.poll_transmit(Some(pipeline), usize::MAX).unwrap();
    client.handle_data(Some(pipeline), &data).unwrap();
    assert_eq!(client.poll_event(), Some(client::Event::Output { pipeline, value: "kept".into() }));
    assert!(matches!(
        client.poll_event(),
        Some(client::Event::PipelineState { state: PipelineState::Completed, .. })
    ));
    // New pipelines get ids that the earlier process did not use.
    let new = client.create_pipeline(&PipelineSpec::command("Get-User"));
    assert_ne!(new, pipeline);
    let first = client.poll_transmit(usize::MAX).unwrap();
    pair.server.add_pipeline(new).unwrap();
    pair.server.handle_data(Some(new), Stream::Stdin, &first.data).unwrap();
    assert!(matches!(pair.server.poll_event(), Some(server::Event::CreatePipeline { .. })));
}

/// A client that connects has no session key: what waited for the old one's waits for its.
#[test]
fn a_client_that_connects_exchanges_keys_of_its_own() {
    let mut pair = Pair::open();
    let (pipeline, _) = pair.invoke(&PipelineSpec::command("Get-Secret"));
    let secret = PsValue::SecureString(SecureString::Clear("x".to_owned().into()).into());
    pair.server.write_output(pipeline, &secret).unwrap();
    pair.server.disconnect();
    pair.server.poll_transmit(None, usize::MAX);
    let mut client = connected(&mut pair);
    client.attach_pipeline(pipeline).unwrap();
    assert!(client.wants_key_pair());
    client.exchange_keys(KeyPair::generate().unwrap());
    let key = client.poll_transmit(usize::MAX).unwrap();
    pair.server.handle_data(None, Stream::Stdin, &key.data).unwrap();
    let answer = pair.server.poll_transmit(None, usize::MAX).unwrap();
    client.handle_data(None, &answer).unwrap();
    let data = pair.server.poll_transmit(Some(pipeline), usize::MAX).unwrap();
    client.handle_data(Some(pipeline), &data).unwrap();
    let output = std::iter::from_fn(|| client.poll_event()).last();
    assert_eq!(output, Some(client::Event::Output { pipeline, value: secret }));
}

#[test]
fn init_data_that_nobody_asked_for_is_out_of_place() {
    let mut pair = Pair::open();
    let mut other = Pair::open();
    connected(&mut other);
    // The other pool has the same id, and its server's first answer is a connect's.
    let mut third = client::RunspacePool::new(client::PoolOptions::new(pair.server.id()));
    let data = third.connection_data().unwrap();
    pair.server.handle_data(None, Stream::Stdin, &data).unwrap();
    let answer = pair.server.poll_transmit(None, usize::MAX).unwrap();
    assert!(pair.client.handle_data(None, &answer).is_err());
}

#[test]
fn an_event_of_the_runspace_is_read() {
    let mut pair = Pair::open();
    let event = UserEvent {
        id: 7,
        source: "Timer".into(),
        time: Some(PsDateTime { ticks: 638_000_000_000_000_000, kind: DateTimeKind::Utc }),
        sender: PsObject::bag(
            vec!["System.Timers.Timer".into(), "System.Object".into()].into(),
            [("Interval", PsValue::Double(100.0))].into_iter().collect(),
        )
        .into(),
        arguments: vec![PsValue::I32(1), "two".into(), PsValue::Null],
        message: "said".into(),
        computer: "mbx01".into(),
        runspace: Some(Uuid::from_u128(9)),
    };
    pair.server.write_user_event(&event);
    pair.feed_client(None);
    assert_eq!(pair.events(), [client::Event::UserEvent(Box::new(event))]);
    // One without anything in it is one too.
    let empty = UserEvent::from_value(&PsValue::Null);
    assert_eq!(empty, UserEvent::default());
}

/// The host of the pool is called outside of any pipeline, and a console answers what needs nobody.
#[test]
fn a_console_answers_for_the_pool() {
    let mut pair = Pair::open();
    let mut console = Console {
        name: "Postern".into(),
        version: PsVersion::new(0, 1),
        instance: Uuid::from_u128(1),
        culture: "en-US".into(),
        ui_culture: "en-US".into(),
        screen: HostInfo::console("Postern", 120, 50).default_data.unwrap(),
    };
    let name = HostRequest::Other(postern_psrp::host::HostMethod::GetName, Vec::new());
    pair.server.call_host(None, &name).unwrap();
    pair.feed_client(None);
    let Some(client::Event::HostCall(call)) = pair.client.poll_event() else { panic!("no call") };
    let postern_psrp::host::Handled::Done(Some(response)) = console.handle(&call) else { panic!("open") };
    pair.client.answer_host_call(&response);
    pair.feed_server();
    let Some(server::Event::HostResponse(response)) = pair.server.poll_event() else { panic!("no answer") };
    assert_eq!(response.outcome, Ok("Postern".into()));
}
