//! Messages that PowerShell 7.6 itself wrote, fed to both state machines; and what this crate writes, against these.
//!
//! `captures/powershell-7.6.txt` holds one message a line: its direction (`->` to the server), its id, its body.

mod pair;

use postern_psrp::{
    client::{self, Stream},
    clixml,
    fragment::FragmentBuffer,
    host::{ConsoleColor, FieldDescription, HostMethod, HostRequest},
    message::{
        Availability, CommandInfo, CommandTypes, Destination, Header, MessageType, MetadataAnswer,
        RunspacePoolState,
    },
    pipeline::{PipelineSpec, PipelineState},
    records::{ErrorCategory, ErrorRecord},
    server,
};
use postern_shared::value::{PsStr, PsValue, SecureString, Uuid};

use self::pair::Pair;

const CAPTURES: &str = include_str!("captures/powershell-7.6.txt");

/// The bodies of that message to that side that hold `part`.
fn bodies(destination: Destination, message: MessageType, part: &str) -> Vec<&'static str> {
    let direction = if destination == Destination::Server { "->" } else { "<-" };
    let start = format!("{direction} {:08X} ", message.id());
    let found: Vec<_> = CAPTURES
        .lines()
        .filter_map(|line| line.strip_prefix(start.as_str()))
        .filter(|b| b.contains(part))
        .collect();
    assert!(!found.is_empty(), "no {message} with {part}");
    found
}

/// A message in a fragment of its own. WIRE 2: a body may start with a byte order mark; these do.
fn fragment(
    destination: Destination,
    message: MessageType,
    pool: Uuid,
    pipeline: Option<Uuid>,
    body: &str,
) -> Vec<u8> {
    let mut fragments = FragmentBuffer::default();
    fragments.write(1, |out| {
        Header { destination, message, pool, pipeline }.write(out);
        if !body.is_empty() {
            out.extend_from_slice(b"\xEF\xBB\xBF");
        }
        out.extend_from_slice(body.as_bytes());
    });
    fragments.take(usize::MAX).unwrap()
}

/// What a client with a running pipeline makes of PowerShell's messages.
fn events(message: MessageType, part: &str) -> Vec<client::Event> {
    let mut pair = Pair::open();
    let (pipeline, _) = pair.invoke(&PipelineSpec::command("Test"));
    let target = (message.id() >= 0x0004_0000).then_some(pipeline);
    for body in bodies(Destination::Client, message, part) {
        let data = fragment(Destination::Client, message, pair.client.id(), target, body);
        pair.client.handle_data(target, &data).unwrap();
    }
    pair.events()
}

