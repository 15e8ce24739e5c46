//! Get-Culture, Get-UICulture and Get-TimeZone.

use std::rc::Rc;

use postern_shared::value::PsTimeSpan;

use super::{Declare, P, Registry};
use crate::{
    members::net::Culture,
    value::{Category, Object, Value},
};

pub(super) fn declare(registry: &mut Registry) {
    registry.add(
        Declare::new("Get-Culture", "Gives the session's culture.")
            .param(P::new("Name", "The culture's name.").texts().at(0).by_value())
            .param(P::switch("NoUserOverrides", "Has no effect here."))
            .param(P::switch("ListAvailable", "All cultures that there are: one."))
            .example("(Get-Culture).Name", "Gives en-US.")
            .simple(|cx, _| {
                for name in cx.texts("Name") {
                    if !name.eq_ignore_ascii_case("en-US") {
                        cx.error(
                            "System.Globalization.CultureNotFoundException",
                            "ItemNotFoundException",
                            Category::ObjectNotFound,
                            Value::Str(name.clone()),
                            format!("The culture '{name}' is not available: this console writes dates and numbers as en-US does."),
                        )?;
                        return Ok(());
                    }
                }
                cx.write(Value::Net(Rc::new(Culture("en-US".into()))))
            }),
    );
    registry.add(
        Declare::new("Get-UICulture", "Gives the culture of the session's texts.")
            .example("(Get-UICulture).Name", "Gives en-US.")
            .simple(|cx, _| cx.write(Value::Net(Rc::new(Culture("en-US".into()))))),
    );
    registry.add(
        Declare::new("Get-TimeZone", "Gives the session's time zone.")
            .module("Microsoft.PowerShell.Management")
            .alias("gtz")
            .param(P::switch("ListAvailable", "All time zones that there are: one."))
            .example("(Get-TimeZone).BaseUtcOffset", "How far it is from UTC.")
            .simple(|cx, _| {
                let environment = &cx.engine.environment;
                let zone = environment.zone.clone();
                let now = (environment.now)();
                let minutes = (environment.offset)(now);
                let sign = if minutes < 0 { '-' } else { '+' };
                let shown = format!("(UTC{sign}{:02}:{:02}) {zone}", minutes.abs() / 60, minutes.abs() % 60);
                cx.write(
                    Object::typed(
                        "System.TimeZoneInfo",
                        [
                            ("Id", Value::Str(zone.clone())),
                            ("DisplayName", Value::str(shown.as_str())),
                            ("StandardName", Value::Str(zone.clone())),
                            ("DaylightName", Value::Str(zone)),
                            (
                                "BaseUtcOffset",
                                Value::TimeSpan(PsTimeSpan { ticks: i64::from(minutes) * 600_000_000 }),
                            ),
                            ("SupportsDaylightSavingTime", Value::Bool(false)),
                        ],
                    )
                    .labelled(shown),
                )
            }),
    );
}
