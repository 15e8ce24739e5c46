//! Requests over HTTP: one shell, one set of cookies, one session id.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use reqwest::{
    Client, Response as HttpResponse, StatusCode,
    header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, HOST, LOCATION, USER_AGENT, WWW_AUTHENTICATE},
};
use uuid::Uuid;

use super::{
    Credentials, Endpoint, Error,
    body::{self, Encoding},
    connection::{OnConnected, Resolver},
    routes::Routes,
    shown_body::shown,
    tls,
};
use crate::envelope::{
    Body, EnvelopeError, Header, INITIAL_ENVELOPE_SIZE, Limits, MAX_ENVELOPE_SIZE, Operation, Request,
    Response, namespace,
};

/// How long a connection may be silent before TCP asks whether the other side is still there: firewalls on the way
/// forget connections after a few minutes.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// What sends requests for one shell.
pub(super) struct Transport {
    http: Client,
    endpoint: Endpoint,
    /// `None` for a question that needs no sign-in.
    credentials: Option<Credentials>,
    routes: Arc<Routes>,
    locale: String,
    data_locale: String,
    limits: Limits,
    /// Constant for the shell, or a Disconnect fails.
    session_id: Uuid,
    sequence: AtomicU64,
    envelope_size: AtomicU32,
    shell: OnceLock<Shell>,
}

/// The shell, as the server named it.
struct Shell {
    id: String,
    resource_uri: String,
}

impl Transport {
    pub(super) fn new(
        endpoint: Endpoint,
        credentials: Option<Credentials>,
        routes: Arc<Routes>,
        (locale, data_locale): (String, String),
        on_connected: Arc<dyn Fn() + Send + Sync>,
    ) -> Result<Self, Error> {
        if let Some(credentials) = &credentials {
            if !endpoint.allows_basic() {
                return Err(Error::BasicOverHttp);
            }
            credentials.basic()?;
        }
        let http = http_client(&endpoint, routes.clone(), on_connected)?;
        Ok(Self {
            http,
            endpoint,
            credentials,
            routes,
            locale,
            data_locale,
            limits: Limits::default(),
            session_id: Uuid::new_v4(),
            sequence: AtomicU64::new(0),
            envelope_size: AtomicU32::new(INITIAL_ENVELOPE_SIZE),
            shell: OnceLock::new(),
        })
    }

    pub(super) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// From now on all requests are about this shell.
    pub(super) fn set_shell(&self, id: String, resource_uri: Option<String>) {
        let resource_uri = resource_uri.unwrap_or_else(|| self.endpoint.resource_uri.clone());
        // Set once, when Create was answered.
        let _ = self.shell.set(Shell { id, resource_uri });
    }

    /// The server speaks a version of the protocol with which it may send larger envelopes.
    pub(super) fn allow_large_envelopes(&self) {
        self.envelope_size.store(MAX_ENVELOPE_SIZE, Ordering::Relaxed);
    }

    /// Bytes of fragments that fit into one request.
    pub(super) fn max_data(&self) -> usize {
        // Base64 makes four of three; 8 KiB are more than header and elements take.
        (self.envelope_size.load(Ordering::Relaxed) as usize).saturating_sub(8192) / 4 * 3
    }

    /// Sends a request; the answer is an envelope that holds no fault.
    pub(super) async fn send(&self, operation: Operation<'_>) -> Result<Vec<u8>, Error> {
        let request = self.prepare(operation);
        self.post(&request).await.map_err(|broken| broken.error)
    }

