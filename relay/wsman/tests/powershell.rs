//! The client against PowerShell's own server.

mod peer;

use std::{
    collections::HashSet,
    process::Command,
    sync::{Arc, Mutex, Weak},
};

use peer::{Outcome, Peer, free_port, read, run};
use postern_conformance::{Counts, clixml::describe};
use postern_psrp::{
    clixml,
    host::{Console, Handled, HostCall, HostInfo, HostMethod, HostRequest, HostResponse},
    pipeline::PipelineSpec,
    records::{ErrorCategory, ErrorRecord, InformationalRecord},
};
use postern_shared::value::{PsValue, PsVersion, SecureString};
use postern_wsman::client::{Ended, Error, PipelineEvent};
use serde_json::Value;

/// Mailboxes of the server that the tests share.
const MAILBOXES: usize = 10_000;
const SECRET: &str = "s\u{e9}cret \u{1f511}";

/// The server that the tests share, which ends with the last of them; `None` where it is not built.
fn shared() -> Option<Arc<Peer>> {
    static SHARED: Mutex<Weak<Peer>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap();
    if let Some(peer) = shared.upgrade() {
        return Some(peer);
    }
    let peer = Arc::new(peer(&["--mailboxes", &MAILBOXES.to_string(), "--max-shells", "40"])?);
    *shared = Arc::downgrade(&peer);
    Some(peer)
}

/// The program; `None` where it is not built.
fn program() -> Option<std::ffi::OsString> {
    let program = std::env::var_os("POSTERN_POWERSHELL_PEER");
    if program.is_none() {
        eprintln!("skipped: POSTERN_POWERSHELL_PEER names no program with PowerShell's own server");
    }
    program
}

/// Starts a server of the test's own; `None` where it is not built.
fn peer(arguments: &[&str]) -> Option<Peer> {
    let program = program()?;
    let port = free_port();
    let mut command = Command::new(program);
    command.args(["server", "--listen", &format!("127.0.0.1:{port}")]).args(arguments);
    Some(Peer::start(&mut command, port))
}

fn member<'v>(value: &'v PsValue, name: &str) -> &'v PsValue {
    value.get(name).unwrap_or_else(|| panic!("no {name} in {value:?}"))
}

/// WIRE 30: a server sends live type names, and the client marks them, once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wire_30_ten_thousand_mailboxes_of_39_properties() {
    let Some(peer) = shared() else { return };
    let session = peer.connect().await;
    let spec = PipelineSpec::command("Get-Mailbox").parameter("ResultSize", "Unlimited");
    let outcome = run(&session, spec).await;
    assert!(outcome.completed(), "{:?}", outcome.ended);
    assert_eq!(outcome.output.len(), MAILBOXES);
    let mut aliases = HashSet::new();
    for mailbox in &outcome.output {
        let object = mailbox.as_object().unwrap();
        assert_eq!(object.type_name(), "Deserialized.Microsoft.Exchange.Data.Directory.Management.Mailbox");
        assert_eq!(object.type_names.last().unwrap(), "Deserialized.System.Object");
        assert_eq!(object.adapted.len(), 39);
        aliases.insert(member(mailbox, "Alias").to_string());
    }
    assert_eq!(aliases.len(), MAILBOXES);
    session.close().await;
}

