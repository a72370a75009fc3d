"""The messages of refusals that only emergency files have, by their codes."""

from __future__ import annotations

from licensed_system.languages import Words

MESSAGES = {
    "emergency-used": Words(
        "この緊急用ファイルは、このシステムで使用済みです（{first}）。別の緊急用ファイルを使うか、"
        "通常の手順でアクティベートしてください。",
        "This emergency file has been used on this system already ({first}). Use another emergency "
        "file, or activate the system normally.",
    ),
    "still-licensed": Words(
        "このシステムのライセンスは有効です。緊急用ファイルは必要ありません。使用済みにせず、"
        "保管しておいてください。",
        "This system is licensed, so it needs no emergency file. Keep the file: it was not used.",
    ),
    "clock-turned-back": Words(
        "このシステムの時計（{clock}）は、以前に確認した時刻より 24 時間以上遅れています。"
        "{seen} 以降の正しい時刻に合わせてから、もう一度実行してください。",
        "This system's clock ({clock}) is more than 24 hours behind a time seen before. Set it to "
        "the correct time, {seen} or later, and try again.",
    ),
}
NOT_AN_EMERGENCY_FILE = Words(
    "緊急用ファイルではありません。アクティベーションファイルは activate で適用してください。",
    "This is not an emergency file. Apply an activation file with: activate",
)
USE_EMERGENCY = Words(
    "これは緊急用ファイルです。emergency で適用してください。",
    "This is an emergency file. Apply it with: emergency",
)
