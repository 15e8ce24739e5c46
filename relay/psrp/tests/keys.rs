//! The session key exchange, and secure strings in every message that can hold one.

mod pair;

use postern_psrp::{
    client,
    client::Stream,
    host::HostRequest,
    message::MessageType,
    pipeline::{PipelineSpec, PipelineState},
    secure::KeyPair,
    server,
};
use postern_shared::value::{PsObject, PsValue, PsVersion, SecureString, Uuid};

use self::pair::Pair;

const SECRET: &str = "s\u{e9}cret \u{1f511}";

fn secret() -> PsValue {
    PsValue::SecureString(SecureString::Clear(SECRET.to_owned().into()).into())
}

fn credential() -> PsValue {
    let type_names = ["System.Management.Automation.PSCredential", "System.Object"].map(Into::into).into();
    PsObject::bag(type_names, [("UserName", "me".into()), ("Password", secret())].into_iter().collect())
        .into()
}

/// Makes the pair of keys that the client wants, and carries the messages of the exchange.
fn exchange(pair: &mut Pair) {
    assert!(pair.client.wants_key_pair());
    pair.client.exchange_keys(KeyPair::generate().unwrap());
    assert!(!pair.client.wants_key_pair());
    pair.feed_server();
    pair.feed_client(None);
}

fn asked(pair: &mut Pair, pipeline: Uuid, request: &HostRequest) -> postern_psrp::host::HostCall {
    pair.server.call_host(Some(pipeline), request).unwrap();
    pair.feed_client(Some(pipeline));
    match pair.client.poll_event() {
        Some(client::Event::HostCall(call)) => call,
        other => panic!("{other:?}"),
    }
}

/// WIRE 25 and 33: with 2.3 the client sends its public key by itself, over `stdin`, before its first secure string.
#[test]
fn wire_25_33_an_answer_with_a_secret_waits_for_the_key() {
    let mut pair = Pair::open();
    let (pipeline, _) = pair.invoke(&PipelineSpec::command("Read-Host"));
    let call = asked(&mut pair, pipeline, &HostRequest::ReadLineAsSecureString);
    let SecureString::Clear(text) = SecureString::Clear(SECRET.to_owned().into()) else { panic!() };
    pair.client.answer_host_call(&call.answer_secure_line(SecureString::Clear(text)).unwrap());
    assert_eq!(pair.client.poll_transmit(usize::MAX), None, "nothing goes out without a key");
    assert!(pair.client.queued(None) > 0);

    assert!(pair.client.wants_key_pair());
    pair.client.exchange_keys(KeyPair::generate().unwrap());
    let public = pair.client.poll_transmit(usize::MAX).unwrap();
    assert_eq!((public.pipeline, public.stream, public.first), (None, Stream::Stdin, false));
    let id = MessageType::PublicKey.id().to_le_bytes();
    assert_eq!(&public.data[21 + 4..21 + 8], id);
    pair.server.handle_data(None, public.stream, &public.data).unwrap();
    pair.feed_client(None);
    let answer = pair.client.poll_transmit(usize::MAX).unwrap();
    assert_eq!((answer.pipeline, answer.stream), (None, Stream::PromptResponse));
    assert!(!String::from_utf8_lossy(&answer.data).contains("cwDpAGMA"), "it is encrypted");
    pair.server.handle_data(None, answer.stream, &answer.data).unwrap();
    let Some(server::Event::HostResponse(response)) = pair.server.poll_event() else { panic!("no answer") };
    assert_eq!(response.outcome, Ok(secret()));

    // The next ones need no exchange, and output comes back readable.
    let call = asked(&mut pair, pipeline, &HostRequest::ReadLineAsSecureString);
    pair.client.answer_host_call(&call.answer(credential()).unwrap());
    pair.feed_server();
    let Some(server::Event::HostResponse(response)) = pair.server.poll_event() else { panic!("no answer") };
    assert_eq!(response.outcome.unwrap().get("Password"), Some(&secret()));
    pair.server.write_output(pipeline, &credential()).unwrap();
    pair.feed_client(Some(pipeline));
    let Some(client::Event::Output { value, .. }) = pair.client.poll_event() else { panic!("no output") };
    assert_eq!(value.get("Password"), Some(&secret()));
}

