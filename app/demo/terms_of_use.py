"""The demo's terms of use. Paragraphs stand apart by an empty line; `# ` starts a heading."""

TERMS_JA = """# 1. 適用

この利用規約（以下「本規約」）は、ライセンスポータル（以下「本サービス」）の利用条件を定めるものです。\
本サービスを利用するすべての方（以下「利用者」）に適用されます。

# 2. アカウント

利用者は、ユーザコードとパスワードを自らの責任で管理し、第三者に貸与または共有してはなりません。\
不正に使われたおそれがあるときは、速やかに営業担当へ連絡してください。

# 3. ご契約の情報

本サービスに表示される契約内容は、当社と貴社との契約書に基づきます。\
表示と契約書が異なるときは、契約書が優先します。

# 4. ライセンスの割り当てと適用

割り当ての合計は契約数量を超えることができません。\
アクティベーションファイルは、発行を受けたシステムでのみ使用できます。

# 5. 個人情報

当社は、本サービスの提供に必要な範囲で、氏名、メールアドレスおよび操作の記録を取り扱います。\
利用者が退会したときは、契約の履歴を除き、個人情報を消去します。

# 6. 規約の変更

当社は本規約を変更することがあります。変更後は、次回ログイン時に新しい規約への同意をお願いします。"""

TERMS_EN = """# 1. Scope

These terms of use set out the conditions of the License Portal. They apply to everybody who \
uses it.

# 2. Account

Keep your user code and password to yourself; do not lend or share them. If you think somebody \
else has used them, tell your sales contact at once.

# 3. Contract information

What the portal shows follows from the contract between your company and us. Where the two \
differ, the contract prevails.

# 4. Allocation and use of licenses

Allocations never add up to more than what was contracted. An activation file may be used only \
on the system that it was issued for.

# 5. Personal data

We handle your name, mail address and a record of what you do as far as the service needs them. \
When you withdraw, personal data is erased; the history of the contract stays, without your name.

# 6. Changes

We may change these terms. After a change you are asked to accept the new terms when you next \
log in."""
