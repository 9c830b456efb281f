//! The header of an entry in a tar archive.

use std::sync::LazyLock;

use tar::{EntryType, Header};

/// The timestamp of every entry, in seconds since the Unix epoch: 2 January 1980, 00:00 UTC.
///
/// The ZIP format, and therefore a wheel, cannot store local times before 1980. This timestamp is in 1980 in every time
/// zone.
pub const ENTRY_TIME: u64 = 315_619_200;

/// The maximum length of a name in an entry's header, in bytes.
pub(super) const LONGEST_NAME: usize = 100;

/// Returns the header of an entry. A name that does not fit is truncated here; its PAX record has the full name.
pub(super) fn header(path: &str, kind: EntryType, mode: u32, size: u64, link: &str) -> Header {
    let mut header = COMMON.clone();
    let bytes = header.as_old_mut();
    let fitting = |name: &str| name.len().min(LONGEST_NAME);
    bytes.name[..fitting(path)].copy_from_slice(&path.as_bytes()[..fitting(path)]);
    bytes.linkname[..fitting(link)].copy_from_slice(&link.as_bytes()[..fitting(link)]);
    write_octal(&mut bytes.mode, mode.into());
    if size < LARGE {
        write_octal(&mut bytes.size, size);
    } else {
        header.set_size(size);
    }
    header.set_entry_type(kind);
    header.set_cksum();
    header
}

/// The fields that are the same in all headers: owner and timestamp.
static COMMON: LazyLock<Header> = LazyLock::new(|| {
    let mut header = Header::new_ustar();
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(ENTRY_TIME);
    header
});

/// The smallest file size that does not fit in the eleven octal digits of the header field.
const LARGE: u64 = 8 << 30;

/// Writes octal digits that fill the field, except for its last byte, which stays zero.
fn write_octal(field: &mut [u8], value: u64) {
    let mut left = value;
    for digit in field.iter_mut().rev().skip(1) {
        *digit = b'0' + (left % 8) as u8;
        left /= 8;
    }
}

/// Returns the PAX record `"length key=value\n"`. The length includes its own digits.
pub(super) fn pax_record(key: &str, value: &str) -> String {
    let rest = key.len() + value.len() + 3;
    let mut length = rest + 1;
    while length != rest + length.to_string().len() {
        length = rest + length.to_string().len();
    }
    format!("{length} {key}={value}\n")
}

#[cfg(test)]
mod tests {
    use tar::{EntryType, Header};

    use super::{LARGE, header, pax_record};

    #[test]
    fn the_numbers_in_a_header_can_be_read_back() {
        for size in [0, 1, 7, 8, 511, 0o7654_3210, LARGE - 1, LARGE, u64::from(u32::MAX) << 10] {
            for mode in [0o644, 0o755, 0o777] {
                let header = header("a", EntryType::Regular, mode, size, "");
                assert_eq!((header.size().unwrap(), header.mode().unwrap()), (size, mode));
                let mut other = Header::new_ustar();
                other.set_size(size);
                other.set_mode(mode);
                assert_eq!(header.as_old().size, other.as_old().size);
                assert_eq!(header.as_old().mode, other.as_old().mode);
            }
        }
    }

    #[test]
    fn the_length_of_a_pax_record_includes_itself() {
        for (value, expected) in [("x", "6 a=x\n".to_owned()), ("12345", "11 a=12345\n".to_owned())] {
            let record = pax_record("a", value);
            assert_eq!(record, expected);
            assert_eq!(record.len().to_string(), record.split(' ').next().unwrap());
        }
    }
}
