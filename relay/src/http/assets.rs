//! The page's files: embedded, compressed once, served from memory.

use std::{collections::HashMap, io::Write as _, sync::OnceLock};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
};

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Brotli's quality. 9 is within 3 % of the best in a fraction of the time; a build without optimisation would take
/// seconds for that, and only its developer loads the page.
const BROTLI_QUALITY: u32 = if cfg!(debug_assertions) { 2 } else { 9 };
/// Base-2 logarithm of brotli's window: 4 MiB, more than the page's largest file.
const BROTLI_WINDOW: u32 = 22;

/// The page's files by path.
pub(crate) struct Assets {
    by_name: HashMap<&'static str, Asset>,
}

struct Asset {
    media: &'static str,
    plain: Bytes,
    gzip: Option<Bytes>,
    brotli: Option<Bytes>,
}

impl Assets {
    /// What is embedded; compresses it when it is first asked for, which is not for an async task.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Assets> = OnceLock::new();
        SHARED.get_or_init(Self::compress)
    }

    fn compress() -> Self {
        let asset = |media, plain: &'static [u8]| Asset {
            media,
            plain: Bytes::from_static(plain),
            gzip: smaller(plain, gzip(plain)),
            brotli: smaller(plain, brotli(plain)),
        };
        Self { by_name: EMBEDDED.iter().map(|(name, media, plain)| (*name, asset(media, plain))).collect() }
    }

    /// The file at a path; `/` is the page.
    pub(crate) fn serve(&self, path: &str, request: &HeaderMap) -> Response<Body> {
        let name = match path.trim_start_matches('/') {
            "" => "index.html",
            name => name,
        };
        let Some(asset) = self.by_name.get(name) else {
            let mut response = Response::new(Body::from("There is nothing at this address.\n"));
            *response.status_mut() = StatusCode::NOT_FOUND;
            return response;
        };
        let accepted =
            request.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (body, encoding) = match (&asset.brotli, &asset.gzip) {
            (Some(brotli), _) if accepts(accepted, "br") => (brotli, Some("br")),
            (_, Some(gzip)) if accepts(accepted, "gzip") => (gzip, Some("gzip")),
            _ => (&asset.plain, None),
        };
        let mut response = Response::new(Body::from(body.clone()));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.media));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Some(encoding) = encoding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        // Every name but the page's own changes with the content.
        let cache = if name == "index.html" { "no-cache" } else { "public, max-age=31536000, immutable" };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        response
    }
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

fn smaller(plain: &[u8], packed: std::io::Result<Vec<u8>>) -> Option<Bytes> {
    packed.ok().filter(|packed| packed.len() < plain.len()).map(Bytes::from)
}

fn gzip(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    let level =
        if cfg!(debug_assertions) { flate2::Compression::fast() } else { flate2::Compression::best() };
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
    encoder.write_all(plain)?;
    encoder.finish()
}

fn brotli(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut packed = Vec::new();
    let mut encoder = brotli::CompressorWriter::new(&mut packed, 1 << 16, BROTLI_QUALITY, BROTLI_WINDOW);
    encoder.write_all(plain)?;
    drop(encoder);
    Ok(packed)
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
        let assets = Assets::shared();
        let mut request = HeaderMap::new();
        request.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip, br"));
        for (name, media, _) in EMBEDDED {
            let response = assets.serve(&format!("/{name}"), &request);
            let cache = response.headers()[header::CACHE_CONTROL].to_str().unwrap();
            assert_eq!(cache.contains("immutable"), *name != "index.html");
            assert_eq!(response.headers()[header::CONTENT_TYPE], *media);
        }
        assert_eq!(assets.serve("/", &request).status(), StatusCode::OK);
        assert_eq!(assets.serve("/../Cargo.toml", &request).status(), StatusCode::NOT_FOUND);
    }
}
