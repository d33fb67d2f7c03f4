//! A host that an operator lets the service reach wherever it is, and without TLS.

use std::{fmt, str::FromStr};

/// A host with its port, as `--outbound-allow` names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    host: String,
    port: u16,
}

impl Allowed {
    /// Whether it is this one.
    pub fn is(&self, host: &str, port: u16) -> bool {
        self.port == port && self.host.eq_ignore_ascii_case(host)
    }
}

impl FromStr for Allowed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no host with a port, such as calendar.internal:8443 or [::1]:5232");
        let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
        let port = port.parse().map_err(|_| wrong())?;
        // As the address of a request writes it.
        let host = url::Host::parse(host).map_err(|_| wrong())?.to_string();
        Ok(Allowed { host, port })
    }
}

impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_allowed_with_its_port_alone() {
        let allowed: Allowed = "Calendar.internal:8443".parse().unwrap();
        assert!(allowed.is("calendar.internal", 8443) && !allowed.is("calendar.internal", 443));
        assert!("[::1]:5232".parse::<Allowed>().unwrap().is("[::1]", 5232));
        assert!("127.1:80".parse::<Allowed>().unwrap().is("127.0.0.1", 80));
        for wrong in ["", "host", "host:", "host:99999", ":80", "a b:80", "http://host:80"] {
            assert!(wrong.parse::<Allowed>().is_err(), "{wrong}");
        }
    }
}
