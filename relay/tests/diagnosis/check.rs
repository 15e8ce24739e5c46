//! `postern check` as an administrator runs it: where it stops, and what it says.

use std::{net::SocketAddr, path::Path, process::Stdio, sync::Arc};

use postern_shared::wire::{CheckLayer, CheckState, CheckStep};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    process::Command,
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};

use crate::{
    USER,
    faults::demo,
    scripted::{Scripted, http},
    tls,
};

/// What the program did.
struct Done {
    code: Option<i32>,
    out: String,
    error: String,
    /// What it printed, in one line with single blanks.
    flat: String,
}

async fn run(arguments: &[&str], password: &str, roots: Option<&Path>) -> Done {
    run_behind(None, arguments, password, roots).await
}

async fn run_behind(proxy: Option<&str>, arguments: &[&str], password: &str, roots: Option<&Path>) -> Done {
    let mut command = Command::new(env!("CARGO_BIN_EXE_postern"));
    command.arg("check").args(arguments).env("POSTERN_PASSWORD", password).stdin(Stdio::null());
    let variables =
        ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy", "POSTERN_CONFIG"];
    for variable in variables {
        command.env_remove(variable);
    }
    if let Some(proxy) = proxy {
        command.env("HTTPS_PROXY", proxy);
    }
    if let Some(roots) = roots {
        command.env("SSL_CERT_FILE", roots).env_remove("SSL_CERT_DIR");
    }
    let done = command.output().await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let out = text(done.stdout);
    let flat = out.split_whitespace().collect::<Vec<_>>().join(" ");
    let done = Done { code: done.status.code(), out, error: text(done.stderr), flat };
    println!("postern check {arguments:?}\n{}{}", done.out, done.error);
    assert!(!done.out.contains("geheim-17") && !done.error.contains("geheim-17"), "{}", done.out);
    done
}

/// Checks an address, and gives its lines and what is said where it stops: the title of the step and the explanation.
async fn stops(uri: &str, password: &str, roots: Option<&Path>) -> (String, Done) {
    let done = run(&["--endpoint", uri, "--user", USER], password, roots).await;
    assert_eq!(done.code, Some(1), "{}{}", done.out, done.error);
    let stopped = done.out.lines().filter(|line| line.starts_with("STOP")).collect::<Vec<_>>();
    let [stopped] = stopped[..] else { panic!("{}", done.out) };
    (stopped.to_owned(), done)
}

fn plain(address: SocketAddr) -> String {
    format!("http://{address}/PowerShell/")
}

#[tokio::test]
async fn a_good_endpoint_passes_every_layer() {
    let address = demo(None, &[]).await;
    let done = run(&["--endpoint", &plain(address), "--user", USER], "demo", None).await;
    assert_eq!(done.code, Some(0), "{}{}", done.out, done.error);
    assert_eq!(done.out.lines().filter(|line| line.starts_with("ok ")).count(), 7, "{}", done.out);
    assert!(
        done.flat.contains("answers as a WS-Management service of Postern")
            && done.flat.contains("All is well"),
        "{}",
        done.out
    );
    // The shell is deleted again: of the three that a user may have, none is taken.
    for _ in 0..4 {
        assert_eq!(run(&["--endpoint", &plain(address), "--user", USER], "demo", None).await.code, Some(0));
    }
    // Without a user it ends with the web service.
    let done = run(&["--endpoint", &plain(address)], "", None).await;
    assert_eq!(done.code, Some(0), "{}", done.out);
    assert!(done.flat.contains("as far as it was checked"), "{}", done.out);
}

