"""Bring an order of a CRM into the License Portal: company, contract, products, first owner.

    PORTAL=https://licenses.example.com PORTAL_TOKEN_FILE=token.txt python3 crm_order.py order.json

Every step names things by the CRM's own IDs, so nothing has to be remembered between runs, and a
run that stopped half way is simply started again: what is there already stays as it is. Needs
Python 3.11 and nothing else. The token's account needs the scopes companies:change,
contracts:change and owners:appoint. Exit code: 0 done, 1 refused, 2 the portal was not reached.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

TRIES, MOST_WAIT = 5, 60.0
# Worth another try: too many calls, and a portal that restarts or is not reached.
PASSING = {429, 502, 503, 504}
# An owner is there, or on the way: a run before this one invited them.
INVITED = {"owner-there", "member", "invited"}


class Refused(Exception):
    """The portal does not take a step; the message says why."""

    def __init__(self, problem: dict[str, Any]) -> None:
        self.code = problem.get("code", "")
        places = [f"{each['pointer']}: {each['detail']}" for each in problem.get("errors", [])]
        super().__init__("; ".join(places) or problem.get("detail", "no reason was given"))


class Portal:
    """The vendor's calls of the portal."""

    def __init__(self, address: str, token: str) -> None:
        self._address = address.rstrip("/") + "/api/v1/vendor"
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Accept-Language": "en",
        }

    def put(self, kind: str, external_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """Create or change what the CRM calls so, and say what came of it."""
        id = urllib.parse.quote(external_id, safe="")
        answer = self._call("PUT", f"/{kind}/by-external-id/{id}", body)
        print(f"{kind} {external_id}: {answer['outcome']}")
        return answer

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Make a call that is not one of a thing with an ID of the CRM."""
        return self._call("POST", path, body)

    def _call(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        request = urllib.request.Request(
            self._address + path, json.dumps(body).encode(), self._headers, method=method
        )
        for again in range(TRIES):
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return dict(json.load(answer))
            except urllib.error.HTTPError as error:
                if error.code not in PASSING or again == TRIES - 1:
                    raise Refused(_problem(error)) from None
                wait = float(error.headers.get("Retry-After") or 2**again)
            except OSError:
                # The same call twice changes nothing, so it does not matter whether it arrived.
                if again == TRIES - 1:
                    raise
                wait = 2.0**again
            time.sleep(min(wait, MOST_WAIT))
        raise AssertionError("the last try ends the loop")


def _problem(error: urllib.error.HTTPError) -> dict[str, Any]:
    try:
        return dict(json.load(error))
    except ValueError:
        return {"detail": f"HTTP {error.code}"}


def bring_in(portal: Portal, order: dict[str, Any]) -> None:
    """Bring an order in, in the order in which one thing needs the other."""
    account, contract = order["account"], order["contract"]
    portal.put("companies", account["id"], {"name": account["name"], "reading": account["reading"]})
    facts = {name: value for name, value in contract.items() if name != "id"}
    company, reason = {"external_id": account["id"]}, f"Order {contract['id']}"
    made = portal.put("contracts", contract["id"], {**facts, "company": company, "reason": reason})
    for line in order["lines"]:
        facts = {name: value for name, value in line.items() if name != "id"}
        term = {"starts_on": contract["starts_on"], "ends_on": contract["ends_on"]}
        body = {**term, **facts, "contract": contract["number"], "reason": reason}
        portal.put("entitlements", line["id"], body)
    if owner := order.get("owner"):
        invite(portal, made, owner, reason)


def invite(portal: Portal, contract: dict[str, Any], owner: dict[str, Any], reason: str) -> None:
    """Invite the first owner, unless the contract has one or one was invited."""
    if contract["has_owner"] or contract["owner_invited"]:
        print("owner: unchanged")
        return
    who = {"owner_email": owner["email"], "owner_language": owner["language"]}
    try:
        portal.post("/owner-invitations", {**who, "contract": contract["number"], "reason": reason})
    except Refused as refused:
        if refused.code not in INVITED:
            raise
    print("owner: invited")


def main() -> int:
    """Run the command; answer its exit code."""
    if len(sys.argv) != 2 or not {"PORTAL", "PORTAL_TOKEN_FILE"} <= os.environ.keys():
        print(__doc__, file=sys.stderr)
        return 2
    token = Path(os.environ["PORTAL_TOKEN_FILE"]).read_text("utf-8").strip()
    order = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    try:
        bring_in(Portal(os.environ["PORTAL"], token), order)
    except Refused as refused:
        print(f"{refused.code}: {refused}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"The portal was not reached: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
