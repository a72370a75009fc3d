"""Which domains can be a company's, and the DNS record that shows it."""

from datetime import timedelta

# Anyone can have an address here, so no company may speak for all of them.
PUBLIC_DOMAINS = frozenset(
    {
        *("gmail.com", "googlemail.com", "yahoo.co.jp", "ymail.ne.jp", "yahoo.com", "aol.com"),
        *("outlook.com", "outlook.jp", "hotmail.com", "hotmail.co.jp", "live.com", "live.jp"),
        *("msn.com", "icloud.com", "me.com", "mac.com"),
        *("docomo.ne.jp", "au.com", "ezweb.ne.jp", "softbank.ne.jp", "i.softbank.jp"),
        *("vodafone.ne.jp", "ymobile.ne.jp", "y-mobile.ne.jp", "rakumail.jp", "uqmobile.jp"),
        *("nifty.com", "biglobe.ne.jp", "so-net.ne.jp", "ocn.ne.jp", "plala.or.jp", "goo.jp"),
        *("excite.co.jp", "infoseek.jp", "gmx.com", "gmx.de", "gmx.net", "web.de", "mail.com"),
        *("proton.me", "protonmail.com", "tutanota.com", "fastmail.com", "zohomail.com"),
        *("mail.ru", "yandex.ru", "qq.com", "163.com", "126.com", "naver.com", "daum.net"),
    }
)
PREFIX = "license-portal-verification="
# What the table of domains says in place of a reason of the staff.
BY_DNS = "DNS"

# How often the record of a verified domain is looked up again, and after which time without it
# owners are mailed again, together with the vendor.
CHECKED_EVERY = timedelta(days=1)
MISSING_LONG = timedelta(days=7)


def is_public(domain: str) -> bool:
    """Whether anyone can have an address of a domain."""
    return domain in PUBLIC_DOMAINS


def record_of(token: str) -> str:
    """Return the TXT record that a claim waits for."""
    return f"{PREFIX}{token}"