/// Every field of the error that `Test-Streams` makes; `class` is behind its id.
fn assert_error(error: &ErrorRecord) {
    assert_eq!(error.message(), "the message of the details");
    let details = error.details.as_ref().unwrap();
    assert_eq!(details.recommended_action, "try something else");
    assert_eq!(error.text.as_deref(), Some("the message of the details"));
    assert_eq!(error.fully_qualified_error_id, "SomeErrorId,PsPeer.TestStreams");
    assert_eq!(error.exception_type(), "System.ArgumentException");
    let bases: Vec<&str> = error.exception.type_names.iter().map(|name| &**name).collect();
    assert_eq!(
        bases[1..].iter().map(|name| name.trim_start_matches("Deserialized.")).collect::<Vec<_>>(),
        ["System.SystemException", "System.Exception", "System.Object"]
    );
    let exception = PsValue::Object(Arc::clone(&error.exception));
    assert_eq!(
        member(&exception, "Message").as_str(),
        Some("a message of an exception (Parameter 'parameterName')")
    );
    assert_eq!(member(&exception, "ParamName").as_str(), Some("parameterName"));
    assert_eq!(member(&exception, "HResult").as_i64(), Some(-2_147_024_809));
    for name in ["TargetSite", "HelpLink", "Data", "StackTrace", "Source"] {
        member(&exception, name);
    }
    let [inner] = &error.inner_exceptions()[..] else { panic!("{error:?}") };
    assert_eq!(inner.type_name, "System.InvalidOperationException");
    assert_eq!(inner.message, "the inner one");
    let category = &error.category;
    assert_eq!(category.category, ErrorCategory::LimitsExceeded);
    assert_eq!((category.activity.as_str(), category.reason.as_str()), ("Testing", "Because"));
    assert_eq!((category.target_name.as_str(), category.target_type.as_str()), ("a target", "AType"));
    assert_eq!(category.message, "LimitsExceeded: (a target:AType) [Testing], Because");
    assert_eq!(category.to_string(), category.message.as_str());
    assert_eq!(member(&error.target, "Target").as_str(), Some("thing"));
    assert_eq!(error.target.to_string(), "{ Target = thing }");
    assert_eq!(member(&error.invocation_object, "MyCommand").as_str(), Some("Test-Streams"));
    assert_eq!(error.command_name().as_deref(), Some("Test-Streams"));
    assert!(error.script_stack_trace.is_none(), "there is no script");
    assert!(error.computer_name().is_none(), "only a client adds it");
    assert!(error.others.is_empty(), "{:?}", error.others);
}

/// WIRE 35: what was invoked, in error, warning, verbose and debug records.
fn assert_invocation(invocation: Option<&postern_psrp::records::InvocationInfo>, parameters: &[&str]) {
    let invocation = invocation.expect("the command that a record is from");
    assert_eq!(invocation.command_name().as_deref(), Some("Test-Streams"));
    assert_eq!(invocation.invocation_name().as_deref(), Some("Test-Streams"));
    assert_eq!(
        (invocation.script_name(), invocation.line(), invocation.position_message()),
        (None, None, None)
    );
    assert_eq!((invocation.script_line_number(), invocation.offset_in_line()), (0, 0));
    assert!(invocation.history_id() > 0);
    let bound: Vec<String> = invocation.bound_parameters().iter().map(|(name, _)| name.to_string()).collect();
    assert_eq!(bound, parameters);
}

