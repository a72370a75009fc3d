"""Every way a file or a command can be refused: a closed list of codes with one message each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from licensed_system import emergency_messages, part_messages, portal_messages, trust_messages
from licensed_system.languages import Language, Words


class Outcome(StrEnum):
    """Code of a refusal; part of the command's interface, so a code is never renamed."""

    MALFORMED = "malformed"
    TOO_LARGE = "too-large"
    WRONG_TYPE = "wrong-type"
    WRONG_ALGORITHM = "wrong-algorithm"
    UNKNOWN_CRITICAL_HEADER = "unknown-critical-header"
    BAD_KEYSET = "bad-keyset"
    UNKNOWN_ROOT = "unknown-root"
    KEYSET_OLDER = "keyset-older"
    UNKNOWN_SIGNING_KEY = "unknown-signing-key"
    SIGNING_KEY_NOT_VALID_THEN = "signing-key-not-valid-then"
    BAD_SIGNATURE = "bad-signature"
    MISSING_SECOND_SIGNATURE = "missing-second-signature"
    BAD_SECOND_SIGNATURE = "bad-second-signature"
    OTHER_PRODUCT = "other-product"
    FILE_CHANGED = "file-changed"
    WRONG_AUDIENCE = "wrong-audience"
    OTHER_SYSTEM = "other-system"
    OLDER_FILE = "older-file"
    UNKNOWN_REQUEST = "unknown-request"
    FINGERPRINT_MISMATCH = "fingerprint-mismatch"
    NOT_YET_VALID = "not-yet-valid"
    EXPIRED = "expired"
    DAMAGED_PART = "damaged-part"
    MIXED_PARTS = "mixed-parts"
    MISSING_PARTS = "missing-parts"
    QR_UNAVAILABLE = "qr-unavailable"
    UNREADABLE_PHOTO = "unreadable-photo"
    NOT_INITIALISED = "not-initialised"
    ALREADY_INITIALISED = "already-initialised"
    NOT_ACTIVATED = "not-activated"
    BUSY = "busy"
    UNREADABLE_FILE = "unreadable-file"
    UNWRITABLE_FILE = "unwritable-file"
    BAD_TRUST_FILE = "bad-trust-file"
    ROOTS_MISSING = "roots-missing"
    NOT_SIGNED_BY_ROOTS = "not-signed-by-roots"
    CRYPTOGRAPHY_TOO_OLD = "cryptography-too-old"
    NO_FINGERPRINT = "no-fingerprint"
    DAMAGED_STATE = "damaged-state"
    PORT_IN_USE = "port-in-use"
    UNSAFE_FOLDER = "unsafe-folder"
    PORTAL_UNREACHABLE = "portal-unreachable"
    PORTAL_UNTRUSTED = "portal-untrusted"
    PORTAL_REFUSED = "portal-refused"
    PORTAL_ANSWER = "portal-answer"
    UNKNOWN_ENVIRONMENT = "unknown-environment"
    UNSAFE_TOKEN_FILE = "unsafe-token-file"  # noqa: S105  (a code, no token)
    BAD_TOKEN_FILE = "bad-token-file"  # noqa: S105
    BAD_CA_FILE = "bad-ca-file"
    EMERGENCY_USED = "emergency-used"
    STILL_LICENSED = "still-licensed"
    CLOCK_TURNED_BACK = "clock-turned-back"


class Refused(Exception):
    """A file or command was refused; ``facts`` fill the places in the outcome's message.

    ``words`` take the place of that message where more is known.
    """

    def __init__(
        self, outcome: Outcome, facts: Mapping[str, str], words: Words | None = None
    ) -> None:
        super().__init__(outcome)
        self.outcome = outcome
        self.facts = facts
        self.words = words

    def __str__(self) -> str:
        return self.line("en")

    def message(self, language: Language) -> str:
        """What happened and what to do, in one line of plain text."""
        text = (self.words or MESSAGES[self.outcome]).say(language, **self.facts)
        return " ".join(text.split())

    def line(self, language: Language) -> str:
        """The line for standard error; it starts with the code so that scripts can read it."""
        return f"{self.outcome}: {self.message(language)}"


