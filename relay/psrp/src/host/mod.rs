//! The host (MS-PSRP sections 2.2.2.15 to 2.2.2.28): the server calls methods of the client's user interface.

mod call;
mod console;
mod info;
mod method;
mod request;

pub use self::{
    call::{HostCall, HostResponse},
    console::{Console, Handled},
    info::{HostDefaultData, HostInfo},
    method::HostMethod,
    request::{Choice, ConsoleColor, FieldDescription, HostRequest},
};
