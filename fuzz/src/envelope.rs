//! Envelopes and faults: what is read can be answered, and the answer is read.

use postern_wsman::{
    envelope::{Body, Fault, Limits, Response, parse_duration},
    server::{self, Request},
};

/// What envelopes are made of.
pub const WORDS: &[&str] = &[
    "<s:Envelope",
    "</s:Envelope>",
    "<s:Header>",
    "</s:Header>",
    "<s:Body>",
    "</s:Body>",
    "<s:Fault>",
    "</s:Fault>",
    "<s:Code>",
    "<s:Subcode>",
    "<s:Value>",
    "<s:Reason>",
    "<s:Text",
    "<s:Detail>",
    "<f:WSManFault",
    "<f:Message>",
    "<f:ProviderFault",
    "<rsp:Stream",
    "<rsp:ReceiveResponse>",
    "<rsp:CommandState",
    "<rsp:CommandLine",
    "<rsp:Shell",
    "<w:SelectorSet>",
    "<w:Selector",
    "<w:OptionSet>",
    "<w:Option",
    "<a:Action",
    "<a:MessageID>",
    "xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"",
    "CommandId=\"",
    "MustComply=\"true\"",
    "Code=\"",
    "&amp;",
    "&#x41;",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?xml",
    "?>",
    "<!DOCTYPE",
    "PT60.000S",
    "xmlns=\"\"",
];

/// An envelope, taken for a response and for a request.
pub fn run(data: &[u8]) {
    let limits = Limits { bytes: 1 << 20, ..Limits::default() };
    if let Ok(response) = Response::parse(data, &limits) {
        let _ = (response.action(), response.relates_to());
        match response.body() {
            Ok(Body::Fault(fault)) => again(&fault),
            Ok(Body::Received(received)) => {
                let mut bytes = Vec::new();
                let mut encoded = 0;
                for stream in &received.streams {
                    let _ = stream.decode(&mut bytes);
                    encoded += stream.encoded_len();
                }
                assert!(bytes.len() <= encoded, "base64 does not grow");
            }
            _ => {}
        }
    }
    if let Ok(request) = Request::parse(data, &limits) {
        for answer in [request.done(), request.fault(&Fault::timed_out())] {
            Response::parse(answer.as_bytes(), &Limits::default())
                .expect("own answer")
                .body()
                .expect("own body");
        }
        let _ = request.option("protocolversion");
    }
    if let Some(duration) = std::str::from_utf8(data).ok().and_then(parse_duration) {
        let _ = duration.checked_add(duration);
    }
}

/// A fault that was read is written and read as the same, but for marks that XML cannot hold.
fn again(fault: &Fault) {
    let _ = (fault.text().len(), fault.signed_code(), fault.is_timeout(), fault.is_not_found());
    let written = server::fault(None, fault);
    let response = Response::parse(written.as_bytes(), &Limits::default()).expect("own fault");
    let Ok(Body::Fault(read)) = response.body() else { panic!("no fault: {written}") };
    assert_eq!(read.code, fault.code, "{written}");
    // The message has its place in the detail, which only a fault with a code has.
    if fault.code.is_some() && !fault.text().contains(char::is_control) {
        assert_eq!(read.text(), fault.text(), "{written}");
    }
}

/// Requests and responses of a session, and faults.
pub fn seeds() -> Vec<Vec<u8>> {
    let session = include_str!("../seeds/envelopes.txt").split("\n----\n").map(str::to_owned);
    let faults = [
        Fault::timed_out(),
        Fault::shell_not_found("2D6534D0-6B12-40E3-B773-CBA26459CFA8"),
        Fault::access_denied(),
        Fault::action_not_supported("urn:x"),
        Fault::redirect("https://pod51.outlook.example/powershell?a=1"),
        Fault::quota(1, "Fail to create a runspace & more"),
    ];
    let faults = faults.iter().map(|fault| server::fault(None, fault));
    session.chain(faults).chain([String::from("PT60.000S")]).map(String::into_bytes).collect()
}
