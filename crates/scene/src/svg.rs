//! SVG.

/// Writes a scene as SVG.
#[must_use]
pub fn to_svg(_: &crate::Scene) -> String {
    String::new()
}
