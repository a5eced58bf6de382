"""What `millwright nginx` writes, in a real nginx: TLS, headers, caching, redirects, 404, hidden files."""

from __future__ import annotations

import gzip
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.__main__ import main
from tests.bot.domain.test_site_place import HEAD, KEY
from tests.nginx import Server, serving

HOST, ALIAS = "acme.example", "www.acme.example"
FILES = {
    "index.html": "<h1>Acme</h1>" * 100,
    "404.html": "<h1>Nothing here</h1>",
    "about/index.html": "<h1>About</h1>",
    "assets/site.0123456789.css": "a{color:red}" * 100,
    "_headers": "/*\n",
    ".nojekyll": "",
    ".git/config": "secret",
    "about/.htpasswd": "secret",
    ".well-known/security.txt": "Contact: mailto:x@acme.example",
}


def policy(folder: Path, url: str = "https://acme.example", more: str = "") -> Path:
    text = f"""\
    kind: ssh
    host: web1.example.com
    user: deploy
    path: {folder}/www
    host_keys: [{KEY}]
    key: DEPLOY_KEY
    url: {url}
{more}"""
    (folder / "policy.yml").write_text(HEAD + text)
    return folder / "policy.yml"


def written(folder: Path, *more: str, **changes: str) -> str:
    """What the subcommand writes."""
    tls = folder / "nginx"
    words = ["nginx", str(policy(folder, **changes)), "live", "-o", str(folder / "site.conf")]
    words += ["--certificate", f"{tls}/fullchain.pem", "--key", f"{tls}/privkey.pem", *more]
    assert main(words) == 0
    return (folder / "site.conf").read_text()


def release(folder: Path, name: str, files: dict[str, str]) -> None:
    for path, text in files.items():
        place = folder / "www" / "releases" / name / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    (folder / "www" / "next").symlink_to(f"releases/{name}")
    (folder / "www" / "next").rename(folder / "www" / "current")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("site")
    release(folder, "r-1", FILES)
    more = "    form: https://forms.example.com:8443/take\n"
    with serving(folder / "nginx", written(folder, more=more), [HOST, ALIAS]) as started:
        yield started


def test_every_page_comes_with_every_header(server: Server) -> None:
    for path, status in (("/", 200), ("/about/", 200), ("/assets/site.0123456789.css", 200), ("/gone", 404)):
        got = server.get(HOST, path)
        assert got.status == status
        headers = got.headers
        assert headers["strict-transport-security"] == "max-age=31536000"
        csp = headers["content-security-policy"]
        assert csp.startswith("default-src 'none'")
        assert "unsafe-inline" not in csp
        assert "form-action https://forms.example.com:8443;" in csp
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
        assert "camera=()" in headers["permissions-policy"]
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["server"] == "nginx"


def test_assets_are_kept_for_ever_and_pages_are_asked_for_again(server: Server) -> None:
    assert server.get(HOST, "/assets/site.0123456789.css").headers["cache-control"].endswith("immutable")
    for path in ("/", "/about/", "/gone", "/assets/gone.css", "/.well-known/security.txt"):
        assert server.get(HOST, path).headers["cache-control"] == "no-cache"
    page = server.get(HOST, "/")
    assert server.get(HOST, "/", If_None_Match=page.headers["etag"]).status == 304


def test_everything_leads_to_the_one_address_over_tls(server: Server) -> None:
    for host, tls in ((HOST, False), (ALIAS, False), (ALIAS, True)):
        got = server.get(host, "/about/?a=1", tls=tls)
        assert (got.status, got.headers["location"]) == (301, "https://acme.example/about/?a=1")
    assert server.get(HOST, "/about").headers["location"] == "/about/"


def test_what_is_not_there_says_so_in_our_own_words(server: Server) -> None:
    got = server.get(HOST, "/gone")
    assert (got.status, got.body) == (404, b"<h1>Nothing here</h1>")


@pytest.mark.parametrize(
    "path",
    ["/.git/config", "/.nojekyll", "/about/.htpasswd", "/_headers", "/%2egit/config", "/assets/../.git/config"],
)
def test_what_begins_with_a_dot_is_nobodys_business(server: Server, path: str) -> None:
    got = server.get(HOST, path)
    assert got.status == 404
    assert b"secret" not in got.body


def test_what_the_web_agreed_on_is_served(server: Server) -> None:
    assert server.get(HOST, "/.well-known/security.txt").status == 200
    assert server.get(HOST, "/assets/").status == 403


def test_text_is_sent_packed(server: Server) -> None:
    got = server.get(HOST, "/", Accept_Encoding="gzip")
    assert got.headers["content-encoding"] == "gzip"
    assert gzip.decompress(got.body).startswith(b"<h1>Acme</h1>")
    assert "accept-encoding" in got.headers["vary"].lower()


def test_only_reading_is_allowed(server: Server) -> None:
    assert server.get(HOST, "/", method="HEAD").status == 200
    assert server.get(HOST, "/", method="DELETE").status == 403


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize(("version", "taken"), [("TLSv1_1", False), ("TLSv1_2", True), ("TLSv1_3", True)])
def test_old_tls_is_refused(server: Server, version: str, taken: bool) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    with socket.create_connection(("127.0.0.1", server.secure)) as plain:
        if taken:
            with context.wrap_socket(plain, server_hostname=HOST) as secured:
                assert (secured.version() or "").replace(".", "_") == version
        else:
            with pytest.raises(OSError, match=r"(?i)version|protocol|alert"):
                context.wrap_socket(plain, server_hostname=HOST)


def test_a_switch_shows_at_the_next_request(tmp_path: Path) -> None:
    release(tmp_path, "r-1", {"index.html": "one"})
    with serving(tmp_path / "nginx", written(tmp_path), [HOST]) as server:
        assert server.get(HOST, "/").body == b"one"
        release(tmp_path, "r-2", {"index.html": "two"})
        assert server.get(HOST, "/").body == b"two"


def test_the_reverse_leads_to_www_and_one_name_may_be_all(tmp_path: Path) -> None:
    text = written(tmp_path, url="https://www.acme.example/")
    assert "server_name www.acme.example acme.example;" in text
    assert "return 301 https://www.acme.example$request_uri;" in text
    assert "www.acme.example" not in written(tmp_path, "--no-alias")


@pytest.mark.parametrize(
    ("headers", "line"),
    [
        ('/*\n  X-A: b"; root /;\n', 2),
        ("/*\n  X-A: $host\n", 2),
        ("/a b/*\n", 1),
        ("  X-A: b\n", 1),
        ("/*\n  X:b\n", 2),
    ],
)
def test_a_header_that_nginx_would_read_otherwise_is_refused_by_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], headers: str, line: int
) -> None:
    (tmp_path / "_headers").write_text(headers)
    words = ["nginx", str(policy(tmp_path)), "live", "--headers", str(tmp_path / "_headers")]
    assert main(words) == 2
    assert f"_headers:{line}: " in capsys.readouterr().err


def test_what_no_server_block_can_be_written_for_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["nginx", str(policy(tmp_path, url="http://127.0.0.1:8080")), "live"]) == 2
    assert "no https address of a host" in capsys.readouterr().err
    assert main(["nginx", str(policy(tmp_path)), "staging"]) == 2
    assert "it has live" in capsys.readouterr().err
    assert main(["nginx", str(policy(tmp_path)), "live", "--key", "/etc/a b;"]) == 2
    assert "no path of a file" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["policy.yml"]
