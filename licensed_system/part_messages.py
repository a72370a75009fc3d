"""Why QR codes cannot be read or drawn, by the codes of the outcomes and of the reader."""

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
    "unreadable-photo": Words(
        "写真から QR コードを読み取れませんでした。", "No QR code was read from the photos."
    ),
}
NO_READER = Words(
    "写真の QR コードを読み取るには、licensed-system[qr] をインストールしてください。"
    "ハンディスキャナーや文字列での読み取りは、そのまま利用できます。",
    "Reading QR codes from photos needs licensed-system[qr]. Install it, or use a handheld scanner "
    "or the text of the codes, which work without it.",
)
FOREIGN_CODES = Words(
    "写真の QR コードは、アクティベーションファイルのものではありません。"
    "ポータルの［QRコードで表示］の画面を撮影してください。",
    "The QR codes in the photos are not those of an activation file. Take photos of the codes that "
    "the portal shows with “Show as QR codes”.",
)
TOO_MANY_PHOTOS = Words(
    "一度に選択できる写真は {most} 枚までです。残りの写真は読み取られていません。",
    "Choose up to {most} photos at once. The others were not read.",
)
PHOTO_FAULTS: dict[str, Words] = {
    "no-picture": Words(
        "「{name}」は画像ではありません。JPEG、PNG、WebP の写真を選択してください。",
        "“{name}” is not an image. Choose photos as JPEG, PNG or WebP.",
    ),
    "heif": Words(
        "「{name}」は HEIC または AVIF 形式の画像のため、読み取れません。JPEG 形式で保存し直すか、"
        "カメラの設定で「互換性優先」を選択して撮り直してください。",
        "“{name}” is an HEIC or AVIF image, which cannot be read. Save it as JPEG, or choose “Most "
        "Compatible” in the camera settings and take the photo again.",
    ),
    "broken-picture": Words(
        "「{name}」は壊れています。撮り直してください。",
        "“{name}” is damaged. Take the photo again.",
    ),
    "picture-too-large": Words(
        "「{name}」は大きすぎます。10 MiB 以下、5,000 万画素以下の写真を選択してください。",
        "“{name}” is too large. Take a photo of up to 10 MiB and 50 megapixels.",
    ),
    "no-code": Words(
        "「{name}」から QR コードを読み取れませんでした。QR コードが写真いっぱいに写るように、"
        "正面から近づいて、光が反射しないように撮り直してください。",
        "No QR code was found in “{name}”. Take the photo from closer, straight from the front and "
        "without reflections, so that the code fills most of it.",
    ),
}
