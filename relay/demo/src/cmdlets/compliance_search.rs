//! Searches through mailboxes: New-, Get-, Start-, Stop- and Remove-ComplianceSearch.

use std::sync::LazyLock;

use postern_shared::value::{PsStr, PsValue};

use super::{configured::invalid, folder_permission::guid_of};
use crate::{
    cmdlet::{Call, Category, Cmdlet, CmdletError, Impact, Kind, Parameter, Stop},
    objects::field::{Field, Form, Table, plain_list},
    organisation::{Organisation, compliance_search::ComplianceSearch},
};

const TYPE: &str = "Microsoft.Office.CompliancePolicy.Tasks.ComplianceSearch";

const FIELDS: &[Field] = &[
    Field::fixed("Name", Form::Text("")),
    Field::fixed("RunBy", Form::Text("")),
    Field::fixed("JobEndTime", Form::NoDate),
    Field::fixed("Status", Form::Text("")),
    Field::fixed("JobProgress", Form::Number(0)),
    Field::fixed("Items", Form::Made(|| PsValue::I64(0))),
    Field::fixed("Size", Form::Made(|| PsValue::I64(0))),
    Field::fixed("UnindexedItems", Form::Made(|| PsValue::I64(0))),
    Field::fixed("SuccessResults", Form::Text("")),
    Field::fixed("Errors", Form::NoText),
    Field::fixed("ContentMatchQuery", Form::Text("")),
    Field::fixed("ExchangeLocation", Form::Texts(&[])),
    Field::fixed("ExchangeLocationExclusion", Form::Texts(&[])),
    Field::fixed("NumBindings", Form::Number(0)),
    Field::fixed("Description", Form::NoText),
    Field::fixed("CreatedBy", Form::Text("")),
    Field::fixed("CreatedTime", Form::NoDate),
    Field::fixed("JobStartTime", Form::NoDate),
    Field::fixed("Identity", Form::Text("")),
    Field::fixed("IsValid", Form::Flag(true)),
];
static SEARCHES: LazyLock<Table> = LazyLock::new(|| Table::new(&[TYPE], &[FIELDS], &[]));

const NAMED: Parameter =
    Parameter::new("Identity", Kind::Text).at(0).mandatory().piped().help("The search's name.");

/// The family.
pub const CMDLETS: &[Cmdlet] = &[
    Cmdlet::new("Get-ComplianceSearch", "Lists searches through mailboxes, with what they found.", get)
        .class("Microsoft.Exchange.Management.FfoReporting.GetComplianceSearch")
        .output(TYPE)
        .takes(&[Parameter::new("Identity", Kind::Text).at(0).piped().help("The search's name.")]),
    Cmdlet::new("New-ComplianceSearch", "Makes a search through mailboxes, which is started apart.", new)
        .class("Microsoft.Exchange.Management.FfoReporting.NewComplianceSearch")
        .output(TYPE)
        .confirms(Impact::Medium)
        .takes(&[
            Parameter::new("Name", Kind::Text).at(0).mandatory().help("The search's name."),
            Parameter::new("ContentMatchQuery", Kind::Text).help("What is searched for."),
            Parameter::new("ExchangeLocation", Kind::TextList).help("Mailboxes and groups, or All."),
            Parameter::new("Description", Kind::Text),
        ]),
    Cmdlet::new("Start-ComplianceSearch", "Starts a search.", |call| {
        change(call, "Starting", |search, now| (search.started, search.stopped) = (Some(now), false))
    })
    .class("Microsoft.Exchange.Management.FfoReporting.StartComplianceSearch")
    .takes(&[NAMED]),
    Cmdlet::new("Stop-ComplianceSearch", "Stops a search.", |call| {
        change(call, "Stopping", |search, now| {
            search.stopped = search.started.is_some() && search.status(now) != "Completed";
        })
    })
    .class("Microsoft.Exchange.Management.FfoReporting.StopComplianceSearch")
    .confirms(Impact::Medium)
    .takes(&[NAMED]),
    Cmdlet::new("Remove-ComplianceSearch", "Removes a search.", remove)
        .class("Microsoft.Exchange.Management.FfoReporting.RemoveComplianceSearch")
        .confirms(Impact::High)
        .takes(&[NAMED]),
];

fn object(organisation: &Organisation, search: &ComplianceSearch, caller: &str) -> PsValue {
    let now = organisation.now();
    let status = search.status(now);
    let mut plain = vec![
        ("Name", PsValue::from(search.name.as_str())),
        ("RunBy", caller.into()),
        ("CreatedBy", caller.into()),
        ("Status", PsStr::from_static(status).into()),
        ("JobProgress", search.percent(now).into()),
        ("ContentMatchQuery", search.query.as_str().into()),
        (
            "ExchangeLocation",
            plain_list(search.locations.iter().map(|location| PsStr::from(location.as_str()))),
        ),
        ("NumBindings", (search.locations.len() as i32).into()),
        ("CreatedTime", search.made.utc_value()),
        ("Identity", guid_of(&search.name).to_string().into()),
    ];
    if let Some(started) = search.started {
        plain.push(("JobStartTime", started.utc_value()));
    }
    if status == "Completed" {
        let hits = organisation.search_hits(search);
        let items: u32 = hits.iter().map(|hit| hit.items).sum();
        let size: u64 = hits.iter().map(|hit| hit.size).sum();
        let lines: Vec<String> = hits
            .iter()
            .map(|hit| {
                let address = organisation.primary_address(hit.mailbox);
                format!("Location: {address}, Item count: {}, Total size: {}", hit.items, hit.size)
            })
            .collect();
        plain.extend([
            ("Items", PsValue::I64(items.into())),
            ("Size", PsValue::I64(i64::try_from(size).unwrap_or(i64::MAX))),
            ("SuccessResults", format!("{{{}}}", lines.join(",\r\n")).into()),
            ("JobEndTime", now.utc_value()),
        ]);
    }
    SEARCHES.object(search.name.as_str().into(), plain, Vec::new(), Vec::new())
}

