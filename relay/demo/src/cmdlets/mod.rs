//! The cmdlets, a file a family. A family is listed here and nowhere else.

pub mod accepted_domain;
pub mod audit_log;
pub mod auto_reply;
pub mod calendar_processing;
pub mod cas_mailbox;
pub mod compliance_search;
mod configured;
pub mod contact;
pub mod discovery;
pub mod folder_permission;
pub mod format_data;
pub mod group;
pub mod inbox_rule;
pub mod mail_user;
pub mod mailbox;
pub mod mailbox_permission;
mod mailbox_settings;
pub mod message_trace;
pub mod mobile_device;
pub mod move_request;
mod object_filter;
pub mod objects;
pub mod organisation_config;
pub mod policies;
pub mod quarantine;
pub mod recipient;
pub mod regional;
pub mod roles;
mod selection;
pub mod servers;
mod settings;
pub mod statistics;
pub mod streams;
pub mod transport_rule;
#[cfg(test)]
mod trial;
pub mod user;

#[cfg(test)]
mod tests;

use crate::cmdlet::Registry;

/// All cmdlets of the demo endpoint.
pub const ALL: Registry = Registry::new(&[
    discovery::CMDLETS,
    format_data::CMDLETS,
    objects::CMDLETS,
    streams::CMDLETS,
    mailbox::CMDLETS,
    cas_mailbox::CMDLETS,
    statistics::CMDLETS,
    mailbox_permission::CMDLETS,
    recipient::CMDLETS,
    user::CMDLETS,
    group::CMDLETS,
    contact::CMDLETS,
    mail_user::CMDLETS,
    accepted_domain::CMDLETS,
    organisation_config::CMDLETS,
    transport_rule::CMDLETS,
    calendar_processing::CMDLETS,
    auto_reply::CMDLETS,
    regional::CMDLETS,
    folder_permission::CMDLETS,
    mobile_device::CMDLETS,
    message_trace::CMDLETS,
    quarantine::CMDLETS,
    audit_log::CMDLETS,
    roles::CMDLETS,
    move_request::CMDLETS,
    inbox_rule::CMDLETS,
    compliance_search::CMDLETS,
    servers::CMDLETS,
    policies::CMDLETS,
]);
