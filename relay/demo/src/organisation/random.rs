//! The generator behind everything made up: the same seed gives the same organisation on every machine.

/// `SplitMix64`: small, fast and good enough for believable data.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// A generator that starts at `seed`.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// A number below `limit`; 0 if `limit` is 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        // The high half of the product: no bias worth speaking of for limits this small.
        ((u128::from(self.draw()) * u128::from(limit)) >> 64) as u64
    }

    /// True in `percent` of 100 cases.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// A number below a power of two of up to `bits`: small ones are more likely, as sizes and ages are.
    pub fn skewed(&mut self, bits: u64) -> u64 {
        let bits = self.below(bits);
        self.below(1 << bits)
    }

    /// One of the items; `None` of none.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len() as u64) as usize)
    }

    /// A version 4 GUID.
    pub fn guid(&mut self) -> uuid::Uuid {
        let bits = (u128::from(self.draw()) << 64) | u128::from(self.draw());
        let version = (bits & !(0xF << 76)) | (0x4 << 76);
        uuid::Uuid::from_u128((version & !(0x3 << 62)) | (0x2 << 62))
    }
}

/// Spreads the bits of a number over all 64.
pub fn mix(seed: u64) -> u64 {
    let z = (seed ^ (seed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_the_published_one() {
        // The first outputs of SplitMix64 for the seed 1234567.
        let mut random = Random::new(1_234_567);
        assert_eq!(random.draw(), 6_457_827_717_110_365_317);
        assert_eq!(random.draw(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn a_guid_has_version_and_variant() {
        let guid = Random::new(1).guid();
        assert_eq!(guid.get_version_num(), 4);
        assert_eq!(guid.as_bytes()[8] >> 6, 0b10);
    }
}
