"""The words of the command and of the page, other than the messages of the outcomes."""

from __future__ import annotations

from licensed_system.languages import Words
from licensed_system.status import Reason, Standing

STANDINGS = {
    Standing.LICENSED: Words("ライセンス有効", "Licensed"),
    Standing.GRACE: Words("猶予期間中", "In grace"),
    Standing.NOT_LICENSED: Words("ライセンスなし", "Not licensed"),
}
# The shape repeats the word for those who do not tell the colours apart.
SHAPES = {Standing.LICENSED: "●", Standing.GRACE: "▲", Standing.NOT_LICENSED: "■"}

UNITS = {
    "users": Words("ユーザ", "users"),
    "servers": Words("サーバ", "servers"),
    "cores": Words("コア", "cores"),
}

REASONS = {
    Reason.NOT_ACTIVATED: Words(
        "まだアクティベーションされていません。リクエストファイルを作成し、ポータルに登録してください。",
        "Not activated yet. Make a request file and upload it to the portal.",
    ),
    Reason.RETURNED: Words(
        "アクティベーションを返却しました。再び使うには、新しいリクエストファイルを登録してください。",
        "The activation was returned. To use the system again, upload a new request file.",
    ),
    Reason.NOT_STARTED: Words("利用開始日の前です", "The term has not begun"),
    Reason.TERM_ENDED: Words("利用期間が終了しました", "The term has ended"),
    Reason.CLOCK_TURNED_BACK: Words(
        "時計が {seen} より 24 時間以上遅れています。正しい時刻に合わせてください。7 日を過ぎると"
        "猶予期間中になります。時計が正しい場合は、新しいファイルを適用すると解消します。",
        "The clock is more than 24 hours behind {seen}, seen before. Set it to the correct time; "
        "after 7 days the system is in grace. If the clock is right, apply a new file.",
    ),
    Reason.OTHER_MACHINE: Words(
        "アクティベーションしたときと機器が異なります。猶予期間のうちに、"
        "新しいリクエストファイルを登録してください。",
        "This is not the machine that was activated. Upload a new request file before the grace "
        "period ends.",
    ),
    Reason.NOT_IN_ACTIVATION: Words(
        "アクティベーションに含まれない製品があります: {missing}。"
        "使う場合はポータルで割り当て、再アクティベートしてください。",
        "Not part of the activation: {missing}. To use them, allocate them in the portal and "
        "activate again.",
    ),
    Reason.EMERGENCY: Words(
        "緊急用ファイル {slot} で {until} まで利用しています。それまでに、"
        "通常の手順でアクティベートしてください。",
        "Running on emergency file {slot} until {until}. Activate the system normally before then.",
    ),
    Reason.EMERGENCY_PAUSED: Words(
        "時計が {seen} より 24 時間以上遅れているため、緊急用ファイル {slot} を利用できません。"
        "{seen} 以降の正しい時刻に合わせてください。",
        "The clock is more than 24 hours behind {seen}, seen before, so emergency file {slot} does "
        "not run. Set the clock to the correct time, {seen} or later.",
    ),
    Reason.EMERGENCY_ENDED: Words(
        "緊急用ファイルの利用期間が終了しました。通常の手順でアクティベートしてください。",
        "The emergency file has ended. Activate the system normally.",
    ),
}

DAYS_LEFT = Words("残り {days} 日", "{days} days left")
LAST_DAY = Words("本日まで", "today is the last day")
GRACE_UNTIL = Words("猶予 {date} まで", "grace until {date}")
CHECK_CODE = Words("確認コード", "Check code")
LAST_USABLE_DAY = Words("最終利用日（当日を含む）", "Last usable day")
CONTRACT = Words("ご契約", "Contract")
ENVIRONMENT = Words("環境", "Environment")
COMPANY = Words("会社", "Company")
PRODUCT = Words("製品", "Product")
QUANTITY = Words("数量", "Quantity")
TERM = Words("利用期間", "Term")
STATE = Words("状態", "State")
SEQUENCE = Words("通し番号", "Number")
EMERGENCY_FILE = Words("緊急用ファイル", "Emergency file")

ROOTS_TRUSTED = Words(
    "信頼するルート鍵を更新しました。", "The root keys that this system trusts were updated."
)
INITIALISED = Words(
    "{path} を初期化しました。次に request でリクエストファイルを作成してください。",
    "{path} is initialised. Next, make a request file with: request",
)
REQUEST_WRITTEN = Words(
    "{path} を作成しました。ポータルの サイトマップ → ライセンスポータル → ご契約一覧 → "
    "ご契約の名称 → 環境 → 利用 で登録してください。",
    "{path} is written. Upload it in the portal: Site map → License Portal → Contracts → the "
    "contract's name → Environments → Activate.",
)
CODES_WRITTEN = Words(
    "QR コードを {paths} に書き込みました。", "The QR codes are written to {paths}."
)
PHOTOGRAPH_CODES = Words(
    "QR コードを撮影し、ポータルの 環境 → 利用 → 写真から読み取る で登録してください。",
    "Take photos of the QR codes, and upload them in the portal: Environments → Activate → Read "
    "from photos.",
)
SCAN_CODES = Words(
    "日本語入力をオフにして、ポータルに表示された QR コードをすべて読み取ってください。",
    "Turn off Japanese input, and scan all QR codes that the portal shows.",
)
APPLIED = Words("アクティベーションを適用しました。", "The activation has been applied.")
EMERGENCY_APPLIED = Words(
    "緊急用ファイル {slot} の使用を開始しました。{until} まで利用できます。",
    "The system now runs on emergency file {slot}, until {until}.",
)
TRYING_AGAIN = Words(
    "ポータルから応答がありません。{seconds} 秒後に再試行します。",
    "The portal is not answering. Trying again in {seconds} seconds.",
)
RETURN_WRITTEN = Words(
    "このシステムはライセンスの利用を終了しました。{path} をポータルに登録すると返却が完了します。",
    "This system has stopped using its license. Upload {path} to the portal to complete the "
    "return.",
)
VERIFIED = Words(
    "{path} は、公開された {name}（バージョン {version}）と同じファイルです。署名日時: {at}。",
    "{path} is {name} (version {version}) exactly as it was published. Signed at {at}.",
)
FOR_PRODUCT = Words("対象の製品: {product}（{code}）", "For: {product} ({code})")
SECURITY_FIX = Words("セキュリティ修正です。", "It is a security fix.")
SERVING = Words(
    "ライセンス管理を開くには、次のアドレスをブラウザで開いてください（一度だけ使えます）。"
    "終了は Ctrl-C です。",
    "Open this address in a browser of this machine (it works once). Ctrl-C stops the page.",
)

