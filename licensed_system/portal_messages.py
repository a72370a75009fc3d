"""The messages of refusals that only the way through the portal has, by their codes."""

from __future__ import annotations

from licensed_system.languages import Words

MESSAGES = {
    "portal-unreachable": Words(
        "{portal} に接続できません（{reason}）。アドレス、ネットワーク、プロキシの設定"
        "（HTTPS_PROXY、NO_PROXY）を確認してから、もう一度実行してください。",
        "{portal} cannot be reached ({reason}). Check the address, the network and the proxy "
        "(HTTPS_PROXY, NO_PROXY), and run the command again.",
    ),
    "portal-untrusted": Words(
        "{portal} の証明書を確認できません（{reason}）。社内の認証局を使っている場合は、"
        "その証明書を --ca-file で指定してください。",
        "The certificate of {portal} cannot be verified ({reason}). If it comes from a certificate "
        "authority of your own, name its file with --ca-file.",
    ),
    "portal-refused": Words(
        "ポータルに受け付けられませんでした。{detail}（{code}、request_id {request}）",
        "The portal refused the call. {detail} ({code}, request_id {request})",
    ),
    "portal-answer": Words(
        "{portal} からの応答（{answer}）は、ライセンスポータルのものとして読めません。"
        "アドレスと途中のプロキシを確認してください。",
        "The answer of {portal} ({answer}) is not one of the License Portal. Check the address and "
        "the proxies in between.",
    ),
    "unknown-environment": Words(
        "契約 {contract} に環境「{name}」がありません。使用中の環境: {known}",
        "Contract {contract} has no environment “{name}”. Environments in use: {known}",
    ),
    "unsafe-token-file": Words(
        "{path} は他の利用者が読めます。権限を見直し（chmod 600）、"
        "読まれた可能性がある場合はトークンを交換してください。",
        "Other users can read {path}. Restrict its permissions (chmod 600), and rotate the token "
        "if others may have read it.",
    ),
    "bad-token-file": Words(
        "{path} にサービスアカウントのトークン（lp1_ で始まる 1 行）がありません。",
        "{path} does not hold the token of a service account (one line that starts with lp1_).",
    ),
    "bad-ca-file": Words(
        "{path} に認証局の証明書（PEM）がありません。",
        "{path} holds no certificate of a certificate authority (PEM).",
    ),
}