/// The search that -Identity names; `None` after writing the error.
fn named(call: &mut Call<'_>) -> Result<Option<ComplianceSearch>, Stop> {
    let wanted = PsStr::from(call.text("Identity").unwrap_or_default());
    let found = {
        let organisation = call.organisation();
        let mut all = organisation.compliance_searches.iter();
        all.find(|search| search.name.eq_ignore_ascii_case(&wanted)).cloned()
    };
    if found.is_none() {
        call.error(
            CmdletError::exchange(
                "Microsoft.Exchange.Management.FfoReporting.ComplianceSearchNotFoundException",
                Category::ObjectNotFound,
                format!("The compliance search \"{wanted}\" couldn't be found."),
            )
            .about(wanted),
        )?;
    }
    Ok(found)
}

fn get(call: &mut Call<'_>) -> Result<(), Stop> {
    let searches = if call.text("Identity").is_some() {
        named(call)?.into_iter().collect()
    } else {
        call.organisation().compliance_searches.clone()
    };
    write(call, &searches)
}

fn write(call: &mut Call<'_>, searches: &[ComplianceSearch]) -> Result<(), Stop> {
    let caller = call.caller().user.clone();
    for search in searches {
        let made = object(&call.organisation(), search, &caller);
        call.write(made)?;
    }
    Ok(())
}

fn new(call: &mut Call<'_>) -> Result<(), Stop> {
    let name = call.text("Name").unwrap_or_default().to_owned();
    let locations: Vec<String> = call.texts("ExchangeLocation").iter().map(ToString::to_string).collect();
    if locations.is_empty() {
        return call.error(invalid("You must specify at least one location to search in."));
    }
    if call.organisation().compliance_searches.iter().any(|known| known.name.eq_ignore_ascii_case(&name)) {
        return call.error(invalid(format!("The compliance search \"{name}\" already exists.")));
    }
    let everywhere = |location: &&String| !location.eq_ignore_ascii_case("All");
    for location in locations.iter().filter(everywhere) {
        if call.organisation().find(location).is_none() {
            return call.error(CmdletError::not_found(location).about(location.as_str()));
        }
    }
    if !call.should_do(&format!("Creating the compliance search \"{name}\"."))? {
        return Ok(());
    }
    let query = call.text("ContentMatchQuery").unwrap_or_default().to_owned();
    let made = call.organisation().now();
    let search = ComplianceSearch { name, query, locations, made, started: None, stopped: false };
    call.organisation_mut().compliance_searches.push(search.clone());
    write(call, &[search])
}

fn change(
    call: &mut Call<'_>,
    what: &str,
    change: fn(&mut ComplianceSearch, crate::organisation::Moment),
) -> Result<(), Stop> {
    let Some(found) = named(call)? else { return Ok(()) };
    if call.should_do(&format!("{what} the compliance search \"{}\".", found.name))? {
        let mut organisation = call.organisation_mut();
        let now = organisation.now();
        if let Some(search) = organisation.compliance_searches.iter_mut().find(|own| own.name == found.name) {
            change(search, now);
        }
    }
    Ok(())
}

fn remove(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(found) = named(call)? else { return Ok(()) };
    if call.should_do(&format!("Removing the compliance search \"{}\".", found.name))? {
        call.organisation_mut().compliance_searches.retain(|own| own.name != found.name);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use postern_shared::value::PsValue;

    use crate::cmdlets::trial::Trial;

    #[test]
    fn a_search_is_made_started_read_and_removed() {
        let trial = Trial::new();
        let made = [("ContentMatchQuery", "subject:x".into()), ("ExchangeLocation", "All".into())];
        let search = trial.run("New-ComplianceSearch phish", &made).only();
        assert_eq!(search.get("Status").unwrap().to_string(), "NotStarted");
        trial.run("New-ComplianceSearch phish", &made).failed_with("already exists");
        trial.run("New-ComplianceSearch other", &[]).failed_with("at least one location");
        trial
            .run("New-ComplianceSearch other", &[("ExchangeLocation", "no.one".into())])
            .failed_with("couldn't be found");
        trial.run("Start-ComplianceSearch phish", &[]).empty();
        {
            // As if it had been started a while ago.
            let mut organisation = trial.caller.organisation.write().unwrap();
            let search = &mut organisation.compliance_searches[0];
            search.started = search.started.map(|started| started.minutes_before(1));
        }
        let done = trial.run("Get-ComplianceSearch PHISH", &[]).only();
        assert_eq!(done.get("Status").unwrap().to_string(), "Completed");
        assert!(done.get("Items").and_then(PsValue::as_i64).unwrap() > 0);
        assert!(done.get("SuccessResults").unwrap().to_string().contains("@klinik-auer.example"));
        assert_eq!(trial.run("Remove-ComplianceSearch phish", &[]).asked.len(), 1);
        trial.run("Get-ComplianceSearch phish", &[]).failed_with("couldn't be found");
        assert!(trial.run("Get-ComplianceSearch", &[]).output.is_empty());
    }
}
