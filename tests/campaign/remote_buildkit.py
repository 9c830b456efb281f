#!/usr/bin/env python3
"""Serves the BuildKit inside a docker daemon as a remote BuildKit.

    reach-remote.py SOCKET [DOCKER_SOCKET]
    docker buildx create --name team --driver remote unix://SOCKET

docker's daemon gives its gRPC service to a client that asks for an upgrade of
`POST /grpc`. A remote BuildKit speaks gRPC at once. This program asks for the
upgrade and passes the bytes on. It ends with its stdin.
"""

import asyncio
import os
import sys

UPGRADE = b"POST /grpc HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 0\r\n\r\n"


async def copy(reader, writer):
    try:
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
    except (ConnectionError, OSError):
        pass


async def main():
    address = sys.argv[1]
    docker = sys.argv[2] if len(sys.argv) > 2 else "/var/run/docker.sock"

    async def serve(reader, writer):
        to_reader, to_writer = await asyncio.open_unix_connection(docker)
        to_writer.write(UPGRADE)
        answer = await to_reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in answer.split(b"\r\n")[0]:
            print(answer.decode(errors="replace"), file=sys.stderr)
            writer.close()
            return
        await asyncio.gather(copy(reader, to_writer), copy(to_reader, writer))
        writer.close()
        to_writer.close()

    if os.path.exists(address):
        os.unlink(address)
    async with await asyncio.start_unix_server(serve, address):
        print("ready", flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        os.unlink(address)
        os._exit(0)


asyncio.run(main())
