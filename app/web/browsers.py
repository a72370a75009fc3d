"""Browsers, as people call them."""


def browser_name(user_agent: str) -> str:
    """A browser and its system as people call them, from a User-Agent header; may be empty."""
    browsers = (
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("w3m/", "w3m"),
        ("Lynx/", "Lynx"),
        ("curl/", "curl"),
    )
    systems = (
        ("Windows", "Windows"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    )
    found = [
        next((name for mark, name in names if mark in user_agent), "")
        for names in (browsers, systems)
    ]
    return " / ".join(name for name in found if name)
