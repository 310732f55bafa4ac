"""What gunicorn reads: `gunicorn --config python:energysys.serving energysys.wsgi`.

A request that cannot be parsed never reaches Django. It gets a problem document all the same; in
both languages, because nobody knows yet which one its sender reads.
"""

import gc
import json
import logging
import secrets
import socket

from gunicorn import util  # type: ignore[import-untyped]

worker_class = "gthread"
# Longer than proxies and clients keep an idle connection, so that it is they who close it: what is
# sent at the moment at which a server hangs up is lost.
keepalive = 75
# As long as gunicorn allows, for filters by many plants.
limit_request_line = 8190
# Without the query string, in which some clients send what should not be logged.
access_log_format = '%(h)s %(t)s "%(m)s %(U)s" %(s)s %(B)s %(L)s'


def post_worker_init(worker: object) -> None:
    """What is loaded by now stays for good: going through it again costs a request 100 ms."""
    gc.collect()
    gc.freeze()


TOLD = {
    400: ("bad-request", "İstek anlaşılamadı.", "The request could not be understood."),
    414: ("uri-too-long", "Adres çok uzun.", "The address is too long."),
    431: ("headers-too-large", "Başlıklar çok büyük.", "The headers are too large."),
    500: ("server-error", "Bizde bir şey ters gitti.", "Something failed on our side."),
}


def write_problem(sock: socket.socket, status_int: int, reason: str, mesg: str) -> None:
    """In place of gunicorn's own `write_error`, which every worker calls and which writes HTML."""
    request_id = secrets.token_hex(6)
    logging.getLogger("gunicorn.error").warning(
        "request %s was refused with %s", request_id, status_int
    )
    code, turkish, english = TOLD.get(status_int, TOLD[400])
    body = json.dumps(
        {
            "type": f"urn:energysys:problem:{code}",
            "title": reason,
            "status": status_int,
            "detail": f"{turkish} / {english}",
            "request_id": request_id,
        },
        ensure_ascii=False,
    ).encode()
    head = (
        f"HTTP/1.1 {status_int} {reason}\r\nConnection: close\r\n"
        "Content-Type: application/problem+json\r\n"
        f"Content-Length: {len(body)}\r\nX-Request-ID: {request_id}\r\n\r\n"
    )
    util.write_nonblock(sock, head.encode() + body)


util.write_error = write_problem
