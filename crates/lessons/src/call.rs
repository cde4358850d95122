//! `call`: one call of the socket interface, by its name in Python.

use protocol::{Call, SocketOption};
use serde::{Deserialize, Serialize};

/// One call by a client's program: `{ call = { client = 1, method = "recv", bytes = 22 } }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MakeCall {
    /// On whose socket. None: of `connect_ex` and of `parcel`, which are made on sockets of their own.
    #[serde(default)]
    pub client: Option<u32>,
    /// The method's or the attribute's name in Python; `parcel` is sendto, recvfrom and recvfrom_into.
    pub method: String,
    /// Of `recv` and `recv_into`: the most bytes.
    #[serde(default)]
    pub bytes: Option<u32>,
    /// Of `send` and `sendall`: what is sent, as UTF-8.
    #[serde(default)]
    pub text: Option<String>,
    /// Of `getsockopt` and `setsockopt`: the option, as `SO_RCVBUF`.
    #[serde(default)]
    pub option: Option<String>,
    /// Of `setsockopt`.
    #[serde(default)]
    pub value: Option<u32>,
    /// Of `settimeout`: milliseconds. None: wait for ever.
    #[serde(default)]
    pub millis: Option<u32>,
    /// Of `setblocking`.
    #[serde(default)]
    pub flag: Option<bool>,
}

impl MakeCall {
    /// The call.
    ///
    /// # Errors
    /// Says which field is wrong, missing, or too many.
    pub fn call(&self) -> Result<Call, String> {
        let mut left = self.clone();
        let call = left.take()?;
        let needless = [
            ("bytes", left.bytes.is_some()),
            ("text", left.text.is_some()),
            ("option", left.option.is_some()),
            ("value", left.value.is_some()),
            ("millis", left.millis.is_some()),
            ("flag", left.flag.is_some()),
        ];
        if let Some((field, _)) = needless.iter().find(|(_, is_left)| *is_left) {
            return Err(format!("{} takes no `{field}`; leave it out", self.method));
        }
        match (self.client, call.is_apart()) {
            (None, false) => Err(format!(
                "on whose socket is {}? add client = 1",
                self.method
            )),
            (Some(_), true) => Err(format!(
                "{} is called on a socket of its own; leave `client` out",
                self.method
            )),
            _ => call.check().map(|()| call).map_err(|no| no.to_string()),
        }
    }

    /// The call, with what it needs taken away.
    fn take(&mut self) -> Result<Call, String> {
        let missing = |field: &str, method: &str| format!("{method} needs `{field}`; add it");
        let name = self.method.clone();
        let method = name.as_str();
        Ok(match method {
            "recv" | "recv_into" => {
                let bytes = self.bytes.take().ok_or_else(|| missing("bytes", method))?;
                match method {
                    "recv" => Call::Recv { bytes },
                    _ => Call::RecvInto { bytes },
                }
            }
            "send" | "sendall" => {
                let text = self.text.take().ok_or_else(|| missing("text", method))?;
                let bytes = text.into_bytes();
                match method {
                    "send" => Call::Send { bytes },
                    _ => Call::Sendall { bytes },
                }
            }
            "getsockopt" => Call::Getsockopt {
                option: self.take_option()?,
            },
            "setsockopt" => Call::Setsockopt {
                option: self.take_option()?,
                value: self.value.take().ok_or_else(|| missing("value", method))?,
            },
            "setblocking" => Call::Setblocking {
                flag: self.flag.take().ok_or_else(|| missing("flag", method))?,
            },
            "settimeout" => Call::Settimeout {
                millis: self.millis.take(),
            },
            "makefile" => Call::Makefile,
            "getsockname" => Call::Getsockname,
            "getpeername" => Call::Getpeername,
            "shutdown" => Call::Shutdown,
            "close" => Call::Close,
            "detach" => Call::Detach,
            "gettimeout" => Call::Gettimeout,
            "fileno" => Call::Fileno,
            "family" => Call::Family,
            "type" => Call::Type,
            "proto" => Call::Proto,
            "connect_ex" => Call::ConnectEx,
            "parcel" => Call::Parcel,
            other => {
                return Err(format!(
                    "a script cannot call {other}; it can call recv, recv_into, send, sendall, makefile, getsockname, getpeername, getsockopt, setsockopt, shutdown, close, detach, setblocking, settimeout, gettimeout, fileno, family, type, proto, connect_ex and parcel"
                ));
            }
        })
    }

    fn take_option(&mut self) -> Result<SocketOption, String> {
        let known = || SocketOption::ALL.map(SocketOption::name).join(", ");
        let Some(name) = self.option.take() else {
            return Err(format!(
                "{} needs `option`: one of {}",
                self.method,
                known()
            ));
        };
        SocketOption::ALL
            .into_iter()
            .find(|option| option.name() == name)
            .ok_or_else(|| format!("the option {name} is none of {}", known()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(method: &str, client: Option<u32>) -> MakeCall {
        MakeCall {
            client,
            method: method.to_owned(),
            bytes: None,
            text: None,
            option: None,
            value: None,
            millis: None,
            flag: None,
        }
    }

    #[test]
    fn what_is_missing_or_too_many_is_named() {
        let check = |call: MakeCall, expect: &str| assert_eq!(call.call(), Err(expect.to_owned()));
        check(call("recv", Some(1)), "recv needs `bytes`; add it");
        check(
            call("fileno", None),
            "on whose socket is fileno? add client = 1",
        );
        check(
            call("connect_ex", Some(1)),
            "connect_ex is called on a socket of its own; leave `client` out",
        );
        let needless = MakeCall {
            bytes: Some(1),
            ..call("close", Some(1))
        };
        check(needless, "close takes no `bytes`; leave it out");
        let unknown = MakeCall {
            option: Some("SO_X".into()),
            ..call("getsockopt", Some(1))
        };
        check(
            unknown,
            "the option SO_X is none of SO_RCVBUF, SO_SNDBUF, TCP_NODELAY, SO_KEEPALIVE, SO_REUSEADDR",
        );
        assert!(call("ioctl", Some(1)).call().is_err());
        assert_eq!(call("parcel", None).call(), Ok(Call::Parcel));
    }
}
