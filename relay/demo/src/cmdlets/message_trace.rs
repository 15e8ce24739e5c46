//! What became of messages: Get-MessageTrace, Get-MessageTraceV2 and Get-MessageTraceDetail.

use std::sync::LazyLock;

use postern_shared::value::{DateTimeKind, PsDateTime, PsStr, PsValue, Uuid};

use super::configured::invalid;
use crate::{
    cmdlet::{Call, Cmdlet, Kind, Parameter, Pattern, Stop},
    objects::field::{Field, Form, Table},
    organisation::{DOMAIN, Moment, Organisation, mail_flow::TracedMessage},
};

const TYPE: &str = "Microsoft.Exchange.Management.FfoReporting.MessageTrace";
const V2_TYPE: &str = "Microsoft.Exchange.Management.FfoReporting.MessageTraceV2";
const DETAIL_TYPE: &str = "Microsoft.Exchange.Management.FfoReporting.MessageTraceDetail";

const FIELDS: &[Field] = &[
    Field::fixed("Organization", Form::Text("klinikauer.onmicrosoft.com")),
    Field::fixed("MessageId", Form::Text("")),
    Field::fixed("Received", Form::NoDate),
    Field::fixed("SenderAddress", Form::Text("")),
    Field::fixed("RecipientAddress", Form::Text("")),
    Field::fixed("Subject", Form::Text("")),
    Field::fixed("Status", Form::Text("")),
    Field::fixed("ToIP", Form::NoText),
    Field::fixed("FromIP", Form::NoText),
    Field::fixed("Size", Form::Number(0)),
    Field::fixed("MessageTraceId", Form::NoText),
    Field::fixed("StartDate", Form::NoDate),
    Field::fixed("EndDate", Form::NoDate),
];
const INDEX: &[Field] = &[Field::fixed("Index", Form::Number(0))];
const DETAIL: &[Field] = &[
    Field::fixed("Organization", Form::Text("klinikauer.onmicrosoft.com")),
    Field::fixed("MessageId", Form::Text("")),
    Field::fixed("MessageTraceId", Form::NoText),
    Field::fixed("Date", Form::NoDate),
    Field::fixed("Event", Form::Text("")),
    Field::fixed("Action", Form::Text("")),
    Field::fixed("Detail", Form::Text("")),
    Field::fixed("Data", Form::Text("")),
    Field::fixed("SenderAddress", Form::Text("")),
    Field::fixed("RecipientAddress", Form::Text("")),
    Field::fixed("StartDate", Form::NoDate),
    Field::fixed("EndDate", Form::NoDate),
    Field::fixed("Index", Form::Number(0)),
];
static TRACE: LazyLock<Table> = LazyLock::new(|| Table::new(&[TYPE], &[FIELDS, INDEX], &[]));
static TRACE_V2: LazyLock<Table> = LazyLock::new(|| Table::new(&[V2_TYPE], &[FIELDS], &[]));
static DETAILS: LazyLock<Table> = LazyLock::new(|| Table::new(&[DETAIL_TYPE], &[DETAIL], &[]));

/// The words of `-Status`.
const STATUSES: &[&str] =
    &["None", "GettingStatus", "Failed", "Pending", "Delivered", "Expanded", "Quarantined", "FilteredAsSpam"];
/// Messages of a page where nothing is said, and at most.
const PAGE: i64 = 1_000;
const MAX_PAGE: i64 = 5_000;
/// Days that the trace reaches back.
const DAYS: u32 = 10;

const SENDER: Parameter =
    Parameter::new("SenderAddress", Kind::TextList).by_property().help("Who sent it; * stands for any text.");
const RECIPIENT: Parameter = Parameter::new("RecipientAddress", Kind::TextList)
    .by_property()
    .help("Who got it; * stands for any text.");
const START: Parameter = Parameter::new("StartDate", Kind::DateTime)
    .by_property()
    .help("From when on; two days ago where not given.");
const END: Parameter =
    Parameter::new("EndDate", Kind::DateTime).by_property().help("Until when; now where not given.");
const STATUS: Parameter = Parameter::new("Status", Kind::EnumList(STATUSES)).help("What became of it.");
const MESSAGE_ID: Parameter =
    Parameter::new("MessageId", Kind::TextList).by_property().help("The Message-ID header.");
const TRACE_ID: Parameter =
    Parameter::new("MessageTraceId", Kind::Guid).by_property().help("The id of the trace.");

