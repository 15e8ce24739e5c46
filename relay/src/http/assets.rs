//! The page's files: embedded with their compressed forms, served from memory.

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
};

/// A file: its name, its media type, its bytes, and these as gzip and as brotli where that is shorter.
type Embedded = (&'static str, &'static str, &'static [u8], Option<&'static [u8]>, Option<&'static [u8]>);

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The file at a path; `/` is the page.
pub(crate) fn serve(path: &str, request: &HeaderMap) -> Response<Body> {
    let name = match path.trim_start_matches('/') {
        "" => "index.html",
        name => name,
    };
    // A handful: a table of them would not be quicker.
    let Some(&(_, media, plain, gzip, brotli)) = EMBEDDED.iter().find(|(known, ..)| *known == name) else {
        let mut response = Response::new(Body::from("There is nothing at this address.\n"));
        *response.status_mut() = StatusCode::NOT_FOUND;
        return response;
    };
    let accepted =
        request.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (body, encoding) = match (brotli, gzip) {
        (Some(brotli), _) if accepts(accepted, "br") => (brotli, Some("br")),
        (_, Some(gzip)) if accepts(accepted, "gzip") => (gzip, Some("gzip")),
        _ => (plain, None),
    };
    let mut response = Response::new(Body::from(Bytes::from_static(body)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    // Every name but the page's own changes with the content.
    let cache = if name == "index.html" { "no-cache" } else { "public, max-age=31536000, immutable" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}

/// Whether `Accept-Encoding` lists an encoding and does not give it the weight 0 (RFC 9110 section 12.5.3).
fn accepts(header: &str, encoding: &str) -> bool {
    header.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding))
            && !parts.any(|weight| {
                weight.strip_prefix("q=").is_some_and(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0))
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_negotiated() {
        assert!(accepts("gzip, deflate, br", "br"));
        assert!(accepts("gzip;q=0.5, BR;q=1.0", "br"));
        assert!(!accepts("br;q=0, gzip", "br"));
        assert!(!accepts("brotli, xgzip", "br"));
        assert!(!accepts("", "gzip"));
    }

    #[test]
    fn the_page_is_never_cached_and_its_files_always() {
        let mut request = HeaderMap::new();
        request.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip, br"));
        for (name, media, ..) in EMBEDDED {
            let response = serve(&format!("/{name}"), &request);
            let cache = response.headers()[header::CACHE_CONTROL].to_str().unwrap();
            assert_eq!(cache.contains("immutable"), *name != "index.html");
            assert_eq!(response.headers()[header::CONTENT_TYPE], *media);
        }
        assert_eq!(serve("/", &request).status(), StatusCode::OK);
        assert_eq!(serve("/../Cargo.toml", &request).status(), StatusCode::NOT_FOUND);
    }
}
