"""A local server that replays what the registries answer, in their documented forms; every record in it is invented."""

from __future__ import annotations

import json
import os
import socket
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

NCT = "NCT00000000"
DOI = "10.5555/invented(20)00001-X"
PMID = "99999999"


# The documented forms


def study(**changed: Any) -> dict[str, Any]:
    """The answer of ClinicalTrials.gov to `GET /api/v2/studies/NCT00000000`; a change replaces a whole module."""
    modules: dict[str, Any] = {
        "identificationModule": {
            "nctId": NCT,
            "orgStudyIdInfo": {"id": "INVENTED-1"},
            "organization": {"fullName": "Invented Pharma", "class": "INDUSTRY"},
            "briefTitle": "A Study of Inventumab in Invented Cancer",
            "officialTitle": "A Phase 3, Randomised Study of Inventumab in Invented Cancer",
            "acronym": "INVENT-001",
        },
        "statusModule": {
            "statusVerifiedDate": "2020-05",
            "overallStatus": "TERMINATED",
            "startDateStruct": {"date": "2015-03", "type": "ACTUAL"},
            "lastUpdatePostDateStruct": {"date": "2020-06-02", "type": "ACTUAL"},
        },
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": "Invented Pharma", "class": "INDUSTRY"}},
        "conditionsModule": {"conditions": ["Invented Cancer"]},
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE2", "PHASE3"],
            "designInfo": {"allocation": "RANDOMIZED", "maskingInfo": {"masking": "DOUBLE"}},
            "enrollmentInfo": {"count": 945, "type": "ACTUAL"},
        },
        "armsInterventionsModule": {
            "armGroups": [{"label": "A", "type": "EXPERIMENTAL"}, {"label": "B", "type": "ACTIVE_COMPARATOR"}],
            "interventions": [{"type": "BIOLOGICAL", "name": "Inventumab"}, {"type": "DRUG", "name": "Fictaxel"}],
        },
    }
    return {"protocolSection": modules | changed, "derivedSection": {}, "hasResults": True}


def work(**changed: Any) -> dict[str, Any]:
    """The answer of Crossref to `GET /works/10.5555/…`; names with a hyphen are changed with an underscore."""
    message: dict[str, Any] = {
        "DOI": DOI.lower(),
        "type": "journal-article",
        "title": ["Inventumab in <i>Invented</i> Cancer &amp;amp; Others"],
        "subtitle": [],
        "container-title": ["The Journal of Inventions"],
        "short-container-title": ["J Invent"],
        "author": [
            {"given": "Ada", "family": "Example", "sequence": "first", "affiliation": []},
            {"name": "INVENT Investigators", "sequence": "additional", "affiliation": []},
        ],
        "issued": {"date-parts": [[2019, 12, 30]]},
        "published-online": {"date-parts": [[2019, 12, 30]]},
        "published-print": {"date-parts": [[2020, 1]]},
        "volume": "12",
        "issue": "3",
        "page": "45-67",
    }
    message |= {name.replace("_", "-"): value for name, value in changed.items()}
    return {"status": "ok", "message-type": "work", "message-version": "1.0.0", "message": message}


def update(kind: str, doi: str = "10.5555/notice") -> dict[str, Any]:
    """One entry of Crossref's `updated-by` or `update-to`."""
    updated = {"date-parts": [[2023, 5, 1]], "date-time": "2023-05-01T00:00:00Z", "timestamp": 1682899200000}
    return {"DOI": doi, "type": kind, "label": kind.capitalize(), "source": "publisher", "updated": updated}


