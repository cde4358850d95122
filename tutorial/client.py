#!/usr/bin/env python3
"""The client for the tutorial's echo server: each line goes out, its echo comes back."""
import sys
from socket import *

HOST = 'localhost'
PORT = int(sys.argv[1]) if sys.argv[1:] else 21567
BUFSIZE = 1024
ADDR = (HOST, PORT)

tcpCliSock = socket(AF_INET, SOCK_STREAM)
tcpCliSock.connect(ADDR)

while True:
    text = input()
    if not text:
        break
    tcpCliSock.sendall(text.encode())
    data = tcpCliSock.recv(BUFSIZE)
    if not data:
        break
    print(data.decode())

tcpCliSock.close()
