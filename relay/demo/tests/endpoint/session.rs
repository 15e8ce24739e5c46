//! What a session does: pipelines, streams, host calls, errors, stopping.

use postern_demo::DemoOptions;
use postern_psrp::{
    host::HostRequest,
    message::MetadataAnswer,
    pipeline::{Command, PipelineSpec},
    records::{ErrorCategory, ErrorRecord},
};
use postern_shared::value::{PsValue, SecureString};
use postern_wsman::client::{Ended, Pipeline, PipelineEvent, RemoteSession};

use crate::Demo;

/// What came of a pipeline. Questions are answered with the position or the text given for it.
#[derive(Default, Debug)]
struct Outcome {
    output: Vec<PsValue>,
    errors: Vec<ErrorRecord>,
    information: Vec<String>,
    asked: Vec<HostRequest>,
    ended: Option<Ended>,
}

impl Outcome {
    fn failure(&self) -> &ErrorRecord {
        match &self.ended {
            Some(Ended::Failed(error)) => error,
            other => panic!("{other:?} instead of a failure"),
        }
    }

    fn complete(self) -> Self {
        assert!(matches!(self.ended, Some(Ended::Completed)), "{self:?}");
        self
    }
}

async fn finish(mut pipeline: Pipeline) -> Outcome {
    let mut outcome = Outcome::default();
    while let Some(event) = pipeline.next().await {
        match event {
            PipelineEvent::Output(value) => outcome.output.push(value),
            PipelineEvent::Error(error) => outcome.errors.push(*error),
            PipelineEvent::Information(record) => outcome.information.push(record.message.to_string()),
            PipelineEvent::HostCall(call) => {
                let request = call.request().unwrap();
                let answer = match &request {
                    HostRequest::ReadLine => call.answer_line("a line of the user's"),
                    HostRequest::PromptForChoice { .. } => call.answer_choice(0),
                    _ => call.answer_unsupported(),
                };
                outcome.asked.push(request);
                if let Some(answer) = answer {
                    pipeline.answer(answer);
                }
            }
            PipelineEvent::Ended(ended) => outcome.ended = Some(ended),
            _ => {}
        }
    }
    outcome
}

async fn run(session: &RemoteSession, spec: PipelineSpec) -> Outcome {
    finish(session.invoke(spec)).await
}

#[tokio::test]
async fn commands_of_a_pipeline_run_in_order() {
    let demo = Demo::start(DemoOptions::default()).await;
    let session = demo.session().await;
    let all = run(&session, PipelineSpec::command("Get-Command")).await.complete().output;
    assert!(all.iter().any(|command| command.get("Name").and_then(PsValue::as_str) == Some("Start-Sleep")));
    let counted = PipelineSpec::new(
        ["Get-Command", "Measure-Object", "Select-Object"].into_iter().map(Command::new).collect(),
    )
    .parameter("Property", "Count");
    let counted = run(&session, counted).await.complete().output;
    let [counted] = counted.as_slice() else { panic!("{counted:?}") };
    assert_eq!(counted.get("Count").and_then(PsValue::as_i64), Some(all.len() as i64));
    assert_eq!(counted.as_object().unwrap().properties().count(), 1);
    let first = PipelineSpec::new(["Get-Command", "Select-Object"].into_iter().map(Command::new).collect())
        .parameter("First", 2);
    assert_eq!(run(&session, first).await.complete().output.len(), 2);
    session.close().await;
    demo.stop().await;
}

