//! The gate: whose link opens, and what the cookie that it leaves gives a right to.
//!
//! Secrets in, rights out: knows nothing of HTTP but the form of a Cookie header.

use std::sync::atomic::{AtomicBool, Ordering};

use protocol::Right;

use super::{HallConfig, Token};

/// Who may do what.
#[derive(Debug)]
pub struct Gate {
    /// None: everybody is the lecturer.
    keys: Option<Keys>,
}

#[derive(Debug)]
struct Keys {
    token: Token,
    ticket: Option<Token>,
    ticket_is_used: AtomicBool,
    /// What the cookie says. Made here, so that nobody can have set it before.
    session: Token,
    /// The cookie's name. Cookies know no ports, so the port stands in it: two relays of one
    /// machine do not take each other's away.
    cookie: String,
    guests: Right,
}

/// What somebody who came by the right link takes along.
#[derive(Clone, PartialEq, Eq)]
pub struct Entered {
    /// The cookie's name and value, as `name=value`.
    pub cookie: String,
}

impl Gate {
    /// `page_port`: where the page listens.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn new(config: &HallConfig, page_port: u16) -> Result<Gate, getrandom::Error> {
        let Some(token) = &config.token else {
            return Ok(Gate::open());
        };
        Ok(Gate {
            keys: Some(Keys {
                token: token.clone(),
                ticket: config.ticket.clone(),
                ticket_is_used: AtomicBool::new(false),
                session: Token::new()?,
                cookie: format!("fruitbelt_{page_port}"),
                guests: config
                    .guests
                    .unwrap_or(Right::Viewer)
                    .min(Right::Participant),
            }),
        })
    }

    /// One that holds nobody back.
    #[must_use]
    pub fn open() -> Gate {
        Gate { keys: None }
    }

    /// Whether there is a link to come by.
    #[must_use]
    pub fn has_link(&self) -> bool {
        self.keys.is_some()
    }

    /// What somebody with these Cookie headers may do. Of several cookies of that name one must be
    /// right: whoever sets a wrong one beside it shuts nobody out.
    pub fn right<'a>(&self, cookies: impl IntoIterator<Item = &'a [u8]>) -> Right {
        let Some(keys) = &self.keys else {
            return Right::Lecturer;
        };
        let mut pairs = cookies
            .into_iter()
            .flat_map(|header| header.split(|&byte| byte == b';'))
            .map(<[u8]>::trim_ascii);
        let is_lecturer = pairs.any(|pair| {
            let value = pair
                .strip_prefix(keys.cookie.as_bytes())
                .and_then(|rest| rest.strip_prefix(b"="));
            value.is_some_and(|value| keys.session.is(value))
        });
        match is_lecturer {
            true => Right::Lecturer,
            false => keys.guests,
        }
    }

    /// Lets in who shows the link's secret. `is_near`: from this machine itself.
    pub fn enter(&self, shown: &[u8], is_near: bool) -> Option<Entered> {
        let keys = self.keys.as_ref()?;
        let has_ticket = || {
            let is_ticket = keys.ticket.as_ref().is_some_and(|ticket| ticket.is(shown));
            is_ticket && is_near && !keys.ticket_is_used.swap(true, Ordering::Relaxed)
        };
        if !keys.token.is(shown) && !has_ticket() {
            return None;
        }
        let (name, value) = (&keys.cookie, keys.session.reveal());
        Some(Entered {
            cookie: format!("{name}={value}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(guests: Option<Right>) -> (Gate, Token, Token) {
        let (token, ticket) = (Token::new().unwrap(), Token::new().unwrap());
        let config = HallConfig {
            guests,
            token: Some(token.clone()),
            ticket: Some(ticket.clone()),
            ..HallConfig::default()
        };
        (Gate::new(&config, 8567).unwrap(), token, ticket)
    }

    #[test]
    fn only_the_session_of_this_relay_makes_a_lecturer() {
        let (gate, token, ticket) = gate(Some(Right::Participant));
        let check = |cookies: &[&str], expect| {
            let found = gate.right(cookies.iter().map(|text| text.as_bytes()));
            assert_eq!(found, expect, "{cookies:?}");
        };
        let cookie = gate.enter(token.reveal().as_bytes(), false).unwrap().cookie;
        let (name, value) = cookie.split_once('=').unwrap();
        assert_eq!(name, "fruitbelt_8567");
        for right in [
            cookie.clone(),
            format!("a=b; {cookie}"),
            format!("{cookie};c=d"),
            format!("{name}=wrong; {cookie}"),
            format!("{cookie}; {name}=wrong"),
        ] {
            check(&[&right], Right::Lecturer);
        }
        check(&["a=b", &cookie], Right::Lecturer);
        check(&[], Right::Participant);
        for wrong in [
            String::new(),
            ";;; = ;==".into(),
            name.into(),
            format!("{name}="),
            format!("{name}={}", token.reveal()),
            format!("{name}={}", ticket.reveal()),
            format!("{name}=\"{value}\""),
            format!("{name}={value}0"),
            format!("{name}={}", &value[1..]),
            format!("{name} ={value}"),
            format!("fruitbelt_8568={value}"),
            format!("x{cookie}"),
            format!("x={cookie}"),
            value.into(),
        ] {
            check(&[&wrong], Right::Participant);
        }
    }

    #[test]
    fn guests_are_never_lecturers() {
        for (guests, expect) in [
            (None, Right::Viewer),
            (Some(Right::Viewer), Right::Viewer),
            (Some(Right::Participant), Right::Participant),
            (Some(Right::Lecturer), Right::Participant),
        ] {
            assert_eq!(gate(guests).0.right([]), expect);
        }
        assert_eq!(Gate::open().right([]), Right::Lecturer);
        assert!(Gate::open().enter(b"", true).is_none());
    }

    #[test]
    fn a_ticket_is_good_once_and_from_here() {
        let (gate, token, ticket) = gate(None);
        let ticket = ticket.reveal();
        assert!(gate.enter(ticket.as_bytes(), false).is_none());
        assert!(gate.enter(ticket.as_bytes(), true).is_some());
        assert!(gate.enter(ticket.as_bytes(), true).is_none());
        for _ in 0..2 {
            assert!(gate.enter(token.reveal().as_bytes(), false).is_some());
        }
        assert!(gate.enter(b"", true).is_none());
    }
}
