//! The routes of what runs beside the service and ends with a report: the same four for each kind.

/// Makes `router()` with `POST`, `GET` and `DELETE` of one, and its events.
macro_rules! polled {
    (
        $(#[$about:meta])*
        kind: $kind:ident, body: $body:ty, answer: $answer:ty, tag: $tag:literal,
        paths: $all:literal, $one:literal, $events:literal,
        names: $submit:literal, $get:literal, $watch:literal, $stop:literal,
    ) => {
        /// The routes.
        pub fn router() -> utoipa_axum::router::OpenApiRouter<std::sync::Arc<$crate::http::App>> {
            utoipa_axum::router::OpenApiRouter::new()
                .routes(utoipa_axum::routes!(create))
                .routes(utoipa_axum::routes!(get, delete))
                .routes(utoipa_axum::routes!(watch))
        }

        $(#[$about])*
        #[utoipa::path(
            post, path = $all, operation_id = $submit, tag = $tag, request_body = $body,
            params(
                ("Prefer" = Option<String>, Header, description = "`wait=SECONDS`, at most 600"),
                ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible characters; a repeat with the same key and body is the same request"),
            ),
            responses(
                (status = 200, description = "It has ended within the wait: as `GET`", body = $answer),
                (status = 202, description = "It is queued", body = $answer,
                    headers(("Location" = String, description = "Where it is"))),
                (status = 400, description = "Not JSON", body = $crate::http::error::ProblemDetails, content_type = "application/problem+json"),
                (status = 409, description = "The `Idempotency-Key` came with another body before (`idempotency-key-reused`)", body = $crate::http::error::ProblemDetails, content_type = "application/problem+json"),
                (status = 413, description = "Too large", body = $crate::http::error::ProblemDetails, content_type = "application/problem+json"),
                (status = 422, description = "Invalid, all errors at once; or the pins contradict the hard rules", body = $crate::http::error::ProblemDetails, content_type = "application/problem+json"),
                (status = 429, description = "The queue is full", body = $crate::http::error::ProblemDetails, content_type = "application/problem+json",
                    headers(("Retry-After" = String, description = "Seconds"))),
            )
        )]
        async fn create(
            axum::extract::State(app): axum::extract::State<std::sync::Arc<$crate::http::App>>,
            caller: $crate::http::caller::Caller,
            headers: axum::http::HeaderMap,
            body: axum::body::Body,
        ) -> Result<axum::response::Response, $crate::http::Error> {
            $crate::http::runs::create(&app, &caller, &headers, body, &$kind).await
        }

        /// How far it is; at its end, what is told of it.
        #[utoipa::path(
            get, path = $one, operation_id = $get, tag = $tag, params(("id" = String, Path, description = "Its id")),
            responses(
                (status = 200, description = "As a solve, with the members of the report beside it", body = $answer),
                (status = 404, description = "Nothing of this id", body = $crate::http::error::ProblemDetails, content_type = "application/problem+json"),
            )
        )]
        async fn get(
            axum::extract::State(app): axum::extract::State<std::sync::Arc<$crate::http::App>>,
            caller: $crate::http::caller::Caller,
            axum::extract::Path(id): axum::extract::Path<String>,
        ) -> Result<axum::response::Response, $crate::http::Error> {
            $crate::http::runs::get(&app, &caller, &$kind, &id).await
        }

        /// How it goes, as server-sent events `progress` and `finished`.
        #[utoipa::path(
            get, path = $events, operation_id = $watch, tag = $tag,
            params(
                ("id" = String, Path, description = "Its id"),
                ("Last-Event-ID" = Option<String>, Header, description = "The last event that was seen"),
            ),
            responses(
                (status = 200, description = "Events `progress` and `finished`", body = careweave_solver::search::Progress, content_type = "text/event-stream"),
                (status = 204, description = "`finished` was seen already"),
                (status = 404, description = "Nothing of this id", body = $crate::http::error::ProblemDetails, content_type = "application/problem+json"),
            )
        )]
        async fn watch(
            axum::extract::State(app): axum::extract::State<std::sync::Arc<$crate::http::App>>,
            caller: $crate::http::caller::Caller,
            axum::extract::Path(id): axum::extract::Path<String>,
            headers: axum::http::HeaderMap,
        ) -> Result<axum::response::Response, $crate::http::Error> {
            $crate::http::runs::watch(app, caller, &headers, &$kind, &id).await
        }

        /// Stops it and keeps what is solved; or erases all of it.
        #[utoipa::path(
            delete, path = $one, operation_id = $stop, tag = $tag,
            params(("id" = String, Path, description = "Its id"), $crate::http::solves::Erase),
            responses(
                (status = 200, description = "It has ended", body = $answer),
                (status = 202, description = "It was told to end", body = $answer),
                (status = 204, description = "It is erased"),
                (status = 404, description = "Nothing of this id", body = $crate::http::error::ProblemDetails, content_type = "application/problem+json"),
                (status = 422, description = "Unknown parameter", body = $crate::http::error::ProblemDetails, content_type = "application/problem+json"),
            )
        )]
        async fn delete(
            axum::extract::State(app): axum::extract::State<std::sync::Arc<$crate::http::App>>,
            caller: $crate::http::caller::Caller,
            axum::extract::Path(id): axum::extract::Path<String>,
            $crate::http::params::Params(erase): $crate::http::params::Params<$crate::http::solves::Erase>,
        ) -> Result<axum::response::Response, $crate::http::Error> {
            $crate::http::runs::delete(&app, &caller, &$kind, &id, erase.erase).await
        }
    };
}
pub(crate) use polled;
