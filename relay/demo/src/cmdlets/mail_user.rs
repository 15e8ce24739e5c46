//! Accounts whose mail is elsewhere: Get-, New-, Set- and Remove-MailUser.

use super::{
    contact::{new_outside, remove_one, set_outside_one},
    mailbox::IDENTITY,
    selection::{one, selecting, write_selected},
};
use crate::{
    cmdlet::{Call, Cmdlet, Impact, Kind, Parameter, Stop},
    objects::MAIL_USER,
    organisation::Kind as Recipient,
};

const TYPE: &str = "Microsoft.Exchange.Data.Directory.Management.MailUser";
const fn text(name: &'static str) -> Parameter {
    Parameter::new(name, Kind::Text)
}

/// The family.
pub const CMDLETS: &[Cmdlet] = &[
    Cmdlet::new("Get-MailUser", "Lists accounts whose mail is elsewhere.", get_mail_user)
        .class("Microsoft.Exchange.Management.RecipientTasks.GetMailUser")
        .output(TYPE)
        .takes(selecting![]),
    Cmdlet::new("New-MailUser", "Makes an account whose mail is elsewhere.", new_mail_user)
        .class("Microsoft.Exchange.Management.RecipientTasks.NewMailUser")
        .output(TYPE)
        .confirms(Impact::Medium)
        .takes(&[
            Parameter::new("Name", Kind::Text).at(0).mandatory(),
            Parameter::new("ExternalEmailAddress", Kind::Text).mandatory(),
            text("Alias"),
            text("DisplayName"),
            text("FirstName"),
            text("LastName"),
            text("PrimarySmtpAddress"),
            Parameter::new("Password", Kind::SecureString),
        ]),
    Cmdlet::new("Set-MailUser", "Changes settings of an account whose mail is elsewhere.", set_mail_user)
        .class("Microsoft.Exchange.Management.RecipientTasks.SetMailUser")
        .confirms(Impact::Medium)
        .takes(&[
            IDENTITY,
            text("Name"),
            text("Alias"),
            text("DisplayName"),
            text("ExternalEmailAddress"),
            text("PrimarySmtpAddress"),
            text("UserPrincipalName"),
            Parameter::new("EmailAddresses", Kind::MultiValued),
            Parameter::new("HiddenFromAddressListsEnabled", Kind::Bool),
            text("CustomAttribute1"),
            text("CustomAttribute2"),
            text("CustomAttribute3"),
        ]),
    Cmdlet::new("Remove-MailUser", "Removes an account whose mail is elsewhere.", remove_mail_user)
        .class("Microsoft.Exchange.Management.RecipientTasks.RemoveMailUser")
        .confirms(Impact::High)
        .takes(&[IDENTITY]),
];

fn is_mail_user(kind: Recipient) -> bool {
    kind == Recipient::MailUser
}

fn get_mail_user(call: &mut Call<'_>) -> Result<(), Stop> {
    write_selected(call, &MAIL_USER, is_mail_user)
}

fn new_mail_user(call: &mut Call<'_>) -> Result<(), Stop> {
    new_outside(call, Recipient::MailUser, &MAIL_USER, "mail user")
}

fn set_mail_user(call: &mut Call<'_>) -> Result<(), Stop> {
    match one(call, "Identity", is_mail_user)? {
        Some(id) => set_outside_one(call, id, &MAIL_USER, "Setting mail user"),
        None => Ok(()),
    }
}

fn remove_mail_user(call: &mut Call<'_>) -> Result<(), Stop> {
    remove_one(call, is_mail_user, "mail user")
}