#[tokio::test]
async fn input_arrives_and_is_bound() {
    let demo = Demo::start(DemoOptions::default()).await;
    let session = demo.session().await;
    let input = || PipelineSpec { no_input: false, ..PipelineSpec::command("Measure-Object") };
    let pipeline = session.invoke(input());
    for number in 0..500 {
        pipeline.send_input(number.into()).await.unwrap();
    }
    pipeline.end_input().await.unwrap();
    let counted = finish(pipeline).await.complete().output;
    assert_eq!(counted[0].get("Count").and_then(PsValue::as_i64), Some(500));

    // Each object is bound on its own; what cannot be is an error, and the others go on.
    let pipeline = session.invoke(PipelineSpec { no_input: false, ..PipelineSpec::command("Start-Sleep") });
    for value in [PsValue::Double(0.0), "no number".into(), 0.into()] {
        pipeline.send_input(value).await.unwrap();
    }
    pipeline.end_input().await.unwrap();
    let outcome = finish(pipeline).await.complete();
    let [error] = outcome.errors.as_slice() else { panic!("{outcome:?}") };
    assert!(error.fully_qualified_error_id.starts_with("ParameterArgumentTransformationError,"), "{error:?}");
    session.close().await;
    demo.stop().await;
}

#[tokio::test]
async fn errors_are_powershells() {
    let demo = Demo::start(DemoOptions::default()).await;
    let session = demo.session().await;
    let unknown = run(&session, PipelineSpec::command("Get-NoSuchThing")).await;
    let error = unknown.failure();
    assert_eq!(&*error.fully_qualified_error_id, "CommandNotFoundException");
    assert!(error.message().contains("'Get-NoSuchThing' is not recognized"), "{}", error.message());
    assert_eq!(error.category.category, ErrorCategory::ObjectNotFound);

    let script = run(&session, PipelineSpec::script("1 + 1")).await;
    let error = script.failure();
    assert_eq!(&*error.fully_qualified_error_id, "ScriptsNotAllowed");
    assert_eq!(error.category.category, ErrorCategory::ParserError);
    assert!(error.message().contains("no-language mode"));

    let spec = || PipelineSpec::command("Start-Sleep");
    for (spec, id) in [
        (spec().parameter("Seconds", "abc"), "ParameterArgumentTransformationError"),
        (spec().parameter("Nope", 1), "NamedParameterNotFound"),
        (spec().argument(1).argument(2), "PositionalParameterNotFound"),
        (spec(), "MissingMandatoryParameter"),
    ] {
        let outcome = run(&session, spec).await;
        let full = format!("{id},Microsoft.PowerShell.Commands.StartSleepCommand");
        assert_eq!(&*outcome.failure().fully_qualified_error_id, full);
        assert_eq!(&*outcome.failure().category.activity, "Start-Sleep");
    }

    let silent = PipelineSpec::command("Get-Command").parameter("Name", "Get-Nothing");
    let outcome = run(&session, silent.clone()).await.complete();
    assert_eq!(outcome.errors.len(), 1);
    let outcome = run(&session, silent.clone().parameter("ErrorAction", "SilentlyContinue")).await.complete();
    assert!(outcome.errors.is_empty());
    let outcome = run(&session, silent.parameter("ErrorAction", "Stop")).await;
    assert!(outcome.failure().message().contains("Get-Nothing"));
    session.close().await;
    demo.stop().await;
}

/// WIRE 40: without -Verbose verbose records do not travel.
#[tokio::test]
async fn wire_40_verbose_records_travel_only_when_asked_for() {
    let demo = Demo::start(DemoOptions::default()).await;
    let session = demo.session().await;
    let set = || {
        let spec = PipelineSpec::command("Set-Mailbox").parameter("Identity", "nora.fink");
        spec.parameter("CustomAttribute1", "x")
    };
    for (spec, expected) in [(set(), false), (set().switch("Verbose"), true)] {
        let mut pipeline = session.invoke(spec);
        let mut came = false;
        while let Some(event) = pipeline.next().await {
            came |= matches!(event, PipelineEvent::Verbose(_));
        }
        assert_eq!(came, expected);
    }
    session.close().await;
    demo.stop().await;
}