    /// Writes a request. Posting it twice is the same request twice: a server that has answered it gives that answer
    /// again, since the message id is the same.
    pub(super) fn prepare(&self, operation: Operation<'_>) -> Prepared {
        let shell = self.shell.get().filter(|_| is_about_a_shell(&operation));
        let resource_uri = match &operation {
            // Shells are listed whatever their session configuration is.
            Operation::Enumerate { .. } | Operation::Pull { .. } => namespace::SHELL,
            _ => shell.map_or(&self.endpoint.resource_uri, |shell| &shell.resource_uri),
        };
        let header = Header {
            to: self.endpoint.to(),
            resource_uri,
            message_id: Uuid::new_v4(),
            session_id: self.session_id,
            operation_id: Uuid::new_v4(),
            sequence: self.sequence.fetch_add(1, Ordering::Relaxed) + 1,
            max_envelope_size: self.envelope_size.load(Ordering::Relaxed),
            operation_timeout: self.endpoint.timeouts.operation,
            locale: &self.locale,
            data_locale: &self.data_locale,
            shell_id: shell.map(|shell| shell.id.as_str()),
        };
        let request = Request { header, operation };
        Prepared { action: request.action(), xml: Bytes::from(request.to_xml()) }
    }

    /// Posts a request. A fault that denies the shell is asked again once where a cookie has changed the way: it came
    /// from a back end that never had the shell, and so has not carried anything out.
    pub(super) async fn post(&self, request: &Prepared) -> Result<Vec<u8>, Broken> {
        let result = self.post_once(request).await;
        if self.shell.get().is_none() {
            return result;
        }
        match &result {
            Ok(_) => self.routes.keep(self.endpoint.url()),
            Err(broken) if broken.error.is_not_found() && self.routes.go_back(self.endpoint.url()) => {
                tracing::info!(
                    "Another back end answered, without the shell; going back by the former cookies"
                );
                return self.post_once(request).await;
            }
            Err(_) => {}
        }
        result
    }

    async fn post_once(&self, request: &Prepared) -> Result<Vec<u8>, Broken> {
        let timeouts = &self.endpoint.timeouts;
        let total = timeouts.operation + timeouts.grace;
        let mut builder = self
            .http
            .post(self.endpoint.url().clone())
            .header(CONTENT_TYPE, "application/soap+xml;charset=UTF-8")
            // IIS may compress otherwise, and compression would only cost the server's time.
            .header(ACCEPT_ENCODING, "identity")
            .header(USER_AGENT, "Microsoft WinRM Client")
            .timeout(total)
            .body(request.xml.clone());
        builder = match &self.credentials {
            Some(credentials) => builder.header(AUTHORIZATION, credentials.basic()?),
            // Windows answers Identify without a sign-in where this is said.
            None => builder.header("WSMANIDENTIFY", "unauthenticated"),
        };
        if let Some(host) = self.endpoint.host_header() {
            builder = builder.header(HOST, host);
        }
        let failed = |error| Error::from_http(error, timeouts.connect, total);
        let response = builder.send().await.map_err(failed)?;
        let status = response.status();
        let head = Head::of(&response);
        let mut body = Vec::new();
        if let Err(error) = body::read(response, self.limits.bytes, &mut body, failed).await {
            let answer = status.is_success().then_some(body);
            return Err(Broken { error, answer });
        }
        tracing::trace!(action = request.action, status = status.as_u16(), bytes = body.len(), "Answered");
        Ok(head.check(body, &self.limits)?)
    }
}

/// All requests but these are about the shell.
fn is_about_a_shell(operation: &Operation<'_>) -> bool {
    !matches!(
        operation,
        Operation::Create(_) | Operation::Enumerate { .. } | Operation::Pull { .. } | Operation::Identify
    )
}

/// A request that was written.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    action: &'static str,
    xml: Bytes,
}

/// A request that failed.
#[derive(Debug)]
pub(super) struct Broken {
    pub(super) error: Error,
    /// What had arrived of an answer with a status of success, if the connection broke within it.
    pub(super) answer: Option<Vec<u8>>,
}

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        Self { error, answer: None }
    }
}

