//! Envelopes written by one side and read by the other, and samples as servers send them.

use std::time::Duration;

use uuid::Uuid;

use super::*;
use crate::server;

const SHELL_ID: &str = "2D6534D0-6B12-40E3-B773-CBA26459CFA8";
const COMMAND: Uuid = Uuid::from_u128(0x0a5c_7d7e_94e2_4b1a_8d13_1e7c_5f3c_99ab);

fn header(shell_id: Option<&str>) -> Header<'_> {
    Header {
        to: "https://mail.example:443/powershell/?PSVersion=5.1&x=<1>",
        resource_uri: EXCHANGE_RESOURCE,
        message_id: Uuid::from_u128(1),
        session_id: Uuid::from_u128(2),
        operation_id: Uuid::from_u128(3),
        sequence: 7,
        max_envelope_size: INITIAL_ENVELOPE_SIZE,
        operation_timeout: Duration::from_mins(1),
        locale: "de-DE",
        data_locale: "de-AT",
        shell_id,
    }
}

/// Writes a request and reads it as the server does.
fn ask(operation: Operation<'_>) -> server::Request {
    let shell_id = (!matches!(operation, Operation::Create(_))).then_some(SHELL_ID);
    let request = Request { header: header(shell_id), operation };
    let parsed = server::Request::parse(request.to_xml().as_bytes(), &Limits::default()).unwrap();
    assert_eq!(parsed.action, request.action());
    parsed
}

fn create() -> server::Request {
    ask(Operation::Create(CreateShell {
        name: Some("Ward \"7\" & <lab>"),
        shell_id: Uuid::from_u128(9),
        protocol_version: "2.3",
        idle_timeout: Some(Duration::from_mins(15)),
        creation_xml: b"fragments",
    }))
}

