//! People elsewhere: mail contacts, and contacts as entries of the directory.

use postern_shared::value::PsStr;

use super::{
    mailbox::IDENTITY,
    selection::{one, selecting, write_all, write_selected},
    settings::{Setting, add, change, invalid_address, is_address, named, set, settings},
    user::person_parameters,
};
use crate::{
    cmdlet::{Call, Cmdlet, Impact, Kind, Parameter, Stop},
    objects::{CONTACT, MAIL_CONTACT, Row, View, values::proxy_address},
    organisation::{Kind as Recipient, RecipientId},
};

const TYPE: &str = "Microsoft.Exchange.Data.Directory.Management.MailContact";
const fn text(name: &'static str) -> Parameter {
    Parameter::new(name, Kind::Text)
}

/// The family.
pub const CMDLETS: &[Cmdlet] = &[
    Cmdlet::new("Get-MailContact", "Lists people elsewhere that mail can be sent to.", get_mail_contact)
        .class("Microsoft.Exchange.Management.RecipientTasks.GetMailContact")
        .output(TYPE)
        .takes(selecting![]),
    Cmdlet::new("New-MailContact", "Makes a mail contact.", new_mail_contact)
        .class("Microsoft.Exchange.Management.RecipientTasks.NewMailContact")
        .output(TYPE)
        .confirms(Impact::Medium)
        .takes(&[
            Parameter::new("Name", Kind::Text).at(0).mandatory(),
            Parameter::new("ExternalEmailAddress", Kind::Text).mandatory(),
            text("Alias"),
            text("DisplayName"),
            text("FirstName"),
            text("LastName"),
            text("OrganizationalUnit"),
        ]),
    Cmdlet::new("Set-MailContact", "Changes settings of a mail contact.", set_mail_contact)
        .class("Microsoft.Exchange.Management.RecipientTasks.SetMailContact")
        .confirms(Impact::Medium)
        .takes(&[
            IDENTITY,
            text("Name"),
            text("Alias"),
            text("DisplayName"),
            text("ExternalEmailAddress"),
            Parameter::new("EmailAddresses", Kind::MultiValued),
            Parameter::new("EmailAddressPolicyEnabled", Kind::Bool),
            Parameter::new("HiddenFromAddressListsEnabled", Kind::Bool),
            Parameter::new("GrantSendOnBehalfTo", Kind::MultiValued),
            text("MailTip"),
            text("CustomAttribute1"),
            text("CustomAttribute2"),
            text("CustomAttribute3"),
        ]),
    Cmdlet::new("Remove-MailContact", "Removes a mail contact.", remove_mail_contact)
        .class("Microsoft.Exchange.Management.RecipientTasks.RemoveMailContact")
        .confirms(Impact::High)
        .takes(&[IDENTITY]),
    Cmdlet::new("Get-Contact", "Lists contacts as entries of the directory.", get_contact)
        .class("Microsoft.Exchange.Management.RecipientTasks.GetContact")
        .output("Microsoft.Exchange.Data.Directory.Management.Contact")
        .takes(selecting![]),
    Cmdlet::new("Set-Contact", "Changes properties of a contact.", set_contact)
        .class("Microsoft.Exchange.Management.RecipientTasks.SetContact")
        .confirms(Impact::Medium)
        .takes(person_parameters![Parameter::new("WindowsEmailAddress", Kind::Text)]),
];

fn is_mail_contact(kind: Recipient) -> bool {
    kind == Recipient::MailContact
}

fn is_contact(kind: Recipient) -> bool {
    matches!(kind, Recipient::MailContact | Recipient::Contact)
}

fn get_mail_contact(call: &mut Call<'_>) -> Result<(), Stop> {
    write_selected(call, &MAIL_CONTACT, is_mail_contact)
}

/// The address of `-ExternalEmailAddress`, without prefix; `None` where it is none, after writing the error.
pub(super) fn external_address(call: &mut Call<'_>) -> Result<Option<PsStr>, Stop> {
    let text = call.text("ExternalEmailAddress").unwrap_or_default();
    let address = PsStr::from(text.split_once(':').map_or(text, |(_, address)| address));
    if is_address(&address) {
        return Ok(Some(address));
    }
    call.error(invalid_address(&address))?;
    Ok(None)
}

/// Makes a recipient with an address outside and writes it.
pub(super) fn new_outside(
    call: &mut Call<'_>,
    kind: Recipient,
    view: &'static View,
    what: &str,
) -> Result<(), Stop> {
    let Some(address) = external_address(call)? else { return Ok(()) };
    let Some(mut named) = named(call)? else { return Ok(()) };
    if kind == Recipient::MailContact {
        named.primary = Some(address.clone());
    }
    if !call.should_do(&format!("Creating {what} \"{}\".", named.label.name))? {
        return Ok(());
    }
    let id = add(call, kind, named);
    set_outside(call, id, &address);
    write_all(call, &[id], |organisation, id| view.object(&Row::new(organisation, id)))
}

fn set_outside(call: &Call<'_>, id: RecipientId, address: &str) {
    let mut organisation = call.organisation_mut();
    let now = organisation.now();
    organisation
        .recipient_mut(id)
        .set("ExternalEmailAddress", proxy_address(&format!("SMTP:{address}").into()));
    organisation.touch(id, now);
}

/// Changes a recipient with an address outside.
pub(super) fn set_outside_one(
    call: &mut Call<'_>,
    id: RecipientId,
    view: &'static View,
    what: &str,
) -> Result<(), Stop> {
    if call.text("ExternalEmailAddress").is_none() {
        return set(call, id, view, what);
    }
    let Some(address) = external_address(call)? else { return Ok(()) };
    let Some(mut changes) = settings(call, id, view)? else { return Ok(()) };
    let name = PsStr::from_static("ExternalEmailAddress");
    changes.retain(|change| !matches!(change, Setting::Value(own, _) if *own == name));
    changes.push(Setting::Value(name, proxy_address(&format!("SMTP:{address}").into())));
    change(call, id, changes, what)
}

fn new_mail_contact(call: &mut Call<'_>) -> Result<(), Stop> {
    new_outside(call, Recipient::MailContact, &MAIL_CONTACT, "mail contact")
}

fn set_mail_contact(call: &mut Call<'_>) -> Result<(), Stop> {
    match one(call, "Identity", is_mail_contact)? {
        Some(id) => set_outside_one(call, id, &MAIL_CONTACT, "Setting mail contact"),
        None => Ok(()),
    }
}

/// Removes the recipient of -Identity.
pub(super) fn remove_one(call: &mut Call<'_>, of: fn(Recipient) -> bool, what: &str) -> Result<(), Stop> {
    let Some(id) = one(call, "Identity", of)? else { return Ok(()) };
    let identity = call.organisation().canonical_name(id);
    if call.should_do(&format!("Removing {what} \"{identity}\"."))? {
        call.organisation_mut().remove(id);
    }
    Ok(())
}

fn remove_mail_contact(call: &mut Call<'_>) -> Result<(), Stop> {
    remove_one(call, is_mail_contact, "mail contact")
}

fn get_contact(call: &mut Call<'_>) -> Result<(), Stop> {
    write_selected(call, &CONTACT, is_contact)
}

fn set_contact(call: &mut Call<'_>) -> Result<(), Stop> {
    match one(call, "Identity", is_contact)? {
        Some(id) => set(call, id, &CONTACT, "Setting contact"),
        None => Ok(()),
    }
}
