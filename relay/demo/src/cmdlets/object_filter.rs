//! `-Filter` on objects that are made one by one, such as queues: the properties are those that the object shows.

use postern_shared::value::PsValue;

use super::selection::{cannot_bind, unknown_property};
use crate::{
    cmdlet::{Call, Stop},
    opath::Filter,
};

/// What `-Filter` lets through; everything where it is not given.
pub(super) struct ObjectFilter(Option<Filter>);

impl ObjectFilter {
    /// The call's `-Filter`.
    pub(super) fn of(call: &Call<'_>) -> Result<Self, Stop> {
        let filter = call.text("Filter").map(Filter::parse).transpose();
        Ok(Self(filter.map_err(|error| cannot_bind("Filter", &error.to_string()))?))
    }

    /// Whether an object is among those asked for. Fails where the filter asks for a property that it does not have.
    pub(super) fn lets(&self, object: &PsValue) -> Result<bool, Stop> {
        let Some(filter) = &self.0 else { return Ok(true) };
        let values = filter.properties().iter().map(|name| {
            let value = object.get(name).cloned();
            value.ok_or_else(|| unknown_property("Filter", name))
        });
        let values: Vec<PsValue> = values.collect::<Result<_, _>>()?;
        Ok(filter.matches(|at| values.get(at).cloned().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use crate::cmdlets::trial::Trial;

    #[test]
    fn the_families_without_a_view_filter_too() {
        let trial = Trial::new();
        let count = |cmdlet: &str, filter: &str| {
            let given = trial.run(cmdlet, &[("Filter", filter.into())]);
            assert!(given.errors.is_empty(), "{cmdlet} {filter}: {:?}", given.errors);
            given.output.len()
        };
        for (cmdlet, filter) in [
            ("Get-Queue", "Status -eq 'Retry'"),
            ("Get-MobileDevice", "DeviceOS -like 'iOS*'"),
            ("Get-TransportRule", "Priority -ge 1"),
        ] {
            let (all, some) = (trial.run(cmdlet, &[]).output.len(), count(cmdlet, filter));
            let rest = count(cmdlet, &format!("-not({filter})"));
            assert!(some > 0 && rest > 0, "{cmdlet}: {some} of {all}");
            assert_eq!(some + rest, all, "{cmdlet}");
            trial
                .run(cmdlet, &[("Filter", "Colour -eq 'red'".into())])
                .failed_with("not a recognized filterable");
        }
    }
}