/// WIRE 35: error records say which command they are from, with what it was given.
#[tokio::test]
async fn wire_35_records_say_what_was_invoked() {
    let demo = Demo::start(DemoOptions::default()).await;
    let session = demo.session().await;
    let missing = || PipelineSpec::command("Get-Mailbox").parameter("Identity", "nobody-at-all");
    let outcome = run(&session, missing()).await.complete();
    let [error] = outcome.errors.as_slice() else { panic!("{outcome:?}") };
    let invocation = error.invocation.as_ref().expect("what was invoked");
    assert_eq!(invocation.command_name().as_deref(), Some("Get-Mailbox"));
    assert_eq!(invocation.bound_parameters(), [("Identity".into(), "nobody-at-all".into())]);
    assert_eq!(error.command_name().as_deref(), Some("Get-Mailbox"));
    assert_eq!(error.category.activity, "Get-Mailbox");
    assert_eq!(error.invocation_object.get("MyCommand"), Some(&"Get-Mailbox".into()));
    // A terminating one too, and a client that does not want to know is not told.
    let outcome = run(&session, missing().parameter("ErrorAction", "Stop")).await;
    assert_eq!(outcome.failure().command_name().as_deref(), Some("Get-Mailbox"));
    let plain = PipelineSpec { stream_options: 0, ..missing() };
    let outcome = run(&session, plain).await.complete();
    assert!(outcome.errors[0].invocation.is_none(), "{outcome:?}");
    session.close().await;
    demo.stop().await;
}

#[tokio::test]
async fn the_user_is_asked_and_told() {
    let demo = Demo::start(DemoOptions::default()).await;
    let session = demo.session().await;
    let outcome =
        run(&session, PipelineSpec::command("Read-Host").parameter("Prompt", "Name")).await.complete();
    assert_eq!(outcome.output, ["a line of the user's".into()]);
    assert!(
        matches!(outcome.asked.as_slice(), [HostRequest::Write { text, .. }, HostRequest::ReadLine] if &**text == "Name: "),
        "{outcome:?}"
    );
    let outcome = run(&session, PipelineSpec::command("Write-Host").argument("hello")).await.complete();
    assert_eq!(outcome.information, ["hello"]);
    // A host that cannot answer is an error of the command, not the end of the session.
    let outcome = run(&session, PipelineSpec::command("Get-Credential")).await;
    assert!(outcome.failure().fully_qualified_error_id.starts_with("HostCallFailed,"), "{outcome:?}");
    session.close().await;
    demo.stop().await;
}

/// WIRE 25: the endpoint makes a session key, and secrets come back readable.
#[tokio::test]
async fn wire_25_secrets_are_asked_for_and_come_back() {
    let demo = Demo::start(DemoOptions::default()).await;
    let session = demo.session().await;
    let secret = SecureString::Clear("s\u{e9}cret".to_owned().into());
    for (spec, member) in [
        (PipelineSpec::command("Read-Host").switch("AsSecureString"), None),
        (PipelineSpec::command("Get-Credential").parameter("Credential", "pia"), Some("Password")),
    ] {
        let mut pipeline = session.invoke(spec);
        let mut output = Vec::new();
        while let Some(event) = pipeline.next().await {
            match event {
                PipelineEvent::Output(value) => output.push(value),
                PipelineEvent::HostCall(call) => {
                    let answer = match call.request().unwrap() {
                        HostRequest::PromptForCredential { user, .. } => {
                            call.answer_credential(user, secret.clone())
                        }
                        _ => call.answer_secure_line(secret.clone()),
                    };
                    pipeline.answer(answer.unwrap());
                }
                PipelineEvent::Ended(ended) => assert!(matches!(ended, Ended::Completed), "{ended:?}"),
                _ => {}
            }
        }
        let [value] = output.as_slice() else { panic!("{output:?}") };
        let expected = PsValue::SecureString(secret.clone().into());
        assert_eq!(member.map_or(Some(value), |member| value.get(member)), Some(&expected));
        assert!(member.is_none() || value.get("UserName") == Some(&"pia".into()), "{value:?}");
    }
    session.close().await;
    demo.stop().await;
}

