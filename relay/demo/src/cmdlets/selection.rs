//! Which recipients a cmdlet is about: -Identity, -Filter, -Anr and the rest that Exchange's recipient cmdlets share.

use postern_shared::value::{PsStr, PsValue};

use crate::{
    cmdlet::{Call, Category, CmdletError, Limit, Stop},
    objects::{Row, View},
    opath::Filter,
    organisation::{Kind, Missing, Organisation, RecipientId},
};

/// How many results there are without `-ResultSize`.
const DEFAULT_RESULT_SIZE: usize = 1_000;
/// Objects that are built under one lock: few enough that a change never waits long.
const PORTION: usize = 64;

/// The words of `-RecipientTypeDetails`.
pub(super) const TYPE_DETAILS: &[&str] = &[
    "UserMailbox",
    "SharedMailbox",
    "RoomMailbox",
    "EquipmentMailbox",
    "LinkedMailbox",
    "MailUser",
    "MailContact",
    "MailUniversalDistributionGroup",
    "MailUniversalSecurityGroup",
    "DynamicDistributionGroup",
    "RoomList",
    "User",
    "Contact",
];

/// The parameters that Get- cmdlets of recipients share, and further ones.
macro_rules! selecting {
    ($($more:expr),* $(,)?) => {
        &[
            crate::cmdlet::Parameter::new("Identity", crate::cmdlet::Kind::Text).at(0).piped()
                .help("Alias, address, name, GUID, distinguished name or canonical name; * stands for any text."),
            crate::cmdlet::Parameter::new("Anr", crate::cmdlet::Kind::Text)
                .help("The beginning of a name, an alias or an address."),
            crate::cmdlet::Parameter::new("Filter", crate::cmdlet::Kind::Filter)
                .help("An OPATH filter, such as \"Department -eq 'Legal'\"."),
            crate::cmdlet::Parameter::new("ResultSize", crate::cmdlet::Kind::Unlimited)
                .help("How many objects at most; 1000 where it is not given."),
            crate::cmdlet::Parameter::new("SortBy", crate::cmdlet::Kind::Text).help("A property to sort by."),
            crate::cmdlet::Parameter::new("OrganizationalUnit", crate::cmdlet::Kind::Text)
                .help("Only objects in or below this organisational unit."),
            crate::cmdlet::Parameter::new(
                "RecipientTypeDetails",
                crate::cmdlet::Kind::EnumList(crate::cmdlets::selection::TYPE_DETAILS),
            ),
            crate::cmdlet::Parameter::new("DomainController", crate::cmdlet::Kind::Text),
            crate::cmdlet::Parameter::new("Credential", crate::cmdlet::Kind::Credential),
            crate::cmdlet::Parameter::switch("IgnoreDefaultScope"),
            crate::cmdlet::Parameter::switch("ReadFromDomainController"),
            $($more),*
        ]
    };
}
pub(super) use selecting;

/// Writes the recipients of such kinds that the shared parameters select.
pub(super) fn write_selected(
    call: &mut Call<'_>,
    view: &'static View,
    of: fn(Kind) -> bool,
) -> Result<(), Stop> {
    let ids = selected(call, view, |organisation, id| of(organisation.recipient(id).kind))?;
    write_all(call, &ids, |organisation, id| view.object(&Row::new(organisation, id)))
}

/// Builds and writes an object for each recipient, a portion under one lock.
pub(super) fn write_all(
    call: &mut Call<'_>,
    ids: &[RecipientId],
    build: impl Fn(&Organisation, RecipientId) -> PsValue,
) -> Result<(), Stop> {
    for portion in ids.chunks(PORTION) {
        let objects: Vec<PsValue> = {
            let organisation = call.organisation();
            // One that was removed meanwhile is no longer there.
            let there = portion.iter().filter(|id| organisation.recipient(**id).exists());
            there.map(|id| build(&organisation, *id)).collect()
        };
        for object in objects {
            call.write(object)?;
        }
    }
    Ok(())
}