/// The family.
pub const CMDLETS: &[Cmdlet] = &[
    Cmdlet::new("Get-MessageTrace", "Lists what became of messages, page by page.", get_trace)
        .class("Microsoft.Exchange.Management.FfoReporting.GetMessageTrace")
        .output(TYPE)
        .takes(&[
            SENDER,
            RECIPIENT,
            START,
            END,
            STATUS,
            MESSAGE_ID,
            TRACE_ID,
            Parameter::new("FromIP", Kind::Text),
            Parameter::new("ToIP", Kind::Text),
            Parameter::new("Page", Kind::Int).help("Which page, from 1."),
            Parameter::new("PageSize", Kind::Int).help("Messages of a page, up to 5000."),
        ]),
    Cmdlet::new("Get-MessageTraceV2", "Lists what became of messages, the newest first.", get_trace_v2)
        .class("Microsoft.Exchange.Management.FfoReporting.GetMessageTraceV2")
        .output(V2_TYPE)
        .takes(&[
            SENDER,
            RECIPIENT,
            START,
            END,
            STATUS,
            MESSAGE_ID,
            TRACE_ID,
            Parameter::new("Subject", Kind::Text).help("What the subject has in it."),
            Parameter::new("SubjectFilterType", Kind::Enum(&["Contains", "EndsWith", "StartsWith"])),
            Parameter::new("FromIP", Kind::Text),
            Parameter::new("ToIP", Kind::Text),
            Parameter::new("ResultSize", Kind::Int)
                .help("How many at most, up to 5000; 1000 where not given."),
            Parameter::new("StartingRecipientAddress", Kind::Text)
                .help("With -EndDate: the recipient that the page before ended with."),
        ]),
    Cmdlet::new("Get-MessageTraceDetail", "Shows a message's way step by step.", get_detail)
        .class("Microsoft.Exchange.Management.FfoReporting.GetMessageTraceDetail")
        .output(DETAIL_TYPE)
        .takes(&[
            TRACE_ID.mandatory(),
            Parameter::new("RecipientAddress", Kind::Text).mandatory().by_property().help("Who got it."),
            Parameter::new("SenderAddress", Kind::TextList).by_property(),
            Parameter::new("MessageId", Kind::Text).by_property(),
            START,
            END,
        ]),
];

/// A traced message with what it says.
#[derive(Clone)]
struct Traced {
    received: Moment,
    sender: PsStr,
    recipient: PsStr,
    subject: PsStr,
    status: &'static str,
    size: u32,
    id: Uuid,
    outgoing: bool,
}

impl Traced {
    fn new(organisation: &Organisation, message: &TracedMessage) -> Self {
        let detail = message.detail();
        let insider = organisation.primary_address(message.insider);
        let (sender, recipient) =
            if message.outgoing { (insider, detail.partner) } else { (detail.partner, insider) };
        // What is too new has not been seen to the end.
        let fresh = organisation.now().0.saturating_sub(message.received.0) < 120;
        Self {
            received: message.received,
            sender,
            recipient,
            subject: detail.subject,
            status: if fresh { "GettingStatus" } else { detail.status },
            size: detail.size,
            id: detail.trace_id,
            outgoing: message.outgoing,
        }
    }

    fn message_id(&self) -> String {
        let domain = self.sender.rsplit('@').next().unwrap_or(DOMAIN);
        format!("<{}@{domain}>", self.id.simple())
    }

    fn plain(&self) -> Vec<(&'static str, PsValue)> {
        let (inside, outside) = ("10.20.0.25", format!("198.51.100.{}", self.id.as_bytes()[0]));
        let (from, to) =
            if self.outgoing { (inside.to_owned(), outside) } else { (outside, inside.to_owned()) };
        let delivered = self.status == "Delivered";
        vec![
            ("MessageId", self.message_id().into()),
            ("Received", zoneless(self.received)),
            ("SenderAddress", self.sender.clone().into()),
            ("RecipientAddress", self.recipient.clone().into()),
            ("Subject", self.subject.clone().into()),
            ("Status", PsStr::from_static(self.status).into()),
            ("ToIP", if delivered { to.into() } else { PsValue::Null }),
            ("FromIP", from.into()),
            ("Size", (self.size as i32).into()),
            ("MessageTraceId", self.id.into()),
        ]
    }
}

/// UTC without saying so, as the trace has its times.
fn zoneless(at: Moment) -> PsValue {
    PsDateTime { kind: DateTimeKind::Unspecified, ..at.utc() }.into()
}

/// What a query asks for.
struct Query {
    start: Moment,
    end: Moment,
    found: Vec<Traced>,
}