def refuse(outcome: Outcome, **facts: str) -> Refused:
    """A :class:`Refused` to raise, with the facts its message names."""
    return Refused(outcome, facts)


_SEND_AGAIN = Words(
    "ポータルからダウンロードし直し、改変せずにそのまま運んでください。",
    "Download it from the portal again and carry it over unchanged.",
)
_NEW_REQUEST = Words(
    "新しいアクティベーションリクエストファイルを作成し、ポータルに登録してください。",
    "Make a new activation request file and upload it to the portal.",
)
_CLOCK = Words(
    "このシステムの時計は {clock}、ファイルの作成は {made} です。",
    "This system's clock says {clock}; the file was made at {made}.",
)

MESSAGES: dict[Outcome, Words] = {
    Outcome.MALFORMED: Words(
        "アクティベーションファイルとして読めません。", "This cannot be read as an activation file."
    )
    + _SEND_AGAIN,
    Outcome.TOO_LARGE: Words(
        "ファイルが 64 KiB を超えています。アクティベーションファイルを選んでください。",
        "The file is larger than 64 KiB. Choose the activation file.",
    ),
    Outcome.WRONG_TYPE: Words(
        "アクティベーションファイルではありません。リクエストファイルではなく、"
        "ポータルからダウンロードしたファイルを選んでください。",
        "This is not an activation file. Choose the file that was downloaded from the portal, "
        "not the request file.",
    ),
    Outcome.WRONG_ALGORITHM: Words(
        "署名の方式が EdDSA または ML-DSA-65 ではありません。",
        "The file is not signed with EdDSA, or its second line not with ML-DSA-65.",
    )
    + _SEND_AGAIN,
    Outcome.UNKNOWN_CRITICAL_HEADER: Words(
        "このバージョンでは扱えない必須の項目があります。製品を更新してから適用してください。",
        "The file demands something this version does not know. Update the product first.",
    ),
    Outcome.BAD_KEYSET: Words(
        "ファイルに含まれる鍵の一覧が正しくありません。",
        "The keys inside the file are not in order.",
    )
    + _SEND_AGAIN,
    Outcome.UNKNOWN_ROOT: Words(
        "このシステムが信頼していない発行元のファイルです。"
        "契約のあるポータルからダウンロードしたか確認してください。",
        "The file comes from an issuer that this system does not trust. "
        "Check that it was downloaded from the portal of your contract.",
    ),
    Outcome.KEYSET_OLDER: Words(
        "適用済みのファイルより古い鍵で発行されています。",
        "The file was issued with older keys than one applied before.",
    )
    + _NEW_REQUEST,
    Outcome.UNKNOWN_SIGNING_KEY: Words(
        "署名した鍵が発行元の鍵の一覧にありません。",
        "The key that signed the file is not among the issuer's keys.",
    )
    + _SEND_AGAIN,
    Outcome.SIGNING_KEY_NOT_VALID_THEN: Words(
        "署名した鍵は、発行した時点では有効ではありません。",
        "The key that signed the file was not valid at that time.",
    )
    + _NEW_REQUEST,
    Outcome.BAD_SIGNATURE: Words(
        "署名が正しくありません。ファイルが壊れたか、書き換えられています。",
        "The signature is wrong: the file was damaged or changed.",
    )
    + _SEND_AGAIN,
    Outcome.OTHER_PRODUCT: Words(
        "{expected} のファイルではありません。対象の製品: {products}。",
        "This file is not for {expected}. It is for: {products}.",
    ),
    Outcome.FILE_CHANGED: Words(
        "{path} は、公開された {name} と内容が異なります。使わずに、ダウンロードし直してください。",
        "{path} differs from {name} as it was published. Do not use it; download it again.",
    ),
    Outcome.WRONG_AUDIENCE: Words(
        "ライセンスを適用するシステム宛てのファイルではありません。",
        "The file is not meant for a licensed system.",
    )
    + _SEND_AGAIN,
    Outcome.OTHER_SYSTEM: Words(
        "別のシステムのために発行されたファイルです。環境を確認し、"
        "このシステムで作成したリクエストファイルを登録してください。",
        "The file was issued for another system. Check the environment, and upload the request "
        "file that was made on this system.",
    ),
    Outcome.OLDER_FILE: Words(
        "このファイル（通し番号 {seq}）か、それより新しいファイル（{highest}）を適用済みです。"
        "何もする必要はありません。割り当てを変えたときは、新しいファイルを適用してください。",
        "This file (number {seq}) or a newer one ({highest}) has been applied already. Nothing "
        "needs to be done; after a change of the allocation, apply the newest file.",
    ),
    Outcome.UNKNOWN_REQUEST: Words(
        "このシステムに残っているリクエスト（直近 10 件、90 日以内）への回答ではありません。",
        "The file does not answer a request this system still knows (the last 10, up to 90 days "
        "old).",
    )
    + _NEW_REQUEST,
    Outcome.FINGERPRINT_MISMATCH: Words(
        "機器の情報が一致しません（必要 {needed} 項目、一致 {matching} 項目）。",
        "This machine does not match the file ({needed} components needed, {matching} match).",
    )
    + _NEW_REQUEST,
    Outcome.NOT_YET_VALID: _CLOCK
    + Words(
        "まだ使えません。時計が遅れています。{made} 以降の正しい時刻に合わせてから、"
        "もう一度適用してください。",
        "It cannot be used yet: the clock is slow. Set it to the correct time, {made} or later, "
        "and apply the file again.",
    ),
    Outcome.EXPIRED: _CLOCK
    + Words(
        "適用できる期間は {until} までで、終わっています。時計が進んでいる場合は、{made} から "
        "{until} までの正しい時刻に合わせてください。時計が正しい場合は、契約を確認し、"
        "新しいリクエストファイルを登録してください。",
        "It could be applied until {until}. If the clock is fast, set it to the correct time, "
        "between {made} and {until}; if the clock is right, check the contract and upload a new "
        "request file.",
    ),
    Outcome.NOT_INITIALISED: Words(
        "{path} は初期化されていません。先に init を実行してください。",
        "{path} has not been initialised. Run init first.",
    ),
    Outcome.ALREADY_INITIALISED: Words(
        "{path} は初期化済みです。そのまま使えます。",
        "{path} has been initialised already and can be used as it is.",
    ),
    Outcome.NOT_ACTIVATED: Words(
        "返却するアクティベーションがありません。", "There is no activation to return."
    ),
    Outcome.BUSY: Words(
        "別のコマンドが実行中です。終わってから、もう一度実行してください。",
        "Another command is running. Try again when it has ended.",
    ),
    Outcome.UNREADABLE_FILE: Words(
        "{path} を読めません。場所と権限を確認してください。",
        "{path} cannot be read. Check the place and the permissions.",
    ),
    Outcome.UNWRITABLE_FILE: Words(
        "{path} に書き込めません。場所、権限、空き容量を確認してください。",
        "{path} cannot be written. Check the place, the permissions and the free space.",
    ),
    Outcome.BAD_TRUST_FILE: Words(
        "{path} に Ed25519 の公開鍵（PEM）がありません。製品に付属の root.pem を指定してください。",
        "{path} holds no Ed25519 public key (PEM). Name the root.pem that came with the product.",
    ),
    Outcome.DAMAGED_STATE: Words(
        "{path} の内容が壊れています。バックアップから戻すか、"
        "別のフォルダで init からやり直してください。",
        "The content of {path} is damaged. Restore it from a backup, or start again with init in "
        "another folder.",
    ),
    Outcome.PORT_IN_USE: Words(
        "ポート {port} を開けません。--port に別の番号を指定するか、--port を省いてください。",
        "Port {port} cannot be opened. Choose another number with --port, or leave --port out.",
    ),
    Outcome.UNSAFE_FOLDER: Words(
        "{path} は他の利用者が書き換えられるか、リンクになっています。権限を見直すか、"
        "自分だけが書き込める別のフォルダを指定してください。",
        "Other users can change {path}, or it is a link. Restrict its permissions, or name another "
        "folder that only you can write to.",
    ),
    **{
        Outcome(code): words
        for messages in (portal_messages, trust_messages, emergency_messages, part_messages)
        for code, words in messages.MESSAGES.items()
    },
}
