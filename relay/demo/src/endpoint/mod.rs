//! The endpoint: HTTP, Basic authentication, and WS-Management requests to shells (MS-WSMV section 3.1.4).
#![expect(
    clippy::result_large_err,
    reason = "a request fails with one fault at most, and that is written at once"
)]

mod accounts;
mod connections;
mod faults;
mod pipeline;
mod presence;
mod private_data;
mod records;
mod shell;
mod shells;
#[cfg(test)]
mod tests;

use std::{
    future::Future,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request, State},
    http::{Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use postern_wsman::{
    envelope::{Fault, Identity, Limits, SignalCode, code, namespace},
    server::{
        CommandEntry, NewShell, Operation, Output, OutputStream, Request as WsmanRequest, ShellState, fault,
    },
};
use tokio::net::TcpListener;

use self::{
    accounts::authenticate,
    connections::Bounds,
    shell::{Shell, Target},
    shells::Shells,
};
pub use self::{
    accounts::{Access, Account},
    faults::{FaultSwitch, Faults, NoFaultSwitch},
};

/// Largest request. Windows takes envelopes of 500 KB; some room for a client that puts more into one Send.
const MAX_REQUEST: usize = 2 << 20;
/// How long a Receive waits where the client does not say.
const DEFAULT_OPERATION_TIMEOUT: Duration = Duration::from_mins(1);
/// Longest that an operation waits: Exchange's `MaxOperationTimeoutSeconds`.
const MAX_OPERATION_TIMEOUT: Duration = Duration::from_mins(15);
/// Envelope that every client takes (WS-Management's own default).
const DEFAULT_ENVELOPE: usize = 153_600;
/// Largest envelope that is written, whatever the client would take: what a Windows server writes at most.
const MAX_ENVELOPE: usize = 512_000;

/// How a demo endpoint behaves.
#[derive(Clone, Debug)]
pub struct DemoOptions {
    /// Mailboxes in the organisation.
    pub mailboxes: u32,
    /// How long a shell may be unused before it is deleted: 15 minutes, as Exchange has it.
    pub idle: Duration,
    /// Shells that one user may have at once: 3, as Exchange Online has it.
    pub sessions_per_user: usize,
    /// Who may sign in.
    pub accounts: Vec<Account>,
    /// Connections at a time. A session of this project's client uses three or four.
    pub connections: usize,
    /// How long the headers of a request may take, the wait for it on an open connection included, and then its body:
    /// 2 minutes, as IIS has it. It must be longer than clients keep an idle connection (90 seconds, mostly), or a
    /// request is lost that is sent just as its connection is closed.
    pub arrival: Duration,
    /// What it gets wrong on purpose.
    pub faults: Faults,
}

impl Default for DemoOptions {
    fn default() -> Self {
        Self {
            mailboxes: 300,
            idle: Duration::from_mins(15),
            sessions_per_user: 3,
            accounts: Account::demo(),
            connections: 512,
            arrival: Duration::from_mins(2),
            faults: Faults::default(),
        }
    }
}

/// What all requests share.
struct Endpoint {
    options: DemoOptions,
    shells: Shells,
}

/// Serves the demo organisation at any path until `shutdown` ends, then deletes all shells.
///
/// Errors of single connections end these, and what the listener cannot accept is tried again; there is no error yet
/// that ends the endpoint.
pub async fn serve(
    listener: TcpListener,
    options: DemoOptions,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let shells = Shells::new(&options);
    let endpoint = Arc::new(Endpoint { options, shells });
    let reaper = tokio::spawn(reap(Arc::clone(&endpoint)));
    let app = Router::new().fallback(handle).with_state(Arc::clone(&endpoint));
    let bounds = Bounds { connections: endpoint.options.connections, headers: endpoint.options.arrival };
    let closing = Arc::clone(&endpoint);
    let shutdown = async move {
        shutdown.await;
        // Receives wait for shells that no longer are, and end.
        closing.shells.close_all();
    };
    connections::serve(listener, app, bounds, shutdown).await;
    reaper.abort();
    endpoint.shells.close_all();
    Ok(())
}

/// Deletes shells that are unused for too long.
async fn reap(endpoint: Arc<Endpoint>) {
    let period = (endpoint.options.idle / 4).clamp(Duration::from_millis(50), Duration::from_secs(30));
    let mut ticks = tokio::time::interval(period);
    loop {
        ticks.tick().await;
        endpoint.shells.reap(endpoint.options.idle);
    }
}

async fn handle(
    State(endpoint): State<Arc<Endpoint>>,
    ConnectInfo(client): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    if let Some(wrong) = endpoint.options.faults.before_sign_in(request.uri().path()) {
        return wrong;
    }
    if request.method() != Method::POST {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "POST")]).into_response();
    }
    if request.headers().get("wsmanidentify").is_some_and(|asked| asked == "unauthenticated") {
        return identify(&endpoint, request).await;
    }
    let credentials = request.headers().get(header::AUTHORIZATION).map(header::HeaderValue::as_bytes);
    let Some(account) = authenticate(&endpoint.options.accounts, credentials).cloned() else {
        tracing::debug!(%client, "Refused a sign-in");
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Basic realm=\"Klinik Auer\"")])
            .into_response();
    };
    if account.access == Access::NoRemotePowerShell {
        // Exchange's front end answers so before WS-Management is reached.
        return (StatusCode::BAD_REQUEST, "Bad Request").into_response();
    }
    let path = request.uri().path().to_owned();
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let wsman = match read(&endpoint, request).await {
        Ok(wsman) => wsman,
        Err(refusal) => return refusal,
    };
    if let Some(wrong) = endpoint.options.faults.of(&wsman) {
        return wrong;
    }
    let asked = Asked { address: format!("http://{host}{path}"), client: client.ip().to_string(), account };
    match endpoint.answer(&wsman, &asked).await {
        Ok(envelope) => soap(StatusCode::OK, envelope),
        Err(error) => {
            tracing::debug!(action = %wsman.action, fault = %error, "Answered with a fault");
            soap_fault(wsman.fault(&error))
        }
    }
}

