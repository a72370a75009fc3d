"""How many events one person can add to the audit log, which never forgets one.

Events that change no data are coalesced when they repeat; all others have a most a day, and the
change is refused beyond it. See docs/security.md, "What one person can store".
"""

# Within an hour the first ones of a person, subject and contract are recorded one by one; after
# that one a minute stands for all, and says so in its details.
ONE_BY_ONE = 20
COALESCED = frozenset(
    {
        *("sign-in", "sign-in-failure", "sign-in-beginning", "sign-out"),
        *("proof", "proof-failure", "password-check-failure", "password-reset-request"),
        *("language-change", "form-parking"),
        *("own-data-download", "history-export", "report-export"),
        *("resource-download", "quote-answer-download", "quote-download"),
        "activation-refusal",
        *("contract-inspection", "account-inspection"),
    }
)
# Each of these events has a separate subject, which was made for it.
OWN_SUBJECT = frozenset({"form-parking"})

A_DAY = 20_000
# A person's own account changes seldom, and some of these changes send a mail: a new address may be
# another person's.
FEWER_A_DAY = {
    "email-change-request": 10,
    "service-account-creation": 200,
    "service-account-rotation": 200,
    "vendor-account-creation": 200,
    "vendor-account-rotation": 200,
    "webhook-creation": 200,
    "webhook-test": 200,
    "webhook-resending": 1000,
    **dict.fromkeys(
        (
            *("profile-change", "password-change", "session-end", "recovery-codes-creation"),
            *("authenticator-app-addition", "passkey-addition", "second-factor-removal"),
            *("calendar-creation", "calendar-renewal", "calendar-revocation"),
        ),
        200,
    ),
}


def most_a_day(event_type: str) -> int:
    """Return how many events of a type a person can add within 24 hours."""
    return FEWER_A_DAY.get(event_type, A_DAY)
