"""GET reaches what the plan may reach, and stays small and short (T51)."""

from __future__ import annotations

import contextlib
import socket
import threading
import time

import pytest

from executors.errors import WorldError
from executors.world import http
from tests.executors.legs import answering

HERE = ("127.0.0.1",)


def test_an_answer_comes_with_status_headers_and_body():
    with answering(lambda *_: (200, {"X-Kind": "test"}, b"hello")) as url:
        answer = http.get(url, HERE)
    assert (answer.status, answer.headers["x-kind"], answer.body) == (200, "test", b"hello")


def test_path_query_and_host_are_asked_as_they_stand():
    asked = []

    def reply(_method, path, headers, _body):
        asked.append((path, headers["host"]))
        return 200, {}, b""

    with answering(reply) as url:
        http.get(f"{url}a/b?c=d", HERE)
        host = url.removeprefix("http://").rstrip("/")
    assert asked == [("/a/b?c=d", host)]


def test_a_host_may_be_allowed_with_its_port_only():
    with answering(lambda *_: (200, {}, b"")) as url:
        port = url.rsplit(":", 1)[1].rstrip("/")
        assert http.get(url, (f"127.0.0.1:{port}",)).status == 200
        with pytest.raises(WorldError, match="does not name"):
            http.get(url, ("127.0.0.1:1",))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "[64:ff9b::7f00:1]",
        "[::1]", "[fe80::1]", "[fd00::1]", "[::ffff:127.0.0.1]", "[::ffff:169.254.169.254]", "[64:ff9b:1::1]",
        "2130706433", "0x7f000001", "127.1", "224.0.0.1", "[2002:7f00:1::]",
        "[::127.0.0.1]", "[::ffff:0:7f00:1]", "[fec0::1]", "[4000::1]",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_not_asked_unless_the_plan_names_it(host):
    with pytest.raises(WorldError) as caught:
        http.get(f"http://{host}/")
    assert not caught.value.again or "resolve" in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://x/",
        "http:///x",
        "http://u:p@127.0.0.1/",
        "http://h/\r\nX: y",
        "//x",
        "http://h:99999/",
    ],
)
def test_what_is_no_plain_web_address_is_refused(url):
    with pytest.raises(WorldError):
        http.get(url, HERE)


def test_a_redirect_is_an_answer_and_not_followed():
    asked = []

    def reply(_method, path, *_):
        asked.append(path)
        return 302, {"Location": "/inside"}, b""

    with answering(reply) as url:
        assert http.get(url, HERE).status == 302
    assert asked == ["/"]


def test_an_answer_that_is_too_big_is_refused():
    with (
        answering(lambda *_: (200, {}, b"x" * (http.LARGEST + 1))) as url,
        pytest.raises(WorldError, match="more than"),
    ):
        http.get(url, HERE)


def test_an_answer_that_takes_too_long_is_ended():
    enough = threading.Event()

    def reply(*_):
        enough.wait(5)
        return 200, {}, b""

    begun = time.monotonic()
    with answering(reply) as url:
        with pytest.raises(WorldError) as caught:
            http.get(url, HERE, seconds=0.1)
        took = time.monotonic() - begun
        enough.set()
    assert caught.value.again
    assert took < 3


def test_a_header_that_comes_byte_by_byte_is_ended_too():
    enough = threading.Event()

    def drips(door):
        visitor, _ = door.accept()
        with visitor, contextlib.suppress(OSError):
            visitor.recv(65_536)
            visitor.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
            for _ in range(100):
                visitor.sendall(b"x")
                if enough.wait(0.05):
                    return

    with socket.create_server(("127.0.0.1", 0)) as door:
        server = threading.Thread(target=drips, args=(door,))
        server.start()
        begun = time.monotonic()
        with pytest.raises(WorldError, match="took too long") as caught:
            http.get(f"http://127.0.0.1:{door.getsockname()[1]}/", HERE, seconds=0.3)
        took = time.monotonic() - begun
        enough.set()
        server.join()
    assert caught.value.again
    assert took < 3


def test_nobody_there_can_be_tried_again():
    with answering(lambda *_: (200, {}, b"")) as url:
        pass
    with pytest.raises(WorldError) as caught:
        http.get(url, HERE)
    assert caught.value.again
