"""The reference's examples: a command for a shell that makes a call."""

import json
from collections.abc import Mapping
from typing import Any

from app.api.vendor.example_rules import ORDER_BODIES

NOTICE = {
    "title_ja": "$TITLE_JA",
    "body_ja": "$BODY_JA",
    "title_en": "Maintenance",
    "body_en": "Maintenance takes place next weekend.",
    "products": ["$PRODUCT"],
}
# Bodies for the examples: valid JSON, where $… stands for the reader's own.
BODIES: Mapping[str, Any] = {
    "create_environment": {"name": "Build server", "sort_key": 10},
    "change_environment": {"name": "Build server 2", "sort_key": 20},
    "set_allocations": {"allocations": [{"entitlement": "$ENTITLEMENT", "quantity": 1}]},
    "issue_license_keys": {
        "product": "$PRODUCT",
        "number": 2,
        "quantity": 10,
        "starts_on": "$FIRST_DAY",
        "ends_on": "$LAST_DAY",
    },
    "answer_quote": {
        "message": "Please find our quote attached.",
        "file": {"name": "quote.pdf", "content": "$(base64 -w0 quote.pdf)"},
    },
    "apply_quote": {
        "starts_on": "$FIRST_DAY",
        "ends_on": "$LAST_DAY",
        "additions_start_on": "$FIRST_DAY",
    },
    "invite_owner": {
        "contract": "$CONTRACT",
        "owner_email": "owner@example.com",
        "reason": "The former owner left",
    },
    "draft_notice": NOTICE,
    "change_notice": NOTICE,
    "publish_notice": {"at": None, "by_mail": True},
    "publish_resource": {"upload": "$UPLOAD", "version": "1.0", "products": ["$PRODUCT"]},
}
VARIABLES = {
    "environment_id": "$ENVIRONMENT",
    "resource_id": "$RESOURCE",
    "external_id": "$EXTERNAL_ID",
    "company_id": "$COMPANY_ID",
    "group_id": "$GROUP_ID",
    "contract_id": "$CONTRACT_ID",
    "entitlement_id": "$ENTITLEMENT_ID",
    "product_id": "$PRODUCT_ID",
    "number": "$NUMBER",
    "license_key_id": "$LICENSE_KEY",
    "batch_id": "$BATCH",
    "user_id": "$PERSON",
    "reference": "$QUOTE",
    "notice_id": "$NOTICE",
}
QUERIES = {"upload_resource": "?name=setup.bin"}
SAVED = {
    "download_activation": "activation.jwt",
    "download_emergency_file": "emergency.jwt",
    "download_resource": "resource.bin",
    "download_signature": "resource.bin.jwt",
    "download_sbom": "sbom.json",
}
FILES = {
    "answer_request": "activation-request.jwt",
    "upload_resource": "setup.bin",
    "attach_sbom": "sbom.json",
}
BEARER = '-H "Authorization: Bearer $TOKEN"'


def example(method: str, path: str, operation: Mapping[str, Any]) -> str:
    """Return a command for a shell that makes the call."""
    for name, variable in VARIABLES.items():
        path = path.replace(f"{{{name}}}", variable)
    id = operation["operationId"]
    parts = [f'"$PORTAL{path}{QUERIES.get(id, "")}"', BEARER]
    takes = list(operation.get("requestBody", {}).get("content", ()))
    required = {each["name"] for each in operation.get("parameters", ()) if each.get("required")}
    if "If-Match" in required:
        parts.append("-H 'If-Match: *'")
    if takes:
        parts.append(f"-H 'Content-Type: {takes[0]}'")
    body = {**BODIES, **ORDER_BODIES}.get(id)
    if body is not None:
        parts.append(f"-d {_shell(json.dumps(body, ensure_ascii=False))}")
    elif takes:
        parts.append(f"--data-binary @{FILES[id]}")
    elif method == "post":
        parts.append("-X POST")
    if method == "put":
        parts.append("-X PUT")
    if saved := SAVED.get(id):
        parts.append(f"-o {saved}")
    return "curl " + " \\\n  ".join(parts)


def _shell(text: str) -> str:
    """Quote JSON for a shell, which fills in what begins with $."""
    if "$" not in text:
        return f"'{text}'"
    escaped = text.replace('"', '\\"')
    return f'"{escaped}"'