/// The recipients that the shared parameters select, among those of which `of` holds. Writes the error or the warning
/// that there may be.
pub(super) fn selected(
    call: &mut Call<'_>,
    view: &'static View,
    of: impl Fn(&Organisation, RecipientId) -> bool,
) -> Result<Vec<RecipientId>, Stop> {
    if let Some(identity) = call.text("Identity").map(PsStr::from) {
        let found = {
            let organisation = call.organisation();
            let mut found = organisation.find_all(&identity);
            found.retain(|id| of(&organisation, *id));
            found
        };
        if found.is_empty() && !identity.contains('*') {
            call.error(CmdletError::not_found(&identity).about(identity))?;
        }
        return Ok(found);
    }
    let filter = filter(call, "Filter", view)?;
    let anr = call.text("Anr").map(str::to_lowercase);
    let unit = call.text("OrganizationalUnit").map(unit_text);
    let details = call.texts("RecipientTypeDetails");
    let sort = match call.text("SortBy") {
        Some(name) => Some(view.position(name).ok_or_else(|| unknown_property("SortBy", name))?),
        None => None,
    };
    let limit = match call.limit("ResultSize") {
        Some(Limit::Unlimited) => usize::MAX,
        Some(Limit::At(number)) => usize::try_from(number).unwrap_or(usize::MAX),
        None => DEFAULT_RESULT_SIZE,
    };
    let mut found = Vec::new();
    {
        let organisation = call.organisation();
        for id in organisation.ids() {
            let recipient = organisation.recipient(id);
            let kind = recipient.kind.type_details();
            if !of(&organisation, id) || !(details.is_empty() || details.iter().any(|wanted| *wanted == kind))
            {
                continue;
            }
            let in_unit = |unit: &String| {
                let own = organisation.organizational_unit(id).to_lowercase();
                own == *unit || own.strip_prefix(unit.as_str()).is_some_and(|rest| rest.starts_with('/'))
            };
            if !unit.as_ref().is_none_or(in_unit)
                || !anr.as_ref().is_none_or(|anr| resolves(&organisation, id, anr))
            {
                continue;
            }
            if let Some((filter, positions)) = &filter {
                let row = Row::new(&organisation, id);
                let value =
                    |slot: usize| positions.get(slot).map_or(PsValue::Null, |at| at.value(view, &row));
                if !filter.matches(value) {
                    continue;
                }
            }
            found.push(id);
            // One more than asked for tells that there are more.
            if sort.is_none() && found.len() > limit {
                break;
            }
        }
        if let Some(at) = sort {
            found.sort_by_cached_key(|id| {
                view.value(&Row::new(&organisation, *id), at).to_string().to_lowercase()
            });
        }
    }
    if found.len() > limit {
        found.truncate(limit);
        call.warning(
            "There are more results available than are currently displayed. To view them, increase the value for \
             the ResultSize parameter.",
        )?;
    }
    Ok(found)
}

/// Where a filter's property is: in the view, or among what only filters know.
#[derive(Clone, Copy, Debug)]
pub(super) enum Slot {
    View(usize),
    Recipient(usize),
    User(usize),
    /// `MemberOfGroup`.
    MemberOf,
}

impl Slot {
    pub(super) fn value(self, view: &View, row: &Row<'_>) -> PsValue {
        match self {
            Self::View(at) => view.value(row, at),
            Self::Recipient(at) => crate::objects::RECIPIENT.value(row, at),
            Self::User(at) => crate::objects::USER.value(row, at),
            Self::MemberOf => {
                let groups = row.organisation.groups_of(row.id);
                let names = groups.into_iter().map(|id| row.organisation.distinguished_name(id));
                crate::objects::values::strings(names)
            }
        }
    }
}

/// The parsed filter of a parameter, with the places of its properties. A filter may ask for properties that the
/// object does not show, such as a mailbox's department.
pub(super) fn filter(
    call: &Call<'_>,
    parameter: &str,
    view: &View,
) -> Result<Option<(Filter, Vec<Slot>)>, Stop> {
    let Some(text) = call.text(parameter) else { return Ok(None) };
    let filter = Filter::parse(text).map_err(|error| cannot_bind(parameter, &error.to_string()))?;
    let slots = slots(&filter, view).map_err(|name| unknown_property(parameter, &name))?;
    Ok(Some((filter, slots)))
}