fn host_request(method: HostMethod) -> HostRequest {
    let part = format!("<ToString>{}</ToString>", method.name());
    match events(MessageType::PipelineHostCall, &part).remove(0) {
        client::Event::HostCall(call) => {
            assert_eq!(call.method, method);
            call.request().unwrap()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn wire_2_33_34_a_client_opens_against_powershell() {
    let mut client = client::RunspacePool::new(client::PoolOptions::new(Uuid::from_u128(7)));
    client.creation_data();
    for message in
        [MessageType::SessionCapability, MessageType::ApplicationPrivateData, MessageType::RunspacePoolState]
    {
        let body = bodies(Destination::Client, message, "")[0];
        client.handle_data(None, &fragment(Destination::Client, message, client.id(), None, body)).unwrap();
    }
    assert_eq!(client.server_capability().unwrap().protocol.to_string(), "2.4");
    let Some(client::Event::ApplicationPrivateData(data)) = client.poll_event() else { panic!("no data") };
    assert!(format!("{data:?}").contains("14.15.0.0-15.20.0.0"));
    assert_eq!(
        client.poll_event(),
        Some(client::Event::PoolState { state: RunspacePoolState::Opened, error: None })
    );
}

#[test]
fn wire_33_34_35_a_server_understands_powershell() {
    let mut server = server::RunspacePool::new(server::PoolOptions::default());
    let pool = Uuid::from_u128(7);
    let pipeline = Uuid::from_u128(8);
    let send = |server: &mut server::RunspacePool, message, target: Option<Uuid>, nth: usize| {
        let body = bodies(Destination::Server, message, "")[nth];
        let data = fragment(Destination::Server, message, pool, target, body);
        server.handle_data(target, Stream::Stdin, &data).unwrap();
        server.poll_event()
    };
    assert_eq!(send(&mut server, MessageType::SessionCapability, None, 0), None);
    let Some(server::Event::Open(init)) = send(&mut server, MessageType::InitRunspacePool, None, 0) else {
        panic!("no Open")
    };
    let host = init.host.default_data.unwrap();
    assert_eq!(
        (host.window_title.as_str(), host.window_size, host.cursor_position),
        ("PsPeer", (120, 50), (0, 7))
    );
    assert!(!init.host.is_host_null && !init.host.use_runspace_host);
    assert_eq!(server.client_capability().unwrap().protocol.to_string(), "2.4");
    server.open(Vec::new());
    // A client does not wait for the state before it calls.
    assert_eq!(send(&mut server, MessageType::GetAvailableRunspaces, None, 0), None);

    server.add_pipeline(pipeline).unwrap();
    let Some(server::Event::CreatePipeline { spec, .. }) =
        send(&mut server, MessageType::CreatePipeline, Some(pipeline), 0)
    else {
        panic!("no pipeline")
    };
    assert_eq!(*spec, PipelineSpec::command(spec.commands[0].name.clone()), "no parameters, nothing unusual");
    assert!(spec.host.use_runspace_host && spec.host.is_host_null);
    assert_eq!(spec.stream_options, 15);
    // WIRE 4: an empty body.
    assert_eq!(send(&mut server, MessageType::EndOfPipelineInput, Some(pipeline), 0), None);

    let metadata = Uuid::from_u128(9);
    server.add_pipeline(metadata).unwrap();
    let Some(server::Event::CommandMetadata { query, .. }) =
        send(&mut server, MessageType::GetCommandMetadata, Some(metadata), 0)
    else {
        panic!("no query")
    };
    assert_eq!((query.names.as_slice(), query.types), (&["Get-Mailbox".into()][..], CommandTypes::IMPORTED));
}

#[test]
fn wire_36_powershells_answers_are_understood() {
    let mut pair = Pair::open();
    let (pipeline, _) = pair.invoke(&PipelineSpec::command("Test"));
    for (request, part, check) in [
        (HostRequest::ReadLine, ">ReadLine<", (|value| *value == "a line".into()) as fn(&PsValue) -> bool),
        (
            HostRequest::ReadLineAsSecureString,
            ">ReadLineAsSecureString<",
            |value| matches!(value, PsValue::SecureString(secret) if matches!(**secret, SecureString::Encrypted(_))),
        ),
        (HostRequest::Other(HostMethod::PromptForChoice, Vec::new()), ">PromptForChoice<", |value| {
            *value == PsValue::I32(1)
        }),
        (
            HostRequest::Other(HostMethod::PromptForChoiceMultipleSelection, Vec::new()),
            ">PromptForChoiceMultipleSelection<",
            |value| value.as_list() == Some(&[PsValue::I32(0), PsValue::I32(2)]),
        ),
        (
            HostRequest::Other(HostMethod::PromptForCredential2, Vec::new()),
            ">PromptForCredential2<",
            |value| value.get("UserName") == Some(&"user".into()),
        ),
    ] {
        let call = pair.server.call_host(Some(pipeline), &request).unwrap();
        let message = MessageType::PipelineHostResponse;
        let body = bodies(Destination::Server, message, part)[0]
            .replace(r#"<I64 N="ci">1</I64>"#, &format!(r#"<I64 N="ci">{}</I64>"#, call.id));
        let data = fragment(Destination::Server, message, pair.server.id(), Some(pipeline), &body);
        pair.server.handle_data(Some(pipeline), Stream::PromptResponse, &data).unwrap();
        let Some(server::Event::HostResponse(response)) = pair.server.poll_event() else { panic!("{part}") };
        assert!(response.outcome.as_ref().is_ok_and(check), "{response:?}");
        // And written again it is the same text: `mr` before `ci` and `mi`.
        let mut client = Pair::open();
        client.client.answer_host_call(&response);
        let sent = client.client.poll_transmit(usize::MAX).unwrap().data;
        let written = String::from_utf8_lossy(&sent[21 + 40..]).into_owned();
        assert_eq!(squeeze(&written), squeeze(&body));
    }
}

/// Without what two writers may do differently.
fn squeeze(xml: &str) -> String {
    xml.replace(" />", "/>").replace("<S></S>", "<S/>")
}

#[test]
fn what_is_written_is_what_powershell_writes() {
    // Our own INIT_RUNSPACEPOOL and CREATE_PIPELINE differ from PowerShell's only in the order of members and in
    // assembly versions, so these are compared by what they hold.
    for (message, part) in [(MessageType::PipelineState, "4"), (MessageType::ProgressRecord, "Outer")] {
        let body = bodies(Destination::Client, message, part)[0];
        let mut pair = Pair::open();
        let (pipeline, _) = pair.invoke(&PipelineSpec::command("Test"));
        if let MessageType::PipelineState = message {
            pair.server.finish(pipeline, PipelineState::Completed, None).unwrap();
        } else {
            let client::Event::Progress { record, .. } = events(message, part).remove(0) else {
                panic!("{part}")
            };
            pair.server.write_progress(pipeline, &record).unwrap();
        }
        let data = pair.server.poll_transmit(Some(pipeline), usize::MAX).unwrap();
        assert_eq!(squeeze(&String::from_utf8_lossy(&data[21 + 40..])), squeeze(body));
    }
}

#[test]
fn every_field_of_an_error_is_read() {
    let client::Event::Error { record, .. } = events(MessageType::ErrorRecord, "RecommendedAction").remove(0)
    else {
        panic!("no error")
    };
    assert_eq!(record.message(), "the message of the details");
    assert_eq!(record.details.as_ref().unwrap().recommended_action, "try something else");
    assert_eq!(record.exception_type(), "System.ArgumentException");
    assert_eq!(record.exception.get("ParamName"), Some(&"parameterName".into()));
    assert_eq!(record.fully_qualified_error_id, "SomeErrorId,PsPeer.TestStreams");
    let category = &record.category;
    assert_eq!(category.category, ErrorCategory::LimitsExceeded);
    assert_eq!((category.reason.as_str(), category.target_name.as_str()), ("Because", "a target"));
    assert_eq!(category.to_string(), category.message.as_str());
    assert_eq!(record.target.get("Target"), Some(&"thing".into()));
    let [inner] = &record.inner_exceptions()[..] else { panic!("{record:?}") };
    assert_eq!(
        (inner.type_name.as_str(), inner.message.as_str()),
        ("System.InvalidOperationException", "the inner one")
    );
    assert_eq!(record.pipeline_iteration.as_list(), Some(&[PsValue::I32(0), PsValue::I32(1)][..]));
    let invocation = record.invocation.as_ref().unwrap();
    assert!(invocation.bound_parameters().is_empty());
    // What this crate writes for a cmdlet has the members of PowerShell's, in its order.
    let own = postern_psrp::records::InvocationInfo::of_cmdlet("Test-Streams", Vec::new(), 1);
    let names = |info: &postern_psrp::records::InvocationInfo| -> Vec<PsStr> {
        info.members().iter().map(|(name, _)| name.clone()).collect()
    };
    assert_eq!(names(&own), names(invocation));
    for (name, value) in own.members().iter().filter(|(name, _)| {
        !matches!(
            name.as_str(),
            "CommandInfo_Definition"
                | "InvocationInfo_BoundParameters"
                | "InvocationInfo_UnboundArguments"
                | "InvocationInfo_CommandOrigin"
                | "CommandInfo_CommandType"
                | "CommandInfo_Visibility"
                | "InvocationInfo_PipelineIterationInfo"
        )
    }) {
        assert_eq!(invocation.members().get(name), Some(value), "{name}");
    }
    let object = own.to_object();
    let theirs = record.invocation_object.as_object().unwrap();
    for (name, _) in object.as_object().unwrap().adapted.iter() {
        assert!(theirs.adapted.get(name).is_some(), "{name}");
    }
    assert_eq!(invocation.command_name(), Some("Test-Streams".into()));
    assert_eq!((invocation.script_name(), invocation.script_line_number()), (None, 0));

    // Nothing is lost: written and read again it is the same record.
    assert_eq!(ErrorRecord::from_value(&record.to_value()), *record);
    let mut xml = Vec::new();
    clixml::encode(&record.to_value(), &mut xml);
    assert_eq!(ErrorRecord::from_value(&clixml::decode(&xml).unwrap()), *record);
}

#[test]
fn wire_26_a_terminating_error_of_powershell() {
    let events = events(MessageType::PipelineState, "ExceptionAsErrorRecord");
    assert!(events.iter().any(|event| matches!(
        event,
        client::Event::PipelineState { state: PipelineState::Failed, error: Some(error), .. }
            if !error.message().is_empty() && error.exception_type().starts_with("System.")
    )));
    assert!(events.iter().any(|event| matches!(
        event,
        client::Event::PipelineState { state: PipelineState::Stopped, error: Some(error), .. }
            if error.exception_type() == "System.Management.Automation.PipelineStoppedException"
    )));
}

#[test]
fn wire_35_informational_records_of_powershell() {
    let client::Event::Warning { record, .. } = events(MessageType::WarningRecord, "").remove(0) else {
        panic!("no warning")
    };
    assert_eq!(record.message, "a warning – with Umlaut ä");
    assert_eq!(record.invocation.as_ref().unwrap().command_name(), Some("Test-Streams".into()));
    assert!(record.others.is_empty());
    let client::Event::Verbose { record, .. } = events(MessageType::VerboseRecord, "").remove(0) else {
        panic!("no verbose record")
    };
    assert_eq!((record.message.as_str(), record.invocation), ("a verbose line", None));
}

#[test]
fn information_and_progress_of_powershell() {
    let events_ = events(MessageType::InformationRecord, "");
    let [client::Event::Information { record: plain, .. }, client::Event::Information { record: host, .. }] =
        &events_[..]
    else {
        panic!("{events_:?}")
    };
    assert_eq!(plain.message, "plain information".into());
    assert_eq!(plain.tags, [PsStr::from("Tag1"), "Tag2".into()]);
    assert!(plain.time.is_some() && plain.process > 0 && plain.others.get("ManagedThreadId").is_some());
    let message = host.host_message().unwrap();
    assert_eq!(
        (message.text.as_str(), message.foreground),
        ("host information", ConsoleColor::from_name("Green"))
    );
    assert_eq!((message.background, message.no_new_line), (None, false));

    let client::Event::Progress { record, .. } = events(MessageType::ProgressRecord, "Outer").remove(0)
    else {
        panic!("no progress")
    };
    assert_eq!((record.activity_id, record.percent_complete, record.seconds_remaining), (7, 50, 42));
    assert_eq!(record.current_operation, Some("counting".into()));
}

#[test]
fn host_calls_of_powershell() {
    let HostRequest::PromptForChoice { caption, message, choices, default } =
        host_request(HostMethod::PromptForChoice)
    else {
        panic!("no choice")
    };
    assert_eq!((caption.as_str(), message.as_str(), default), ("Caption", "Which colour?", 1));
    assert_eq!((choices[2].label.as_str(), choices[2].help.as_str()), ("Blue", "as the sky"));
    let several = host_request(HostMethod::PromptForChoiceMultipleSelection);
    assert!(
        matches!(several, HostRequest::PromptForChoiceMultipleSelection { defaults, .. } if defaults == [0, 2])
    );
    let HostRequest::Prompt { fields, .. } = host_request(HostMethod::Prompt) else { panic!("no fields") };
    let [name, age] = &fields[..] else { panic!("{fields:?}") };
    assert_eq!((name.default.as_str(), name.help.as_str()), (Some("nobody"), "your name"));
    assert!(matches!(age, FieldDescription { is_mandatory: true, default: PsValue::Null, .. }));
    assert_eq!((age.label.as_str(), age.type_full_name.as_str()), ("&Age", "System.Int32"));
    let HostRequest::PromptForCredential { user, target, options, .. } =
        host_request(HostMethod::PromptForCredential2)
    else {
        panic!("no credential")
    };
    assert_eq!((user.as_str(), target.as_str(), options), ("DOMAIN\\me", "target", Some((3, 1))));
    let yellow = ConsoleColor::from_name("Yellow").zip(ConsoleColor::from_name("DarkBlue"));
    let written = HostRequest::Write { text: "colours".into(), colors: yellow, end_line: false };
    assert_eq!(host_request(HostMethod::Write2), written);
    let empty = HostRequest::Write { text: PsStr::EMPTY, colors: None, end_line: true };
    assert_eq!(host_request(HostMethod::WriteLine1), empty);
    assert_eq!(host_request(HostMethod::WriteErrorLine), HostRequest::WriteErrorLine("an error line".into()));
    assert!(
        matches!(host_request(HostMethod::WriteProgress), HostRequest::WriteProgress { record, .. } if record.activity_id == 7)
    );
}

#[test]
fn wire_37_metadata_of_powershell() {
    let answers: Vec<_> = events(MessageType::PipelineOutput, "")
        .into_iter()
        .map(|event| match event {
            client::Event::Output { value, .. } => MetadataAnswer::from_value(&value).unwrap(),
            other => panic!("{other:?}"),
        })
        .collect();
    let [MetadataAnswer::Count(1), MetadataAnswer::Command(CommandInfo { name, types, parameters, .. })] =
        &answers[..]
    else {
        panic!("{answers:?}")
    };
    assert_eq!((name.as_str(), *types), ("Get-Mailbox", CommandTypes::CMDLET));
    let parameter = |name: &str| parameters.iter().find(|p| p.name == name).unwrap();
    assert_eq!(parameter("Identity").aliases, [PsStr::from("Id")]);
    assert_eq!(parameter("Identity").sets, [PsStr::from("Identity")]);
    assert!(parameter("Verbose").is_switch && !parameter("ResultSize").is_switch);
    assert_eq!(parameter("RecipientTypeDetails").type_name, "System.String[]");
}

#[test]
fn runspace_availability_of_powershell() {
    let answered = client::Event::Availability { call: 1, answer: Availability::Free(1) };
    assert_eq!(events(MessageType::RunspaceAvailability, ""), [answered]);
}
