//! The logo of the Messenger and its mails: a PNG, JPEG or GIF, told by its content.
//!
//! Only the header is read. Nothing here decodes pixels, so no image can be a bomb, and a file's
//! name or claimed type counts for nothing.

use std::borrow::Cow;

use thiserror::Error;

/// The largest logo, in bytes (512 KiB).
pub const MAX_BYTES: usize = 512 * 1024;
/// The longest side of a logo, in pixels.
pub const MAX_SIDE: u32 = 2000;

/// An image that was looked at and found fit for a mail. The default is deskbell's bell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    mime: &'static str,
    bytes: Cow<'static, [u8]>,
    width: u32,
    height: u32,
}

/// Why an image is no logo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LogoError {
    #[error("The logo is {0} bytes, more than {MAX_BYTES} (512 KiB). Make it smaller.")]
    TooLarge(usize),
    #[error("The logo is neither a PNG nor a JPEG nor a GIF. Save it as one of these.")]
    NotAnImage,
    #[error("The logo is cut short: its {0} header does not say how large it is. Save it anew.")]
    Truncated(&'static str),
    #[error("The logo is {0} x {1} pixels. Each side must be between 1 and {MAX_SIDE}.")]
    Size(u32, u32),
}

impl Logo {
    /// # Errors
    /// [`LogoError`]: over 512 KiB, not one of the three kinds, cut short before its dimensions,
    /// or a side of 0 or more than 2000 pixels.
    pub fn new(bytes: Vec<u8>) -> Result<Self, LogoError> {
        if bytes.len() > MAX_BYTES {
            return Err(LogoError::TooLarge(bytes.len()));
        }
        let (mime, kind, size) = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            ("image/png", "PNG", png_size(&bytes))
        } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
            ("image/gif", "GIF", gif_size(&bytes))
        } else if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
            ("image/jpeg", "JPEG", jpeg_size(&bytes))
        } else {
            return Err(LogoError::NotAnImage);
        };
        let (width, height) = size.ok_or(LogoError::Truncated(kind))?;
        if !(1..=MAX_SIDE).contains(&width) || !(1..=MAX_SIDE).contains(&height) {
            return Err(LogoError::Size(width, height));
        }
        Ok(Self { mime, bytes: bytes.into(), width, height })
    }

    /// The media type: `image/png`, `image/jpeg` or `image/gif`.
    #[must_use]
    pub fn mime(&self) -> &'static str {
        self.mime
    }

    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Width in pixels.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Width and height to show it with in a box of `width` x `height`: never enlarged, the
    /// proportions kept, each at least 1.
    #[must_use]
    pub fn fit(&self, width: u32, height: u32) -> (u32, u32) {
        if self.width <= width && self.height <= height {
            return (self.width, self.height);
        }
        let by_height = self.width * height / self.height.max(1);
        if by_height <= width {
            (by_height.max(1), height)
        } else {
            (width, (self.height * width / self.width.max(1)).max(1))
        }
    }
}

impl Default for Logo {
    fn default() -> Self {
        let bytes = include_bytes!("../../assets/logo.png");
        Self { mime: "image/png", bytes: Cow::Borrowed(bytes), width: 64, height: 64 }
    }
}

fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    // Signature (8), length of the first chunk (4), its name (4), width, height.
    if bytes.get(8..16)? != b"\0\0\0\x0dIHDR" {
        return None;
    }
    Some((be32(bytes, 16)?, be32(bytes, 20)?))
}

fn gif_size(bytes: &[u8]) -> Option<(u32, u32)> {
    // The logical screen descriptor is 7 bytes behind the signature; all of it must be there.
    let screen: [u8; 7] = bytes.get(6..13)?.try_into().ok()?;
    let [w0, w1, h0, h1, ..] = screen;
    Some((u32::from(u16::from_le_bytes([w0, w1])), u32::from(u16::from_le_bytes([h0, h1]))))
}

