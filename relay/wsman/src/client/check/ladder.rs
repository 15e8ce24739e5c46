//! The steps of a check as they are reported: numbered, timed, and those named that were not reached.

use std::time::Instant;

use postern_shared::wire::{CheckLayer, CheckState, CheckStep};

use crate::client::{ConnectError, Error};

/// The layers that a check goes through where nothing is in the way.
const LAYERS: [(CheckLayer, &str); 8] = [
    (CheckLayer::Name, "Address of the server"),
    (CheckLayer::Tcp, "Connection (TCP)"),
    (CheckLayer::Tls, "Secure connection (TLS)"),
    (CheckLayer::Http, "Web service (HTTP)"),
    (CheckLayer::Authentication, "Sign-in"),
    (CheckLayer::Shell, "Session (WS-Management shell)"),
    (CheckLayer::Runspace, "Runspace"),
    (CheckLayer::Command, "A cmdlet"),
];

/// The steps so far.
pub(super) struct Ladder<R> {
    report: R,
    next: u32,
    current: Option<(u32, CheckLayer, String, Instant)>,
    /// The last layer that was begun or passed over, on this hop.
    reached: Option<CheckLayer>,
}

impl<R: FnMut(CheckStep)> Ladder<R> {
    pub(super) fn new(report: R) -> Self {
        Self { report, next: 0, current: None, reached: None }
    }

    fn number(&mut self) -> u32 {
        let number = self.next;
        self.next += 1;
        number
    }

    /// A step begins.
    pub(super) fn begin(&mut self, layer: CheckLayer, title: &str) {
        let step = self.number();
        self.reached = Some(layer);
        self.current = Some((step, layer, title.to_owned(), Instant::now()));
        (self.report)(CheckStep { step, layer, title: title.to_owned(), state: CheckState::Running });
    }

    /// A layer begins under the name that it always has.
    pub(super) fn layer(&mut self, layer: CheckLayer) {
        self.begin(layer, title(layer));
    }

    fn end(&mut self, state: impl FnOnce(u64) -> CheckState) {
        if let Some((step, layer, title, began)) = self.current.take() {
            let millis = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
            (self.report)(CheckStep { step, layer, title, state: state(millis) });
        }
    }

    /// The step under way has gone well.
    pub(super) fn pass(&mut self, found: impl Into<String>, facts: Vec<(String, String)>) {
        self.end(|millis| CheckState::Passed { millis, found: found.into(), facts });
    }

    /// The connection stops at the step under way.
    pub(super) fn stop(&mut self, error: &Error, host: &str, facts: Vec<(String, String)>) {
        let failure = ConnectError { host: host.to_owned(), error: error.clone() }.to_failure();
        self.end(|millis| CheckState::Stopped { millis, failure, facts });
    }

    /// The step under way is the end for a reason that is no error of the client.
    pub(super) fn stop_with(&mut self, failure: postern_shared::wire::Failure) {
        self.end(|millis| CheckState::Stopped { millis, failure, facts: Vec::new() });
    }

    /// A layer is passed over.
    pub(super) fn skip(&mut self, layer: CheckLayer, why: &str) {
        let step = self.number();
        self.reached = Some(layer);
        let state = CheckState::Skipped { why: why.to_owned() };
        (self.report)(CheckStep { step, layer, title: title(layer).to_owned(), state });
    }

    /// The layers above the last one are passed over.
    pub(super) fn skip_rest(&mut self, why: &str) {
        let reached = self.reached;
        for (layer, _) in LAYERS.iter().filter(|(layer, _)| reached.is_none_or(|reached| *layer > reached)) {
            self.skip(*layer, why);
        }
    }
}

fn title(layer: CheckLayer) -> &'static str {
    match layer {
        CheckLayer::Proxy => "Way through the proxy",
        CheckLayer::Redirect => "Redirect to another address",
        _ => LAYERS.iter().find(|(known, _)| *known == layer).map_or("", |(_, title)| title),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_numbered_and_the_rest_is_named() {
        let mut steps = Vec::new();
        let mut ladder = Ladder::new(|step| steps.push(step));
        ladder.layer(CheckLayer::Name);
        ladder.pass("192.0.2.1", Vec::new());
        ladder.layer(CheckLayer::Tcp);
        ladder.stop(&Error::Refused { text: "refused".into() }, "mail.example", Vec::new());
        ladder.skip_rest("Not reached.");
        let numbers: Vec<u32> = steps.iter().map(|step| step.step).collect();
        assert_eq!(numbers, [0, 0, 1, 1, 2, 3, 4, 5, 6, 7]);
        assert!(
            matches!(&steps[3].state, CheckState::Stopped { failure, .. } if failure.what.contains("mail.example"))
        );
        assert_eq!(steps[4].layer, CheckLayer::Tls);
        assert!(matches!(&steps[9].state, CheckState::Skipped { .. }));
    }
}