/// The HTTP client for an endpoint, which calls back for each connection that stands.
pub(super) fn http_client(
    endpoint: &Endpoint,
    routes: Arc<Routes>,
    on_connected: Arc<dyn Fn() + Send + Sync>,
) -> Result<Client, Error> {
    let builder = Client::builder()
        .tls_backend_preconfigured(tls::config(endpoint)?)
        .dns_resolver(Arc::new(Resolver))
        .connector_layer(OnConnected(on_connected))
        .connect_timeout(endpoint.timeouts.connect)
        // A load balancer finds the shell's server by them.
        .cookie_provider(routes)
        // Following would turn a POST into a GET, and hand the credentials to whoever is named.
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .http1_only()
        .tcp_nodelay(true)
        .tcp_keepalive(KEEP_ALIVE);
    let builder = endpoint.proxy.apply(builder, endpoint.is_https())?;
    builder.build().map_err(|error| Error::Unreachable { text: error.to_string() })
}

/// What decides how the body of an answer is to be taken.
pub(super) struct Head {
    status: StatusCode,
    content_type: Option<String>,
    location: Option<String>,
    offered: Vec<String>,
    encoding: Encoding,
}

impl Head {
    pub(super) fn of(response: &HttpResponse) -> Self {
        let headers = response.headers();
        let text =
            |value: &reqwest::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        Self {
            status: response.status(),
            content_type: headers.get(CONTENT_TYPE).map(text),
            encoding: Encoding::of(response),
            location: headers.get(LOCATION).map(text),
            offered: headers
                .get_all(WWW_AUTHENTICATE)
                .iter()
                .map(text)
                .filter_map(|value| value.split([' ', ',']).next().map(str::to_owned))
                .filter(|scheme| !scheme.is_empty())
                .collect(),
        }
    }

    /// The body, if it is an envelope without a fault.
    pub(super) fn check(self, body: Vec<u8>, limits: &Limits) -> Result<Vec<u8>, Error> {
        // Without a status of success, what cannot be unpacked says nothing more than the status does.
        let body = match self.encoding.decode(body, limits.bytes) {
            Ok(body) => body,
            Err(error) if self.status.is_success() => return Err(error),
            Err(_) => Vec::new(),
        };
        match self.status.as_u16() {
            200..=299 => self.envelope(body, limits),
            401 => Err(Error::Unauthorized { offered: self.offered, text: shown(&body) }),
            301 | 302 | 303 | 307 | 308 => Err(Error::Redirected {
                location: self.location.unwrap_or_default(),
                via: format!("HTTP {}", self.status.as_u16()),
            }),
            // A fault comes with 500, and some front ends put one into 400, 403 or 503 as well.
            status => match parse_fault(&body, limits) {
                Some(error) => Err(error),
                None if status >= 500 => Err(Error::ServerError { status, text: shown(&body) }),
                None => Err(Error::Http { status, text: shown(&body) }),
            },
        }
    }

    /// A success is an envelope, or nothing at all, unless something in between answered.
    fn envelope(self, body: Vec<u8>, limits: &Limits) -> Result<Vec<u8>, Error> {
        let content_type = self.content_type.unwrap_or_default();
        // Only then is it worth to look twice; some servers are careless with the type.
        let other = !content_type.is_empty() && !is_xml(&content_type) && !body.is_empty();
        if other && Response::parse(&body, limits).is_err() {
            return Err(Error::ContentType { content_type, text: shown(&body) });
        }
        Ok(body)
    }
}

fn is_xml(content_type: &str) -> bool {
    content_type.contains("xml")
}

fn parse_fault(body: &[u8], limits: &Limits) -> Option<Error> {
    let response = Response::parse(body, limits).ok()?;
    match response.body() {
        Ok(Body::Fault(fault)) => Some(Error::from_fault(fault)),
        _ => None,
    }
}

/// Hands what a response holds to `use_it`; a fault, which may also come with HTTP 200, is an error.
pub(super) fn with_response<T>(
    bytes: &[u8],
    limits: &Limits,
    use_it: impl FnOnce(Body<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let response = match Response::parse(bytes, limits) {
        Ok(response) => response,
        // Some servers answer Signal and Delete with nothing at all.
        Err(EnvelopeError::Empty) => return use_it(Body::Done),
        Err(error) => return Err(error.into()),
    };
    match response.body()? {
        Body::Fault(fault) => Err(Error::from_fault(fault)),
        body => use_it(body),
    }
}
