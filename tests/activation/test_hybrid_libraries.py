"""Any JOSE library verifies a file with two signatures: line by line, and without the portal."""

import json
import subprocess
from pathlib import Path
from typing import Any

import jwt
import pytest
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import KeySet
from jwt.types import Options

from app.activation.format.jws import decode, decode_base64url, write_jwk
from app.activation.format.keysets import public_jwks
from app.activation.format.roots import public_pem
from app.activation.signing import build_activation
from tests.activation.makers import NOW, issue, licensee, request, signing_kid
from tests.activation.test_hybrid import SECOND_ROOT, office, second_key
from tests.missing import NODE, node_tool

FILE = build_activation(request(), issue(), licensee(), office(), jti="hybrid", issued_at=NOW)
FIRST, SECOND = FILE.split("\n")
CLAIMS = decode(FIRST.encode()).payload
JWKS = public_jwks(office().issuer.keyset)

VERIFY = """
import { calculateJwkThumbprint, compactVerify, createLocalJWKSet, importJWK } from "jose";
import { readFileSync } from "node:fs";
const given = JSON.parse(readFileSync(0, "utf8"));
const keys = createLocalJWKSet(given.jwks);
const [first, second] = given.file.split("\\n");
await compactVerify(first, keys);
// Detached content: the payload of the first line is put in.
const attach = (detached, whole) => {
  const [head, , signature] = detached.split(".");
  return [head, whole.split(".")[1], signature].join(".");
};
const line = await compactVerify(attach(second, first), keys);
const root = await importJWK(given.root, "ML-DSA-65");
await compactVerify(attach(given.keyset_ml_dsa_65, given.keyset), root);
let changed = "accepted";
try { await compactVerify(attach(second, given.other), keys); }
catch (error) { changed = error.code; }
const { alg, kid } = line.protectedHeader;
const listed = given.jwks.keys.find((jwk) => jwk.kid === kid);
const named = (await calculateJwkThumbprint(listed)) === kid;
console.log(JSON.stringify({ alg, changed, named }));
"""
OPENSSL = """
const { readFileSync } = require("node:fs");
const names = ["signed", "key.pem", "signature"];
const [signed, key, signature] = names.map((name) => readFileSync(name));
console.log(require("node:crypto").verify(null, signed, key, signature));
"""


def attached(detached: str, whole: str) -> str:
    head, _, signature = detached.partition("..")
    return f"{head}.{whole.split('.')[1]}.{signature}"


def test_nodes_jose_verifies_both_lines_and_both_signatures_of_the_keyset(tmp_path: Path) -> None:
    """Its ML-DSA-65 is that of OpenSSL 3.5, which Node brings along."""
    script = tmp_path / "verify.mjs"
    script.write_text(VERIFY)
    (tmp_path / "node_modules").symlink_to(node_tool("jose") / "node_modules")
    other = build_activation(request(), issue(), licensee(), office(), jti="other", issued_at=NOW)
    given = {
        "file": FILE,
        "other": other.split("\n")[0],
        "jwks": JWKS,
        "root": write_jwk(SECOND_ROOT.public_key()),
        **{name: CLAIMS[name] for name in ("keyset", "keyset_ml_dsa_65")},
    }
    done = subprocess.run(
        [str(NODE), str(script)],
        input=json.dumps(given),
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "alg": "ML-DSA-65",
        "changed": "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
        "named": True,
    }


def test_pyjwt_verifies_the_first_line_with_the_published_keys() -> None:
    """It knows no ML-DSA yet, and passes over such keys."""
    unhurried: Options = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
    jwks = jwt.PyJWKSet.from_dict(JWKS)
    found = jwt.decode(
        FIRST,
        jwks[signing_kid()],
        algorithms=["EdDSA"],
        audience="licensed-system",
        options=unhurried,
    )
    assert found == CLAIMS


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")  # the name that every library reads
def test_joserfc_verifies_the_first_line() -> None:
    """It is given the keys of Ed25519: it knows no key type AKP yet."""
    keys: Any = {"keys": [jwk for jwk in JWKS["keys"] if jwk["kty"] == "OKP"]}
    token = joserfc_jwt.decode(FIRST, KeySet.import_key_set(keys), algorithms=["EdDSA"])
    assert token.claims == CLAIMS


@pytest.mark.parametrize("changed", [False, True])
def test_openssl_verifies_the_second_line(changed: bool, tmp_path: Path) -> None:
    """The OpenSSL is that of Node, 3.5 or newer: the command of Debian 12 has no ML-DSA."""
    signed, _, signature = attached(SECOND, FIRST).rpartition(".")
    (tmp_path / "key.pem").write_bytes(public_pem(second_key("signing").public_key()))
    (tmp_path / "signed").write_text(signed + ("A" if changed else ""))
    (tmp_path / "signature").write_bytes(decode_base64url(signature))
    done = subprocess.run(
        [NODE, "--eval", OPENSSL], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert done.stdout == f"{json.dumps(not changed)}\n"