/// WIRE 26 and 40: streams in their order; a terminating error comes with the state; verbose records only with -Verbose.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wire_26_35_40_every_stream_and_every_field() {
    let Some(peer) = shared() else { return };
    let session = peer.connect().await;
    let streams = run(&session, PipelineSpec::command("Test-Streams")).await;
    assert!(streams.completed(), "{streams:?}");
    assert_eq!(streams.output, ["first".into(), "last".into()]);
    assert_eq!((streams.verbose.len(), streams.debug.len()), (0, 0));
    let [error] = &streams.errors[..] else { panic!("{streams:?}") };
    assert_error(error);
    assert_invocation(error.invocation.as_ref(), &[]);
    assert_eq!(error.pipeline_iteration.as_list(), Some(&[PsValue::I32(0), PsValue::I32(1)][..]));
    // Real PowerShell sends warnings and progress twice: as records, and as void calls of the host.
    let called = |name| streams.host_calls.iter().filter(|call| call.method.name() == name).count();
    assert_eq!((streams.warnings.len(), streams.progress, streams.information), (1, 2, 2));
    assert_eq!((called("WriteWarningLine"), called("WriteProgress")), (1, 2));

    // With -Debug each debug line is a question.
    let spec = PipelineSpec::command("Test-Streams").switch("Verbose").switch("Debug");
    let mut pipeline = session.invoke(spec);
    let mut records: Vec<(&str, Box<InformationalRecord>)> = Vec::new();
    while let Some(event) = pipeline.next().await {
        match event {
            PipelineEvent::Warning(record) => records.push(("a warning \u{2013} with Umlaut \u{e4}", record)),
            PipelineEvent::Verbose(record) => records.push(("a verbose line", record)),
            PipelineEvent::Debug(record) => records.push(("a debug line", record)),
            PipelineEvent::HostCall(call) => {
                if let Some(answer) = call.answer_choice(1) {
                    pipeline.answer(answer);
                }
            }
            PipelineEvent::Ended(ended) => assert!(matches!(ended, Ended::Completed), "{ended:?}"),
            _ => {}
        }
    }
    assert_eq!(records.len(), 3, "{records:?}");
    for (text, record) in &records {
        assert_eq!(&*record.message, *text);
        // This build says it of errors and warnings alone, whatever was asked for.
        if text.starts_with("a warning") {
            assert_invocation(record.invocation.as_ref(), &["Verbose", "Debug"]);
        }
    }

    let outcome = run(&session, PipelineSpec::command("Test-Streams").switch("Terminating")).await;
    assert!(outcome.errors.is_empty() && outcome.output == ["first".into()], "{outcome:?}");
    let Some(Ended::Failed(error)) = &outcome.ended else { panic!("{outcome:?}") };
    assert_error(error);
    // In the state, only the object says what was invoked.
    assert!(error.invocation.is_none());
    assert_eq!(error.command_name().as_deref(), Some("Test-Streams"));
    assert_eq!(member(&error.invocation_object, "InvocationName").as_str(), Some("Test-Streams"));
    session.close().await;
}

/// Answers as a person would.
fn person(call: &HostCall) -> Option<HostResponse> {
    let secret = || SecureString::Clear(SECRET.to_owned().into());
    match call.request() {
        Ok(HostRequest::ReadLine) => call.answer_line("gr\u{fc}n & <blau>"),
        Ok(HostRequest::ReadLineAsSecureString) => call.answer_secure_line(secret()),
        Ok(HostRequest::PromptForChoice { choices, default, .. }) => {
            assert_eq!((choices[0].label.as_str(), choices[2].help.as_str()), ("&Red", "as the sky"));
            assert_eq!(default, 1);
            call.answer_choice(2)
        }
        Ok(HostRequest::PromptForChoiceMultipleSelection { defaults, .. }) => {
            assert_eq!(defaults, [0, 2]);
            call.answer_choices(&[0, 1])
        }
        Ok(HostRequest::PromptForCredential { caption, message, user, target, .. }) => {
            assert_eq!((caption.as_str(), message.as_str()), ("Sign in", "Who are you?"));
            assert_eq!((user.as_str(), target.as_str()), ("DOMAIN\\me", "target"));
            call.answer_credential(user, secret())
        }
        Ok(HostRequest::Prompt { caption, message, fields }) => {
            assert_eq!((caption.as_str(), message.as_str()), ("Caption", "Tell me"));
            let [name, age] = &fields[..] else { panic!("{fields:?}") };
            assert_eq!((name.help.as_str(), name.default.as_str()), ("your name", Some("nobody")));
            assert_eq!((age.label.as_str(), age.type_full_name.as_str()), ("&Age", "System.Int32"));
            call.answer_fields([("Name".into(), "Zo\u{eb}".into()), ("Age".into(), PsValue::I32(42))])
        }
        _ if call.method.is_void() => None,
        _ => call.answer_unsupported(),
    }
}

async fn prompted(session: &postern_wsman::client::RemoteSession, kind: &str) -> Outcome {
    let outcome = read(session.invoke(PipelineSpec::command("Test-Prompts").argument(kind)), person).await;
    assert!(outcome.completed() && outcome.errors.is_empty(), "{kind}: {outcome:?}");
    outcome
}