fn with_body<T>(xml: &str, check: impl FnOnce(&Body<'_>) -> T) -> T {
    let response = Response::parse(xml.as_bytes(), &Limits::default()).unwrap();
    check(&response.body().unwrap())
}

fn fault_of(xml: &str) -> Fault {
    with_body(xml, |body| match body {
        Body::Fault(fault) => (**fault).clone(),
        other => panic!("no fault: {other:?}"),
    })
}

#[test]
fn a_header_arrives_whole() {
    let request = create();
    assert_eq!(request.to, header(None).to);
    assert_eq!(request.resource_uri, EXCHANGE_RESOURCE);
    assert_eq!(request.message_id, "uuid:00000000-0000-0000-0000-000000000001");
    assert_eq!(request.session_id.as_deref(), Some("uuid:00000000-0000-0000-0000-000000000002"));
    assert_eq!(request.operation_timeout, Some(Duration::from_mins(1)));
    assert_eq!(request.max_envelope_size, Some(153_600));
    assert_eq!(request.locale.as_deref(), Some("de-DE"));
    assert_eq!(request.data_locale.as_deref(), Some("de-AT"));
    assert_eq!(request.shell_id, None);
    assert_eq!(ask(Operation::Delete).shell_id.as_deref(), Some(SHELL_ID));
}

#[test]
fn a_shell_is_created() {
    let request = create();
    assert_eq!(request.option("protocolversion"), Some("2.3"));
    assert!(request.options[0].must_comply);
    let server::Operation::Create(create) = &request.operation else { panic!("{request:?}") };
    assert_eq!(create.name.as_deref(), Some("Ward \"7\" & <lab>"));
    assert_eq!(create.shell_id, Some(Uuid::from_u128(9)));
    assert_eq!(create.idle_timeout, Some(Duration::from_mins(15)));
    assert_eq!((create.input_streams.as_str(), create.output_streams.as_str()), ("stdin pr", "stdout"));
    assert_eq!(create.creation_xml, b"fragments");

    let answer = request.created(&server::NewShell {
        address: "http://mail.example/powershell/",
        shell_id: SHELL_ID,
        owner: "KLINIK\\müller",
        client_ip: Some("192.0.2.7"),
        idle_timeout: Duration::from_mins(15),
    });
    with_body(&answer, |body| {
        let Body::Created(shell) = body else { panic!("{body:?}") };
        assert_eq!(shell.shell_id, SHELL_ID);
        assert_eq!(shell.resource_uri.as_deref(), Some(EXCHANGE_RESOURCE));
        assert_eq!(shell.owner.as_deref(), Some("KLINIK\\müller"));
        assert_eq!(shell.idle_timeout, Some(Duration::from_mins(15)));
    });
    let response = Response::parse(answer.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(response.action(), Some("http://schemas.xmlsoap.org/ws/2004/09/transfer/CreateResponse"));
    assert_eq!(response.relates_to(), Some("uuid:00000000-0000-0000-0000-000000000001"));
}

#[test]
fn a_command_starts() {
    let long = "x".repeat(300);
    for (line, sent) in [("Get-Mailbox", "Get-Mailbox"), ("", " "), (&long, &long[..255])] {
        let request =
            ask(Operation::Command { command_id: COMMAND, command_line: line, arguments: b"first" });
        assert_eq!(
            request.operation,
            server::Operation::Command {
                command_id: Some(COMMAND),
                command_line: sent.to_owned(),
                arguments: b"first".to_vec(),
            }
        );
        with_body(&request.command_started(COMMAND), |body| {
            assert_eq!(*body, Body::CommandStarted { command_id: Some(COMMAND) });
        });
    }
}

#[test]
fn input_goes_to_its_stream() {
    for (command_id, stream) in
        [(Some(COMMAND), InputStream::Stdin), (None, InputStream::Stdin), (None, InputStream::PromptResponse)]
    {
        let request = ask(Operation::Send { command_id, stream, data: &[0, 1, 255] });
        let sent = server::SentStream { command_id, stream, data: vec![0, 1, 255], end: false };
        assert_eq!(request.operation, server::Operation::Send(vec![sent]));
        with_body(&request.done(), |body| assert_eq!(*body, Body::Done));
    }
}

#[test]
fn output_arrives_in_order() {
    let request = ask(Operation::Receive { command_id: Some(COMMAND) });
    assert_eq!(request.operation, server::Operation::Receive { command_id: Some(COMMAND) });
    assert_eq!(request.option("WSMAN_CMDSHELL_OPTION_KEEPALIVE"), Some("TRUE"));
    let streams = [&b"one"[..], &[0xef, 0xbb, 0xbf], b""];
    for state in [CommandState::Running, CommandState::Done] {
        let answer = request.received(&server::Output {
            streams: streams.iter().map(|data| server::OutputStream { data }).collect(),
            state: Some(state),
        });
        with_body(&answer, |body| {
            let Body::Received(received) = body else { panic!("{body:?}") };
            assert_eq!(received.state, Some(state));
            let mut data = Vec::new();
            for stream in &received.streams {
                assert_eq!((stream.command_id, stream.name), (Some(COMMAND), "stdout"));
                stream.decode(&mut data).unwrap();
            }
            assert_eq!(data, streams.concat());
        });
    }
    let pool = ask(Operation::Receive { command_id: None });
    with_body(&pool.received(&server::Output::default()), |body| {
        assert_eq!(*body, Body::Received(Received::default()));
    });
}

#[test]
fn an_envelope_stays_within_its_budget() {
    let request = ask(Operation::Receive { command_id: Some(COMMAND) });
    let data = [7_u8; 1000];
    let streams = vec![server::OutputStream { data: &data }; 50];
    let budget = server::Output::ENVELOPE_OVERHEAD
        + streams.iter().map(server::OutputStream::encoded_len).sum::<usize>();
    let answer = request.received(&server::Output { streams, state: Some(CommandState::Done) });
    assert!(answer.len() <= budget, "{} > {budget}", answer.len());
}

#[test]
fn only_the_exact_signal_stops() {
    for code in [SignalCode::Stop, SignalCode::Terminate] {
        let request = ask(Operation::Signal { command_id: COMMAND, code });
        assert_eq!(request.operation, server::Operation::Signal { command_id: Some(COMMAND), code });
    }
    let request = Request {
        header: header(Some(SHELL_ID)),
        operation: Operation::Signal { command_id: COMMAND, code: SignalCode::Stop },
    };
    // The spelling that reads right is another code, and closes the command.
    let xml = request.to_xml().replace("crtl_c", "ctrl_c");
    let parsed = server::Request::parse(xml.as_bytes(), &Limits::default()).unwrap();
    assert!(matches!(parsed.operation, server::Operation::Signal { code: SignalCode::Terminate, .. }));
}

#[test]
fn every_fault_arrives_whole() {
    let request = ask(Operation::Delete);
    let mut with_provider = Fault::access_denied_with("Access is denied.");
    with_provider.machine = Some("ex1.klinik-auer.example".into());
    with_provider.provider = Some(ProviderFault {
        provider: "Microsoft.Exchange".into(),
        path: "C:\\Windows\\system32\\pwrshplugin.dll".into(),
        text: "[Server=EX1] The user \"x\" isn't assigned to any management roles.".into(),
    });
    for fault in [
        Fault::timed_out(),
        Fault::shell_not_found(SHELL_ID),
        Fault::access_denied(),
        Fault::action_not_supported("urn:x"),
        Fault::invalid_resource_uri("urn:y"),
        Fault::quota(code::QUOTA_SHELLS, "Fail to create a runspace & more"),
        Fault::redirect("https://pod51.outlook.example/powershell?a=1"),
        Fault::invalid_parameter("<no>"),
        Fault::internal_error("it broke"),
        with_provider,
    ] {
        let read = fault_of(&request.fault(&fault));
        let trimmed = Fault {
            reason: fault.reason.trim().into(),
            message: fault.message.trim().into(),
            machine: Some(fault.machine.clone().unwrap_or_default()),
            ..fault
        };
        assert_eq!(read, trimmed);
    }
    assert!(fault_of(&server::fault(None, &Fault::timed_out())).is_timeout());
    assert!(fault_of(&request.fault(&Fault::shell_not_found("X"))).is_not_found());
    assert_eq!(Fault::shell_not_found("X").signed_code(), Some(-2_144_108_453));
}

/// As IIS and WinRM send it: other prefixes, a signed code, the provider's text nested.
#[test]
fn a_fault_of_windows_is_read() {
    let fault = fault_of(concat!(
        "<s:Envelope xml:lang=\"en-US\" xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" ",
        "xmlns:wsa=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" ",
        "xmlns:wsman=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\"><s:Header/><s:Body><s:Fault><s:Code>",
        "<s:Value>s:Sender</s:Value><s:Subcode><s:Value>wsman:AccessDenied</s:Value></s:Subcode></s:Code>",
        "<s:Reason><s:Text xml:lang=\"\">Access is denied. </s:Text></s:Reason><s:Detail>",
        "<wsmanfault:WSManFault xmlns:wsmanfault=\"http://schemas.microsoft.com/wbem/wsman/1/wsmanfault\" ",
        "Code=\"-2144108477\" Machine=\"EX1\"><wsmanfault:Message><wsmanfault:ProviderFault ",
        "provider=\"microsoft.exchange\" path=\"pwrshplugin.dll\">[FailureCategory=AuthZ-AuthorizationException] ",
        "Fail to create a runspace</wsmanfault:ProviderFault></wsmanfault:Message></wsmanfault:WSManFault>",
        "</s:Detail></s:Fault></s:Body></s:Envelope>",
    ));
    assert_eq!((fault.soap_code, fault.subcode.as_str()), (SoapCode::Sender, "AccessDenied"));
    assert_eq!(fault.code, Some(code::CLIENT_ACCESS_DENIED));
    assert_eq!(fault.text(), "[FailureCategory=AuthZ-AuthorizationException] Fail to create a runspace");
}

#[test]
fn an_empty_soap_body_is_an_answer() {
    let xml = "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body/></s:Envelope>";
    with_body(xml, |body| assert_eq!(*body, Body::Done));
}

#[test]
fn what_is_no_envelope_is_refused() {
    let limits = Limits::default();
    for xml in ["<html><body>Service Unavailable</body></html>", "<a", ""] {
        assert!(Response::parse(xml.as_bytes(), &limits).is_err());
        assert!(server::Request::parse(xml.as_bytes(), &limits).is_err());
    }
    let request = Request {
        header: header(Some(SHELL_ID)),
        operation: Operation::Command { command_id: COMMAND, command_line: "x", arguments: b"abc" },
    };
    let xml = request.to_xml();
    for (good, bad, error) in [
        ("YWJj", "YW-j", EnvelopeError::Base64),
        ("0A5C7D7E-94E2", "0A5C7D7E_94E2", EnvelopeError::Invalid("CommandId")),
        ("rsp:CommandLine", "rsp:CommandLin", EnvelopeError::Missing("rsp:CommandLine")),
        ("a:Action", "a:Actio", EnvelopeError::Missing("a:Action")),
    ] {
        assert!(xml.contains(good));
        let broken = xml.replace(good, bad);
        assert_eq!(server::Request::parse(broken.as_bytes(), &limits).unwrap_err(), error);
    }
}

/// A connection that breaks may end anywhere, and a hostile peer may write anything.
#[test]
fn a_damaged_envelope_is_an_error_and_no_panic() {
    let request = create();
    let good = request.fault(&Fault::redirect("https://x.example/"));
    let limits = Limits::default();
    for end in 0..good.len() {
        let cut = good.as_bytes().get(..end).unwrap();
        assert!(Response::parse(cut, &limits).is_err(), "{end}");
        assert!(server::Request::parse(cut, &limits).is_err(), "{end}");
    }
    for at in 0..good.len() {
        for byte in [b'<', b'>', b'&', b'"', b'/', b':', 0, 0xff] {
            let mut damaged = good.clone().into_bytes();
            damaged[at] = byte;
            // Any result will do, as long as there is one.
            let _ = Response::parse(&damaged, &limits).map(|response| response.body().map(|_| ()));
            let _ = server::Request::parse(&damaged, &limits);
        }
    }
}

/// WIRE 38: the Command's text is the first command's name (255 characters at most, a blank when empty), the CommandId is
/// in upper case, and the `protocolversion` option says `MustComply`.
#[test]
fn wire_38_the_text_of_a_command_and_the_version_of_a_shell() {
    let xml = |operation, shell_id| Request { header: header(shell_id), operation }.to_xml();
    let (long, cut) = ("ü".repeat(300), "ü".repeat(255));
    for (line, text) in [("Get-Mailbox", "Get-Mailbox"), ("", " "), (&*long, &*cut)] {
        let command = Operation::Command { command_id: COMMAND, command_line: line, arguments: b"x" };
        let xml = xml(command, Some(SHELL_ID));
        assert!(xml.contains(&format!("<rsp:Command>{text}</rsp:Command>")), "{xml}");
        assert!(xml.contains("CommandId=\"0A5C7D7E-94E2-4B1A-8D13-1E7C5F3C99AB\""), "{xml}");
    }
    let create = CreateShell {
        name: None,
        shell_id: Uuid::from_u128(9),
        protocol_version: "2.3",
        idle_timeout: None,
        creation_xml: b"x",
    };
    let xml = xml(Operation::Create(create), None);
    let option = xml.split("<w:Option").find(|part| part.contains("protocolversion")).unwrap();
    assert!(option.contains("MustComply=\"true\"") && option.contains(">2.3<"), "{option}");
}
