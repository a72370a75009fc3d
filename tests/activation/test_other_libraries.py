"""Libraries that the portal does not use to sign agree on its activation files."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jwt
import pytest
from joserfc import jws as joserfc_jws
from joserfc import jwt as joserfc_jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet
from jwt.types import Options

from app.activation.format.jws import decode
from app.activation.format.keysets import public_jwks
from app.activation.format.roots import public_pem
from tests.activation.makers import activation_file, key, keyset, signing_kid
from tests.missing import NODE, missing, node_tool

ACTIVATION = activation_file()
CLAIMS = decode(ACTIVATION.encode()).payload
JWKS = public_jwks(keyset())

VERIFY = """
import { jwtVerify, createLocalJWKSet, compactVerify, importSPKI } from "jose";
import { readFileSync } from "node:fs";
const given = JSON.parse(readFileSync(0, "utf8"));
const options = { audience: "licensed-system", typ: "activation+jwt",
                  currentDate: new Date(given.now * 1000) };
const { payload } = await jwtVerify(given.file, createLocalJWKSet(given.jwks), options);
await compactVerify(payload.keyset, await importSPKI(given.root, "EdDSA"));
let changed = "accepted";
try { await jwtVerify(given.changed, createLocalJWKSet(given.jwks), options); }
catch (error) { changed = error.code; }
console.log(JSON.stringify({ payload, changed }));
"""


def changed_file() -> str:
    """The file with another payload under the old signature."""
    head, _, signature = ACTIVATION.split(".")
    payload = activation_payload(quantity=9999)
    return ".".join([head, payload, signature])


def activation_payload(quantity: int) -> str:
    product = {**CLAIMS["products"][0], "quantity": quantity}
    claims = json.dumps({**CLAIMS, "products": [product]}).encode()
    return jwt.utils.base64url_encode(claims).decode()


def test_pyjwt_verifies_the_file_and_its_keyset() -> None:
    jwks = jwt.PyJWKSet.from_dict(JWKS)
    unhurried: Options = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}

    def verify(file: str) -> dict[str, Any]:
        return jwt.decode(
            file,
            jwks[signing_kid()],
            algorithms=["EdDSA"],
            audience="licensed-system",
            options=unhurried,
        )

    found = verify(ACTIVATION)
    assert found == CLAIMS
    keyset_claims = jwt.decode(
        found["keyset"],
        key("root").public_key(),
        algorithms=["EdDSA"],
        options=unhurried,
    )
    assert keyset_claims["keys"][0]["kid"] == signing_kid()
    with pytest.raises(jwt.InvalidSignatureError):
        verify(changed_file())


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")  # the name that every library reads
def test_joserfc_verifies_the_file() -> None:
    keys = KeySet.import_key_set({"keys": JWKS["keys"]})
    token = joserfc_jwt.decode(ACTIVATION, keys, algorithms=["EdDSA"])
    assert token.claims == CLAIMS
    assert token.header["typ"] == "activation+jwt"
    with pytest.raises(BadSignatureError):
        joserfc_jws.deserialize_compact(changed_file(), keys, algorithms=["EdDSA"])


def test_nodes_jose_verifies_the_file_and_its_keyset(tmp_path: Path) -> None:
    script = tmp_path / "verify.mjs"
    script.write_text(VERIFY)
    (tmp_path / "node_modules").symlink_to(node_tool("jose") / "node_modules")
    given = {
        "file": ACTIVATION,
        "changed": changed_file(),
        "jwks": JWKS,
        "root": public_pem(key("root").public_key()).decode(),
        "now": CLAIMS["iat"],
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
    answer = json.loads(done.stdout)
    assert answer["payload"] == CLAIMS
    assert answer["changed"] == "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"


@pytest.mark.parametrize(("file", "verifies"), [(ACTIVATION, True), (changed_file(), False)])
def test_openssl_verifies_the_file(file: str, verifies: bool, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        missing("there is no openssl: install it")
    signed, _, signature = file.rpartition(".")
    (tmp_path / "key.pem").write_bytes(public_pem(key("signing").public_key()))
    (tmp_path / "signed").write_text(signed)
    (tmp_path / "signature").write_bytes(jwt.utils.base64url_decode(signature))
    command = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "key.pem"]
    done = subprocess.run(
        [*command, "-sigfile", "signature", "-in", "signed"],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode == 0) is verifies, done.stderr
    assert ("Signature Verified Successfully" in done.stdout) is verifies