/// WIRE 6, 7, 25, 33 and 36: every kind of question, answered as a person would; secrets under a key that PowerShell made.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wire_6_7_25_33_36_questions_of_every_kind() {
    let Some(peer) = shared() else { return };
    let session = peer.connect().await;
    for (kind, output) in [
        ("Choice", vec!["2".to_owned()]),
        ("Choices", vec!["0".into(), "1".into()]),
        ("Line", vec!["gr\u{fc}n & <blau>".into()]),
        ("Credential", vec![format!("DOMAIN\\me:{SECRET}")]),
        ("Title", vec!["ServerRemoteHost".into()]),
        ("Size", vec!["120".into()]),
    ] {
        let outcome = prompted(&session, kind).await;
        let texts: Vec<_> = outcome.output.iter().map(ToString::to_string).collect();
        assert_eq!(texts, output, "{kind}");
    }
    // Its length, its text, and itself: encrypted on the way there and on the way back.
    let outcome = prompted(&session, "Secure").await;
    let secret = PsValue::SecureString(SecureString::Clear(SECRET.to_owned().into()).into());
    let length = i32::try_from(SECRET.encode_utf16().count()).unwrap();
    assert_eq!(outcome.output, [length.into(), SECRET.into(), secret]);

    let outcome = prompted(&session, "Fields").await;
    let [fields] = &outcome.output[..] else { panic!("{outcome:?}") };
    let postern_shared::value::Content::Dictionary(entries) = &fields.as_object().unwrap().content else {
        panic!("{fields:?}")
    };
    let value = |name: &str| &entries.iter().find(|(key, _)| key.as_str() == Some(name)).unwrap().1;
    assert_eq!((value("Name").as_str(), value("Age").as_i64()), (Some("Zo\u{eb}"), Some(42)));

    let outcome = prompted(&session, "Write").await;
    assert!(outcome.host_calls.iter().all(|call| call.method.is_void()), "{outcome:?}");
    let methods: Vec<HostMethod> = outcome.host_calls.iter().map(|call| call.method).collect();
    assert_eq!(
        methods,
        [
            HostMethod::Write1,
            HostMethod::Write2,
            HostMethod::WriteLine1,
            HostMethod::WriteLine2,
            HostMethod::WriteErrorLine,
            HostMethod::WriteWarningLine,
            HostMethod::WriteVerboseLine,
            HostMethod::WriteDebugLine,
        ]
    );
    session.close().await;
}

/// The lines of cases, as JSON.
fn cases(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a case")).collect()
}

/// What PowerShell's serializer writes in this very build: all of `Test-Values`, decoded here.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_special_value_arrives() {
    let (Some(peer), Some(program)) = (shared(), program()) else { return };
    let printed = Command::new(program).arg("values").output().unwrap();
    let printed = String::from_utf8(printed.stdout).unwrap();
    let mut counts = Counts::default();
    let folder = std::path::Path::new(".");
    counts.add(&printed, folder, |id, mismatches| eprintln!("{id}: {}", mismatches[0]));
    assert!(counts.failed == 0 && counts.passed > 150, "{counts}");

    let session = peer.connect().await;
    let outcome = run(&session, PipelineSpec::command("Test-Values")).await;
    assert!(outcome.completed(), "{:?}", outcome.ended);
    let cases = cases(&printed);
    // Without a depth of their own, objects are written to a depth of 1.
    let expected: Vec<&Value> =
        cases.iter().filter(|case| case["id"].as_str().is_some_and(|id| id.ends_with("-1"))).collect();
    // The pipeline writes out what can be enumerated once, as one object all the same; secure strings differ by key.
    assert_eq!(outcome.output.len(), expected.len());
    for (value, case) in outcome.output.iter().zip(expected) {
        let id = case["id"].as_str().unwrap();
        let (ours, theirs) = (describe(value), &case["back"]);
        assert_eq!(ours["type"], theirs["type"], "{id}");
        for part in ["text", "utf16", "items", "kind"] {
            // A type and a stack trace say where they are from; a hash code is this process's own.
            if theirs.get(part).is_some() && !matches!(id, "type-1" | "errorrecord-1" | "exception-1") {
                assert_eq!(ours.get(part), theirs.get(part), "{id}");
            }
        }
    }
    session.close().await;
}

