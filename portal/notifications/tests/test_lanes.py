"""Connections of a batch against a server that behaves, closes, hangs, breaks off or speaks nonsense."""

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from portal.notifications.channels import lanes
from portal.notifications.channels.errors import ChannelError
from portal.notifications.channels.http import SIDE_BY_SIDE, Call, _ask_all, ask_many

OK = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{"a":1}'
CHUNKED = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{"a"\r\n3\r\n:1}\r\n0\r\n\r\n'


class Server:
    """Answers each request with what `answer(connection number, request number)` says; None closes."""

    def __init__(self, answer: Callable[[int, int], bytes | None]) -> None:
        self.answer, self.connections, self.requests = answer, 0, []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/send?a=b"
        self.open: list[socket.socket] = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                connection, _address = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            self.open.append(connection)
            threading.Thread(target=self.talk, args=(connection, self.connections), daemon=True).start()

    def hang_up(self) -> None:
        for connection in self.open:
            connection.shutdown(socket.SHUT_RDWR)
        self.open.clear()
        time.sleep(0.05)

    def talk(self, connection: socket.socket, number: int) -> None:
        with connection:
            count = 0
            while request := received(connection):
                count += 1
                self.requests.append(request)
                answer = self.answer(number, count)
                if answer is None:
                    return
                connection.sendall(answer)
                if b"Connection: close" in answer:
                    return


def received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65536)
    except OSError:
        return b""


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    started: list[Server] = []

    def start(answer: Callable[[int, int], bytes | None]) -> Server:
        started.append(Server(answer))
        return started[-1]

    yield start
    for server in started:
        server.socket.close()


def talk(*rounds: tuple[str, int], between: Callable[[], None] = lambda: None) -> list[object]:
    """What one lane is told in batches of `(url, questions)`: contents, or codes of errors."""
    told: list[object] = []
    lane = lanes.Lane(ssl.create_default_context())
    with asyncio.Runner() as runner:
        for url, number in rounds:
            said = runner.run(_ask_all([lane], [Call(url, {"text": "Chào", "n": n}) for n in range(number)]))
            told += [
                one.content.code if isinstance(one.content, ChannelError) else one.content for one in said
            ]
            between()
        runner.run(close(lane))
    return told


async def close(lane: lanes.Lane) -> None:
    lane.close()


@pytest.mark.parametrize("answer", [OK, CHUNKED])
def test_questions_of_a_lane_share_one_connection(serve, answer):
    server = serve(lambda *_place: answer)
    assert talk((server.url, 3), (server.url, 1)) == [{"a": 1}] * 4
    assert (server.connections, len(server.requests)) == (1, 4)


def test_head_and_body_leave_together(serve):
    server = serve(lambda *_place: OK)
    talk((server.url, 1))
    head, body = server.requests[0].split(b"\r\n\r\n")
    assert head.startswith(b"POST /send?a=b HTTP/1.1\r\n")
    assert body == '{"text":"Chào","n":0}'.encode()


def test_150_questions_open_no_more_connections_than_there_are_lanes(serve):
    server = serve(lambda *_place: OK)
    said = ask_many([Call(server.url, {"n": number}) for number in range(150)])
    assert [one.content for one in said] == [{"a": 1}] * 150
    assert server.connections <= SIDE_BY_SIDE


def test_a_provider_that_wants_a_connection_for_each_request_gets_it(serve):
    server = serve(lambda *_place: OK.replace(b"\r\nContent", b"\r\nConnection: close\r\nContent", 1))
    assert talk((server.url, 3)) == [{"a": 1}] * 3
    assert server.connections == 3


def test_a_connection_closed_while_nobody_asked_is_replaced(serve):
    server = serve(lambda *_place: OK)
    assert talk((server.url, 1), (server.url, 1), between=server.hang_up) == [{"a": 1}] * 2
    assert server.connections == 2


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (None, "connection_lost"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\nConnection: close\r\n\r\n{", "connection_lost"),
        (b"nonsense\r\n\r\n", "connection_lost"),
        (OK.replace(b"200 OK", b"502 Bad"), "http_5xx"),
        (OK.replace(b"200 OK", b"404 No"), "http_4xx"),
        (OK.replace(b'{"a":1}', b"[1,2,3]"), "answer_unreadable"),
        (OK.replace(b'{"a":1}', b"<html/>"), "answer_unreadable"),
    ],
)
def test_what_went_wrong_is_told_apart(serve, answer, code):
    bad, good = serve(lambda *_place: answer), serve(lambda *_place: OK)
    assert talk((bad.url, 1), (good.url, 1)) == [code, {"a": 1}]  # the lane is as good as new


def test_nobody_there_means_that_nothing_was_handed_over():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert talk((f"http://127.0.0.1:{port}/", 1)) == ["connect_failed"]


def test_a_provider_that_hangs_is_left_after_the_time_limit(serve, monkeypatch):
    monkeypatch.setattr(lanes, "ANSWER_WITHIN", 0.2)
    gate = threading.Event()
    server = serve(lambda *_place: OK if gate.wait(5) else None)
    assert talk((server.url, 1)) == ["timeout"]
    gate.set()


def test_how_long_to_wait_is_read_from_the_answer(serve):
    busy = OK.replace(b"200 OK", b"429 Busy").replace(b"\r\nC", b"\r\nRetry-After: 7\r\nC", 1)
    [said] = ask_many([Call(serve(lambda *_place: busy).url, {})])
    assert isinstance(said.content, ChannelError)
    assert (said.content.code, said.content.retry_after) == ("http_429", 7.0)
