//! A message to a webhook, signed as Standard Webhooks (standardwebhooks.com) has it: an HMAC-SHA256 over the message's id,
//! the time and the body, so that whoever gets it knows that it is ours, new, and whole.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use hyper::{
    Method,
    header::{self, HeaderName},
};
use sha2::Sha256;

use crate::{
    failure::Failure,
    outbound::{Outbound, Request},
    programs::{
        outbox::{Item, Outcome},
        webhooks,
    },
    store::{Store, now},
};

/// Bytes of an answer that are read; nothing is made of them.
const ANSWER: usize = 64 << 10;

/// Sends a message.
pub async fn send(store: &Store, outbound: &Outbound, item: &Item) -> Result<Outcome, Failure> {
    let Some((url, secret)) = webhooks::target(store, &item.tenant, &item.target).await? else {
        return Ok(Outcome::Never("the webhook is gone".into()));
    };
    // Who may be reached may have changed since it was made.
    let url = match outbound.address(&url) {
        Ok(url) => url,
        Err(why) => return Ok(Outcome::Not(why)),
    };
    let at = now() / 1000;
    let mut request = Request::new(Method::POST, url)
        .with(header::CONTENT_TYPE, "application/json")
        .with(HeaderName::from_static("webhook-id"), &item.id)
        .with(HeaderName::from_static("webhook-timestamp"), &at.to_string())
        .with(HeaderName::from_static("webhook-signature"), &signature(&secret, &item.id, at, &item.body)?);
    request.body = item.body.clone().into_bytes();
    Ok(match outbound.send(request, ANSWER).await {
        Ok(answer) if answer.status.is_success() => Outcome::Done(format!("answered {}", answer.status.as_u16())),
        // Gone: it says that it wants no more.
        Ok(answer) if answer.status.as_u16() == 410 => Outcome::Never("answered 410".into()),
        Ok(answer) => Outcome::Not(format!("answered {}", answer.status.as_u16())),
        Err(trouble) => Outcome::Not(trouble.0),
    })
}

/// The signature of a message.
fn signature(secret: &str, id: &str, at: i64, body: &str) -> Result<String, Failure> {
    let unusable = || Failure::Internal("The secret of a webhook can't be used.".into());
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap_or(secret)).map_err(|_| unusable())?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| unusable())?;
    mac.update(format!("{id}.{at}.{body}").as_bytes());
    Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's reference libraries.
    #[test]
    fn a_message_is_signed_as_the_specification_says() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let signed = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signed.unwrap(), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