/// The messages that the shared parameters select, the newest first; `None` after writing an error.
fn query(call: &mut Call<'_>) -> Result<Option<Query>, Stop> {
    let now = call.organisation().now();
    let end = call.date("EndDate").map_or(now, Moment::from_date_time);
    let start = call.date("StartDate").map_or(end.days_before(2), Moment::from_date_time);
    // A day of grace: dates without a time of day mean the whole day.
    if start < now.days_before(DAYS + 1) {
        call.error(invalid(
            "Invalid StartDate value. The StartDate can't be older than 10 days from today.",
        ))?;
        return Ok(None);
    }
    if start > end {
        call.error(invalid("Invalid date range. The StartDate must be earlier than the EndDate."))?;
        return Ok(None);
    }
    let patterns =
        |name: &str| -> Vec<Pattern> { call.texts(name).iter().map(|text| Pattern::new(text)).collect() };
    let (senders, recipients) = (patterns("SenderAddress"), patterns("RecipientAddress"));
    let (statuses, ids, id) = (call.texts("Status"), call.texts("MessageId"), call.guid("MessageTraceId"));
    let found = {
        let organisation = call.organisation();
        let within = |message: &&TracedMessage| message.received >= start && message.received <= end;
        let any = |patterns: &[Pattern], text: &str| {
            patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(text))
        };
        let wanted = |traced: &Traced| {
            any(&senders, &traced.sender)
                && any(&recipients, &traced.recipient)
                && (statuses.is_empty() || statuses.iter().any(|status| *status == traced.status))
                && (ids.is_empty() || ids.iter().any(|id| *id == *traced.message_id()))
                && id.is_none_or(|id| id == traced.id)
        };
        let trace = organisation.mail_flow.trace.iter().filter(within);
        let mut found: Vec<Traced> =
            trace.map(|message| Traced::new(&organisation, message)).filter(wanted).collect();
        found.sort_by(|a, b| b.received.cmp(&a.received).then_with(|| a.recipient.cmp(&b.recipient)));
        found
    };
    Ok(Some(Query { start, end, found }))
}

fn get_trace(call: &mut Call<'_>) -> Result<(), Stop> {
    let page = call.int("Page").unwrap_or(1);
    let size = call.int("PageSize").unwrap_or(PAGE);
    if !(1..=1_000).contains(&page) || !(1..=MAX_PAGE).contains(&size) {
        return call
            .error(invalid("Invalid paging. Page must be from 1 to 1000 and PageSize from 1 to 5000."));
    }
    let Some(query) = query(call)? else { return Ok(()) };
    let skipped = ((page - 1) * size) as usize;
    for (at, traced) in query.found.iter().enumerate().skip(skipped).take(size as usize) {
        let mut plain = traced.plain();
        plain.extend([
            ("StartDate", zoneless(query.start)),
            ("EndDate", zoneless(query.end)),
            ("Index", (at as i32).into()),
        ]);
        call.write(TRACE.object(PsStr::from_static(TYPE), plain, Vec::new(), Vec::new()))?;
    }
    Ok(())
}

fn get_trace_v2(call: &mut Call<'_>) -> Result<(), Stop> {
    let size = call.int("ResultSize").unwrap_or(PAGE);
    if !(1..=MAX_PAGE).contains(&size) {
        return call.error(invalid("Invalid ResultSize value. It must be from 1 to 5000."));
    }
    let subject = call.text("Subject").map(str::to_lowercase);
    let place = call.text("SubjectFilterType").unwrap_or("Contains").to_owned();
    let after = call.text("StartingRecipientAddress").map(str::to_owned);
    let Some(mut query) = query(call)? else { return Ok(()) };
    query.found.retain(|traced| {
        let own = traced.subject.to_lowercase();
        let fits = subject.as_ref().is_none_or(|subject| match place.as_str() {
            "StartsWith" => own.starts_with(subject),
            "EndsWith" => own.ends_with(subject),
            _ => own.contains(subject),
        });
        // The page before ended with this recipient in this second.
        let seen = after
            .as_ref()
            .is_some_and(|after| traced.received == query.end && traced.recipient.as_str() <= after.as_str());
        fits && !seen
    });
    let more = query.found.len() > size as usize;
    for traced in query.found.iter().take(size as usize) {
        let mut plain = traced.plain();
        plain.extend([("StartDate", zoneless(query.start)), ("EndDate", zoneless(query.end))]);
        call.write(TRACE_V2.object(PsStr::from_static(V2_TYPE), plain, Vec::new(), Vec::new()))?;
    }
    match query.found.get(size as usize - 1).filter(|_| more) {
        Some(last) => {
            let (at, recipient) = (zoneless(last.received), &last.recipient);
            call.warning(format!(
                "There are more results, use the following command to get more. -EndDate \"{at}\" \
                 -StartingRecipientAddress \"{recipient}\""
            ))
        }
        None => Ok(()),
    }
}

