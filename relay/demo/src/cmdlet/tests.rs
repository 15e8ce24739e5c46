//! A cmdlet's calls against a client that is made up: streams and their preferences, confirmation, input.

use std::{
    cell::RefCell,
    sync::{Arc, RwLock},
    time::Duration,
};

use postern_shared::value::PsValue;

use super::*;
use crate::{
    cmdlets,
    organisation::{Options, Organisation, moment::Moment},
};

/// Keeps what is written, and answers questions with the numbers that it has.
#[derive(Default)]
struct Client {
    records: RefCell<Vec<Record>>,
    shown: RefCell<Vec<String>>,
    asked: RefCell<Vec<String>>,
    answers: RefCell<Vec<i32>>,
}

impl Sink for Client {
    fn write(&self, record: Record) -> Result<(), Stop> {
        self.records.borrow_mut().push(record);
        Ok(())
    }

    fn ask(&self, request: HostRequest) -> Result<PsValue, Stop> {
        match request {
            HostRequest::Choose { message, choices, .. } => {
                assert_eq!(
                    choices.iter().map(|choice| choice.label).collect::<Vec<_>>(),
                    ["&Yes", "Yes to &All", "&No", "No to A&ll"]
                );
                self.asked.borrow_mut().push(message);
                Ok(self.answers.borrow_mut().remove(0).into())
            }
            HostRequest::WriteLine(line) => {
                self.shown.borrow_mut().push(line);
                Ok(PsValue::Null)
            }
            other => panic!("{other:?} was not expected"),
        }
    }

    fn sleep(&self, _: Duration) -> Result<(), Stop> {
        Ok(())
    }

    fn check(&self) -> Result<(), Stop> {
        Ok(())
    }
}

impl Client {
    fn written(&self) -> Vec<String> {
        let text = |record: &Record| match record {
            Record::Output(value) => format!("output {value}"),
            Record::Error { error, .. } => format!("error {error}"),
            Record::Warning(text) => format!("warning {text}"),
            Record::Verbose(text) => format!("verbose {text}"),
            other => format!("{other:?}"),
        };
        self.records.borrow().iter().map(text).collect()
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

const REMOVE: Cmdlet = Cmdlet::new("Remove-Sample", "", |call| {
    let name = call.text("Identity").unwrap_or_default().to_owned();
    if call.should_process(&name, "Remove")? { call.write(name) } else { Ok(()) }
})
.confirms(Impact::High)
.takes(&[Parameter::new("Identity", Kind::Text).at(0).mandatory().piped()]);

const SPEAK: Cmdlet = Cmdlet::new("Test-Speech", "", |call| {
    call.verbose("more")?;
    call.warning("careful")?;
    call.error(CmdletError::not_found("x"))?;
    call.write("done")
});

/// Runs a cmdlet with `name, value` pairs; gives how it ended.
fn run(
    cmdlet: &'static Cmdlet,
    given: &[(&str, PsValue)],
    input: Option<&[&str]>,
    client: &Client,
) -> Result<(), Stop> {
    let given: Vec<Given> = given
        .iter()
        .map(|(name, value)| Given { name: Some((*name).into()), value: value.clone() })
        .collect();
    let bound = bind(cmdlet, &given)?;
    let organisation = Organisation::generate(Options { mailboxes: 1, clock: || Moment(1_790_000_000) });
    let caller = Caller {
        user: "admin".into(),
        organisation: Arc::new(RwLock::new(organisation)),
        registry: cmdlets::ALL,
    };
    let mut input =
        Objects(input.map(|input| input.iter().map(|text| (*text).into()).collect::<Vec<_>>().into_iter()));
    run_stage(cmdlet, bound, &caller, client, &mut input)
}

#[test]
fn what_if_says_what_would_be_done_and_does_nothing() {
    let client = Client::default();
    run(&REMOVE, &[("Identity", "a".into()), ("WhatIf", true.into())], None, &client).unwrap();
    assert_eq!(*client.shown.borrow(), ["What if: Performing the operation \"Remove\" on target \"a\"."]);
    assert!(client.written().is_empty());
}

#[test]
fn a_grave_change_is_asked_for_unless_confirm_is_off() {
    let client = Client { answers: vec![0, 2].into(), ..Client::default() };
    run(&REMOVE, &[], Some(&["a", "b"]), &client).unwrap();
    assert_eq!(client.written(), ["output a"]);
    assert!(client.asked.borrow()[0].starts_with("Are you sure you want to perform this action?\n"));
    let client = Client::default();
    run(&REMOVE, &[("Confirm", false.into())], Some(&["a", "b"]), &client).unwrap();
    assert_eq!(client.written(), ["output a", "output b"]);
}

#[test]
fn an_answer_for_all_is_not_asked_for_again() {
    for (answers, written) in
        [(vec![1], vec!["output a", "output b", "output c"]), (vec![0, 3], vec!["output a"])]
    {
        let client = Client { answers: answers.into(), ..Client::default() };
        run(&REMOVE, &[], Some(&["a", "b", "c"]), &client).unwrap();
        assert_eq!(client.written(), written);
    }
}

#[test]
fn preferences_decide_what_travels() {
    let not_found = format!("error {}", CmdletError::not_found("x"));
    let client = Client::default();
    run(&SPEAK, &[], None, &client).unwrap();
    assert_eq!(client.written(), ["warning careful", &not_found, "output done"]);

    let client = Client::default();
    let quiet = [("Verbose", true.into()), ("wa", "SilentlyContinue".into()), ("ea", "Ignore".into())];
    run(&SPEAK, &quiet, None, &client).unwrap();
    assert_eq!(client.written(), ["verbose more", "output done"]);

    let client = Client::default();
    let ended = run(&SPEAK, &[("ErrorAction", "Stop".into())], None, &client);
    assert!(
        matches!(ended, Err(Stop::Error(error)) if error.reason() == "ManagementObjectNotFoundException")
    );
    assert_eq!(client.written(), ["warning careful"]);

    let client = Client::default();
    let ended = run(&SPEAK, &[("WarningAction", "Stop".into())], None, &client);
    assert!(matches!(ended, Err(Stop::Error(error)) if &*error.id == "ActionPreferenceStop"));
}

#[test]
fn without_input_and_argument_something_is_missing() {
    let ended = run(&REMOVE, &[], None, &Client::default());
    assert!(matches!(ended, Err(Stop::Error(error)) if &*error.id == "MissingMandatoryParameter"));
    // An empty pipeline in front is no call at all.
    run(&REMOVE, &[], Some(&[]), &Client::default()).unwrap();
}
