//! Signing in: who may, how many sessions, and what is said to the others.

use postern_demo::DemoOptions;
use postern_wsman::client::Error;

use crate::Demo;

#[tokio::test]
async fn wrong_credentials_are_refused() {
    let demo = Demo::start(DemoOptions::default()).await;
    for (user, password) in [("admin", "Demo"), ("nobody", "demo"), ("admin", "")] {
        let error = demo.connect(user, password).await.unwrap_err().error;
        assert!(
            matches!(&error, Error::Unauthorized { offered, .. } if offered == &["Basic"]),
            "{user}: {error:?}"
        );
    }
    demo.stop().await;
}

#[tokio::test]
async fn a_user_without_remote_powershell_or_without_roles_is_told_so() {
    let demo = Demo::start(DemoOptions::default()).await;
    let error = demo.connect("noremote", "demo").await.unwrap_err().error;
    assert!(matches!(error, Error::Http { status: 400, .. }), "{error:?}");
    // The shell is made; the first Receive says it.
    let error = demo.connect("noroles", "demo").await.unwrap_err().error;
    let text = error.to_string();
    assert!(text.contains("[FailureCategory=AuthZ-CmdletAccessDeniedException]"), "{text}");
    assert!(text.contains("noroles@klinik-auer.example\" isn't assigned to any management roles"), "{text}");
    demo.stop().await;
}

#[tokio::test]
async fn a_user_has_three_sessions() {
    let demo = Demo::start(DemoOptions::default()).await;
    let first = demo.session().await;
    let _second = demo.connect("ADMIN@klinik-auer.example", "demo").await.unwrap();
    let _third = demo.session().await;
    let error = demo.connect("admin", "demo").await.unwrap_err().error.to_string();
    assert!(error.contains("[FailureCategory=AuthZ-AuthorizationException]"), "{error}");
    assert!(error.contains("maximum number of connections allowed : 3"), "{error}");
    // Another user's are counted for themselves, and a closed one makes room.
    let _other = demo.connect("karin.vogt", "demo").await.unwrap();
    first.close().await;
    let _again = demo.session().await;
    demo.stop().await;
}
