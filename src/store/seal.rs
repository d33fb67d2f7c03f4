//! Encryption of what is kept about people, where a key is configured: XChaCha20-Poly1305, each text bound to its place, so
//! that none can be read in another's.

use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, Generate, KeyInit, Payload},
};
use zeroize::Zeroizing;

use crate::failure::Failure;

/// Keys by their ids, the one in force first; none where nothing is encrypted.
#[derive(Default)]
pub struct Seal {
    keys: Vec<(String, XChaCha20Poly1305)>,
}

/// A text as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Id of the key that it is encrypted with; nothing where it is not.
    pub key: Option<String>,
    /// The nonce and what is encrypted, or the text itself.
    pub bytes: Vec<u8>,
}

/// Bytes of a nonce.
const NONCE: usize = 24;

impl Seal {
    /// Reads a file of keys: a line for each, its id and 64 hexadecimal digits, the one in force first.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut keys: Vec<(String, XChaCha20Poly1305)> = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.split('#').next().unwrap_or_default();
            let mut words = line.split_whitespace();
            let (id, digits) = match (words.next(), words.next(), words.next()) {
                (None, ..) => continue,
                (Some(id), Some(digits), None) => (id, digits),
                _ => return Err(format!("line {number} is not an id and a key")),
            };
            if id.len() > 64 || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:-".contains(&b)) {
                return Err(format!("the id in line {number} is not 1 to 64 of A-Z a-z 0-9 . _ : -"));
            }
            if keys.iter().any(|(other, _)| other == id) {
                return Err(format!("line {number} has an id that came before"));
            }
            let key = hex::decode(digits).map(Zeroizing::new).ok();
            let cipher = key.and_then(|key| XChaCha20Poly1305::new_from_slice(&key).ok());
            let cipher = cipher.ok_or_else(|| format!("the key in line {number} is not 64 hexadecimal digits"))?;
            keys.push((id.to_owned(), cipher));
        }
        if keys.is_empty() { Err("there is no key in it".to_owned()) } else { Ok(Seal { keys }) }
    }

    /// Ids of the keys, the one in force first.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|(id, _)| id.as_str())
    }

    /// A text as it is kept at a place.
    pub fn close(&self, place: &[&str], clear: Vec<u8>) -> Result<Sealed, Failure> {
        let Some((id, cipher)) = self.keys.first() else { return Ok(Sealed { key: None, bytes: clear }) };
        let clear = Zeroizing::new(clear);
        let fault = || Failure::Internal("A text can't be encrypted.".to_owned());
        let nonce = XNonce::try_generate().map_err(|_| fault())?;
        let closed = cipher.encrypt(&nonce, Payload { msg: &clear, aad: &bound(place) }).map_err(|_| fault())?;
        Ok(Sealed { key: Some(id.clone()), bytes: [nonce.as_slice(), &closed].concat() })
    }

    /// What is kept at a place.
    pub fn open(&self, place: &[&str], sealed: Sealed) -> Result<Vec<u8>, Failure> {
        let Some(id) = sealed.key else { return Ok(sealed.bytes) };
        let Some((_, cipher)) = self.keys.iter().find(|(known, _)| *known == id) else {
            return Err(Failure::Outside(format!(
                "What is kept is encrypted with the key {id}, which is not configured."
            )));
        };
        let fault = || Failure::Internal(format!("What is encrypted with the key {id} can't be read with it."));
        let (nonce, closed) = sealed.bytes.split_at_checked(NONCE).ok_or_else(fault)?;
        let nonce = XNonce::try_from(nonce).map_err(|_| fault())?;
        cipher.decrypt(&nonce, Payload { msg: closed, aad: &bound(place) }).map_err(|_| fault())
    }
}

/// A place as bytes; ids have no zero in them.
fn bound(place: &[&str]) -> Vec<u8> {
    place.join("\0").into_bytes()
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "old 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const NEW: &str = "new ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    fn seal(lines: &[&str]) -> Seal {
        Seal::read(&lines.join("\n")).unwrap()
    }

    #[test]
    fn a_text_is_read_again_with_its_key_at_its_place_and_no_other() {
        let both = seal(&["# keys", NEW, "", OLD]);
        let kept = seal(&[OLD]).close(&["t", "p", "a"], b"Maria".to_vec()).unwrap();
        assert_eq!(kept.key.as_deref(), Some("old"));
        assert!(!kept.bytes.windows(5).any(|w| w == b"Maria"));
        assert_eq!(both.open(&["t", "p", "a"], kept.clone()).unwrap(), b"Maria");
        assert_eq!(both.close(&["t", "p", "a"], b"Maria".to_vec()).unwrap().key.as_deref(), Some("new"));
        for place in [&["t", "p", "b"][..], &["u", "p", "a"], &["t", "pa"]] {
            assert!(both.open(place, kept.clone()).is_err(), "{place:?}");
        }
        let missing = seal(&[NEW]).open(&["t", "p", "a"], kept.clone()).unwrap_err().to_string();
        assert!(missing.contains("key old"), "{missing}");
        let misnamed = seal(&[&NEW.replace("new", "old")]);
        assert!(misnamed.open(&["t", "p", "a"], kept).is_err());
    }

    #[test]
    fn what_was_changed_or_cut_is_not_read() {
        let seal = seal(&[NEW]);
        let kept = seal.close(&["a"], b"Maria".to_vec()).unwrap();
        for at in 0..kept.bytes.len() {
            let mut changed = kept.clone();
            changed.bytes[at] ^= 1;
            assert!(seal.open(&["a"], changed).is_err(), "{at}");
            let cut = Sealed { bytes: kept.bytes[..at].to_vec(), ..kept.clone() };
            assert!(seal.open(&["a"], cut).is_err(), "{at}");
        }
    }

    #[test]
    fn without_a_key_a_text_is_kept_as_it_is() {
        let kept = Seal::default().close(&["a"], b"Maria".to_vec()).unwrap();
        assert_eq!(kept, Sealed { key: None, bytes: b"Maria".to_vec() });
        assert_eq!(seal(&[NEW]).open(&["a"], kept).unwrap(), b"Maria");
    }

    #[test]
    fn a_file_that_is_wrong_is_told_by_its_line_and_without_its_keys() {
        for (text, why) in [
            ("", "no key"),
            ("# only a remark", "no key"),
            ("one", "line 1"),
            ("one ff", "line 1"),
            (&format!("{OLD}\n{}", NEW.replace("new", "old")), "line 2"),
            (&format!("{OLD}\n{}", NEW.replace("new", "n/w")), "line 2"),
            (&format!("{OLD} more"), "line 1"),
        ] {
            let told = Seal::read(text).unwrap_err();
            assert!(told.contains(why) && !told.contains("0405"), "{told}");
        }
        assert_eq!(format!("{:?}", seal(&[NEW, OLD])), r#"["new", "old"]"#);
    }
}