#[tokio::test]
async fn json_is_the_same_step_by_step() {
    let address = demo(None, &[]).await;
    let done = run(&["--endpoint", &plain(address), "--user", USER, "--json"], "geheim-17", None).await;
    assert_eq!(done.code, Some(1));
    let steps: Vec<CheckStep> = done.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let stopped = steps.iter().find_map(|step| match &step.state {
        CheckState::Stopped { failure, .. } => Some((step.layer, failure)),
        _ => None,
    });
    let (layer, failure) = stopped.unwrap();
    assert_eq!(layer, CheckLayer::Authentication);
    assert_eq!(failure.code, "HTTP 401");
    let skipped = |step: &&CheckStep| matches!(step.state, CheckState::Skipped { .. });
    let skipped: Vec<CheckLayer> = steps.iter().filter(skipped).map(|step| step.layer).collect();
    assert_eq!(skipped, [CheckLayer::Tls, CheckLayer::Shell, CheckLayer::Runspace, CheckLayer::Command]);
}

#[tokio::test]
async fn it_stops_where_the_connection_does() {
    let address = demo(Some("/PowerShell/"), &[]).await;
    let (stop, done) = stops(&plain(address), "geheim-17", None).await;
    assert!(stop.contains("Sign-in") && done.flat.contains("never repeats"), "{}", done.out);

    let (stop, done) = stops(&format!("http://{address}/PowerShel/"), "demo", None).await;
    assert!(stop.contains("Web service (HTTP)") && done.flat.contains("HTTP 404"), "{}", done.out);

    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let (stop, done) = stops(&plain(free), "demo", None).await;
    assert!(stop.contains("Connection (TCP)") && done.flat.contains("Nothing listens"), "{}", done.out);

    let (stop, done) = stops("https://mail.nowhere.invalid/PowerShell/", "demo", None).await;
    assert!(stop.contains("Address of the server") && done.flat.contains("misspelt"), "{}", done.out);

    // Both ways round: http at a port of TLS, and https at a port of http.
    let secure = Scripted::secure(http("200 OK", "", ""), tls::server(&["127.0.0.1"], |_| {})).await;
    let (stop, done) = stops(&secure.uri("http"), "demo", None).await;
    assert!(stop.contains("Web service (HTTP)") && done.flat.contains("one for https"), "{}", done.out);
    let (stop, done) = stops(&format!("https://{address}/PowerShell/"), "demo", None).await;
    assert!(stop.contains("(TLS)") && stop.contains("does not speak TLS"), "{}", done.out);

    let redirect = demo(None, &["any=302:https://elsewhere.example/PowerShell/"]).await;
    let (stop, done) = stops(&plain(redirect), "demo", None).await;
    assert!(stop.contains("Redirect") && done.flat.contains("https://elsewhere.example/"), "{}", done.out);

    for (switch, layer) in [
        ("create=fault:0x803381A5:x", "shell"),
        ("create=redirect:https://elsewhere.example/", "Redirect"),
        ("receive=fault:5:[FailureCategory=AuthZ-CmdletAccessDeniedException] No.", "Runspace"),
        ("command=fault:5:No.", "A cmdlet"),
    ] {
        let address = demo(None, &[switch]).await;
        let (stop, done) = stops(&plain(address), "demo", None).await;
        assert!(stop.contains(layer), "{switch}: {}", done.out);
    }
}

#[tokio::test]
async fn a_circle_of_redirects_has_an_end() {
    let circle = demo(None, &["any=302:/PowerShell/"]).await;
    let arguments = ["--endpoint", &plain(circle), "--user", USER, "--allow-redirection"];
    let done = run(&arguments, "demo", None).await;
    assert_eq!(done.code, Some(1), "{}", done.out);
    assert_eq!(done.out.matches("follows to").count(), 5, "{}", done.out);
}

