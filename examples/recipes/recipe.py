"""Passlens from a Python server, with the standard library alone (Python 3.8 or newer).

    PASSLENS_ENDPOINT=http://localhost:7301 PASSLENS_KEY=sk_… python3 recipe.py USER CREDENTIAL_ID CEREMONY_ID [REASON]

Limits: 500 events and 512 KiB a batch; hold at most 1000, drop the oldest and tell their number in `dropped_events`.
Retry: after a network error, 429 or 5xx the same events (the same ids), at Retry-After or later and later; never after another 4xx.
"""

import base64
import hashlib
import http.client
import json
import os
import random
import secrets
import sys
import time
import urllib.error
import urllib.request
import uuid

ATTEMPTS = 5


def user_ref(reference):
    """Your own stable reference of a user, the same one the page or app gives."""
    return one_way(b"passlens:user:" + reference.encode("utf-8"))


def credential_ref(raw_id):
    """The credential's raw id, as bytes."""
    return one_way(b"passlens:credential:" + raw_id)


def one_way(message):
    digest = hashlib.sha256(message).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def uuid_v7():
    """Made once, where the event happens: a retry keeps it, so that what arrives twice counts once."""
    bits = now_ms() << 80 | secrets.randbits(80)
    bits = bits & ~(0xF << 76) | 0x7 << 76
    bits = bits & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=bits))


def now_ms():
    return time.time_ns() // 1_000_000


def verdict(ceremony_id, user, raw_id, reason=None):
    """What your server decided of a sign-in. The ceremony's id comes from the client, beside its response."""
    event = {
        "type": "ceremony.verdict",
        "id": uuid_v7(),
        "time_unix_ms": now_ms(),
        "ceremony_id": ceremony_id,
        "ceremony_type": "authentication",
        "user_ref": user_ref(user),
        "verified": reason is None,
        "credential": {"credential_ref": credential_ref(raw_id)},
    }
    return event if reason is None else {**event, "reason": reason}


def send(events):
    """Call it from a thread or a job, never in the sign-in's way. The receipt, or None when the events were given up."""
    for attempt in range(ATTEMPTS):
        wait = 2**attempt * random.random()
        batch = {
            "schema_version": 1,
            "sent_unix_ms": now_ms(),
            "sdk": {"name": "recipe-python", "version": "1"},
            "context": {"environment": "production"},
            "events": events,
        }
        request = urllib.request.Request(
            os.environ["PASSLENS_ENDPOINT"] + "/v1/events",
            data=json.dumps(batch).encode("utf-8"),
            headers={
                "Authorization": "Bearer " + os.environ["PASSLENS_KEY"],
                "Content-Type": "application/json",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return json.load(response)
        except urllib.error.HTTPError as refusal:
            if refusal.code < 500 and refusal.code != 429:
                print("Passlens refused:", refusal.code, refusal.read().decode(), file=sys.stderr)
                return None
            retry_after = refusal.headers.get("Retry-After", "")
            wait = int(retry_after) if retry_after.isdigit() else wait
        except (OSError, http.client.HTTPException):
            pass  # Not reached, or cut off.
        time.sleep(min(60, wait))
    return None


if __name__ == "__main__":
    user, credential_id, ceremony_id = sys.argv[1:4]
    raw_id = base64.urlsafe_b64decode(credential_id + "=" * (-len(credential_id) % 4))
    print(json.dumps(send([verdict(ceremony_id, user, raw_id, *sys.argv[4:5])])))
