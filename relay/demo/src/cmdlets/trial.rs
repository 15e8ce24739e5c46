//! A client made up for the tests of cmdlets: runs one and tells what came of it.

use std::{
    cell::RefCell,
    sync::{Arc, RwLock},
    time::Duration,
};

use postern_shared::value::PsValue;

use super::ALL;
use crate::{
    cmdlet::{Caller, CmdletError, Given, HostRequest, Input, Record, Sink, Stop, bind, run_stage},
    organisation::{Moment, Options, Organisation},
};

/// An organisation and who runs cmdlets in it.
pub(super) struct Trial {
    pub(super) caller: Caller,
}

/// What came of a cmdlet.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) output: Vec<PsValue>,
    pub(super) errors: Vec<CmdletError>,
    pub(super) warnings: Vec<String>,
    pub(super) asked: Vec<String>,
    pub(super) shown: Vec<String>,
}

impl Outcome {
    /// The one object that was written, without an error.
    #[track_caller]
    pub(super) fn only(mut self) -> PsValue {
        assert!(self.errors.is_empty() && self.output.len() == 1, "{self:?}");
        self.output.remove(0)
    }

    /// Nothing was written, and there was no error.
    #[track_caller]
    pub(super) fn empty(self) {
        assert!(self.errors.is_empty() && self.output.is_empty() && self.warnings.is_empty(), "{self:?}");
    }

    /// There was one error, with this in its text.
    #[track_caller]
    pub(super) fn failed_with(self, text: &str) -> CmdletError {
        let [error] = self.errors.as_slice() else { panic!("{self:?}") };
        assert!(error.message.contains(text), "{error}");
        error.clone()
    }
}

struct Client(RefCell<Outcome>);

impl Sink for Client {
    fn write(&self, record: Record) -> Result<(), Stop> {
        let mut outcome = self.0.borrow_mut();
        match record {
            Record::Output(value) => outcome.output.push(value),
            Record::Error { error, .. } => outcome.errors.push(*error),
            Record::Warning(text) => outcome.warnings.push(text),
            _ => {}
        }
        Ok(())
    }

    /// Says yes.
    fn ask(&self, request: HostRequest) -> Result<PsValue, Stop> {
        let mut outcome = self.0.borrow_mut();
        match request {
            HostRequest::Choose { message, .. } => outcome.asked.push(message),
            HostRequest::WriteLine(line) => outcome.shown.push(line),
            other => panic!("{other:?} was not expected"),
        }
        Ok(0.into())
    }

    fn sleep(&self, _: Duration) -> Result<(), Stop> {
        Ok(())
    }

    fn check(&self) -> Result<(), Stop> {
        Ok(())
    }
}

struct Objects(Option<std::vec::IntoIter<PsValue>>);

impl Input for Objects {
    fn expected(&self) -> bool {
        self.0.is_some()
    }

    fn next(&mut self) -> Result<Option<PsValue>, Stop> {
        Ok(self.0.as_mut().and_then(Iterator::next))
    }
}

impl Trial {
    /// A small organisation on 23 November 2026, 12:00 UTC.
    pub(super) fn new() -> Self {
        let organisation =
            Organisation::generate(Options { mailboxes: 120, clock: || Moment(1_795_435_200) });
        let organisation = Arc::new(RwLock::new(organisation));
        Self { caller: Caller { user: "admin@klinik-auer.example".into(), organisation, registry: ALL } }
    }

    /// Runs `Name argument argument`, split at blanks, with these named parameters. What ends the cmdlet is among
    /// the errors.
    #[track_caller]
    pub(super) fn run(&self, line: &str, named: &[(&str, PsValue)]) -> Outcome {
        self.start(line, named, None)
    }

    /// The same with objects in front of it.
    #[track_caller]
    pub(super) fn pipe(&self, input: Vec<PsValue>, line: &str, named: &[(&str, PsValue)]) -> Outcome {
        self.start(line, named, Some(input))
    }

    #[track_caller]
    fn start(&self, line: &str, named: &[(&str, PsValue)], input: Option<Vec<PsValue>>) -> Outcome {
        let mut words = line.split(' ');
        let name = words.next().unwrap_or_default();
        let cmdlet = ALL.find(name).unwrap_or_else(|| panic!("no cmdlet {name}"));
        let mut given: Vec<Given> = words.map(|word| Given { name: None, value: word.into() }).collect();
        given.extend(
            named.iter().map(|(name, value)| Given { name: Some((*name).into()), value: value.clone() }),
        );
        let client = Client(RefCell::default());
        let ended = bind(cmdlet, &given).map_err(Stop::from).and_then(|bound| {
            let mut input = Objects(input.map(Vec::into_iter));
            run_stage(cmdlet, bound, &self.caller, &client, &mut input)
        });
        let mut outcome = client.0.into_inner();
        match ended {
            Ok(()) => {}
            Err(Stop::Error(error)) => outcome.errors.push(*error),
            Err(Stop::Cancelled) => panic!("nobody stopped it"),
        }
        outcome
    }
}

#[test]
fn what_cmdlets_write_has_the_columns_of_its_table() {
    use crate::objects::views::TABLES;
    let trial = Trial::new();
    let mut checked = 0;
    for cmdlet in ALL.all().filter(|cmdlet| cmdlet.class.starts_with("Microsoft.Exchange.")) {
        let bare = cmdlet.name.starts_with("Get-") && !cmdlet.parameters.iter().any(|one| one.mandatory);
        if !bare {
            continue;
        }
        for object in trial.run(cmdlet.name, &[]).output.iter().take(3) {
            let type_name = object.as_object().unwrap().type_name();
            assert_eq!(type_name, cmdlet.output, "{}", cmdlet.name);
            let Some((_, columns)) = TABLES.iter().find(|(own, _)| *own == type_name) else { continue };
            for (column, _) in *columns {
                assert!(object.get(column).is_some(), "{column} of {type_name}");
            }
            checked += 1;
        }
    }
    assert!(checked > 60, "{checked}");
    assert!(ALL.all().count() > 110, "{}", ALL.all().count());
}