#[tokio::test]
async fn a_password_is_read_from_a_descriptor() {
    let address = demo(None, &[]).await;
    let uri = plain(address);
    let mut child = Command::new(env!("CARGO_BIN_EXE_postern"))
        .args(["check", "--endpoint", &uri, "--user", USER, "--password-fd", "0"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"demo\nmore\n").await.unwrap();
    let done = child.wait_with_output().await.unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
}

#[tokio::test]
async fn a_refused_certificate_is_shown_all_the_same() {
    let self_signed = Scripted::secure("", tls::server(&["127.0.0.1"], |_| {})).await;
    let (stop, done) = stops(&self_signed.uri("https"), "demo", None).await;
    assert!(stop.contains("(TLS)") && stop.contains("not trusted"), "{}", done.out);
    assert!(done.flat.contains("(self-signed)") && done.flat.contains("SHA-256"), "{}", done.out);

    let expired = Scripted::secure("", tls::server(&["127.0.0.1"], tls::expired)).await;
    let (stop, done) = stops(&expired.uri("https"), "demo", None).await;
    assert!(stop.contains("has expired"), "{}", done.out);
    assert!(done.flat.contains("Valid until 2021-01-01 00:00 UTC"), "{}", done.out);
}

/// The demo behind TLS, with a certificate of the authority for these names.
async fn behind_tls(config: ServerConfig) -> SocketAddr {
    let inner = demo(None, &[]).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut outer) = acceptor.accept(stream).await else { return };
                let Ok(mut inner) = TcpStream::connect(inner).await else { return };
                let _ = tokio::io::copy_bidirectional(&mut outer, &mut inner).await;
            });
        }
    });
    address
}

#[tokio::test]
async fn a_certificate_of_a_known_authority_passes_and_one_for_another_name_does_not() {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let roots = folder.path().join("roots.pem");
    std::fs::write(&roots, authority.pem()).unwrap();
    let issued = |name: &str| {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap();
        tls::config(vec![certificate.der().clone()], &key)
    };

    let good = behind_tls(issued("127.0.0.1")).await;
    let uri = format!("https://{good}/PowerShell/");
    let done = run(&["--endpoint", &uri, "--user", USER], "demo", Some(&roots)).await;
    assert_eq!(done.code, Some(0), "{}{}", done.out, done.error);
    assert!(
        done.flat.contains("TLS 1.3, certificate valid until") && done.flat.contains("Issuer"),
        "{}",
        done.out
    );
    assert_eq!(done.out.lines().filter(|line| line.starts_with("ok ")).count(), 8, "{}", done.out);

    // A redirect to there is followed where that was asked for, and the layers begin anew.
    let redirect = demo(None, &[&format!("any=302:{uri}")]).await;
    let (stop, _) = stops(&plain(redirect), "demo", Some(&roots)).await;
    assert!(stop.contains("Redirect"), "{stop}");
    let arguments = ["--endpoint", &plain(redirect), "--user", USER, "--allow-redirection"];
    let done = run(&arguments, "demo", Some(&roots)).await;
    assert_eq!(done.code, Some(1), "{}", done.out);
    assert!(done.flat.contains("postern check --redirect-host"), "{}", done.out);
    let arguments = [&arguments[..], &["--redirect-host", "127.0.0.1"]].concat();
    let done = run(&arguments, "demo", Some(&roots)).await;
    assert_eq!(done.code, Some(0), "{}{}", done.out, done.error);
    assert!(done.flat.contains("follows to 127.0.0.1") && done.flat.contains("All is well"), "{}", done.out);

    let other = behind_tls(issued("mail.klinik-auer.example")).await;
    let (stop, done) = stops(&format!("https://{other}/PowerShell/"), "demo", Some(&roots)).await;
    assert!(stop.contains("is for another name"), "{}", done.out);
    assert!(done.flat.contains("Names mail.klinik-auer.example"), "{}", done.out);
}

