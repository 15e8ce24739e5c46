//! Time to decode and to encode one mailbox, against a bare scan of the same bytes by quick-xml.
//!
//! `cargo bench -p postern-psrp` prints the median of many runs in nanoseconds. The goal is a ratio of at most 2.

use std::{
    fmt::Write as _,
    hint::black_box,
    time::{Duration, Instant},
};

use postern_psrp::clixml::{Decoder, Limits, encode};
use quick_xml::{Reader, events::Event};

/// Runs of which the median is taken; the first ones also fill the decoder's memory of names, as in a session.
const RUNS: usize = 20_000;

fn main() {
    let xml = mailbox();
    let mut decoder = Decoder::new(Limits::default()).deserialized(true);
    let value = decoder.decode(xml.as_bytes()).expect("CLIXML");
    let properties = value.as_object().map_or(0, |object| object.adapted.len());
    let mut out = Vec::new();
    let decoded = median(|| {
        black_box(decoder.decode(black_box(xml.as_bytes())).expect("CLIXML"));
    });
    let scanned = median(|| scan(black_box(&xml)));
    let encoded = median(|| {
        out.clear();
        encode(black_box(&value), &mut out);
    });
    println!("mailbox of {} bytes, {properties} properties", xml.len());
    println!("quick-xml scan {:>7} ns", scanned.as_nanos());
    println!(
        "decode         {:>7} ns  (ratio {:.2})",
        decoded.as_nanos(),
        decoded.as_secs_f64() / scanned.as_secs_f64()
    );
    println!("encode         {:>7} ns", encoded.as_nanos());
}

fn median(mut run: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[RUNS / 2]
}

/// Every event of the document, looked at and dropped.
fn scan(xml: &str) {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = false;
    loop {
        match reader.read_event().expect("XML") {
            Event::Eof => break,
            event => {
                black_box(event);
            }
        }
    }
}

/// A mailbox as Exchange sends it: 29 properties, among them enums, sizes, identities and lists.
fn mailbox() -> String {
    let mut xml = String::from(
        "<Obj RefId=\"0\"><TN RefId=\"0\"><T>Microsoft.Exchange.Data.Directory.Management.Mailbox</T>\
         <T>Microsoft.Exchange.Data.Directory.Management.MailEnabledOrgPerson</T>\
         <T>Microsoft.Exchange.Data.Directory.ADPresentationObject</T><T>System.Object</T></TN>\
         <ToString>Ada Lovelace</ToString><Props>",
    );
    for (name, text) in [
        ("Name", "Ada Lovelace"),
        ("DisplayName", "Ada Lovelace &amp; Co"),
        ("Database", "MBX-DB-0042"),
        ("PrimarySmtpAddress", "ada.lovelace@contoso.example"),
        ("Office", "Building 7, room 1815, behind the difference engine, second door on the left"),
        (
            "LegacyExchangeDN",
            "/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=ada.lovelace",
        ),
        ("DistinguishedName", "CN=Ada Lovelace,OU=Engineering,OU=Users,DC=contoso,DC=example"),
        ("Identity", "contoso.example/Users/Engineering/Ada Lovelace"),
        ("OrganizationalUnit", "contoso.example/Users/Engineering"),
        ("UserPrincipalName", "ada.lovelace@contoso.example"),
        ("IssueWarningQuota", "49 GB (52,613,349,376 bytes)"),
        ("CustomAttribute1", "research_x005F_x_x000A_second line"),
    ] {
        let _ = write!(xml, "<S N=\"{name}\">{text}</S>");
    }
    for (name, on) in
        [("HiddenFromAddressListsEnabled", false), ("LitigationHoldEnabled", false), ("IsValid", true)]
    {
        let _ = write!(xml, "<B N=\"{name}\">{on}</B>");
    }
    for name in ["ForwardingAddress", "ArchiveName", "MailTip", "RetentionPolicy"] {
        let _ = write!(xml, "<Nil N=\"{name}\" />");
    }
    xml.push_str(
        "<I32 N=\"ResourceCapacity\">12</I32><I64 N=\"Size\">52613349376</I64>\
         <DT N=\"WhenCreated\">2024-02-29T23:59:59.1234567+01:00</DT><DT N=\"WhenChangedUTC\">2026-01-02T03:04:05Z</DT>\
         <G N=\"Guid\">01020304-0506-0708-090a-0b0c0d0e0f10</G><TS N=\"RetainDeletedItemsFor\">P14D</TS>\
         <Version N=\"ExchangeVersion\">0.20.15.0</Version>\
         <Obj N=\"RecipientTypeDetails\" RefId=\"1\"><TN RefId=\"1\"><T>Microsoft.Exchange.Data.Directory.Recipient.\
         RecipientTypeDetails</T><T>System.Enum</T><T>System.ValueType</T><T>System.Object</T></TN>\
         <ToString>UserMailbox</ToString><I64>1</I64></Obj>\
         <Obj N=\"EmailAddresses\" RefId=\"2\"><TN RefId=\"2\"><T>Microsoft.Exchange.Data.ProxyAddressCollection</T>\
         <T>System.Object</T></TN><LST><S>SMTP:ada.lovelace@contoso.example</S><S>smtp:ada@contoso.example</S></LST></Obj>\
         <Obj N=\"GrantSendOnBehalfTo\" RefId=\"3\"><TN RefId=\"3\"><T>Microsoft.Exchange.Data.MultiValuedProperty</T>\
         <T>System.Object</T></TN><LST /></Obj></Props></Obj>",
    );
    xml
}