fn get_detail(call: &mut Call<'_>) -> Result<(), Stop> {
    let recipient = call.text("RecipientAddress").unwrap_or_default().to_owned();
    let Some(id) = call.guid("MessageTraceId") else { return Ok(()) };
    let found = {
        let organisation = call.organisation();
        let mut trace =
            organisation.mail_flow.trace.iter().map(|message| Traced::new(&organisation, message));
        trace.find(|traced| traced.id == id && traced.recipient.eq_ignore_ascii_case(&recipient))
    };
    let Some(traced) = found else { return Ok(()) };
    let mut steps =
        vec![("Receive", format!("Message received by: EX01.klinik-auer.local from {}", traced.sender))];
    if traced.outgoing {
        steps.push(("Submit", "The message was submitted.".to_owned()));
    }
    steps.push(match traced.status {
        "Delivered" if traced.outgoing => {
            ("Send external", "Message sent to the Internet. TLS 1.3 was used.".into())
        }
        "Delivered" => ("Deliver", "The message was successfully delivered.".into()),
        "Failed" => (
            "Fail",
            "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup".into(),
        ),
        "Pending" | "GettingStatus" => {
            ("Defer", "451 4.4.0 DNS query failed. The message will be tried again.".into())
        }
        "Expanded" => ("Expand", "The group was expanded.".into()),
        "Quarantined" => ("Spam", "The message was sent to the quarantine.".into()),
        _ => ("Spam", "The message was moved to the Junk Email folder. SCL 6".into()),
    });
    for (at, (event, detail)) in steps.into_iter().enumerate() {
        let when = Moment(traced.received.0.saturating_add(at as u32 * 2));
        let data = format!(
            "<root><MEP Name=\"ServerHostName\" String=\"EX01\"/><MEP Name=\"Size\" Integer=\"{}\"/></root>",
            traced.size
        );
        let plain = [
            ("MessageId", traced.message_id().into()),
            ("MessageTraceId", traced.id.into()),
            ("Date", zoneless(when)),
            ("Event", PsValue::from(event)),
            ("Detail", detail.into()),
            ("Data", data.into()),
            ("SenderAddress", traced.sender.clone().into()),
            ("RecipientAddress", traced.recipient.clone().into()),
            ("Index", (at as i32).into()),
        ];
        call.write(DETAILS.object(PsStr::from_static(DETAIL_TYPE), plain, Vec::new(), Vec::new()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use postern_shared::value::PsValue;

    use crate::cmdlets::trial::Trial;

    const NINE_DAYS: (&str, &str) = ("StartDate", "2026-11-14");

    fn ids(objects: &[PsValue]) -> Vec<String> {
        objects.iter().map(|object| object.get("MessageTraceId").unwrap().to_string()).collect()
    }

    #[test]
    fn pages_are_the_whole() {
        let trial = Trial::new();
        let start = (NINE_DAYS.0, PsValue::from(NINE_DAYS.1));
        let all = trial.run("Get-MessageTrace", &[start.clone(), ("PageSize", 5_000.into())]).output;
        assert!(all.len() > 300, "{}", all.len());
        let mut paged = Vec::new();
        for page in 1..20 {
            let found = trial
                .run("Get-MessageTrace", &[start.clone(), ("PageSize", 100.into()), ("Page", page.into())])
                .output;
            paged.extend(ids(&found));
        }
        assert_eq!(paged, ids(&all));

        // The way of the second version: the end of a page is where the next begins.
        let mut query = vec![start, ("ResultSize", 97.into())];
        let mut walked = Vec::new();
        loop {
            let page = trial.run("Get-MessageTraceV2", &query);
            walked.extend(ids(&page.output));
            if page.output.len() < 97 {
                assert!(page.warnings.is_empty());
                break;
            }
            let last = page.output.last().unwrap();
            query.truncate(2);
            query.push(("EndDate", last.get("Received").unwrap().clone()));
            query.push(("StartingRecipientAddress", last.get("RecipientAddress").unwrap().clone()));
        }
        assert_eq!(walked, ids(&all));
    }

    #[test]
    fn a_sender_is_found_and_a_message_followed() {
        let trial = Trial::new();
        let sent =
            trial.run("Get-MessageTraceV2", &[("SenderAddress", "lab@klinik-auer.example".into())]).output;
        assert!(sent.len() > 5);
        assert!(
            sent.iter().all(|one| one.get("SenderAddress").unwrap().to_string() == "lab@klinik-auer.example")
        );
        let steps = trial.pipe(sent[..3].to_vec(), "Get-MessageTraceDetail", &[]);
        assert!(steps.errors.is_empty() && steps.output.len() == 9, "{}", steps.output.len());
        let failed = [("Status", "Failed".into()), (NINE_DAYS.0, NINE_DAYS.1.into())];
        let failed = trial.run("Get-MessageTrace", &failed).output;
        assert!(!failed.is_empty() && failed.iter().all(|one| one.get("ToIP").unwrap().is_null()));
        trial
            .run("Get-MessageTrace", &[("StartDate", "2026-01-01".into())])
            .failed_with("older than 10 days");
        trial.run("Get-MessageTrace", &[("PageSize", 9_000.into())]).failed_with("PageSize from 1 to 5000");
    }
}
