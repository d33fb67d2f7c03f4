//! Requests that the service itself sends, to addresses that somebody has told it: webhooks, subscribed calendars, CalDAV
//! servers. All of them go through here: over https, to public addresses, bounded in size and time.

mod allowed;
mod client;
mod guard;

pub use self::{
    allowed::Allowed,
    client::{Answer, Outbound, Request, Trouble},
};
