//! What Set- cmdlets of recipients share: from parameters to what objects show.

use postern_shared::value::{PsStr, PsValue};

use super::selection::{all_named, one_named};
use crate::{
    cmdlet::{Call, Category, Change, CmdletError, Kind, Limit, Stop},
    objects::{View, values},
    organisation::{DOMAIN, Label, RecipientId},
};

/// The parameters that name recipients and are properties of the same name.
const LINKS: &[&str] = &[
    "GrantSendOnBehalfTo",
    "AcceptMessagesOnlyFrom",
    "AcceptMessagesOnlyFromSendersOrMembers",
    "RejectMessagesFrom",
    "ModeratedBy",
    "ForwardingAddress",
    "Manager",
    "ManagedBy",
];

/// A change that is ready to be made.
pub(super) enum Setting {
    /// A property's new value.
    Value(PsStr, PsValue),
    /// The recipients that a property names.
    Link(&'static str, Vec<RecipientId>),
    /// The proxy addresses.
    Addresses(Vec<PsStr>),
}

/// The changes that the given parameters ask for: those that are properties of the view and recipients and addresses.
/// `None` after writing an error.
pub(super) fn settings(
    call: &mut Call<'_>,
    id: RecipientId,
    view: &'static View,
) -> Result<Option<Vec<Setting>>, Stop> {
    let mut settings = Vec::new();
    for parameter in call.cmdlet().parameters {
        let name = parameter.name;
        if !call.given(name) || name == "Identity" {
            continue;
        }
        if let Some(link) = LINKS.iter().find(|link| **link == name) {
            let Some(ids) = linked(call, id, link)? else { return Ok(None) };
            settings.push(Setting::Link(link, ids));
        } else if matches!(name, "EmailAddresses" | "PrimarySmtpAddress" | "WindowsEmailAddress") {
            let Some(addresses) = addresses(call, id, name)? else { return Ok(None) };
            settings.push(Setting::Addresses(addresses));
        } else if view.position(name).is_some() {
            settings
                .push(Setting::Value(PsStr::from_static(name), value(call, id, view, parameter.kind, name)));
        }
    }
    Ok(Some(settings))
}

/// Makes the changes.
pub(super) fn apply(call: &Call<'_>, id: RecipientId, settings: Vec<Setting>) {
    let mut organisation = call.organisation_mut();
    let now = organisation.now();
    for setting in settings {
        let recipient = organisation.recipient_mut(id);
        match setting {
            Setting::Value(name, value) => recipient.set(name, value),
            Setting::Link(name, ids) if name == "ManagedBy" => match organisation.group_mut(id) {
                Some(group) => group.managed_by = ids,
                None => organisation.recipient_mut(id).set_link(name, ids),
            },
            Setting::Link(name, ids) => recipient.set_link(name, ids),
            Setting::Addresses(addresses) => {
                recipient.changes.get_or_insert_default().addresses = Some(addresses);
            }
        }
    }
    organisation.touch(id, now);
}

/// Does what most Set- cmdlets do after they have found their object: asks, changes, or warns that nothing changed.
pub(super) fn set(call: &mut Call<'_>, id: RecipientId, view: &'static View, what: &str) -> Result<(), Stop> {
    let Some(changes) = settings(call, id, view)? else { return Ok(()) };
    change(call, id, changes, what)
}

/// Asks and makes the changes, or warns that there are none.
pub(super) fn change(
    call: &mut Call<'_>,
    id: RecipientId,
    changes: Vec<Setting>,
    what: &str,
) -> Result<(), Stop> {
    let identity = call.organisation().canonical_name(id);
    if !call.should_do(&format!("{what} \"{identity}\"."))? {
        return Ok(());
    }
    if changes.is_empty() {
        return call.warning(format!(
            "The command completed successfully but no settings of '{identity}' have been modified."
        ));
    }
    apply(call, id, changes);
    Ok(())
}

fn value(call: &Call<'_>, id: RecipientId, view: &View, kind: Kind, name: &str) -> PsValue {
    let given = call.value(name).cloned().unwrap_or_default();
    match kind {
        Kind::Text | Kind::Filter if given.is_null() => PsStr::EMPTY.into(),
        Kind::Size => match call.limit(name) {
            Some(Limit::At(bytes)) => values::limit_size(Some(bytes)),
            _ => values::limit_size(None),
        },
        Kind::Unlimited => match call.limit(name) {
            Some(Limit::At(number)) => values::limit_number(Some(i32::try_from(number).unwrap_or(i32::MAX))),
            _ => values::limit_number(None),
        },
        Kind::TimeSpan => call.span(name).map_or(PsValue::Null, |span| values::span(span.ticks / 10_000_000)),
        Kind::TextList => values::strings(call.texts(name)),
        Kind::MultiValued => {
            let present = {
                let organisation = call.organisation();
                let row = crate::objects::Row::new(&organisation, id);
                view.position(name).map(|at| view.value(&row, at)).unwrap_or_default()
            };
            let present =
                present.as_list().unwrap_or_default().iter().map(|item| PsStr::from(item.to_string()));
            values::strings(changed(present.collect(), call.change(name), str::eq_ignore_ascii_case))
        }
        // Enumerations of the directory are shown with their type.
        Kind::Enum(_) => given.as_str().and_then(|text| enumerated(name, text)).unwrap_or(given),
        _ => given,
    }
}

fn enumerated(property: &str, text: &str) -> Option<PsValue> {
    use crate::objects::enums;
    let enumeration = match property {
        "MemberJoinRestriction" | "MemberDepartRestriction" => &enums::MEMBER_UPDATE,
        "SendModerationNotifications" => &enums::MODERATION_NOTIFICATIONS,
        "ExternalOofOptions" => &enums::OOF_OPTIONS,
        _ => return None,
    };
    let name = enumeration.names().find(|name| name.eq_ignore_ascii_case(text))?;
    Some(enumeration.fresh(&[name]))
}

/// A list after a change.
fn changed(present: Vec<PsStr>, change: Option<Change>, same: impl Fn(&str, &str) -> bool) -> Vec<PsStr> {
    match change {
        None => present,
        Some(Change::Set(items)) => items,
        Some(Change::Edit { add, remove }) => {
            let mut items = present;
            items.retain(|item| !remove.iter().any(|gone| same(item, gone)));
            for item in add {
                if !items.iter().any(|own| same(own, &item)) {
                    items.push(item);
                }
            }
            items
        }
    }
}

/// The recipients that a parameter names, after its change.
fn linked(
    call: &mut Call<'_>,
    id: RecipientId,
    property: &'static str,
) -> Result<Option<Vec<RecipientId>>, Stop> {
    let single = matches!(property, "ForwardingAddress" | "Manager");
    if single {
        let Some(identity) = call.text(property).filter(|text| !text.is_empty()).map(PsStr::from) else {
            return Ok(Some(Vec::new()));
        };
        return Ok(one_named(call, &identity, |_| true)?.map(|id| vec![id]));
    }
    let present = call.organisation().link(id, property);
    match call.change(property) {
        None => Ok(Some(present)),
        Some(Change::Set(identities)) => all_named(call, &identities, |_| true),
        Some(Change::Edit { add, remove }) => {
            let (Some(add), Some(remove)) =
                (all_named(call, &add, |_| true)?, all_named(call, &remove, |_| true)?)
            else {
                return Ok(None);
            };
            let mut ids = present;
            ids.retain(|id| !remove.contains(id));
            ids.extend(add.into_iter().filter(|id| call.organisation().recipient(*id).exists()));
            ids.dedup();
            Ok(Some(ids))
        }
    }
}

/// The proxy addresses after the change that a parameter asks for.
fn addresses(call: &mut Call<'_>, id: RecipientId, parameter: &str) -> Result<Option<Vec<PsStr>>, Stop> {
    let present = call.organisation().addresses(id);
    let wanted = if parameter == "EmailAddresses" {
        let same = |a: &str, b: &str| bare(a).eq_ignore_ascii_case(bare(b));
        let prefixed = |text: &PsStr| -> PsStr {
            if text.contains(':') { text.clone() } else { format!("smtp:{text}").into() }
        };
        match call.change(parameter) {
            Some(Change::Set(items)) => {
                let mut items: Vec<PsStr> = items.iter().map(prefixed).collect();
                let primary = items.iter().position(|item| item.starts_with("SMTP:")).unwrap_or(0);
                // Exactly one is the primary one: the first where none says so.
                for (at, item) in items.iter_mut().enumerate() {
                    if item.get(..5).is_some_and(|prefix| prefix.eq_ignore_ascii_case("smtp:")) {
                        *item =
                            format!("{}:{}", if at == primary { "SMTP" } else { "smtp" }, bare(item)).into();
                    }
                }
                items
            }
            Some(Change::Edit { add, remove }) => {
                let add = add.iter().map(prefixed).collect();
                changed(present, Some(Change::Edit { add, remove }), same)
            }
            None => present,
        }
    } else {
        let Some(primary) = call.text(parameter).map(PsStr::from) else { return Ok(Some(present)) };
        with_primary(present, &primary)
    };
    for address in &wanted {
        let address = bare(address);
        if !is_address(address) {
            call.error(invalid_address(address))?;
            return Ok(None);
        }
        let taken = {
            let organisation = call.organisation();
            organisation.address_taken(address, Some(id)).map(|holder| organisation.canonical_name(holder))
        };
        if let Some(holder) = taken {
            call.error(address_in_use(address, &holder))?;
            return Ok(None);
        }
    }
    Ok(Some(wanted))
}

/// The addresses with another primary one; the old one stays as a second one.
pub(super) fn with_primary(present: Vec<PsStr>, primary: &str) -> Vec<PsStr> {
    let mut addresses = vec![PsStr::from(format!("SMTP:{primary}"))];
    for own in present {
        if !bare(&own).eq_ignore_ascii_case(primary) {
            let second = own.strip_prefix("SMTP:").map(|address| PsStr::from(format!("smtp:{address}")));
            addresses.push(second.unwrap_or(own));
        }
    }
    addresses
}

/// An address without its prefix.
fn bare(address: &str) -> &str {
    address.split_once(':').map_or(address, |(_, address)| address)
}

/// Whether that can be an address.
pub(super) fn is_address(text: &str) -> bool {
    let fits = |part: &str| {
        !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || "<>()[],;\"".contains(c))
    };
    text.split_once('@').is_some_and(|(local, domain)| fits(local) && fits(domain) && !domain.contains('@'))
}

