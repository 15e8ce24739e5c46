//! A client stepped against a server in one thread: everything that happens in a session.

mod pair;

use postern_psrp::{
    ProtocolError, client,
    client::Stream,
    host::{Choice, ConsoleColor, FieldDescription, HostMethod, HostRequest},
    message::{Availability, CommandInfo, MetadataAnswer, MetadataQuery, ParameterInfo, RunspacePoolState},
    pipeline::{Command, PipelineSpec, PipelineState},
    records::{
        ErrorCategory, ErrorRecord, InformationRecord, InformationalKind, InvocationInfo, ProgressRecord,
    },
    server,
};
use postern_shared::value::{Content, PsObject, PsStr, PsValue, SecureString, Uuid};

use self::pair::Pair;

fn type_names(names: &[&str]) -> std::sync::Arc<[PsStr]> {
    names.iter().copied().map(PsStr::from).collect()
}

fn mailbox(name: &str) -> PsValue {
    PsObject::bag(
        type_names(&["Microsoft.Exchange.Data.Directory.Management.Mailbox", "System.Object"]),
        [("Name", PsValue::from(name)), ("ItemCount", PsValue::I32(7))].into_iter().collect(),
    )
    .into()
}

/// WIRE 34: the private data comes before the state, and the client does not wait for it.
#[test]
fn wire_34_a_pool_opens_with_its_private_data() {
    let mut pair = Pair::new();
    pair.feed_server();
    let Some(server::Event::Open(init)) = pair.server.poll_event() else { panic!("no Open") };
    assert_eq!((init.min_runspaces, init.max_runspaces), (1, 1));
    assert_eq!(init.host.default_data.unwrap().window_size, (120, 50));
    assert_eq!(pair.server.id(), pair.client.id());

    pair.server.open(vec![("SupportedVersions".into(), "14.15.0.0-15.20.0.0".into())]);
    pair.feed_client(None);
    // WIRE 34: the private data comes before the state.
    let Some(client::Event::ApplicationPrivateData(data)) = pair.client.poll_event() else {
        panic!("no data")
    };
    let Content::Dictionary(entries) = &data.as_object().unwrap().content else { panic!("no dictionary") };
    assert_eq!(entries[0].0, PsValue::from("SupportedVersions"));
    let opened = client::Event::PoolState { state: RunspacePoolState::Opened, error: None };
    assert_eq!(pair.client.poll_event(), Some(opened));
    assert_eq!(pair.client.state(), RunspacePoolState::Opened);
    assert_eq!(pair.client.server_capability().unwrap().protocol.to_string(), "2.3");
}

#[test]
fn a_refused_pool_breaks_with_its_error() {
    let mut pair = Pair::new();
    pair.feed_server();
    let error = ErrorRecord::new("System.Exception", "no", "Refused", ErrorCategory::PermissionDenied);
    pair.server.refuse(&error);
    pair.feed_client(None);
    let Some(client::Event::PoolState { state: RunspacePoolState::Broken, error: Some(error) }) =
        pair.client.poll_event()
    else {
        panic!("not broken")
    };
    assert_eq!((error.message(), error.category.category), ("no".into(), ErrorCategory::PermissionDenied));
}

