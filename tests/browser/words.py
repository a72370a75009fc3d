"""The labels and messages that the journeys name, in both languages.

Journeys are written in Japanese; the English words stand here once. They come from the
requirements, not from the catalogue, so that a label changed by mistake is noticed.
"""

ENGLISH = {
    # The shell
    "サイトマップ": "Site map",
    "ログアウト": "Log out",
    "個人設定": "Personal settings",
    "本文へ移動": "Skip to content",
    "ホーム": "Home",
    "ご契約一覧": "Contracts",
    "操作ガイド": "Guide",
    "プロフィール": "Profile",
    "決定": "Confirm",
    "戻る": "Back",
    "入力内容を確認してください": "Please check what you entered",
    "ページが見つかりません": "Page not found",
    # The way in
    "ログイン": "Log in",
    "ユーザコード": "User code",
    "パスワード": "Password",
    "ユーザコードまたはパスワードが正しくありません。": (
        "The user code or the password is not right."
    ),
    "利用規約": "Terms of use",
    "利用規約に同意する": "I agree to the terms of use",
    "利用規約が更新されました。もう一度お読みください。": (
        "The terms have changed meanwhile. Please read them again."
    ),
    "登録": "Register",
    "パスワード変更": "Password change",
    "変更": "Change password",
    "新しいパスワード": "New password",
    "新しいパスワード（確認）": "New password again",
    "2つのパスワードが一致しません。": "The two passwords are not the same.",
    "入力した内容が残っています": "Your form was kept",
    "もう一度送信": "Send the form again",
    # Contracts
    "番号・ご契約名・会社名": "Number, name or company",
    "検索": "Search",
    "すべてのご契約を表示": "Show all contracts",
    "ご契約詳細": "Contract details",
    "製品": "Products",
    "環境": "Environments",
    "関係者": "Members",
    "グループ会社": "Group companies",
    "リソース": "Resources",
    "期限切れの製品を表示する": "Show expired products",
    "期限切れの製品を表示しない": "Hide expired products",
    # The staff console
    "契約を登録": "Create a contract",
    "ご契約番号": "Contract number",
    "ご契約名": "Contract name",
    "開始日": "First day",
    "終了日（当日を含む）": "Last usable day",
    "営業担当": "Sales contact",
    "営業担当のメールアドレス": "E-mail address of sales",
    "電話番号": "Telephone",
    "最初のオーナーのメールアドレス （任意）": "E-mail address of the first owner (optional)",
    # Resources
    "すべてのファイルを表示する": "Show all files",
    "ダウンロードしたファイルの確認方法": "How to check a downloaded file",
    "表示": "Show",
    # Environments
    "新しい環境を作成": "Create a new environment",
    "環境名": "Environment name",
    "ソートキー": "Sort key",
    "編集": "Edit",
    "更新": "Update",
    "廃止": "Retire",
    "割り当て": "Allocate",
    "割り当て設定": "Allocation settings",
    "その他の製品を追加": "Add other products",
    "選択": "Select",
    "変更がありません": "Nothing would change",
    "業務基盤プラットフォーム": "Business Platform",
    "ワークフロー": "Workflow",
    "分析ダッシュボード": "Analytics Dashboard",
    "外部接続オプション": "External Connector",
    "まとめて割り当て": "Allocate by table",
    "表": "Table",
    "またはファイル（CSV）": "or a file (CSV)",
    "内容を確認": "Check",
    "もう一度確認": "Check again",
    "すべての行を割り当てられます。まだ割り当てていません。": (
        "Every line can be done. Nothing is allocated yet."
    ),
    # Other products and group companies
    "その他製品を追加": "Add an other product",
    "ライセンスキー": "License key",
    "追加": "Add",
    "このライセンスキーは使用済みです": "This license key has been used already",
    "環境別の内訳": "By environment",
    "グループ会社を追加": "Add a group company",
    "会社名": "Company name",
    "グループ会社を選んでください。": "Choose a group company.",
    "企業グループの会社をすべて表示": "Show all companies of the group",
    "外す": "Remove",
    # Activation
    "利用": "Activate",
    "アクティベーションリクエストファイル": "Activation request file",
    "ダウンロード": "Download",
    "返却済み": "Returned",
    "再アクティベートが必要": "Activate again",
    "アクティベート済み": "Activated",
    # Notices, their mails, and the calendar
    "すべてのお知らせ": "All notices",
    "未読 1件": "1 unread",
    "未読 2件": "2 unread",
    "すべて既読にする": "Mark all as read",
    "すべてのお知らせを既読にしました。": "All notices are marked as read.",
    "未読だけを表示する": "Only unread ones",
    "条件に合うお知らせはありません。": "No notice matches.",
    "メールを停止する": "Stop the mails",
    "次のご契約では、お知らせメールをお送りしません：": (
        "You get no mails of notices for these contracts:"
    ),
    "カレンダー": "Calendar",
    "アドレスを作成": "Make an address",
    "アドレスを作り直す": "Make a new address",
    "アドレスを取り消す": "Revoke the address",
    "アドレスを今すぐ控えてください。もう一度表示することはできません。": (
        "Copy the address now. It is not shown again."
    ),
    "カレンダーのアドレスを作成しました。": "The calendar address was made.",
    "カレンダーのアドレスを取り消しました。": "The calendar address was revoked.",
    "カレンダーのアドレスはまだありません。": "You have no calendar address yet.",
    # Members and invitations
    "招待する": "Invite",
    "言語": "Language",
    "メールアドレス": "E-mail address",
    "メールを送信": "Send mail",
    "招待中の方はいません。": "No invitation is open.",
    "招待中": "Open invitations",
    "送信済み": "Sent",
    "再送": "Send again",
    "取り消し": "Cancel",
    "権限": "Role",
    "オーナー": "Owner",
    "メンバー": "Member",
    "通知を受け取る": "Receive notices",
    "受け取らない": "No notices",
    "抜ける": "Leave",
    # Joining
    "ご契約への招待": "Invitation to a contract",
    "ユーザ名": "User name",
    "参加する": "Join",
    "この招待は使用済みです": "This invitation has been used",
    "この招待は期限切れです": "This invitation has expired",
    "この招待は取り消されました": "This invitation was cancelled",
    "新しい招待メールが送信されています": "A newer invitation was sent",
    "リンクが正しくありません": "This link is not complete",
    # Personal settings
    "パスワードをお忘れの方": "Forgotten your password?",
    "パスワードの再設定": "Forgotten password",
    "ユーザコードまたはメールアドレス": "User code or e-mail address",
    "リンクを送信": "Send the link",
    "メールをご確認ください": "Look into your mailbox",
    "新しいパスワードの設定": "Set a new password",
    "パスワードを設定": "Set the password",
    "このリンクは使用できません": "This link can no longer be used",
    "リンクをもう一度送信する": "Ask for another link",
    "現在のパスワード": "Current password",
    "パスワードが正しくありません。": "The password is not right.",
    "変更 メールアドレス": "Change E-mail address",
    "メールアドレスの変更": "Change of the mail address",
    "メールアドレスを変更します。よろしいですか？": "Change your mail address?",
    "メールアドレスを変更しました": "Your mail address was changed",
    "このメールアドレスは別のアカウントで使用されています": (
        "This address belongs to another account"
    ),
    "ログイン中の端末": "Devices logged in",
    "この端末": "This device",
    "ほかの端末をすべてログアウト": "Log out all other devices",
    # The page of the licensed system
    "ライセンス管理": "License management",
    "アクティベーションファイル": "Activation file",
    "アクティベート": "Activate",
    "ライセンスなし": "Not licensed",
    "ライセンス有効": "Licensed",
    "適用できませんでした": "Not applied",
    "アクティベーションを適用しました": "The activation has been applied",
}


def in_language(words: str, language: str) -> str:
    """The words as they stand on the page; names that nobody translates stay as they are."""
    return words if language == "ja" else ENGLISH.get(words, words)
