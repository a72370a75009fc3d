"""The words of the page ライセンス管理."""

from __future__ import annotations

from licensed_system.languages import Words

TITLE = Words("ライセンス管理", "License management")
LANGUAGES = Words("言語", "Language")
STATUS = Words("現在の状態", "Current status")
DATES_NOTE = Words(
    "最終利用日は当日を含みます（{zone}）。", "The last usable day is included ({zone})."
)
ERROR = Words("エラー", "Error")

LAST_DAY = Words("最終利用日", "Last usable day")

STEP = Words("Step {number}", "Step {number}")
STEP_1 = Words(
    "アクティベーションリクエストファイルをダウンロードする", "Download the activation request file"
)
STEP_1_TEXT = Words(
    "このシステムの情報を記したファイルを作成します。USB メモリなどで、"
    "インターネットに接続できる端末へ運んでください。",
    "This makes a file that describes this system. Carry it, on a USB stick for instance, to a "
    "computer with internet access.",
)
DOWNLOAD = Words("ダウンロード", "Download")
REQUEST_MADE = Words(
    "アクティベーションリクエストファイルを作成しました。ダウンロードが始まらないときは、"
    "ファイル名を選んでください。",
    "The activation request file is ready. If the download does not begin, choose its name.",
)
REQUEST_LATEST = Words("最後に作成したファイル", "File made last")

STEP_2 = Words(
    "ライセンスポータルでアクティベーションファイルを受け取る",
    "Get the activation file from the License Portal",
)
STEP_2_TEXT = Words(
    "ライセンスポータルにログインし、次の順に進んで、Step 1 のファイルを登録してください。"
    "アクティベーションファイルをダウンロードして、この端末に運びます。",
    "Log in to the License Portal, go this way and upload the file of step 1. Download the "
    "activation file there and carry it back to this computer.",
)
WAY = Words(
    "サイトマップ → ライセンスポータル → ご契約一覧 → ご契約の名称 → 環境 → 利用",
    "Site map → License Portal → Contracts → the contract's name → Environments → Activate",
)

STEP_3 = Words("アクティベーションファイルを適用する", "Apply the activation file")
STEP_3_TEXT = Words(
    "ポータルからダウンロードしたファイル（activation-….jwt）を選んでください。"
    "内容を確認してから適用します。",
    "Choose the file downloaded from the portal (activation-….jwt). Its content is shown before "
    "it is applied.",
)
FILE = Words("アクティベーションファイル", "Activation file")
ACTIVATE = Words("アクティベート", "Activate")
CHOOSE_FILE = Words(
    "アクティベーションファイルを選ぶか、QR コードを読み取ってから、"
    "アクティベートを押してください。",
    "Choose the activation file, or photos of its QR codes, or scan them. Then press Activate.",
)
FORM_TOO_LARGE = Words(
    "送信したファイルが大きすぎます。アクティベーションファイルは 64 KiB、"
    "写真は 1 枚 10 MiB、合計 80 MiB までです。",
    "This is too large to send. An activation file has up to 64 KiB, a photo up to 10 MiB, and all "
    "photos together up to 80 MiB.",
)
SHOW_CODES = Words("QR コードを表示", "Show QR codes")
CODE = Words("リクエストの QR コード {number}", "QR code {number} of the request")
PHOTOGRAPH = Words(
    "USB メモリを使えないときは、QR コードをすべて撮影し、ポータルの［写真から読み取る］で"
    "登録してください。1 枚に複数のコードが写っていても構いません。",
    "Where no USB stick may pass, take photos of all QR codes, and upload them in the portal with "
    "“Read from photos”. One photo can show several codes.",
)
PHOTOS = Words("または、QR コードの写真", "Or photos of the QR codes")
PHOTOS_HINT = Words(
    "ポータルの［QRコードで表示］のコードを撮影した JPEG、PNG、WebP（一度に {most} 枚、"
    "1 枚 10 MiB まで）。順序は問いません。1 枚に複数のコードが写っていても構いません。",
    "Photos of the codes that the portal shows with “Show as QR codes”: up to {most} at once as "
    "JPEG, PNG or WebP, 10 MiB each, in any order. One photo can show several codes.",
)
KEPT = Words(
    "読み取った分は、QR コードの文字列の欄に残してあります。不足している分を追加してください。",
    "What was read is kept in the text field.",
)
SCANNED = Words("または、QR コードの文字列", "Or the text of the QR codes")
SCAN = Words(
    "ポータルの［QRコードで表示］のコードをハンディスキャナーで読み取る欄です。"
    "日本語入力をオフにしてください。順序は問いません。",
    "For a handheld scanner: turn off Japanese input, select this field, and scan the codes that "
    "the portal shows with “Show as QR codes”, in any order.",
)
REFUSED = Words("適用できませんでした。状態は変わっていません", "Not applied. Nothing was changed")
OUTCOME = Words("コード", "Code")

CONFIRM = Words("アクティベーションの確認", "Confirm the activation")
CONFIRM_TEXT = Words(
    "次の内容をこのシステムに適用します。ポータルに表示された確認コードと同じことを"
    "確かめてください。",
    "This will be applied to this system. Compare the check code with the one the portal shows.",
)
REPLACES = Words(
    "現在のアクティベーション（通し番号 {seq}）を置き換えます。",
    "It replaces the activation in use (number {seq}).",
)
DECIDE = Words("決定", "Confirm")
BACK = Words("戻る", "Back")
APPLIED = Words(
    "アクティベーションを適用しました。確認コード: {code}",
    "The activation has been applied. Check code: {code}",
)
CHOOSE_AGAIN = Words(
    "確認の有効期間が終わりました。もう一度ファイルを選んでください。",
    "This confirmation is no longer held. Choose the file again.",
)

CLOSED = Words("このページは開けません", "This page is closed")
CLOSED_TEXT = Words(
    "licensed-system serve が表示したアドレスを開いてください。アドレスは一度だけ使えます。"
    "使用済みのときは、コマンドを終了して、もう一度実行してください。",
    "Open the address that licensed-system serve has printed. It works once; when it has been "
    "used, stop the command and run it again.",
)
CROSS_SITE = Words(
    "別のサイトからの操作のため、受け付けませんでした。",
    "The request came from another site and was refused.",
)
WRONG_HOST = Words(
    "このアドレスでは開けません。127.0.0.1 で開いてください。",
    "The page does not answer to this address. Open it at 127.0.0.1.",
)
NOT_FOUND = Words("ページが見つかりません", "Page not found")
TO_START = Words("ライセンス管理へ戻る", "Back to License management")
FAULT = Words("処理できませんでした", "This could not be done")