/// The error of a text that is no address.
pub(super) fn invalid_address(address: &str) -> CmdletError {
    CmdletError::exchange(
        "Microsoft.Exchange.Data.DataValidationException",
        Category::InvalidData,
        format!(
            "The email address \"{address}\" isn't correct. Please use this format: user name, the @ sign, followed by the domain name. For example, tonysmith@contoso.com or tony.smith@contoso.com."
        ),
    )
}

fn address_in_use(address: &str, holder: &str) -> CmdletError {
    CmdletError::exchange(
        "ProxyAddressExistsException",
        Category::InvalidData,
        format!(
            "The proxy address \"SMTP:{address}\" is already being used by the proxy addresses or LegacyExchangeDN \
             of \"{holder}\". Please choose another proxy address."
        ),
    )
}

/// What a new recipient is called: -Name, -Alias, `-DisplayName`, `-PrimarySmtpAddress`, `-FirstName`, `-LastName`.
pub(super) struct Named {
    /// Its name and alias.
    pub(super) label: Label,
    /// Its display name, if that is another.
    pub(super) display_name: Option<PsStr>,
    /// Its primary address, if that is not the alias at the default domain.
    pub(super) primary: Option<PsStr>,
}

/// Reads the names of a new recipient and makes sure that they are free; `None` after writing the error.
pub(super) fn named(call: &mut Call<'_>) -> Result<Option<Named>, Stop> {
    let text = |name: &str| call.text(name).map(str::trim).filter(|text| !text.is_empty()).map(PsStr::from);
    let Some(name) = text("Name") else { return Ok(None) };
    let alias = text("Alias").unwrap_or_else(|| crate::organisation::names::fold(&name).into());
    let has = |name: &str| call.cmdlet().parameters.iter().any(|parameter| parameter.name == name);
    let optional = |name: &str| if has(name) { text(name) } else { None };
    let person = (optional("FirstName").unwrap_or_default(), optional("LastName").unwrap_or_default());
    let (display_name, primary) = (optional("DisplayName"), optional("PrimarySmtpAddress"));
    let address = primary.clone().unwrap_or_else(|| format!("{alias}@{DOMAIN}").into());
    if !is_address(&address) {
        call.error(invalid_address(&address))?;
        return Ok(None);
    }
    let error = {
        let organisation = call.organisation();
        let same_name = organisation
            .find_all(&name)
            .into_iter()
            .find(|id| organisation.name(*id).eq_ignore_ascii_case(&name));
        let same_alias = organisation
            .find_all(&alias)
            .into_iter()
            .find(|id| organisation.alias(*id).eq_ignore_ascii_case(&alias));
        if let Some(id) = same_name {
            let message = format!(
                "Active Directory operation failed on {}. The object '{}' already exists.",
                crate::organisation::DOMAIN_CONTROLLER,
                organisation.distinguished_name(id)
            );
            Some(CmdletError::exchange("ADObjectAlreadyExistsException", Category::NotSpecified, message))
        } else if let Some(holder) = same_alias {
            let message = format!(
                "The alias \"{alias}\" is already being used by \"{}\". Please choose another alias.",
                organisation.canonical_name(holder)
            );
            Some(CmdletError::exchange("RecipientTaskException", Category::InvalidData, message))
        } else {
            let holder = organisation.address_taken(&address, None);
            holder.map(|holder| address_in_use(&address, &organisation.canonical_name(holder)))
        }
    };
    match error {
        Some(error) => {
            call.error(error)?;
            Ok(None)
        }
        None => Ok(Some(Named { label: Label { name, alias, person }, display_name, primary })),
    }
}

/// Adds the recipient of these names, and gives its id.
pub(super) fn add(call: &Call<'_>, kind: crate::organisation::Kind, named: Named) -> RecipientId {
    let mut organisation = call.organisation_mut();
    let now = organisation.now();
    let id = organisation.add(kind, named.label, now);
    let present = organisation.addresses(id);
    let recipient = organisation.recipient_mut(id);
    if let Some(display_name) = named.display_name {
        recipient.set("DisplayName", display_name);
    }
    if let Some(primary) = named.primary {
        let own = format!("SMTP:{primary}");
        let addresses = if kind == crate::organisation::Kind::MailContact {
            vec![own.into()]
        } else {
            with_primary(present, &primary)
        };
        recipient.changes.get_or_insert_default().addresses = Some(addresses);
    }
    organisation.touch(id, now);
    id
}
