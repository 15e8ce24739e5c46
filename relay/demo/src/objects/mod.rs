//! The organisation as Exchange's objects: type names, property order, enums, sizes and identities as a server sends
//! them. `PSComputerName`, `RunspaceId` and `Deserialized.` are the client's additions and are not here.
//!
//! An object is made of a [`View`]: a table of properties of which the constant ones are made once, so that
//! 100,000 mailboxes cost what differs between them.

mod cas_mailbox;
pub mod enums;
pub mod field;
mod group;
mod mailbox;
mod permission;
mod person;
mod recipient;
mod row;
mod shared_properties;
mod statistics;
pub mod values;
mod view;
pub mod views;

pub use self::{
    cas_mailbox::CAS_MAILBOX,
    enums::Enumeration,
    group::{DISTRIBUTION_GROUP, DYNAMIC_GROUP},
    mailbox::MAILBOX,
    permission::{mailbox_permission, mailbox_permissions, recipient_permission, sid},
    person::{CONTACT, MAIL_CONTACT, MAIL_USER, USER},
    recipient::RECIPIENT,
    row::{Row, database, identity},
    statistics::{FOLDERS, Folder, folder_statistics, mailbox_statistics},
    view::{Derive, ObjectType, Property, Source, View, of, same},
};
#[cfg(test)]
mod tests;
