//! What a list answers.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// Some of a list, or all of it.
#[derive(Serialize, ToSchema)]
pub struct Page<T: ToSchema> {
    /// What is in it, in its order.
    pub items: Vec<T>,
    /// What `cursor` gives the rest; null at the end.
    pub next: Option<String>,
}

impl<T: ToSchema> Page<T> {
    /// The answer of a list that is short enough to be given whole.
    pub fn whole(items: Vec<T>) -> Json<Self> {
        Json(Page { items, next: None })
    }
}