/// WIRE 20 to 24: every value, encoded here, is for PowerShell what it was when PowerShell had written it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wire_20_21_22_23_24_every_value_is_received() {
    let Some(peer) = shared() else { return };
    let cases = cases(include_str!("../../psrp/tests/data/clixml.jsonl"));
    let session = peer.connect().await;
    let values: Vec<PsValue> = cases
        .iter()
        .map(|case| clixml::decode(case["clixml"].as_str().unwrap().as_bytes()).unwrap())
        .collect();
    let count = values.len();
    // As arguments, one after the other; and as input of one pipeline, all together.
    let mut received = Vec::new();
    for (value, case) in values.iter().zip(&cases) {
        let outcome = run(&session, PipelineSpec::command("Test-Received").argument(value.clone())).await;
        assert!(outcome.completed() && outcome.output.len() == 1, "{}: {outcome:?}", case["id"]);
        received.push(outcome.output[0].to_string());
    }
    let pipeline = session.invoke(PipelineSpec::command("Test-Received").with_input());
    let input = pipeline.input();
    let sending = tokio::spawn(async move {
        for value in values {
            input.send(value).await?;
        }
        input.end().await
    });
    let outcome = read(pipeline, |_| None).await;
    assert!(outcome.completed() && outcome.output.len() == count, "{outcome:?}");
    sending.await.unwrap().unwrap();
    received.extend(outcome.output.iter().map(ToString::to_string));
    let mut failed = Vec::new();
    for (case, received) in cases.iter().chain(&cases).zip(received) {
        let received: Value = serde_json::from_str(&received).unwrap();
        if !postern_conformance::clixml::is_same(&received, &case["back"]) {
            failed.push(format!("{}\n  expected {}\n  received {received}", case["id"], case["back"]));
        }
    }
    assert!(failed.is_empty(), "{} of {count}:\n{}", failed.len(), failed.join("\n"));
    session.close().await;
}

