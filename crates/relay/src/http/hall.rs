//! The way into the hall, as a picture that a phone reads. Knows nobody's secret: only the address
//! that everybody may know.

use axum::{
    Router,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use crate::hall::{Code, HallConfig};

/// The QR code of the address that guests are shown.
pub fn routes(hall: &HallConfig) -> Router {
    let shown = hall.page_shown.as_ref().filter(|_| hall.guests.is_some());
    // One picture for all who ask for it.
    let picture = shown.and_then(|page| Code::of(page)).map(|code| code.svg());
    Router::new().route(
        "/hall.svg",
        get(move || std::future::ready(answer(picture.clone()))),
    )
}

fn answer(picture: Option<String>) -> Response {
    match picture {
        Some(picture) => ([(header::CONTENT_TYPE, "image/svg+xml")], picture).into_response(),
        None => {
            let none = "no address is shown to guests: --hall shows one\n";
            (StatusCode::NOT_FOUND, none).into_response()
        }
    }
}
