//! The body of an answer: read as far as is accepted, decoded where it is compressed.

use std::io::Read as _;

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use reqwest::{Response, header::CONTENT_ENCODING};

use super::Error;

/// How a body is compressed. `identity` is what is asked for; IIS may compress all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Identity,
    Gzip,
    /// Zlib by the standard (RFC 9110 8.4.1.2), raw DEFLATE by what some servers send.
    Deflate,
    /// One that nobody asked for and nobody here knows.
    Unknown(String),
}

impl Encoding {
    pub(super) fn of(response: &Response) -> Self {
        let values = response.headers().get_all(CONTENT_ENCODING);
        let names: Vec<String> = values
            .iter()
            .flat_map(|value| {
                String::from_utf8_lossy(value.as_bytes())
                    .to_ascii_lowercase()
                    .split(',')
                    .map(str::trim)
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            })
            .filter(|name| !name.is_empty() && name != "identity")
            .collect();
        match names.as_slice() {
            [] => Self::Identity,
            [name] if name == "gzip" || name == "x-gzip" => Self::Gzip,
            [name] if name == "deflate" => Self::Deflate,
            names => Self::Unknown(names.join(", ")),
        }
    }

    /// The body as it was before it was compressed; at most `limit` bytes.
    pub(super) fn decode(&self, body: Vec<u8>, limit: usize) -> Result<Vec<u8>, Error> {
        match self {
            Self::Identity => Ok(body),
            // A server that compresses may leave an empty body as it is.
            _ if body.is_empty() => Ok(body),
            Self::Gzip => inflate(MultiGzDecoder::new(body.as_slice()), limit),
            // The first two bytes of zlib are a number that 31 divides, with 8 for the method (RFC 1950 2.2).
            Self::Deflate => match body.as_slice() {
                [first, second, ..]
                    if first & 0x0f == 8 && (u16::from(*first) * 256 + u16::from(*second)) % 31 == 0 =>
                {
                    inflate(ZlibDecoder::new(body.as_slice()), limit)
                }
                _ => inflate(DeflateDecoder::new(body.as_slice()), limit),
            },
            Self::Unknown(name) => {
                Err(Error::Compressed { text: format!("unknown content encoding {name}") })
            }
        }
    }
}

fn inflate(decoder: impl std::io::Read, limit: usize) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    decoder
        .take(limit as u64 + 1)
        .read_to_end(&mut body)
        .map_err(|error| Error::Compressed { text: error.to_string() })?;
    if body.len() > limit { Err(Error::ResponseTooLarge { limit }) } else { Ok(body) }
}

/// Reads a body as far as is accepted. What had come before an error stays in `body`.
pub(super) async fn read(
    mut response: Response,
    limit: usize,
    body: &mut Vec<u8>,
    failed: impl Fn(reqwest::Error) -> Error,
) -> Result<(), Error> {
    let expected = response.content_length().unwrap_or(0);
    if expected > limit as u64 {
        return Err(Error::ResponseTooLarge { limit });
    }
    body.reserve_exact(expected as usize);
    while let Some(chunk) = response.chunk().await.map_err(&failed)? {
        if chunk.len() > limit.saturating_sub(body.len()) {
            return Err(Error::ResponseTooLarge { limit });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{
        Compression,
        write::{DeflateEncoder, GzEncoder, ZlibEncoder},
    };

    use super::*;

    const TEXT: &[u8] = b"<s:Envelope/> <s:Envelope/> <s:Envelope/>";

    #[test]
    fn wire_17_compressed_bodies_are_decoded() {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(TEXT).unwrap();
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(TEXT).unwrap();
        let mut raw = DeflateEncoder::new(Vec::new(), Compression::default());
        raw.write_all(TEXT).unwrap();
        for (encoding, body) in [
            (Encoding::Identity, TEXT.to_vec()),
            (Encoding::Gzip, gzip.finish().unwrap()),
            (Encoding::Deflate, zlib.finish().unwrap()),
            (Encoding::Deflate, raw.finish().unwrap()),
        ] {
            assert_eq!(encoding.decode(body, 100).unwrap(), TEXT, "{encoding:?}");
        }
    }

    #[test]
    fn limits_what_is_unpacked_is_bounded() {
        let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
        bomb.write_all(&vec![0; 1 << 20]).unwrap();
        let bomb = bomb.finish().unwrap();
        assert!(bomb.len() < 4096);
        assert!(matches!(Encoding::Gzip.decode(bomb, 4096), Err(Error::ResponseTooLarge { limit: 4096 })));
        assert!(matches!(Encoding::Gzip.decode(b"no".to_vec(), 10), Err(Error::Compressed { .. })));
        let unknown = Encoding::Unknown("br".to_owned());
        assert!(matches!(unknown.decode(b"x".to_vec(), 10), Err(Error::Compressed { .. })));
    }
}
