//! Groups of entries of a table. The compiler makes them, so that nothing is built when the command starts.

/// The positions of the entries of each bucket, in the order of the table.
pub(super) struct Buckets<const N: usize> {
    entries: [u16; N],
    /// Where each bucket starts in `entries`. Entries without a bucket come last.
    starts: [u16; BUCKETS + 1],
}

const BUCKETS: usize = 256;

impl<const N: usize> Buckets<N> {
    /// Groups entries by their bucket.
    #[expect(clippy::cast_possible_truncation, reason = "a position is less than N, which is checked")]
    pub(super) const fn new(bucket_of: &[Option<u8>; N]) -> Self {
        assert!(N < u16::MAX as usize);
        let mut entries = [0; N];
        let mut starts = [0; BUCKETS + 1];
        let mut done = 0;
        let mut bucket = 0;
        while bucket <= BUCKETS {
            starts[bucket] = done;
            let mut entry = 0;
            while entry < N {
                let is_here = match bucket_of[entry] {
                    Some(own) => own as usize == bucket,
                    None => bucket == BUCKETS,
                };
                if is_here {
                    entries[done as usize] = entry as u16;
                    done += 1;
                }
                entry += 1;
            }
            bucket += 1;
        }
        Self { entries, starts }
    }

    /// Returns the positions of the entries of a bucket.
    pub(super) fn of(&self, bucket: u8) -> impl Iterator<Item = usize> {
        let bucket = usize::from(bucket);
        let range = usize::from(self.starts[bucket])..usize::from(self.starts[bucket + 1]);
        self.entries[range].iter().map(|entry| usize::from(*entry))
    }
}

/// Returns the bucket of a name.
#[expect(clippy::cast_possible_truncation, reason = "a bucket is one byte of the hash")]
pub(super) const fn bucket(name: &[u8]) -> u8 {
    let mut hash = name.len() as u32;
    let mut at = 0;
    while at < name.len() {
        hash = hash.wrapping_mul(0x0100_0193) ^ name[at] as u32;
        at += 1;
    }
    (hash ^ hash >> 8 ^ hash >> 16) as u8
}