#[test]
fn a_command_runs_with_its_streams() {
    let mut pair = Pair::open();
    let spec =
        PipelineSpec::command("Get-Mailbox").parameter("ResultSize", 2).switch("Verbose").argument("a*");
    let (pipeline, received) = pair.invoke(&spec);
    assert_eq!(received, spec);
    assert_eq!(pair.server.pipeline_state(pipeline), Some(PipelineState::Running));

    let invocation =
        InvocationInfo::of_cmdlet("Get-Mailbox", vec![("ResultSize".into(), PsValue::I32(2))], 1);
    let mut error = ErrorRecord::new(
        "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
        "couldn't be found",
        "1A2B3C4D,Microsoft.Exchange.Management.RecipientTasks.GetMailbox",
        ErrorCategory::InvalidData,
    );
    error.category.activity = "Get-Mailbox".into();
    error.target = mailbox("target");
    error.invocation = Some(invocation);
    error.script_stack_trace = Some("at line 1".into());
    error.others.set("OriginInfo", "mbx01");
    let mut progress = ProgressRecord::new(7, "Reading", "half way");
    progress.percent_complete = 50;
    let mut warning = postern_psrp::records::InformationalRecord::new("ä warning");
    warning.invocation.clone_from(&error.invocation);

    let server = &mut pair.server;
    server.write_progress(pipeline, &progress).unwrap();
    server.write_informational(pipeline, InformationalKind::Warning, &warning).unwrap();
    server.write_informational(pipeline, InformationalKind::Verbose, &"verbose".into()).unwrap();
    server.write_informational(pipeline, InformationalKind::Debug, &"debug".into()).unwrap();
    server.write_information(pipeline, &InformationRecord::new("info", "Get-Mailbox")).unwrap();
    server.write_error(pipeline, &error).unwrap();
    let one = server.write_output(pipeline, &mailbox("a1")).unwrap();
    let two = server.write_output(pipeline, &PsValue::Null).unwrap();
    assert!(one < two && two == server.queued(Some(pipeline)));
    server.finish(pipeline, PipelineState::Completed, None).unwrap();
    assert!(!server.is_done(pipeline));
    pair.feed_client(Some(pipeline));
    assert!(pair.server.is_done(pipeline));

    let events = pair.events();
    let [
        client::Event::Progress { record: got_progress, .. },
        client::Event::Warning { record: got_warning, .. },
        client::Event::Verbose { record: verbose, .. },
        client::Event::Debug { record: debug, .. },
        client::Event::Information { record: information, .. },
        client::Event::Error { record: got_error, .. },
        client::Event::Output { value, .. },
        client::Event::Output { value: null, .. },
        client::Event::PipelineState { state: PipelineState::Completed, error: None, .. },
    ] = events.as_slice()
    else {
        panic!("{events:?}")
    };
    assert_eq!(*got_progress, progress);
    // WIRE 35: a record may carry the command that it is from.
    assert_eq!(*got_warning, warning);
    assert_eq!(got_warning.invocation.as_ref().unwrap().command_name(), Some("Get-Mailbox".into()));
    assert_eq!((verbose.message.as_str(), debug.message.as_str()), ("verbose", "debug"));
    assert_eq!(information.message, PsValue::from("info"));
    assert_eq!(got_error.message(), error.message());
    assert_eq!(got_error.exception_type(), error.exception_type());
    assert_eq!(got_error.fully_qualified_error_id, error.fully_qualified_error_id);
    assert_eq!(
        got_error.category.message,
        "InvalidData: (:) [Get-Mailbox], ManagementObjectNotFoundException"
    );
    assert_eq!(got_error.script_stack_trace, error.script_stack_trace);
    assert_eq!(got_error.others.get("OriginInfo"), Some(&"mbx01".into()));
    // Only what pipelines write is marked as deserialised.
    assert_eq!(
        got_error.target.as_object().unwrap().type_name(),
        "Deserialized.Microsoft.Exchange.Data.Directory.Management.Mailbox"
    );
    let object = value.as_object().unwrap();
    assert_eq!(object.type_name(), "Deserialized.Microsoft.Exchange.Data.Directory.Management.Mailbox");
    assert_eq!(object.get("Name"), Some(&"a1".into()));
    assert!(null.is_null());

    pair.client.remove_pipeline(pipeline);
    pair.server.remove_pipeline(pipeline);
    assert!(matches!(
        pair.server.write_output(pipeline, &PsValue::Null),
        Err(ProtocolError::UnknownPipeline(_))
    ));
}

/// WIRE 26: a terminating error arrives in the state.
#[test]
fn wire_26_a_terminating_error_comes_with_the_state() {
    let mut pair = Pair::open();
    let (pipeline, _) = pair.invoke(&PipelineSpec::command("Get-Nothing"));
    let error = ErrorRecord::new(
        "System.Management.Automation.CommandNotFoundException",
        "The term 'Get-Nothing' is not recognized",
        "CommandNotFoundException",
        ErrorCategory::ObjectNotFound,
    );
    pair.server.finish(pipeline, PipelineState::Failed, Some(&error)).unwrap();
    pair.feed_client(Some(pipeline));
    let events = pair.events();
    let [client::Event::PipelineState { state: PipelineState::Failed, error: Some(got), .. }] = &events[..]
    else {
        panic!("{events:?}")
    };
    assert_eq!(got.exception_type(), "System.Management.Automation.CommandNotFoundException");
    assert_eq!(got.message(), error.message());
    assert!(pair.server.finish(pipeline, PipelineState::Completed, None).is_err(), "a pipeline ends once");
    assert!(pair.server.write_output(pipeline, &PsValue::Null).is_err());
}