/// Reads a request whole.
async fn read(endpoint: &Endpoint, request: Request) -> Result<WsmanRequest, Response> {
    let arrival = tokio::time::timeout(endpoint.options.arrival, to_bytes(request.into_body(), MAX_REQUEST));
    let body = match arrival.await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return Err(StatusCode::PAYLOAD_TOO_LARGE.into_response()),
        Err(_) => return Err(StatusCode::REQUEST_TIMEOUT.into_response()),
    };
    WsmanRequest::parse(&body, &Limits::default())
        .map_err(|error| soap_fault(fault(None, &Fault::invalid_parameter(error.to_string()))))
}

/// Tells a stranger what kind of service this is, and nothing else.
async fn identify(endpoint: &Endpoint, request: Request) -> Response {
    match read(endpoint, request).await {
        Ok(wsman) if wsman.operation == Operation::Identify => {
            soap(StatusCode::OK, wsman.identified(&identity()))
        }
        Ok(wsman) => soap_fault(wsman.fault(&Fault::access_denied())),
        Err(refusal) => refusal,
    }
}

fn identity() -> Identity {
    Identity {
        protocol_version: namespace::WSMAN.to_owned(),
        product_vendor: "Postern".to_owned(),
        product_version: format!("OS: 0.0.0 SP: 0.0 Stack: 3.0 Demo: {}", env!("CARGO_PKG_VERSION")),
    }
}

/// What a request says beside its envelope.
struct Asked {
    address: String,
    client: String,
    account: Account,
}

fn soap_fault(envelope: String) -> Response {
    soap(StatusCode::INTERNAL_SERVER_ERROR, envelope)
}

fn soap(status: StatusCode, envelope: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/soap+xml;charset=UTF-8")], Body::from(envelope))
        .into_response()
}

impl Endpoint {
    async fn answer(&self, request: &WsmanRequest, asked: &Asked) -> Result<String, Fault> {
        let user = &asked.account;
        if let Operation::Create(wanted) = &request.operation {
            let session_id = request.session_id.as_deref();
            let shell = self.shells.create(&request.resource_uri, session_id, &asked.client, wanted, user)?;
            return Ok(request.created(&NewShell {
                address: &asked.address,
                shell_id: shell.id(),
                owner: &user.name,
                client_ip: Some(&asked.client),
                idle_timeout: self.options.idle,
            }));
        }
        match &request.operation {
            Operation::Identify => return Ok(request.identified(&identity())),
            Operation::Enumerate { commands_of } => return self.list(request, commands_of.as_deref(), user),
            _ => {}
        }
        let shell_id = request.shell_id.as_deref().unwrap_or_default();
        let shell = self.shells.find(shell_id, user).ok_or_else(|| Fault::shell_not_found(shell_id))?;
        // For as long as a request is at work the shell is in use, a Receive that waits included.
        let _used = shell.used();
        match &request.operation {
            Operation::Delete => {
                self.shells.delete(&shell);
                Ok(request.done())
            }
            Operation::Get => Ok(request.shell_state(&self.state_of(&shell))),
            Operation::Disconnect { idle_timeout, .. } => {
                shell.disconnect(request.session_id.as_deref(), *idle_timeout)?;
                Ok(request.done())
            }
            Operation::Reconnect => {
                shell.reconnect(request.session_id.as_deref())?;
                Ok(request.done())
            }
            Operation::Connect { command_id: None, connect_xml, .. } => {
                let answer = shell.connect(request.session_id.as_deref(), connect_xml)?;
                Ok(request.connected(Some(&answer)))
            }
            _ => {
                shell.presence().check_connected(request.session_id.as_deref())?;
                self.answer_connected(request, &shell, user).await
            }
        }
    }