#[test]
fn parameters_and_input_with_secrets_wait_and_keep_their_order() {
    let mut pair = Pair::open();
    let spec = PipelineSpec::command("New-Mailbox").parameter("Password", secret()).with_input();
    let pipeline = pair.client.create_pipeline(&spec);
    pair.client.send_input(pipeline, &PsValue::I32(1)).unwrap();
    pair.client.end_input(pipeline).unwrap();
    let other = pair.client.create_pipeline(&PipelineSpec::command("Get-Mailbox").with_input());
    pair.client.send_input(other, &PsValue::I32(2)).unwrap();
    pair.client.send_input(other, &secret()).unwrap();
    pair.client.send_input(other, &PsValue::I32(3)).unwrap();
    pair.feed_server();
    assert!(
        matches!(pair.server.poll_event(), Some(server::Event::CreatePipeline { pipeline, .. }) if pipeline == other)
    );
    assert_eq!(
        pair.server.poll_event(),
        Some(server::Event::Input { pipeline: other, value: PsValue::I32(2) })
    );
    assert_eq!(pair.server.poll_event(), None, "what has a secret waits, and what is behind it");

    exchange(&mut pair);
    pair.feed_server();
    let mut events: Vec<_> = std::iter::from_fn(|| pair.server.poll_event()).collect();
    let own = |event: &server::Event, id: Uuid| {
        matches!(event, server::Event::Input { pipeline, .. } | server::Event::EndOfInput { pipeline }
            | server::Event::CreatePipeline { pipeline, .. } if *pipeline == id)
    };
    let of_other: Vec<_> = events.extract_if(.., |event| own(event, other)).collect();
    assert_eq!(
        of_other,
        [secret(), PsValue::I32(3)].map(|value| server::Event::Input { pipeline: other, value })
    );
    let [server::Event::CreatePipeline { spec: got, .. }, input, end] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!(**got, spec);
    assert_eq!(*input, server::Event::Input { pipeline, value: PsValue::I32(1) });
    assert_eq!(*end, server::Event::EndOfInput { pipeline });
}

/// A server that has a secret to tell asks for the key (section 2.2.2.5), and the pipeline's end comes behind it.
#[test]
fn output_with_a_secret_asks_for_the_key() {
    let mut pair = Pair::open();
    let (pipeline, _) = pair.invoke(&PipelineSpec::command("Get-Secret"));
    pair.server.write_output(pipeline, &"before".into()).unwrap();
    pair.server.write_output(pipeline, &credential()).unwrap();
    pair.server.write_output(pipeline, &secret()).unwrap();
    pair.server.finish(pipeline, PipelineState::Completed, None).unwrap();
    assert!(!pair.server.is_done(pipeline));
    pair.feed_client(Some(pipeline));
    pair.feed_client(None);
    assert_eq!(pair.events(), [client::Event::Output { pipeline, value: "before".into() }]);
    assert!(!pair.server.is_done(pipeline) && pair.server.queued(Some(pipeline)) > 0);
    exchange(&mut pair);
    pair.feed_client(Some(pipeline));
    assert!(pair.server.is_done(pipeline));
    let events = pair.events();
    let [client::Event::Output { value: first, .. }, second, client::Event::PipelineState { .. }] =
        &events[..]
    else {
        panic!("{events:?}")
    };
    assert_eq!(first.get("Password"), Some(&secret()));
    assert_eq!(*second, client::Event::Output { pipeline, value: secret() });
    // Asked again, the client has no need of another pair.
    pair.server.request_public_key();
    pair.feed_client(None);
    assert!(!pair.client.wants_key_pair());
}

/// WIRE 33: with 2.4 on both sides there is no exchange.
#[test]
fn wire_33_without_an_exchange_secrets_go_as_they_are() {
    let new = PsVersion::new(2, 4);
    let mut pair = Pair::of_versions(new, new).opened();
    let spec = PipelineSpec::command("New-Mailbox").parameter("Password", secret());
    let (pipeline, got) = pair.invoke(&spec);
    assert_eq!(got, spec);
    pair.server.write_output(pipeline, &secret()).unwrap();
    pair.feed_client(Some(pipeline));
    assert_eq!(pair.events(), [client::Event::Output { pipeline, value: secret() }]);
    assert!(!pair.client.wants_key_pair());
}

#[test]
fn a_pipeline_that_is_removed_takes_its_secrets_along() {
    let mut pair = Pair::open();
    let spec = PipelineSpec::command("New-Mailbox").parameter("Password", secret());
    let pipeline = pair.client.create_pipeline(&spec);
    pair.client.remove_pipeline(pipeline);
    exchange(&mut pair);
    assert_eq!(pair.client.poll_transmit(usize::MAX), None);
    assert_eq!(pair.client.queued(Some(pipeline)), 0);
}

#[test]
fn a_public_key_that_is_none_is_refused() {
    let mut pair = Pair::open();
    let mut fragments = postern_psrp::fragment::FragmentBuffer::default();
    let header = postern_psrp::message::Header {
        destination: postern_psrp::message::Destination::Server,
        message: MessageType::PublicKey,
        pool: pair.client.id(),
        pipeline: None,
    };
    fragments.write(1, |out| {
        header.write(out);
        out.extend_from_slice(
            br#"<Obj RefId="0"><MS><S N="PublicKey">BgIAAACkAABSU0ExAAgAAA==</S></MS></Obj>"#,
        );
    });
    let data = fragments.take(usize::MAX).unwrap();
    let error = pair.server.handle_data(None, Stream::Stdin, &data).unwrap_err();
    assert!(error.is_fatal(), "{error:?}");
    assert_eq!(pair.server.queued(None), 0);
}