def summary(**changed: Any) -> dict[str, Any]:
    """The answer of NCBI to `GET /esummary.fcgi?db=pubmed&id=99999999&retmode=json`."""
    paper: dict[str, Any] = {
        "uid": PMID,
        "pubdate": "2020 Jan-Feb",
        "epubdate": "2019 Dec 30",
        "source": "J Invent",
        "authors": [
            {"name": "Example A", "authtype": "Author", "clusterid": ""},
            {"name": "INVENT Investigators", "authtype": "CollectiveName", "clusterid": ""},
        ],
        "title": "Inventumab in &lt;i&gt;Invented&lt;/i&gt; cancer and others.",
        "volume": "12",
        "issue": "3",
        "pages": "45-67",
        "pubtype": ["Clinical Trial", "Journal Article"],
        "articleids": [
            {"idtype": "pubmed", "idtypen": 1, "value": PMID},
            {"idtype": "doi", "idtypen": 3, "value": DOI},
        ],
        "fulljournalname": "The journal of inventions : official journal of nobody",
        "references": [],
    }
    return {"header": {"type": "esummary", "version": "0.3"}, "result": {"uids": [PMID], PMID: paper | changed}}


# The server


@dataclass(frozen=True)
class Reply:
    """One answer: what is sent, and how it goes wrong on the way."""

    body: Any = b""
    status: int = 200
    kind: str = "application/json; charset=UTF-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    silent: float = 0
    """Seconds before anything is sent."""
    drip: float = 0
    """Seconds between two bytes of the body."""
    announced: int | None = None
    """The length in the header, if it is not that of the body; negative for no such header."""
    chunked: bool = False
    """Whether the body comes as one chunk without the chunk that ends it."""
    reset: bool = False
    """Whether the connection is reset after the body."""
    raw: bytes | None = None
    """Bytes that replace the whole of an HTTP answer."""

    @property
    def bytes(self) -> bytes:
        """The body as it is sent; values other than bytes as JSON."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Asked:
    """One request that reached the server."""

    path: str
    headers: Mapping[str, str]


@dataclass
class Replay:
    """A server: its address, its answers to each path in turn, of which the last is repeated, and what it was asked."""

    address: str
    replies: dict[str, list[Reply]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def on(self, path: str, *replies: Reply) -> None:
        """Answers a path with these replies."""
        self.replies[path] = list(replies)

    def next(self, path: str) -> Reply:
        """The reply whose turn it is; 404 in plain text where nothing is prepared, as ClinicalTrials.gov does."""
        waiting = self.replies.get(path, [Reply(b"Resource not found.", 404, "text/plain")])
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]


@contextmanager
def served() -> Iterator[Replay]:
    """A server on a free port of 127.0.0.1, closed at the end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.replay = Replay(f"http://127.0.0.1:{server.server_port}")  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.replay  # type: ignore[attr-defined]
    finally:
        server.replay.closing.set()  # type: ignore[attr-defined]
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        replay: Replay = self.server.replay  # type: ignore[attr-defined]
        replay.asked.append(Asked(self.path, dict(self.headers)))
        # The client hangs up, as it should, when an answer is too slow or too large.
        with suppress(OSError):
            self._send(replay.next(self.path), replay.closing)

    def _send(self, reply: Reply, closing: threading.Event) -> None:
        closing.wait(reply.silent)
        if reply.raw is not None:
            self.wfile.write(reply.raw)
        else:
            self._answer(reply, closing)
        self.wfile.flush()
        if reply.reset:
            self._reset()

    def _answer(self, reply: Reply, closing: threading.Event) -> None:
        body = reply.bytes
        self.send_response(reply.status)
        headers = {"Content-Type": reply.kind, **reply.headers}
        if reply.chunked:
            headers["Transfer-Encoding"] = "chunked"
            body = b"%x\r\n%s\r\n" % (len(body), body)
        elif reply.announced is None or reply.announced >= 0:
            headers["Content-Length"] = str(len(body) if reply.announced is None else reply.announced)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if not reply.drip:
            self.wfile.write(body)
        for byte in body if reply.drip else b"":
            self.wfile.write(bytes((byte,)))
            closing.wait(reply.drip)

    def _reset(self) -> None:
        """Closes the connection in the way of a machine that has lost it."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())

    def log_message(self, *_: Any) -> None:
        """Nothing: what was asked is kept in `Replay.asked`."""