/// Walks the segments to the frame header (SOFn), which holds the dimensions.
fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        if *bytes.get(at)? != 0xff {
            return None;
        }
        let marker = *bytes.get(at + 1)?;
        match marker {
            // Fill bytes, and markers without a length.
            0xff => at += 1,
            0x01 | 0xd0..=0xd8 => at += 2,
            // SOF0 to SOF15, without DHT, JPG and DAC: length (2), precision (1), height, width.
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                return Some((be16(bytes, at + 7)?, be16(bytes, at + 5)?));
            }
            // The picture or its end before any frame header.
            0xd9 | 0xda => return None,
            _ => {
                let length = usize::try_from(be16(bytes, at + 2)?).ok()?;
                if length < 2 {
                    return None;
                }
                at += 2 + length;
            }
        }
    }
}

fn be16(bytes: &[u8], at: usize) -> Option<u32> {
    let two: [u8; 2] = bytes.get(at..at + 2)?.try_into().ok()?;
    Some(u32::from(u16::from_be_bytes(two)))
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes
    }

    fn gif(width: u16, height: u16) -> Vec<u8> {
        let mut bytes = b"GIF89a".to_vec();
        bytes.extend(width.to_le_bytes());
        bytes.extend(height.to_le_bytes());
        bytes.extend([0, 0, 0]);
        bytes
    }

    fn jpeg(width: u16, height: u16) -> Vec<u8> {
        // SOI, an APP0 of 16 bytes, a fill byte, a Huffman table that looks like a frame, SOF2.
        let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0, 0, 16];
        bytes.extend([0; 14]);
        bytes.extend([0xff, 0xff, 0xc4, 0, 4, 0xff, 0xc0, 0xff, 0xc2, 0, 17, 8]);
        bytes.extend(height.to_be_bytes());
        bytes.extend(width.to_be_bytes());
        bytes
    }

    #[test]
    fn the_bell_is_a_logo_and_says_its_size_truly() {
        let bell = Logo::default();
        assert_eq!(Logo::new(bell.bytes().to_vec()), Ok(bell));
    }

    #[test]
    fn the_kind_and_the_size_are_told_by_content() {
        for (bytes, mime) in [
            (png(300, 100), "image/png"),
            (gif(300, 100), "image/gif"),
            (jpeg(300, 100), "image/jpeg"),
        ] {
            let logo = Logo::new(bytes).unwrap();
            assert_eq!((logo.mime(), logo.width(), logo.height()), (mime, 300, 100));
        }
    }

    #[test]
    fn what_is_no_logo_is_refused_with_a_sentence() {
        let mut large = png(10, 10);
        large.resize(MAX_BYTES + 1, 0);
        for (bytes, sentence) in [
            (b"<svg/>".to_vec(), "neither a PNG nor a JPEG nor a GIF"),
            (Vec::new(), "neither a PNG"),
            (large, "more than 524288 (512 KiB)"),
            (png(2001, 10), "2001 x 10 pixels"),
            (jpeg(10, 2001), "10 x 2001 pixels"),
            (gif(0, 10), "0 x 10 pixels"),
        ] {
            let error = Logo::new(bytes).unwrap_err().to_string();
            assert!(error.contains(sentence), "{error}");
        }
    }

    #[test]
    fn every_cut_of_a_header_is_refused() {
        for whole in [png(10, 10), gif(10, 10), jpeg(10, 10)] {
            for cut in 0..whole.len() {
                assert!(Logo::new(whole[..cut].to_vec()).is_err(), "{cut} of {whole:x?}");
            }
        }
        // A picture or an end before any frame, and segments that claim to be shorter than they are.
        for broken in [&[0xff, 0xd8, 0xff, 0xd9][..], &[0xff, 0xd8, 0xff, 0xe0, 0, 1, 0, 0]] {
            assert_eq!(Logo::new(broken.to_vec()), Err(LogoError::Truncated("JPEG")));
        }
    }

    #[test]
    fn it_is_shown_smaller_never_larger_and_in_proportion() {
        let fit = |w, h| Logo::new(png(w, h)).unwrap().fit(160, 48);
        assert_eq!(fit(64, 48), (64, 48));
        assert_eq!(fit(640, 480), (64, 48));
        assert_eq!(fit(2000, 100), (160, 8));
        assert_eq!(fit(2000, 1), (160, 1));
        assert_eq!(fit(1, 2000), (1, 48));
    }
}