DESCRIPTION = Words(
    "オフラインアクティベーション: リクエストファイルの作成、アクティベーション、状態の確認",
    "Offline activation: make a request file, activate, see the status",
)
HELP = {
    "state": Words("状態を保存するフォルダ", "folder that holds the system's state"),
    "language": Words("表示の言語（ja または en）", "language of the messages (ja or en)"),
    "wait": Words("別のコマンドの終了を待つ秒数", "seconds to wait for another command"),
    "init": Words("状態のフォルダを作る", "make the state folder"),
    "trust": Words(
        "信頼する root.pem（複数指定可）", "root.pem to trust (may be given several times)"
    ),
    "name": Words("ポータルに表示するシステム名", "the system's name, shown in the portal"),
    "product": Words("製品コード=バージョン（複数指定可）", "product and version (several times)"),
    "fingerprint-file": Words(
        "機器の情報の代わりに使う、プラットフォームの識別情報のファイル",
        "file with the identity from the platform, instead of the machine's components",
    ),
    "request": Words("リクエストファイルを作る", "make a request file"),
    "out": Words("書き込むファイル", "file to write"),
    "activate": Words(
        "アクティベーションファイルを適用する。--portal を指定すると、リクエストの登録と"
        "ダウンロードも行う",
        "apply an activation file; with --portal, get it from the portal first",
    ),
    "file": Words(
        "アクティベーションファイル、またはそれを含む ZIP ファイル",
        "activation file, or a ZIP file that contains it",
    ),
    "emergency": Words(
        "緊急用ファイルで、リクエストファイルなしに一定の日数だけ利用する",
        "run for some days on an emergency file, without a request file",
    ),
    "emergency-file": Words("緊急用ファイル", "emergency file"),
    "qr": Words(
        "QR コードも描く（PNG ファイル。- は端末の画面）。segno が必要",
        "also draw QR codes (PNG file, or - for the terminal); needs segno",
    ),
    "text": Words(
        "QR コードから読み取った文字列のファイル（- は標準入力）",
        "file with the text scanned from QR codes (- for standard input)",
    ),
    "photo": Words(
        "QR コードの写真（複数指定可）。licensed-system[qr] が必要",
        "photos of the QR codes (one or more); needs licensed-system[qr]",
    ),
    "portal": Words(
        "接続できるポータルのアドレス（https://…）", "address of a portal in reach (https://…)"
    ),
    "token-file": Words(
        "サービスアカウント（運用）のトークンのファイル（- は標準入力）",
        "file with the token of a service account that may operate (- for standard input)",
    ),
    "environment": Words("環境の名称", "name of the environment"),
    "ca-file": Words(
        "ポータルの証明書の認証局（PEM）。省略するとシステムの設定",
        "certificate authority of the portal (PEM); the system's unless given",
    ),
    "status": Words(
        "状態を表示する（終了コード 0 有効、3 猶予、4 なし）",
        "show the status (exit code 0 licensed, 3 in grace, 4 not licensed)",
    ),
    "json": Words("JSON で出力する", "print JSON"),
    "openmetrics": Words("OpenMetrics で出力する", "print OpenMetrics"),
    "status-out": Words(
        "出力先のファイル（一度に置き換える）", "file to write instead, replaced at once"
    ),
    "trust-roots": Words(
        "信頼するルート鍵を追加する", "trust further root keys beside those of now"
    ),
    "roots": Words(
        "現在のルート鍵も含む root.pem", "root.pem that has the root keys of now as well"
    ),
    "verify": Words(
        "ダウンロードしたファイルの提供元と内容を確かめる",
        "check the origin and the content of a downloaded file",
    ),
    "verified": Words("確かめるファイル", "file to check"),
    "manifest": Words(
        "ポータルからダウンロードした署名", "signature that was downloaded from the portal"
    ),
    "verify-trust": Words(
        "信頼する root.pem（複数指定可）。省略すると --state のシステムが信頼するもの",
        "root.pem to trust (several times); those of the system in --state unless given",
    ),
    "expected-product": Words(
        "対象であるはずの製品コード", "code of the product that it must be for"
    ),
    "return": Words("利用を終了し、返却ファイルを作る", "stop using the license and return it"),
    "serve": Words("ライセンス管理のページを開く", "serve the local page"),
    "port": Words("ポート番号（0 は空いている番号）", "port number (0: any free one)"),
    "vendor": Words("ページに表示するベンダーの名称", "the vendor's name, shown on the page"),
    "accent": Words(
        "リンクとボタンの色（コントラスト比 4.5:1 以上）",
        "color of links and buttons, contrast at least 4.5:1",
    ),
    "accent-dark": Words("ダークモードでの色", "the same on dark screens"),
}
