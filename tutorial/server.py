#!/usr/bin/env python3
"""The tutorial's echo server, put right for Python 3: one client at a time."""
import sys
import time
from socket import *

HOST = ''
PORT = int(sys.argv[1]) if sys.argv[1:] else 21567
BUFSIZE = 1024
ADDR = (HOST, PORT)

tcpSerSock = socket(AF_INET, SOCK_STREAM)
tcpSerSock.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
tcpSerSock.bind(ADDR)
tcpSerSock.listen(5)
print('port', tcpSerSock.getsockname()[1])

while True:
    print('waiting for connection...')
    tcpCliSock, addr = tcpSerSock.accept()
    print('...connected from:', addr)
    while True:
        data = tcpCliSock.recv(BUFSIZE)
        if not data:
            break
        lotime = time.strftime('%Y-%m-%d %H:%M:%S', time.localtime())
        tcpCliSock.sendall(b'[%s] %s' % (lotime.encode(), data))
    tcpCliSock.close()
