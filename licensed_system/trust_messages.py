"""The words of what a system refuses that pins two roots, or that a platform identifies."""

from __future__ import annotations

from licensed_system.languages import Words

_SEND_AGAIN = Words(
    "ポータルからダウンロードし直し、改変せずにそのまま運んでください。",
    "Download it from the portal again and carry it over unchanged.",
)

MESSAGES: dict[str, Words] = {
    "missing-second-signature": Words(
        "ファイルに ML-DSA-65 の署名がありません。途中で切れたか、"
        "発行元がまだ ML-DSA-65 で署名していません。",
        "The file has no ML-DSA-65 signature. It was cut off, or the issuer does not sign with "
        "ML-DSA-65 yet.",
    )
    + _SEND_AGAIN,
    "bad-second-signature": Words(
        "ML-DSA-65 の署名が正しくありません。ファイルが壊れたか、書き換えられています。",
        "The ML-DSA-65 signature is wrong: the file was damaged or changed.",
    )
    + _SEND_AGAIN,
    "roots-missing": Words(
        "システムが信頼しているルート鍵の一部が、ファイルにありません。変更していません。"
        "製品に付属する最新の root.pem を指定してください。",
        "The file lacks a root key that this system trusts. Nothing was changed. Use the latest "
        "root.pem that came with the product.",
    ),
    "not-signed-by-roots": Words(
        "利用中のファイルに、新しいルート鍵で確かめられる署名がありません。変更していません。"
        "先に、新しいアクティベーションファイルを適用してください。",
        "The file in use has no signature that leads to the new root keys. Nothing was changed. "
        "First apply a new activation file.",
    ),
    "cryptography-too-old": Words(
        "ルート鍵に ML-DSA-65 の鍵があります。Python の cryptography を 48 以降に更新してから、"
        "もう一度実行してください。",
        "One of the root keys is an ML-DSA-65 key. Update the Python package cryptography to "
        "version 48 or later, and try again.",
    ),
    "no-fingerprint": Words(
        "{path} に、プラットフォームの識別情報（8～1,024 文字）がありません。"
        "元に戻してから、もう一度実行してください。",
        "{path} has no identity from the platform (8 to 1,024 characters). Restore it, and try "
        "again.",
    ),
}