#[tokio::test]
async fn what_runs_can_be_stopped_and_the_session_goes_on() {
    let demo = Demo::start(DemoOptions::default()).await;
    let session = demo.session().await;
    let mut pipeline = session.invoke(PipelineSpec::command("Read-Host"));
    // The question shows that it runs.
    while !matches!(pipeline.next().await, Some(PipelineEvent::HostCall(_))) {}
    pipeline.stop();
    let outcome = finish(pipeline).await;
    assert!(matches!(outcome.ended, Some(Ended::Stopped)), "{outcome:?}");
    let sleeping = session.invoke(PipelineSpec::command("Start-Sleep").parameter("Seconds", 600));
    sleeping.stop();
    let outcome = finish(sleeping).await;
    assert!(matches!(outcome.ended, Some(Ended::Stopped)), "{outcome:?}");
    run(&session, PipelineSpec::command("Start-Sleep").parameter("Seconds", 0)).await.complete();
    session.close().await;
    demo.stop().await;
}

#[tokio::test]
async fn metadata_is_a_count_and_then_the_cmdlets() {
    let demo = Demo::start(DemoOptions::default()).await;
    let session = demo.session().await;
    let output = finish(session.command_metadata(&["*-Host", "Start-Sleep"])).await.complete().output;
    let names: Vec<_> = output.iter().skip(1).filter_map(|value| value.get("Name")?.as_str()).collect();
    assert_eq!(names, ["Clear-Host", "Read-Host", "Start-Sleep", "Write-Host"]);
    assert_eq!(output[0].get("Count").and_then(PsValue::as_i64), Some(4));
    let Some(MetadataAnswer::Command(sleep)) = MetadataAnswer::from_value(&output[3]) else {
        panic!("{output:?}")
    };
    let milliseconds = sleep.parameters.iter().find(|parameter| &*parameter.name == "Milliseconds").unwrap();
    assert_eq!((&*milliseconds.type_name, milliseconds.is_switch), ("System.Int32", false));
    assert_eq!(milliseconds.aliases, ["ms"]);
    assert!(sleep.parameters.iter().any(|parameter| &*parameter.name == "Verbose" && parameter.is_switch));
    session.close().await;
    demo.stop().await;
}

#[tokio::test]
async fn views_come_as_format_data() {
    let demo = Demo::start(DemoOptions::default()).await;
    let session = demo.session().await;
    let spec = PipelineSpec::command("Get-FormatData").parameter("TypeName", "*.Management.Mailbox");
    let output = run(&session, spec).await.complete().output;
    let [definition] = output.as_slice() else { panic!("{output:?}") };
    assert!(definition.as_object().unwrap().is_a("System.Management.Automation.ExtendedTypeDefinition"));
    let views = definition.get("FormatViewDefinition").and_then(PsValue::as_list).unwrap();
    let table = views[0].get("Control").unwrap();
    let headers = table.get("Headers").and_then(PsValue::as_list).unwrap();
    assert_eq!(headers[0].get("Label").and_then(PsValue::as_str), Some("Name"));
    session.close().await;
    demo.stop().await;
}

#[tokio::test]
async fn what_comes_down_the_pipeline_is_bound_by_property() {
    let demo = Demo::start(DemoOptions::default()).await;
    let session = demo.session().await;
    let commands = vec![
        Command::new("Get-Mailbox").parameter("ResultSize", 3),
        Command::new("Set-Mailbox").parameter("CustomAttribute1", "x").parameter("WhatIf", true),
    ];
    let outcome = run(&session, PipelineSpec::new(commands)).await.complete();
    assert!(outcome.errors.is_empty() && outcome.output.is_empty(), "{outcome:?}");
    let said: Vec<_> = outcome
        .asked
        .iter()
        .filter_map(|request| match request {
            HostRequest::Write { text, end_line: true, .. } => Some(text.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(said.iter().all(|line| line.starts_with("What if: ")), "{said:?}");
    session.close().await;
    demo.stop().await;
}