#[tokio::test]
async fn a_proxy_that_refuses_is_told_from_one_that_is_not_there() {
    let uri = "https://mail.klinik-auer.example/PowerShell/";
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let forbids = Scripted::plain(http("403 Forbidden", "", "")).await;
    let asks =
        Scripted::plain(http("407 Proxy Authentication Required", "Proxy-Authenticate: Basic\r\n", "")).await;
    for (proxy, layer, words) in [
        (forbids.address, "Way through the proxy", "rules forbid"),
        (asks.address, "Way through the proxy", "No credentials were given for the proxy"),
        (free, "Connection to the proxy", "out of order"),
    ] {
        let proxy = format!("http://{proxy}");
        let done = run_behind(Some(&proxy), &["--endpoint", uri, "--user", USER], "geheim-17", None).await;
        assert_eq!(done.code, Some(1), "{}", done.out);
        let stopped = done.out.lines().find(|line| line.starts_with("STOP")).unwrap();
        assert!(stopped.contains(layer), "{}", done.out);
        assert!(done.flat.contains(words), "{}", done.out);
    }
}

/// A proxy that speaks TLS itself, and connects to wherever it is asked to.
async fn proxy_behind_tls(config: ServerConfig) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let mut client = BufReader::new(stream);
                let mut target = String::new();
                loop {
                    let mut line = String::new();
                    match client.read_line(&mut line).await {
                        Ok(1..) if line == "\r\n" => break,
                        Ok(1..) if target.is_empty() => {
                            target = line.split(' ').nth(1).unwrap_or_default().to_owned();
                        }
                        Ok(1..) => {}
                        _ => return,
                    }
                }
                let Ok(mut server) = TcpStream::connect(&target).await else { return };
                if client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.is_ok() {
                    let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                }
            });
        }
    });
    address
}

#[tokio::test]
async fn a_proxy_may_speak_tls_itself() {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let roots = folder.path().join("roots.pem");
    std::fs::write(&roots, authority.pem()).unwrap();
    let issued = |name: &str| {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap();
        tls::config(vec![certificate.der().clone()], &key)
    };
    let server = behind_tls(issued("127.0.0.1")).await;
    let uri = format!("https://{server}/PowerShell/");
    let arguments = ["--endpoint", &uri, "--user", USER];
    let proxy = format!("https://{}", proxy_behind_tls(issued("127.0.0.1")).await);
    let done = run_behind(Some(&proxy), &arguments, "demo", Some(&roots)).await;
    assert_eq!(done.code, Some(0), "{}{}", done.out, done.error);
    for words in ["Secure connection to the proxy", "the proxy connects to 127.0.0.1", "All is well"] {
        assert!(done.flat.contains(words), "{words}: {}", done.out);
    }
    let proxy = format!("https://{}", proxy_behind_tls(issued("another.example")).await);
    let done = run_behind(Some(&proxy), &arguments, "demo", Some(&roots)).await;
    assert_eq!(done.code, Some(1), "{}", done.out);
    let stopped = done.out.lines().find(|line| line.starts_with("STOP")).unwrap();
    assert!(stopped.contains("Secure connection to the proxy"), "{}", done.out);
    assert!(done.flat.contains("another.example"), "{}", done.out);
}

#[tokio::test]
async fn what_cannot_be_checked_is_said_at_once() {
    let done = run(&["--endpoint", "nowhere"], "", None).await;
    assert_eq!(done.code, Some(1));
    assert!(done.error.contains("no endpoint `nowhere`") && done.out.is_empty(), "{}", done.error);
    let done = run(&["--endpoint", "https://mail.example/", "--user", USER], "", None).await;
    assert!(done.error.contains("no password") && done.out.is_empty(), "{}", done.error);
    let done = run(&["--endpoint", "ftp://mail.example/"], "", None).await;
    assert!(done.error.contains("cannot be used"), "{}", done.error);

    // A name of the configuration.
    let address = demo(None, &[]).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("postern.toml");
    let text = format!("[[endpoint]]\nname = 'lab'\nuri = '{}'\nallow_http = true\n", plain(address));
    std::fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    let done = run(&["--endpoint", "lab", "--config", file, "--user", USER], "demo", None).await;
    assert_eq!(done.code, Some(0), "{}{}", done.out, done.error);
}
