//! By which address others on the local network reach this machine: read off its interfaces. Nothing
//! is sent, and nobody is asked.

use std::{
    fmt, io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use if_addrs::{IfOperStatus, Interface, get_if_addrs};

/// An address of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    pub ip: IpAddr,
    /// The interface that has it, as the system calls it.
    pub interface: String,
}

impl fmt::Display for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.ip, self.interface)
    }
}

/// How likely people in the room are on that network: the likeliest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Likely {
    /// A private range (RFC 1918), as the access point of a room gives.
    Private,
    /// An address of the internet, as some universities give everybody.
    Public,
    /// A private range of IPv6 (RFC 4193), or any other address of it.
    Ipv6,
    /// A tunnel, or the range that carriers and private networks over the internet use.
    Tunnel,
}

/// What bridges to containers and virtual machines are called. Nobody outside of this machine is there.
const INSIDE: [&str; 14] = [
    "docker",
    "br-",
    "veth",
    "virbr",
    "vmnet",
    "vboxnet",
    "cni",
    "flannel",
    "podman",
    "lxc",
    "lxd",
    "vEthernet",
    "ifb",
    "dummy",
];
/// What tunnels are called.
const TUNNELS: [&str; 8] = [
    "tun",
    "tap",
    "wg",
    "utun",
    "ppp",
    "tailscale",
    "zt",
    "ipsec",
];

/// The addresses that others may reach, the likeliest first; of two alike, in the system's order.
///
/// # Errors
/// The system does not tell.
pub fn addresses() -> io::Result<Vec<Own>> {
    let is_down = |it: &Interface| {
        use IfOperStatus::{Down, LowerLayerDown, NotPresent};
        matches!(it.oper_status, Down | LowerLayerDown | NotPresent)
    };
    let mut found: Vec<(Likely, Own)> = get_if_addrs()?
        .into_iter()
        .filter(|it| !is_down(it))
        .filter_map(|it| {
            let (ip, interface) = (it.ip(), it.name);
            Some((likely(&interface, ip)?, Own { ip, interface }))
        })
        .collect();
    found.sort_by_key(|(likely, _)| *likely);
    Ok(found.into_iter().map(|(_, own)| own).collect())
}

/// None: nobody else is there.
fn likely(interface: &str, ip: IpAddr) -> Option<Likely> {
    let is_called = |names: &[&str]| names.iter().any(|name| interface.starts_with(name));
    let is_within = match ip {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_link_local() || ip.is_unspecified(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unicast_link_local() || ip.is_unspecified(),
    };
    if is_within || is_called(&INSIDE) {
        return None;
    }
    Some(match ip {
        _ if is_called(&TUNNELS) => Likely::Tunnel,
        IpAddr::V4(ip) if is_shared(ip) => Likely::Tunnel,
        IpAddr::V4(ip) if ip.is_private() => Likely::Private,
        IpAddr::V4(_) => Likely::Public,
        IpAddr::V6(_) => Likely::Ipv6,
    })
}

/// 100.64.0.0/10 (RFC 6598).
fn is_shared(ip: Ipv4Addr) -> bool {
    let [a, b, ..] = ip.octets();
    a == 100 && b & 0xC0 == 64
}

/// Those of the addresses that a listener there can be reached by.
pub fn reach(listener: IpAddr, own: &Own) -> bool {
    match listener {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => own.ip.is_ipv4(),
        // Where the system lets it: both.
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => true,
        ip => own.ip == ip,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rooms_network_comes_first() {
        let check = |interface, ip: &str, expect| {
            assert_eq!(
                likely(interface, ip.parse().unwrap()),
                expect,
                "{interface} {ip}"
            );
        };
        check("wlan0", "192.168.1.7", Some(Likely::Private));
        check("en0", "10.11.12.13", Some(Likely::Private));
        check("eth0", "172.31.0.9", Some(Likely::Private));
        check("eth0", "172.32.0.9", Some(Likely::Public));
        check("Wi-Fi", "141.20.5.188", Some(Likely::Public));
        check("en0", "2001:db8::5", Some(Likely::Ipv6));
        check("en0", "fd00::5", Some(Likely::Ipv6));
        check("tun0", "10.8.0.6", Some(Likely::Tunnel));
        check("tailscale0", "100.100.1.2", Some(Likely::Tunnel));
        check("wwan0", "100.64.9.9", Some(Likely::Tunnel));
        check("lo", "127.0.0.1", None);
        check("lo", "::1", None);
        check("eth0", "169.254.3.4", None);
        check("eth0", "fe80::1", None);
        check("docker0", "172.17.0.1", None);
        check("br-0f3a", "172.18.0.1", None);
        check("virbr0", "192.168.122.1", None);
        check("vEthernet (WSL)", "172.20.1.1", None);
        assert!(Likely::Private < Likely::Public && Likely::Ipv6 < Likely::Tunnel);
    }

    #[test]
    fn this_machine_says_its_own() {
        for own in addresses().unwrap() {
            assert!(!own.ip.is_loopback() && !own.ip.is_unspecified(), "{own}");
        }
    }
}
