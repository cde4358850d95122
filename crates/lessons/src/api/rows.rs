//! The rows, in the order of the tutorial.

use super::{Example, Group, Row, Text};

/// The whole table.
pub const ROWS: &[Row] = &[
    Row {
        name: "bind",
        form: "s.bind(address)",
        group: Group::Server,
        what: Text {
            en: "Gives the socket an address of its own: host and port. Port 0 lets the system choose one.",
            zh: "把地址（主机名和端口号）绑定到套接字上。端口写 0，就由系统来选。",
        },
        system_call: "bind(2)",
        lesson: Some("steps"),
        example: Example::Called,
    },
    Row {
        name: "listen",
        form: "s.listen(backlog)",
        group: Group::Server,
        what: Text {
            en: "Makes it a listener: from now on the kernel itself takes connections and queues them, up to the backlog, before any `accept`.",
            zh: "让套接字开始监听：从此内核自己接受连接并排队，最多 backlog 个，不必等 `accept`。",
        },
        system_call: "listen(2)",
        lesson: Some("queue"),
        example: Example::Listening,
    },
    Row {
        name: "accept",
        form: "s.accept()",
        group: Group::Server,
        what: Text {
            en: "Takes the next connection from the queue, and waits if there is none. Returns a new socket for it and the client's address.",
            zh: "从队列里取下一个连接，没有就等着（阻塞）。返回这个连接专用的新套接字和客户端地址。",
        },
        system_call: "accept4(2)",
        lesson: Some("queue"),
        example: Example::Accepted,
    },
    Row {
        name: "connect",
        form: "s.connect(address)",
        group: Group::Client,
        what: Text {
            en: "Connects to a server. It returns when the two kernels agree, whether or not the server's program has called `accept`.",
            zh: "主动连接服务器。双方内核谈妥就返回，不管服务器程序有没有 `accept`。",
        },
        system_call: "connect(2)",
        lesson: Some("steps"),
        example: Example::Connected,
    },
    Row {
        name: "connect_ex",
        form: "s.connect_ex(address)",
        group: Group::Client,
        what: Text {
            en: "The same, but returns the error number instead of raising an exception; 0 is success. Here nobody listens at that port.",
            zh: "同 `connect`，但出错时返回错误码而不抛异常；0 表示成功。这里的端口上没有人监听。",
        },
        system_call: "connect(2)",
        lesson: Some("api"),
        example: Example::Called,
    },
    Row {
        name: "recv",
        form: "s.recv(bufsize)",
        group: Group::Common,
        what: Text {
            en: "Takes what has arrived, at most `bufsize` bytes. A stream has no messages: it may be a part of one send, or several. `b''` is the end.",
            zh: "取走已到达的字节，最多 `bufsize` 个。流里没有“消息”：可能只是一次发送的一部分，也可能是好几次的。`b''` 表示结束。",
        },
        system_call: "recvfrom(2)",
        lesson: Some("pace"),
        example: Example::Called,
    },
    Row {
        name: "recv_into",
        form: "s.recv_into(buffer)",
        group: Group::Common,
        what: Text {
            en: "The same into a buffer that is there already: nothing new is allocated. Returns how many bytes came.",
            zh: "同 `recv`，但写进已有的缓冲区，不另外分配内存。返回收到的字节数。",
        },
        system_call: "recvfrom(2)",
        lesson: Some("api"),
        example: Example::Called,
    },
    Row {
        name: "send",
        form: "s.send(bytes)",
        group: Group::Common,
        what: Text {
            en: "Hands bytes to the kernel and returns how many it took: perhaps not all. That they were taken does not say that they arrived.",
            zh: "把字节交给内核，返回内核收下了多少：不一定是全部。收下不等于已送到对方。",
        },
        system_call: "sendto(2)",
        lesson: Some("belt"),
        example: Example::Called,
    },
    Row {
        name: "sendall",
        form: "s.sendall(bytes)",
        group: Group::Common,
        what: Text {
            en: "Calls send until the kernel has taken all of it. Returns nothing; after an error nobody knows how much went.",
            zh: "反复 `send`，直到内核全部收下。没有返回值；出错时不知道已经发了多少。",
        },
        system_call: "sendto(2), repeated",
        lesson: Some("full"),
        example: Example::Called,
    },
    Row {
        name: "recvfrom",
        form: "s.recvfrom(bufsize)",
        group: Group::Common,
        what: Text {
            en: "Takes one datagram (UDP) and tells who sent it. What does not fit into `bufsize` is cut off and lost.",
            zh: "接收一个数据报（UDP），并告诉是谁发来的。超过 `bufsize` 的部分被截掉、丢失。",
        },
        system_call: "recvfrom(2)",
        lesson: Some("courier"),
        example: Example::Called,
    },
    Row {
        name: "recvfrom_into",
        form: "s.recvfrom_into(buffer)",
        group: Group::Common,
        what: Text {
            en: "The same into a buffer that is there already. Returns the number of bytes and the sender's address.",
            zh: "同 `recvfrom`，但写进已有的缓冲区。返回字节数和发送者的地址。",
        },
        system_call: "recvfrom(2)",
        lesson: Some("courier"),
        example: Example::Called,
    },
    Row {
        name: "sendto",
        form: "s.sendto(bytes, address)",
        group: Group::Common,
        what: Text {
            en: "Sends one datagram (UDP) to an address, without any connection.",
            zh: "不建立连接，向某个地址发送一个数据报（UDP）。",
        },
        system_call: "sendto(2)",
        lesson: Some("courier"),
        example: Example::Called,
    },
    Row {
        name: "getpeername",
        form: "s.getpeername()",
        group: Group::Common,
        what: Text {
            en: "The address at the other end of the connection.",
            zh: "连接另一端（远程）的地址。",
        },
        system_call: "getpeername(2)",
        lesson: Some("api"),
        example: Example::Called,
    },
    Row {
        name: "getsockname",
        form: "s.getsockname()",
        group: Group::Common,
        what: Text {
            en: "The socket's own address. The system chose the client's port.",
            zh: "套接字自己的地址。客户端的端口是系统选的。",
        },
        system_call: "getsockname(2)",
        lesson: Some("api"),
        example: Example::Called,
    },
    Row {
        name: "getsockopt",
        form: "s.getsockopt(level, option)",
        group: Group::Common,
        what: Text {
            en: "The value of an option that is in force.",
            zh: "返回某个套接字选项当前的值。",
        },
        system_call: "getsockopt(2)",
        lesson: Some("full"),
        example: Example::Called,
    },
    Row {
        name: "setsockopt",
        form: "s.setsockopt(level, option, value)",
        group: Group::Common,
        what: Text {
            en: "Asks for another value of an option. The kernel may choose: Linux doubles a buffer's size, so ask with `getsockopt` what came of it.",
            zh: "设置某个套接字选项的值。内核可以自己取舍：Linux 会把缓冲区大小翻倍，用 `getsockopt` 查实际值。",
        },
        system_call: "setsockopt(2)",
        lesson: Some("full"),
        example: Example::Called,
    },
    Row {
        name: "shutdown",
        form: "s.shutdown(how)",
        group: Group::Common,
        what: Text {
            en: "Ends one direction, or both. It does not close: after `SHUT_WR` the other side reads `b''`, and its answers still come. `close` is still needed.",
            zh: "结束一个方向或两个方向。这还不是关闭：`SHUT_WR` 之后对方读到 `b''`，它的回答照样能收到；之后仍要 `close`。",
        },
        system_call: "shutdown(2)",
        lesson: Some("half"),
        example: Example::Called,
    },
    Row {
        name: "close",
        form: "s.close()",
        group: Group::Common,
        what: Text {
            en: "Gives the socket back. The other side reads the end; with bytes here that nobody read it gets a reset instead.",
            zh: "关闭套接字。对方会读到结束；如果这里还有没读的字节，对方收到的就是复位。",
        },
        system_call: "close(2)",
        lesson: Some("rst"),
        example: Example::Called,
    },
    Row {
        name: "detach",
        form: "s.detach()",
        group: Group::Common,
        what: Text {
            en: "Takes the descriptor out of the Python object and returns it. Nothing is closed: the connection lives on until `os.close(fd)`.",
            zh: "把文件描述符从 Python 对象里取出来并返回。什么也没有关闭：连接还在，直到 `os.close(fd)`。",
        },
        system_call: "",
        lesson: Some("api"),
        example: Example::Called,
    },
    Row {
        name: "ioctl",
        form: "s.ioctl(control, option)",
        group: Group::Common,
        what: Text {
            en: "Controls the socket's mode. Python has it on Windows only (`WSAIoctl`), so there is no example here.",
            zh: "控制套接字的模式。Python 只在 Windows 上提供（`WSAIoctl`），所以这里没有示例。",
        },
        system_call: "WSAIoctl",
        lesson: None,
        example: Example::WindowsOnly,
    },
    Row {
        name: "setblocking",
        form: "s.setblocking(flag)",
        group: Group::Blocking,
        what: Text {
            en: "`False`: no call waits any more; where it would have to, it fails at once with `EAGAIN`. `True`: calls wait again.",
            zh: "`False`：调用不再等待，该等的时候立刻以 `EAGAIN` 失败。`True`：恢复等待。",
        },
        system_call: "ioctl(2) or fcntl(2)",
        lesson: Some("api"),
        example: Example::Called,
    },
    Row {
        name: "settimeout",
        form: "s.settimeout(seconds)",
        group: Group::Blocking,
        what: Text {
            en: "Calls wait so long and then fail with \"timed out\". Python waits by itself, with `poll`; the socket does not block any more.",
            zh: "调用最多等这么久，然后以“timed out”失败。等待由 Python 用 `poll` 完成，套接字本身已不再阻塞。",
        },
        system_call: "ioctl(2) or fcntl(2)",
        lesson: Some("api"),
        example: Example::Called,
    },
    Row {
        name: "gettimeout",
        form: "s.gettimeout()",
        group: Group::Blocking,
        what: Text {
            en: "The timeout in seconds; `None` waits for ever. Python knows it by itself, the kernel is not asked.",
            zh: "超时的秒数；`None` 表示一直等。这是 Python 自己记着的，不问内核。",
        },
        system_call: "",
        lesson: Some("api"),
        example: Example::Called,
    },
    Row {
        name: "fileno",
        form: "s.fileno()",
        group: Group::File,
        what: Text {
            en: "The number by which the kernel knows the socket among this program's open files.",
            zh: "套接字的文件描述符：内核在本程序打开的文件里用这个号码认它。",
        },
        system_call: "",
        lesson: Some("api"),
        example: Example::Called,
    },
    Row {
        name: "makefile",
        form: "s.makefile(mode)",
        group: Group::File,
        what: Text {
            en: "A file object over the socket: `readline` calls `recv` until a line is whole. It may have read more than the line by then.",
            zh: "创建与套接字关联的文件对象：`readline` 会反复 `recv`，直到凑成一行；那时它可能已经多读了。",
        },
        system_call: "recvfrom(2), repeated",
        lesson: Some("api"),
        example: Example::Called,
    },
    Row {
        name: "family",
        form: "s.family",
        group: Group::Data,
        what: Text {
            en: "Which addresses it speaks: `AF_INET`, `AF_INET6`, `AF_UNIX`.",
            zh: "套接字家族，即使用哪种地址：`AF_INET`、`AF_INET6`、`AF_UNIX`。",
        },
        system_call: "",
        lesson: Some("kinds"),
        example: Example::Called,
    },
    Row {
        name: "type",
        form: "s.type",
        group: Group::Data,
        what: Text {
            en: "Stream or datagram: `SOCK_STREAM`, `SOCK_DGRAM`.",
            zh: "套接字类型，流格式或数据报格式：`SOCK_STREAM`、`SOCK_DGRAM`。",
        },
        system_call: "getsockopt(2) with SO_TYPE",
        lesson: Some("kinds"),
        example: Example::Called,
    },
    Row {
        name: "proto",
        form: "s.proto",
        group: Group::Data,
        what: Text {
            en: "The protocol's number. Python tells what the socket was made with, often 0 for \"the usual one\"; the kernel says 6, which is TCP.",
            zh: "套接字协议的编号。Python 给出创建时写的值，常是 0（“默认”）；内核的回答是 6，即 TCP。",
        },
        system_call: "getsockopt(2) with SO_PROTOCOL",
        lesson: Some("kinds"),
        example: Example::Called,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The tutorial's table.
    const TUTORIAL: &str = "bind listen accept connect connect_ex recv recv_into send sendall recvfrom recvfrom_into sendto getpeername getsockname getsockopt setsockopt shutdown close detach ioctl setblocking settimeout gettimeout fileno makefile family type proto";

    #[test]
    fn every_row_of_the_tutorial_is_there_in_its_order() {
        let rows: Vec<&str> = ROWS.iter().map(|row| row.name).collect();
        assert_eq!(rows.join(" "), TUTORIAL);
        let groups: Vec<Group> = ROWS.iter().map(|row| row.group).collect();
        assert!(groups.is_sorted_by_key(|group| Group::ALL.iter().position(|it| it == group)));
    }

    #[test]
    fn every_row_is_told_in_both_languages_and_only_ioctl_has_no_example() {
        for row in ROWS {
            assert!(
                !row.what.en.is_empty() && !row.what.zh.is_empty(),
                "{row:?}"
            );
            assert!(row.form.contains(row.name), "{row:?}");
            let is_windows = row.example == Example::WindowsOnly;
            assert_eq!(is_windows, row.name == "ioctl");
            assert_eq!(is_windows, row.lesson.is_none(), "{row:?}");
        }
    }
}