/// WIRE 4 and 31: input of 20,000 strings, sent while output arrives.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wire_4_31_input_of_twenty_thousand_strings() {
    let Some(peer) = shared() else { return };
    let session = peer.connect().await;
    // Several commands in one pipeline: what goes in comes out of the second one as it went in.
    let spec = PipelineSpec::command("Select-Object")
        .then(postern_psrp::pipeline::Command::new("Select-Object").parameter("First", 30_000))
        .with_input();
    let mut pipeline = session.invoke(spec);
    let input = pipeline.input();
    let sending = tokio::spawn(async move {
        for number in 0..20_000 {
            input.send(format!("string {number}").into()).await?;
        }
        input.end().await
    });
    let mut next = 0;
    let mut early = false;
    while let Some(event) = pipeline.next().await {
        match event {
            PipelineEvent::Output(value) => {
                assert_eq!(value.to_string(), format!("string {next}"));
                early |= !sending.is_finished();
                next += 1;
            }
            PipelineEvent::Ended(ended) => assert!(matches!(ended, Ended::Completed), "{ended:?}"),
            _ => {}
        }
    }
    sending.await.unwrap().unwrap();
    assert_eq!(next, 20_000);
    assert!(early, "no output came while input was sent");
    session.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metadata_input_and_stopping_work() {
    let Some(peer) = shared() else { return };
    let session = peer.connect().await;
    let metadata = read(session.command_metadata(&["*-Mailbox"]), |_| None).await;
    assert!(metadata.completed(), "{metadata:?}");
    let count = metadata.output[0].get("Count").and_then(PsValue::as_i64).unwrap();
    assert_eq!(usize::try_from(count).unwrap(), metadata.output.len() - 1);

    let pipeline = session.invoke(PipelineSpec::command("Measure-Object").with_input());
    for text in ["a", "b", "c"] {
        pipeline.send_input(PsValue::Str(text.into())).await.unwrap();
    }
    pipeline.end_input().await.unwrap();
    let outcome = read(pipeline, |_| None).await;
    assert_eq!(outcome.output[0].get("Count").and_then(PsValue::as_i64), Some(3), "{outcome:?}");

    let pipeline = session.invoke(PipelineSpec::command("Start-Sleep").parameter("Seconds", 60));
    pipeline.stop();
    let outcome = read(pipeline, |_| None).await;
    assert!(matches!(outcome.ended, Some(Ended::Stopped)), "{outcome:?}");
    let outcome = run(&session, PipelineSpec::command("Get-Mailbox").parameter("ResultSize", "3")).await;
    assert_eq!(outcome.output.len(), 3);
    let script = run(&session, PipelineSpec::script("1 + 1")).await;
    let Some(Ended::Failed(error)) = &script.ended else { panic!("{script:?}") };
    assert_eq!(&*error.fully_qualified_error_id, "ScriptsNotAllowed");
    session.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_session_frees_its_place() {
    let Some(peer) = peer(&["--max-shells", "1"]) else { return };
    let session = peer.connect().await;
    let error = peer.connect_with(peer::PASSWORD, |_| ()).await.unwrap_err();
    assert!(matches!(&error.error, Error::Fault(fault) if fault.subcode == "QuotaLimit"), "{error:?}");
    assert!(error.to_failure().cause.contains("only a few sessions at once"), "{:?}", error.to_failure());
    session.close().await;
    peer.connect().await.close().await;
}

/// What PowerShell's server asks of a raw user interface, and what it makes of a console's answers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wire_7_a_console_answers_powershell() {
    let Some(peer) = peer(&["--profile", "windows"]) else { return };
    let session = peer.connect().await;
    let console = Mutex::new(Console {
        name: "Postern".into(),
        version: PsVersion::new(0, 1),
        instance: postern_shared::value::Uuid::from_u128(7),
        culture: "de-DE".into(),
        ui_culture: "de-DE".into(),
        screen: HostInfo::console("Postern", 120, 50).default_data.unwrap(),
    });
    let answer = |call: &HostCall| match console.lock().unwrap().handle(call) {
        Handled::Done(response) => response,
        Handled::Open if call.method == HostMethod::ReadKey => call.answer_key('y'),
        Handled::Open => None,
    };
    let script = "$raw = $Host.UI.RawUI
        $raw.WindowTitle = 'a title'
        $raw.ForegroundColor = 'Red'
        $raw.CursorPosition = [System.Management.Automation.Host.Coordinates]::new(7, 8)
        $raw.BufferSize = [System.Management.Automation.Host.Size]::new(100, 200)
        $raw.FlushInputBuffer()
        $key = $raw.ReadKey('NoEcho,IncludeKeyDown')
        \"$($key.Character) $($key.VirtualKeyCode) $($key.KeyDown)\"
        \"$($raw.MaxWindowSize)\"
        \"$($raw.CursorPosition)\"";
    let outcome = read(session.invoke(PipelineSpec::script(script)), answer).await;
    assert!(outcome.completed() && outcome.errors.is_empty(), "{outcome:?}");
    let texts: Vec<_> = outcome.output.iter().map(ToString::to_string).collect();
    assert_eq!(texts, ["y 89 True", "120,50", "7,8"], "{outcome:?}");
    let console = console.into_inner().unwrap();
    assert_eq!(console.screen.window_title, "a title");
    assert_eq!((console.screen.foreground, console.screen.cursor_position), (12, (7, 8)));
    assert_eq!(console.screen.buffer_size, (100, 200));
    session.close().await;
}