    /// What a shell takes from the client that has it.
    async fn answer_connected(
        &self,
        request: &WsmanRequest,
        shell: &Arc<Shell>,
        user: &Account,
    ) -> Result<String, Fault> {
        match &request.operation {
            Operation::Command { command_id, arguments, .. } => {
                let id = command_id.unwrap_or_else(shells::new_id);
                shell.command(id, arguments)?;
                Ok(request.command_started(id))
            }
            Operation::Connect { command_id: Some(id), .. } => {
                shell.connect_pipeline(*id)?;
                Ok(request.connected(None))
            }
            Operation::Send(streams) => {
                for stream in streams {
                    shell.send(stream.command_id, stream.stream, &stream.data).await?;
                }
                Ok(request.done())
            }
            Operation::Receive { command_id } => {
                // The very same request again: its answer did not arrive.
                if let Some(answer) = shell.presence().answer_to(&request.message_id) {
                    return Ok(answer);
                }
                let answer = self.receive(request, shell, *command_id, user).await?;
                shell.presence().keep_answer(&request.message_id, &answer);
                Ok(answer)
            }
            Operation::Signal { command_id, code } => {
                let id = command_id.ok_or_else(|| Fault::invalid_parameter("Signal needs a CommandId."))?;
                match code {
                    SignalCode::Stop => shell.stop(id)?,
                    SignalCode::Terminate => shell.end(id)?,
                }
                Ok(request.done())
            }
            _ => Err(Fault::action_not_supported(&request.action)),
        }
    }

    fn list(
        &self,
        request: &WsmanRequest,
        commands_of: Option<&str>,
        user: &Account,
    ) -> Result<String, Fault> {
        if !request.resource_uri.starts_with(namespace::SHELL) {
            return Err(Fault::invalid_resource_uri(&request.resource_uri));
        }
        let Some(shell_id) = commands_of else {
            let shells = self.shells.of(user);
            return Ok(request.listed_shells(shells.iter().map(|shell| self.state_of(shell))));
        };
        let shell = self.shells.find(shell_id, user).ok_or_else(|| Fault::shell_not_found(shell_id))?;
        let commands =
            shell.pipelines().into_iter().map(|(command_id, state)| CommandEntry { command_id, state });
        Ok(request.listed_commands(shell.id(), commands))
    }

    fn state_of<'s>(&self, shell: &'s Shell) -> ShellState<'s> {
        let presence = shell.presence();
        ShellState {
            shell_id: shell.id(),
            name: presence.name.as_deref(),
            resource_uri: &presence.resource_uri,
            owner: shell.owner(),
            client_ip: Some(&presence.client_ip),
            idle_timeout: presence.idle_timeout().unwrap_or(self.options.idle),
            connected: presence.is_connected(),
            run_time: Some(presence.created.elapsed()),
            inactivity: Some(shell.idle_at(Instant::now()).unwrap_or_default()),
        }
    }

    async fn receive(
        &self,
        request: &WsmanRequest,
        shell: &Arc<Shell>,
        target: Target,
        user: &Account,
    ) -> Result<String, Fault> {
        if user.access == Access::NoRoles {
            self.shells.delete(shell);
            return Err(Fault::access_denied_with(format!(
                "[FailureCategory=AuthZ-CmdletAccessDeniedException] The user \"{}\" isn't assigned to any management \
                 roles.",
                user.name
            )));
        }
        let wait = request.operation_timeout.unwrap_or(DEFAULT_OPERATION_TIMEOUT).min(MAX_OPERATION_TIMEOUT);
        let envelope = request.max_envelope_size.unwrap_or(DEFAULT_ENVELOPE).min(MAX_ENVELOPE);
        let room = envelope.saturating_sub(Output::ENVELOPE_OVERHEAD);
        let received = shell.receive(target, wait, room).await?;
        let streams =
            if received.data.is_empty() { Vec::new() } else { vec![OutputStream { data: &received.data }] };
        Ok(request.received(&Output { streams, state: received.state }))
    }
}

/// The fault of a user who has as many sessions as allowed.
fn too_many_sessions(allowed: usize) -> Fault {
    Fault::quota(
        code::QUOTA_SHELLS,
        format!(
            "[FailureCategory=AuthZ-AuthorizationException] Fail to create a runspace because you have exceeded the \
             maximum number of connections allowed : {allowed} for the policy party : MaxConcurrency. Please close \
             existing runspace and try again."
        ),
    )
}
