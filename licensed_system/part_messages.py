"""Why QR codes cannot be read or drawn, by the codes of the outcomes."""

from __future__ import annotations

from licensed_system.languages import Words

MESSAGES: dict[str, Words] = {
    "damaged-part": Words(
        "QR コードの文字列が途中で切れているか、変更されています。"
        "日本語入力をオフにして、もう一度読み取ってください。",
        "The text of a QR code is not complete or was changed. Turn off Japanese input, and scan "
        "that code again.",
    ),
    "mixed-parts": Words(
        "別のファイルの QR コードが混ざっています。1 つのアクティベーションファイルの "
        "QR コードだけを読み取ってください。",
        "The QR codes belong to different files. Scan the codes of one activation file only.",
    ),
    "missing-parts": Words(
        "全 {count} 個の QR コードのうち、{missing} 番目がまだ読み取られていません。",
        "Still missing: part {missing} of {count}. Scan it too.",
    ),
    "qr-unavailable": Words(
        "QR コードを描くには、パッケージ segno が必要です。licensed-system[qr] を"
        "インストールしてください。",
        "Drawing QR codes needs the package segno. Install licensed-system[qr].",
    ),
}