/// Where the properties of a filter are, or the name of one that is nowhere.
pub(super) fn slots(filter: &Filter, view: &View) -> Result<Vec<Slot>, PsStr> {
    let slot = |name: &PsStr| {
        // The directory's own name of the property.
        let own = if name.eq_ignore_ascii_case("RecipientTypeDetailsValue") {
            "RecipientTypeDetails"
        } else {
            name
        };
        let recipient = || crate::objects::RECIPIENT.position(own).map(Slot::Recipient);
        let user = || crate::objects::USER.position(own).map(Slot::User);
        let member = || own.eq_ignore_ascii_case("MemberOfGroup").then_some(Slot::MemberOf);
        view.position(own)
            .map(Slot::View)
            .or_else(recipient)
            .or_else(user)
            .or_else(member)
            .ok_or_else(|| name.clone())
    };
    filter.properties().iter().map(slot).collect()
}

pub(super) fn unknown_property(parameter: &str, name: &str) -> CmdletError {
    cannot_bind(
        parameter,
        &format!(
            "\"{name}\" is not a recognized filterable property. For a complete list of filterable properties see \
             the command help."
        ),
    )
}

pub(super) fn cannot_bind(parameter: &str, why: &str) -> CmdletError {
    CmdletError::plain(
        "ParameterBindingFailed",
        "System.Management.Automation.ParameterBindingException",
        Category::WriteError,
        format!(
            "Cannot bind parameter '{parameter}' to the target. Exception setting \"{parameter}\": \"{why}\""
        ),
    )
}

/// An organisational unit as canonical name, in lower case: `Staff` and a distinguished name are taken too.
fn unit_text(text: &str) -> String {
    let lower = text.to_lowercase();
    if lower.starts_with("ou=") || lower.starts_with("cn=") {
        let parts = lower.split(',').filter_map(|part| part.strip_prefix("ou=").or(part.strip_prefix("cn=")));
        let mut parts: Vec<&str> = parts.collect();
        parts.push(crate::organisation::DIRECTORY);
        parts.reverse();
        parts.join("/")
    } else if lower.contains('/') || lower == crate::organisation::DIRECTORY {
        lower
    } else {
        format!("{}/{lower}", crate::organisation::DIRECTORY)
    }
}

/// Ambiguous name resolution: whether a name, alias or address begins with the text, in lower case.
fn resolves(organisation: &Organisation, id: RecipientId, anr: &str) -> bool {
    let begins = |text: &str| text.to_lowercase().starts_with(anr);
    let (first, last) = organisation.person_name(id);
    begins(&organisation.display_name(id))
        || begins(&organisation.name(id))
        || begins(&organisation.alias(id))
        || begins(&first)
        || begins(&last)
        || organisation
            .addresses(id)
            .iter()
            .any(|own| own.split_once(':').is_some_and(|(_, address)| begins(address)))
}

/// The one recipient that a parameter names, of such kinds; `None` after writing the error that there is none or
/// several.
pub(super) fn one(
    call: &mut Call<'_>,
    parameter: &str,
    of: fn(Kind) -> bool,
) -> Result<Option<RecipientId>, Stop> {
    let Some(identity) = call.text(parameter).map(PsStr::from) else {
        let message = format!("Cannot bind argument to parameter '{parameter}' because it is null.");
        return Err(CmdletError::plain(
            "ParameterArgumentValidationErrorNullNotAllowed",
            "System.Management.Automation.ParameterBindingValidationException",
            Category::InvalidData,
            message,
        )
        .into());
    };
    one_named(call, &identity, of)
}

/// The one recipient of that identity; `None` after writing the error.
pub(super) fn one_named(
    call: &mut Call<'_>,
    identity: &PsStr,
    of: fn(Kind) -> bool,
) -> Result<Option<RecipientId>, Stop> {
    let found = {
        let organisation = call.organisation();
        organisation.resolve(identity, |id| of(organisation.recipient(id).kind))
    };
    match found {
        Ok(id) => return Ok(Some(id)),
        Err(Missing::NotFound) => call.error(CmdletError::not_found(identity).about(identity.clone()))?,
        Err(Missing::Ambiguous) => call.error(CmdletError::ambiguous(identity).about(identity.clone()))?,
    }
    Ok(None)
}

/// The recipients of these identities; `None` after writing the error of the first that is missing.
pub(super) fn all_named(
    call: &mut Call<'_>,
    identities: &[PsStr],
    of: fn(Kind) -> bool,
) -> Result<Option<Vec<RecipientId>>, Stop> {
    let mut ids = Vec::with_capacity(identities.len());
    for identity in identities {
        match one_named(call, identity, of)? {
            Some(id) => ids.push(id),
            None => return Ok(None),
        }
    }
    Ok(Some(ids))
}
