//! Operations on shells without a client, lists, and Identify: written by one side and read by the other.

use std::time::Duration;

use uuid::Uuid;

use super::*;
use crate::server::{self, CommandEntry, ShellState};

const SHELL_ID: &str = "2D6534D0-6B12-40E3-B773-CBA26459CFA8";
const COMMAND: Uuid = Uuid::from_u128(0x0a5c_7d7e_94e2_4b1a_8d13_1e7c_5f3c_99ab);

fn ask(operation: Operation<'_>) -> server::Request {
    let header = Header {
        to: "https://mail.example/powershell/",
        resource_uri: EXCHANGE_RESOURCE,
        message_id: Uuid::from_u128(1),
        session_id: Uuid::from_u128(2),
        operation_id: Uuid::from_u128(3),
        sequence: 1,
        max_envelope_size: INITIAL_ENVELOPE_SIZE,
        operation_timeout: Duration::from_mins(1),
        locale: "en-US",
        data_locale: "en-US",
        shell_id: Some(SHELL_ID),
    };
    let request = Request { header, operation };
    let parsed = server::Request::parse(request.to_xml().as_bytes(), &Limits::default()).unwrap();
    assert_eq!(parsed.action, request.action());
    parsed
}

fn body<T>(xml: &str, take: impl FnOnce(Body<'_>) -> T) -> T {
    take(Response::parse(xml.as_bytes(), &Limits::default()).unwrap().body().unwrap())
}

#[test]
fn disconnect_says_how_long_and_what_becomes_of_output() {
    let request = ask(Operation::Disconnect {
        idle_timeout: Some(Duration::from_mins(5)),
        buffer_mode: Some(BufferMode::Drop),
    });
    assert_eq!(
        request.operation,
        server::Operation::Disconnect {
            idle_timeout: Some(Duration::from_mins(5)),
            buffer_mode: Some(BufferMode::Drop),
        }
    );
    assert_eq!(request.shell_id.as_deref(), Some(SHELL_ID));
    assert!(body(&request.done(), |body| body == Body::Done));
    let plain = ask(Operation::Disconnect { idle_timeout: None, buffer_mode: None });
    assert_eq!(plain.operation, server::Operation::Disconnect { idle_timeout: None, buffer_mode: None });
    assert_eq!(ask(Operation::Reconnect).operation, server::Operation::Reconnect);
}

#[test]
fn connect_carries_the_handshake_both_ways() {
    let connect =
        Operation::Connect { command_id: None, protocol_version: "2.3", connect_xml: b"their fragments" };
    let request = ask(connect);
    assert_eq!(
        request.operation,
        server::Operation::Connect {
            command_id: None,
            protocol_version: Some("2.3".into()),
            connect_xml: b"their fragments".to_vec(),
        }
    );
    assert!(request.options[0].must_comply);
    let answer = request.connected(Some(b"our fragments"));
    assert!(body(&answer, |body| body == Body::Connected { response_xml: b"our fragments".to_vec() }));
    // A command is connected to by its id alone.
    let connect = Operation::Connect { command_id: Some(COMMAND), protocol_version: "2.3", connect_xml: b"" };
    let request = ask(connect);
    let expected = server::Operation::Connect {
        command_id: Some(COMMAND),
        protocol_version: None,
        connect_xml: Vec::new(),
    };
    assert_eq!(request.operation, expected);
    assert!(body(&request.connected(None), |body| body == Body::Connected { response_xml: Vec::new() }));
}

#[test]
fn shells_and_commands_are_listed() {
    let request = ask(Operation::Enumerate { commands_of: None });
    assert_eq!(request.operation, server::Operation::Enumerate { commands_of: None });
    let shell = ShellState {
        shell_id: SHELL_ID,
        name: Some("Runspace1"),
        resource_uri: EXCHANGE_RESOURCE,
        owner: "admin",
        client_ip: Some("10.0.0.7"),
        idle_timeout: Duration::from_mins(15),
        connected: false,
        run_time: Some(Duration::from_secs(3700)),
        inactivity: None,
    };
    let expected = ListedShell {
        shell_id: SHELL_ID.into(),
        name: Some("Runspace1".into()),
        resource_uri: Some(EXCHANGE_RESOURCE.into()),
        owner: Some("admin".into()),
        client_ip: Some("10.0.0.7".into()),
        state: Some("Disconnected".into()),
        idle_timeout: Some(Duration::from_mins(15)),
        run_time: Some(Duration::from_secs(3700)),
        inactivity: None,
    };
    let listing = Listing { shells: vec![expected], ..Listing::default() };
    assert!(body(&request.listed_shells([shell]), |body| body == Body::Listed(listing)));

    let request = ask(Operation::Enumerate { commands_of: Some(SHELL_ID) });
    assert_eq!(request.operation, server::Operation::Enumerate { commands_of: Some(SHELL_ID.into()) });
    let command = CommandEntry { command_id: COMMAND, state: CommandState::Running };
    let listed = ListedCommand { command_id: COMMAND, state: Some(CommandState::Running) };
    let listing = Listing { commands: vec![listed], ..Listing::default() };
    assert!(body(&request.listed_commands(SHELL_ID, [command]), |body| body == Body::Listed(listing)));
}

#[test]
fn identify_has_no_header() {
    let request = ask(Operation::Identify);
    assert_eq!((request.operation.clone(), request.to.as_str()), (server::Operation::Identify, ""));
    let identity = Identity {
        protocol_version: namespace::WSMAN.into(),
        product_vendor: "Microsoft Corporation".into(),
        product_version: "OS: 10.0.20348 SP: 0.0 Stack: 3.0".into(),
    };
    let answer = request.identified(&identity);
    assert!(body(&answer, |body| body == Body::Identified(identity)));
}