/// WIRE 19 and 39: what a server in no-language mode answers to a script.
#[test]
fn wire_19_39_a_script_can_be_told_from_a_command() {
    let mut pair = Pair::open();
    let (pipeline, spec) = pair.invoke(&PipelineSpec::script("1 + 1"));
    assert!(spec.commands[0].is_script);
    let mut error = ErrorRecord::new(
        "System.Management.Automation.ParseException",
        "The syntax is not supported by this runspace. This can occur if the runspace is in no-language mode.",
        "ScriptsNotAllowed",
        ErrorCategory::ParserError,
    );
    error.target = "1 + 1".into();
    pair.server.finish(pipeline, PipelineState::Failed, Some(&error)).unwrap();
    pair.feed_client(Some(pipeline));
    let events = pair.events();
    let [client::Event::PipelineState { error: Some(got), .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!(got.fully_qualified_error_id, "ScriptsNotAllowed");
    assert_eq!((got.category.category, &got.target), (ErrorCategory::ParserError, &error.target));
}

/// WIRE 4: null, as input and as output, and the end of the input have empty bodies.
#[test]
fn wire_4_null_has_an_empty_body() {
    let mut pair = Pair::open();
    let (pipeline, _) = pair.invoke(&PipelineSpec::command("Measure-Object").with_input());
    pair.client.send_input(pipeline, &PsValue::Null).unwrap();
    pair.client.end_input(pipeline).unwrap();
    let sent = pair.client.poll_transmit(usize::MAX).unwrap();
    assert_eq!(sent.data.len(), 2 * (21 + 40));
    pair.server.handle_data(Some(pipeline), Stream::Stdin, &sent.data).unwrap();
    assert_eq!(pair.server.poll_event(), Some(server::Event::Input { pipeline, value: PsValue::Null }));
    assert_eq!(pair.server.poll_event(), Some(server::Event::EndOfInput { pipeline }));
    assert_eq!(pair.server.write_output(pipeline, &PsValue::Null).unwrap(), 21 + 40);
    pair.feed_client(Some(pipeline));
    assert_eq!(pair.events(), [client::Event::Output { pipeline, value: PsValue::Null }]);
}

/// WIRE 4: the end of the input has an empty body.
#[test]
fn wire_4_input_reaches_the_pipeline_and_ends() {
    let mut pair = Pair::open();
    let (pipeline, spec) = pair.invoke(&PipelineSpec::command("Measure-Object").with_input());
    assert!(!spec.no_input);
    let large = "x".repeat(100_000);
    for value in [PsValue::I32(1), PsValue::Null, large.as_str().into()] {
        pair.client.send_input(pipeline, &value).unwrap();
    }
    assert!(pair.client.queued(Some(pipeline)) > 100_000);
    pair.client.end_input(pipeline).unwrap();
    assert!(pair.client.send_input(pipeline, &PsValue::Null).is_err(), "the input ended");
    pair.feed_server();
    let input = |value| Some(server::Event::Input { pipeline, value });
    assert_eq!(pair.server.poll_event(), input(PsValue::I32(1)));
    assert_eq!(pair.server.poll_event(), input(PsValue::Null));
    assert_eq!(pair.server.poll_event(), input(large.into()));
    assert_eq!(pair.server.poll_event(), Some(server::Event::EndOfInput { pipeline }));
}

#[test]
fn input_that_was_not_announced_is_refused() {
    let mut pair = Pair::open();
    let (pipeline, _) = pair.invoke(&PipelineSpec::command("Get-Mailbox"));
    assert!(matches!(
        pair.client.send_input(pipeline, &PsValue::Null),
        Err(ProtocolError::Unexpected { .. })
    ));
}

/// WIRE 5 and 31: the first fragment goes alone; a long command follows in pieces, cut anywhere.
#[test]
fn wire_5_31_a_long_command_arrives_in_pieces() {
    let mut pair = Pair::open();
    let spec = PipelineSpec::command("Set-Note").parameter("Notes", "ü".repeat(60_000));
    let pipeline = pair.client.create_pipeline(&spec);
    pair.server.add_pipeline(pipeline).unwrap();
    let first = pair.client.poll_transmit(1 << 20).unwrap();
    assert!(first.first && first.pipeline == Some(pipeline) && first.data.len() <= 32 * 1024);
    pair.server.handle_data(Some(pipeline), Stream::Stdin, &first.data).unwrap();
    let mut pieces = 0;
    while let Some(next) = pair.client.poll_transmit(32 * 1024) {
        assert!(!next.first && next.stream == Stream::Stdin);
        for piece in next.data.chunks(1009) {
            assert_eq!(pair.server.poll_event(), None);
            pair.server.handle_data(Some(pipeline), Stream::Stdin, piece).unwrap();
            pieces += 1;
        }
    }
    assert!(pieces > 3);
    let Some(server::Event::CreatePipeline { spec: received, .. }) = pair.server.poll_event() else {
        panic!("no pipeline")
    };
    assert_eq!(*received, spec);
}

/// WIRE 6, 7 and 36: calls of the host, and what they are answered with.
#[test]
fn wire_6_7_host_calls_are_answered() {
    let mut pair = Pair::open();
    let (pipeline, _) = pair.invoke(&PipelineSpec::command("Remove-Mailbox"));
    let choices = vec![
        Choice { label: "&Yes".into(), help: "Continue".into() },
        Choice { label: "&No".into(), help: PsStr::EMPTY },
    ];
    let secret = || SecureString::Encrypted(vec![1, 2, 3]);
    let choice = HostRequest::PromptForChoice {
        caption: "Confirm".into(),
        message: "Are you sure?".into(),
        choices: choices.clone(),
        default: 0,
    };
    let several = HostRequest::PromptForChoiceMultipleSelection {
        caption: "Which".into(),
        message: PsStr::EMPTY,
        choices,
        defaults: vec![1],
    };
    let mut field = FieldDescription::new("Name", "System.String");
    field.default = "nobody".into();
    let fields = HostRequest::Prompt {
        caption: PsStr::EMPTY,
        message: "Tell me".into(),
        fields: vec![field, FieldDescription::new("Secret", "System.Security.SecureString")],
    };
    let credential = HostRequest::PromptForCredential {
        caption: "Sign in".into(),
        message: PsStr::EMPTY,
        user: "me".into(),
        target: PsStr::EMPTY,
        options: None,
    };
    for (request, method) in [
        (choice, HostMethod::PromptForChoice),
        (several, HostMethod::PromptForChoiceMultipleSelection),
        (fields, HostMethod::Prompt),
        (credential, HostMethod::PromptForCredential1),
        (HostRequest::ReadLine, HostMethod::ReadLine),
        (HostRequest::ReadLineAsSecureString, HostMethod::ReadLineAsSecureString),
        (HostRequest::ReadKey { options: 6 }, HostMethod::ReadKey),
        (HostRequest::Other(HostMethod::GetName, Vec::new()), HostMethod::GetName),
    ] {
        let asked = pair.server.call_host(Some(pipeline), &request).unwrap();
        pair.feed_client(Some(pipeline));
        let Some(client::Event::HostCall(call)) = pair.client.poll_event() else { panic!("no call") };
        assert_eq!((call.id, call.method), (asked.id, method));
        assert_eq!(call.request().unwrap(), request);
        let answer = match method {
            HostMethod::PromptForChoice => call.answer_choice(1),
            HostMethod::PromptForChoiceMultipleSelection => call.answer_choices(&[0, 1]),
            HostMethod::Prompt => call.answer_fields([("Name".into(), "x".into())]),
            HostMethod::PromptForCredential1 => call.answer_credential("me", secret()),
            HostMethod::ReadLine => call.answer_line("a line"),
            HostMethod::ReadKey => call.answer_key('y'),
            HostMethod::ReadLineAsSecureString => call.answer_secure_line(secret()),
            _ => call.answer_unsupported(),
        };
        pair.client.answer_host_call(&answer.unwrap());
        let transmit = pair.client.poll_transmit(usize::MAX).unwrap();
        assert_eq!((transmit.pipeline, transmit.stream), (None, Stream::PromptResponse));
        pair.server.handle_data(None, Stream::PromptResponse, &transmit.data).unwrap();
        let Some(server::Event::HostResponse(response)) = pair.server.poll_event() else {
            panic!("no answer")
        };
        assert_eq!((response.id, response.pipeline, response.method), (asked.id, Some(pipeline), method));
        match (method, response.outcome) {
            (HostMethod::PromptForChoice, Ok(value)) => assert_eq!(value, PsValue::I32(1)),
            (HostMethod::PromptForChoiceMultipleSelection, Ok(value)) => {
                assert_eq!(value.as_list(), Some(&[PsValue::I32(0), PsValue::I32(1)][..]));
            }
            (HostMethod::Prompt, Ok(value)) => {
                let object = value.as_object().unwrap();
                assert!(object.is_a("System.Collections.Hashtable"));
                assert_eq!(object.content, Content::Dictionary(vec![("Name".into(), "x".into())]));
            }
            (HostMethod::PromptForCredential1, Ok(value)) => {
                assert_eq!(value.get("UserName"), Some(&"me".into()));
                assert_eq!(value.get("Password"), Some(&PsValue::SecureString(secret().into())));
            }
            (HostMethod::ReadKey, Ok(value)) => {
                assert_eq!(value.get("character"), Some(&PsValue::Char(u16::from(b'y'))));
                assert_eq!(value.get("virtualKeyCode"), Some(&PsValue::I32(89)));
                assert_eq!(value.get("keyDown"), Some(&true.into()));
            }
            (HostMethod::ReadLine, Ok(value)) => assert_eq!(value, "a line".into()),
            (HostMethod::ReadLineAsSecureString, Ok(value)) => {
                assert_eq!(value, PsValue::SecureString(secret().into()));
            }
            (HostMethod::GetName, Err(error)) => {
                assert_eq!(error.category.category, ErrorCategory::NotImplemented);
            }
            (method, outcome) => panic!("{method:?}: {outcome:?}"),
        }
        // The same answer again is nobody's.
        let again = pair.server.handle_data(None, Stream::PromptResponse, &transmit.data);
        assert!(matches!(again, Err(ProtocolError::Unexpected { .. })));
    }
}

/// WIRE 7: a void host call gets no response.
#[test]
fn wire_7_what_is_written_to_the_host_gets_no_answer() {
    let mut pair = Pair::open();
    let (pipeline, _) = pair.invoke(&PipelineSpec::command("Write-Host"));
    let red = ConsoleColor::from_name("Red").unwrap();
    for request in [
        HostRequest::Write { text: "a".into(), colors: None, end_line: false },
        HostRequest::Write { text: "b".into(), colors: Some((red, red)), end_line: true },
        HostRequest::Write { text: PsStr::EMPTY, colors: None, end_line: true },
        HostRequest::WriteWarningLine("w".into()),
        HostRequest::WriteProgress { source: 1, record: ProgressRecord::new(1, "a", "s") },
        HostRequest::SetWindowTitle("t".into()),
    ] {
        pair.server.call_host(Some(pipeline), &request).unwrap();
        pair.feed_client(Some(pipeline));
        let Some(client::Event::HostCall(call)) = pair.client.poll_event() else { panic!("no call") };
        assert_eq!(call.request().unwrap(), request);
        assert!(call.method.is_void() && call.answer(PsValue::Null).is_none());
    }
}

#[test]
fn the_host_of_the_pool_is_called_too() {
    let mut pair = Pair::open();
    let asked = pair.server.call_host(None, &HostRequest::ReadLine).unwrap();
    pair.feed_client(None);
    let Some(client::Event::HostCall(call)) = pair.client.poll_event() else { panic!("no call") };
    assert_eq!((call.id, call.pipeline), (asked.id, None));
    pair.client.answer_host_call(&call.answer_line("x").unwrap());
    pair.feed_server();
    assert!(matches!(pair.server.poll_event(), Some(server::Event::HostResponse(r)) if r.pipeline.is_none()));
}

#[test]
fn a_stopped_pipeline_says_so() {
    let mut pair = Pair::open();
    let (pipeline, _) = pair.invoke(&PipelineSpec::command("Start-Sleep"));
    pair.server.call_host(Some(pipeline), &HostRequest::ReadLine).unwrap();
    pair.feed_client(Some(pipeline));
    let Some(client::Event::HostCall(call)) = pair.client.poll_event() else { panic!("no call") };
    let stopped = ErrorRecord::pipeline_stopped();
    pair.server.finish(pipeline, PipelineState::Stopped, Some(&stopped)).unwrap();
    // An answer that comes too late is an error value, not an event.
    pair.client.answer_host_call(&call.answer_line("late").unwrap());
    let late = pair.client.poll_transmit(usize::MAX).unwrap();
    assert!(pair.server.handle_data(None, Stream::PromptResponse, &late.data).is_err());
    assert_eq!(pair.server.poll_event(), None);
    pair.feed_client(Some(pipeline));
    assert!(matches!(
        pair.client.poll_event(),
        Some(client::Event::PipelineState { state: PipelineState::Stopped, error: Some(_), .. })
    ));
    assert_eq!(pair.client.pipeline_state(pipeline), Some(PipelineState::Stopped));
}

/// WIRE 37: a count first, then one object a command.
#[test]
fn wire_37_command_metadata() {
    let mut pair = Pair::open();
    let query = MetadataQuery::named(["Get-*", "Set-Mailbox"]);
    let pipeline = pair.client.get_command_metadata(&query);
    let first = pair.client.poll_transmit(usize::MAX).unwrap();
    assert!(first.first);
    pair.server.add_pipeline(pipeline).unwrap();
    pair.server.handle_data(Some(pipeline), Stream::Stdin, &first.data).unwrap();
    let asked = server::Event::CommandMetadata { pipeline, query: Box::new(query) };
    assert_eq!(pair.server.poll_event(), Some(asked));
    let mut command = CommandInfo::cmdlet("Get-Mailbox");
    command.parameters = vec![
        ParameterInfo {
            name: "Identity".into(),
            type_name: "System.String".into(),
            aliases: vec!["Id".into()],
            sets: vec!["Identity".into(), "Other".into()],
            attributes: vec!["System.Management.Automation.ParameterAttribute".into()],
            ..ParameterInfo::default()
        },
        ParameterInfo {
            name: "Archive".into(),
            type_name: "System.Management.Automation.SwitchParameter".into(),
            is_switch: true,
            sets: vec!["__AllParameterSets".into()],
            ..ParameterInfo::default()
        },
    ];
    let answers = [MetadataAnswer::Count(1), MetadataAnswer::Command(command)];
    for answer in &answers {
        pair.server.write_output(pipeline, &answer.to_value()).unwrap();
    }
    pair.server.finish(pipeline, PipelineState::Completed, None).unwrap();
    pair.feed_client(Some(pipeline));
    for answer in answers {
        let Some(client::Event::Output { value, .. }) = pair.client.poll_event() else { panic!("no answer") };
        assert_eq!(MetadataAnswer::from_value(&value), Some(answer));
    }
}

#[test]
fn calls_of_the_pool_are_answered() {
    let mut pair = Pair::open();
    pair.invoke(&PipelineSpec::command("Start-Sleep"));
    let expect = |pair: &mut Pair, call, answer| {
        pair.feed_server();
        pair.feed_client(None);
        assert_eq!(pair.client.poll_event(), Some(client::Event::Availability { call, answer }));
    };
    let call = pair.client.get_available_runspaces();
    expect(&mut pair, call, Availability::Free(0));
    let call = pair.client.set_max_runspaces(3);
    expect(&mut pair, call, Availability::Done(true));
    let call = pair.client.set_min_runspaces(4);
    expect(&mut pair, call, Availability::Done(false));
    let call = pair.client.get_available_runspaces();
    expect(&mut pair, call, Availability::Free(2));
    let call = pair.client.reset_runspace_state();
    expect(&mut pair, call, Availability::Done(true));
    assert_eq!(pair.server.poll_event(), Some(server::Event::ResetRunspaceState));
}

#[test]
fn pipelines_are_kept_apart() {
    let mut pair = Pair::open();
    let (one, _) = pair.invoke(&PipelineSpec::command("a").then(Command::new("b")));
    let (two, _) = pair.invoke(&PipelineSpec::command("c").with_input());
    assert_ne!(one, two);
    pair.server.write_output(one, &PsValue::I32(1)).unwrap();
    pair.server.write_output(two, &PsValue::I32(2)).unwrap();
    pair.feed_client(Some(two));
    pair.feed_client(Some(one));
    assert_eq!(
        pair.events(),
        [
            client::Event::Output { pipeline: two, value: PsValue::I32(2) },
            client::Event::Output { pipeline: one, value: PsValue::I32(1) },
        ]
    );
    // One pipeline's data in another's stream.
    pair.server.write_output(one, &PsValue::I32(1)).unwrap();
    let data = pair.server.poll_transmit(Some(one), usize::MAX).unwrap();
    assert!(matches!(pair.client.handle_data(Some(two), &data), Err(ProtocolError::Astray { .. })));
    let unknown = Uuid::from_u128(1);
    assert!(matches!(
        pair.client.handle_data(Some(unknown), &data),
        Err(ProtocolError::UnknownPipeline(id)) if id == unknown
    ));
}
