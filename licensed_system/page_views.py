"""The HTML of the page ライセンス管理. Every value goes through :func:`esc`."""

from __future__ import annotations

from html import escape as esc
from importlib.resources import files
from string import Template

from licensed_system import jws, page_codes, page_texts, reports, texts
from licensed_system.calendars import show_time
from licensed_system.claims import Activation, Emergency
from licensed_system.languages import Language, Words
from licensed_system.look import Look
from licensed_system.outcomes import Refused
from licensed_system.state import OpenRequest
from licensed_system.status import Line, Standing
from licensed_system.system import Report

_ROOM = files("licensed_system")
_SHELL = Template((_ROOM / "page.html").read_text(encoding="utf-8"))


def home(
    report: Report,
    language: Language,
    look: Look,
    *,
    message: str = "",
    error: str = "",
    made: OpenRequest | None = None,
    typed: str = "",
) -> str:
    """Status and the three steps; ``message`` and ``error`` are HTML, ``made`` is downloaded."""
    main = [f"<h1>{_t(page_texts.TITLE, language)}</h1>", error, message]
    main += [_notice("warning", esc(text)) for text in reports.warnings(report, language)]
    main += [_status(report, language), *_steps(report, language, made, typed)]
    head = ""
    if made is not None:  # starts the download while the page stays, without any script
        head = f'<meta http-equiv="refresh" content="0; url={_request_path(made)}">'
    title, brand = page_texts.TITLE.say(language), report.state.name
    return _page(title, main, language, look, brand=brand, head=head, is_error=bool(error))


def confirm(
    file_id: str,
    data: bytes,
    activation: Activation | Emergency,
    report: Report,
    language: Language,
    look: Look,
) -> str:
    """Restates what 決定 will apply."""
    facts = _facts(activation, language)
    facts.append((texts.CHECK_CODE, f"<code>{jws.check_code(data)}</code>"))
    replaced = report.activation if isinstance(activation, Activation) else None
    note = _t(page_texts.REPLACES, language, seq=replaced.seq) if replaced else ""
    main = [
        f"<h1>{_t(page_texts.CONFIRM, language)}</h1>",
        f"<p>{_t(page_texts.CONFIRM_TEXT, language)}</p>",
        f"<p>{note}</p>" if note else "",
        f"<section>{_description(facts, language)}",
        _product_table(activation, language),
        f'</section><form method="post" action="/activations/{esc(file_id)}/confirmation">',
        f'<p class="actions"><button class="primary">{_t(page_texts.DECIDE, language)}</button>',
        f'<a class="button" href="/">{_t(page_texts.BACK, language)}</a></p></form>',
    ]
    title = page_texts.CONFIRM.say(language)
    return _page(title, main, language, look, brand=report.state.name)


def plain(
    title: Words, text: str, language: Language, look: Look, *, with_link: bool = False
) -> str:
    """A page that says one thing."""
    link = f'<p><a href="/">{_t(page_texts.TO_START, language)}</a></p>' if with_link else ""
    main = [f"<h1>{_t(title, language)}</h1>", f"<section><p>{esc(text)}</p>{link}</section>"]
    words = title.say(language)
    return _page(words, main, language, look, is_error=True, with_languages=with_link)


def message(words: Words, language: Language, **facts: object) -> str:
    """A status message."""
    return f'<section class="message" role="status"><p>{_t(words, language, **facts)}</p></section>'


def request_made(made: OpenRequest, language: Language) -> str:
    """What to do when the download does not begin by itself, and the file's check code."""
    code = jws.check_code(made.file.encode("ascii"))
    return (
        f'<section class="message" role="status"><p>{_t(page_texts.REQUEST_MADE, language)}</p>'
        f'<p><a href="{_request_path(made)}">activation-request.jwt</a> '
        f'<span class="note">{_t(texts.CHECK_CODE, language)}: <code>{code}</code></span></p>'
        "</section>"
    )


def refusal(refused: Refused, language: Language, field: str = "file") -> str:
    """The alert for a refused file, with its code; ``field`` is where it came from."""
    return _alert(
        page_texts.REFUSED, refused.message(language), language, field,
        f'<p class="soft">{_t(page_texts.OUTCOME, language)}: <code>{refused.outcome}</code></p>',
    )  # fmt: skip


def missing_file(language: Language) -> str:
    """The alert for アクティベート without a file."""
    return _alert(page_texts.ERROR, page_texts.CHOOSE_FILE.say(language), language, "file")


def _alert(title: Words, text: str, language: Language, field: str, more: str = "") -> str:
    link = f'<a href="#{field}">{esc(text)}</a>'
    return (
        '<section class="error" role="alert" tabindex="-1" autofocus>'
        f"<h2>{_t(title, language)}</h2><p>{link}</p>{more}</section>"
    )


def _page(
    title: str,
    main: list[str],
    language: Language,
    look: Look,
    *,
    brand: str = "",
    head: str = "",
    is_error: bool = False,
    with_languages: bool = True,
) -> str:
    prefix = f"{page_texts.ERROR.say(language)}: " if is_error else ""
    names = [look.vendor, brand or page_texts.TITLE.say(language)]
    return _SHELL.substitute(
        lang=language,
        title=esc(prefix + title + (f" | {look.vendor}" if look.vendor else "")),
        head=head,
        style=look.style,
        brand=esc(" – ".join(filter(None, names))),
        languages=_languages(language) if with_languages else "",
        main="\n".join(part for part in main if part),
    )


def _languages(language: Language) -> str:
    links = [
        f'<b lang="{code}" aria-current="true">{name}</b>'
        if code == language
        else f'<a lang="{code}" href="/?language={code}">{name}</a>'
        for code, name in (("ja", "日本語"), ("en", "English"))
    ]
    label = _t(page_texts.LANGUAGES, language)
    return f'<nav class="languages" aria-label="{label}">{"".join(links)}</nav>'


def _status(report: Report, language: Language) -> str:
    standing = report.status.standing
    head = (
        f"<h2>{_t(page_texts.STATUS, language)}</h2>"
        f'<p class="standing">{_standing(standing, texts.STANDINGS[standing].say(language))}</p>'
    )
    facts: list[tuple[Words, str]] = []
    table = note = ""
    if report.activation is not None:
        facts += _facts(report.activation, language)
        facts.append((texts.CHECK_CODE, f"<code>{reports.check_code(report)}</code>"))
    elif report.emergency is not None:
        facts += _facts(report.emergency.file, language)
    file = report.activation or (report.emergency.file if report.emergency else None)
    if file is not None and report.status.lines:
        table = _status_table(report, language)
        zone = file.contract.time_zone
        note = f'<p class="soft">{_t(page_texts.DATES_NOTE, language, zone=zone)}</p>'
    description = _description(facts, language) if facts else ""
    return f"<section>{head}{description}{table}{note}</section>"


def _status_table(report: Report, language: Language) -> str:
    rows = [_status_row(line, language) for line in report.status.lines]
    return _table((texts.PRODUCT, texts.QUANTITY, page_texts.LAST_DAY, texts.STATE), rows, language)


def _status_row(line: Line, language: Language) -> list[str]:
    product = line.product
    return [
        esc(product.name.say(language)),
        f"{product.quantity:,} {_t(texts.UNITS[product.unit], language)}",
        reports.show_date(product.not_after),
        f"{_standing(line.standing, texts.STANDINGS[line.standing].say(language))} "
        f'<span class="note">{esc(reports.note(line, language))}</span>',
    ]


def _product_table(activation: Activation | Emergency, language: Language) -> str:
    rows = [
        [
            esc(product.name.say(language)),
            f"{product.quantity:,} {_t(texts.UNITS[product.unit], language)}",
            f"{reports.show_date(product.not_before)} – {reports.show_date(product.not_after)}",
        ]
        for product in activation.products
    ]
    return _table((texts.PRODUCT, texts.QUANTITY, texts.TERM), rows, language)


def _table(headings: tuple[Words, ...], rows: list[list[str]], language: Language) -> str:
    """A table whose second column is a count and whose cells name their heading on a phone."""
    names = [_t(heading, language) for heading in headings]
    kinds = ["", ' class="count"', "", ""]
    head = "".join(
        f'<th scope="col"{kind}>{name}</th>' for name, kind in zip(names, kinds, strict=False)
    )
    body = "".join(
        f'<tr><th scope="row">{cells[0]}</th>'
        + "".join(
            f'<td{kinds[place]} data-label="{names[place]}"><span>{cells[place]}</span></td>'
            for place in range(1, len(cells))
        )
        + "</tr>"
        for cells in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _steps(report: Report, language: Language, made: OpenRequest | None, typed: str) -> list[str]:
    latest = made or (report.state.requests[-1] if report.state.requests else None)
    # One primary button: what comes next. Once a request is out, that is applying its answer.
    first, third = (' class="primary"', "") if latest is None else ("", ' class="primary"')
    download = (
        f"<p>{_t(page_texts.STEP_1_TEXT, language)}</p>"
        f'<form method="post" action="/requests"><button{first}>'
        f"{_t(page_texts.DOWNLOAD, language)}</button></form>{_latest(latest, report, language)}"
    )
    way = (
        f"<p>{_t(page_texts.STEP_2_TEXT, language)}</p>"
        f'<p class="way">{_t(page_texts.WAY, language)}</p>'
    )
    upload = (
        f"<p>{_t(page_texts.STEP_3_TEXT, language)}</p>"
        '<form method="post" action="/activations" enctype="multipart/form-data">'
        f'<label for="file">{_t(page_texts.FILE, language)}</label>'
        '<input type="file" id="file" name="file" accept=".jwt">'
        f"{page_codes.fields(language, typed)}"
        f"<button{third}>{_t(page_texts.ACTIVATE, language)}</button></form>"
    )
    steps = ((page_texts.STEP_1, download), (page_texts.STEP_2, way), (page_texts.STEP_3, upload))
    return [
        f'<section class="step"><span class="number">{_t(page_texts.STEP, language, number=number)}'
        f"</span><div><h2>{_t(title, language)}</h2>{body}</div></section>"
        for number, (title, body) in enumerate(steps, start=1)
    ]


def _latest(latest: OpenRequest | None, report: Report, language: Language) -> str:
    if latest is None:
        return ""
    zone = report.activation.contract.time_zone if report.activation else "Asia/Tokyo"
    made = show_time(latest.made_at, zone)
    code = jws.check_code(latest.file.encode("ascii"))
    return (
        f'<p class="soft">{_t(page_texts.REQUEST_LATEST, language)}: '
        f'<a href="{_request_path(latest)}">activation-request.jwt</a> {esc(made)}<br>'
        f"{_t(texts.CHECK_CODE, language)}: <code>{code}</code></p>"
        f"{page_codes.drawn(latest.file, language)}"
    )


def _facts(activation: Activation | Emergency, language: Language) -> list[tuple[Words, str]]:
    contract = activation.contract
    number = (
        (texts.SEQUENCE, f"{activation.seq:,}")
        if isinstance(activation, Activation)
        else (texts.EMERGENCY_FILE, f"{activation.slot:,}")
    )
    return [
        (texts.CONTRACT, esc(f"{contract.number} {contract.name}")),
        (texts.COMPANY, esc(contract.company)),
        (texts.ENVIRONMENT, esc(activation.environment)),
        number,
    ]


def _description(facts: list[tuple[Words, str]], language: Language) -> str:
    pairs = "".join(f"<dt>{_t(name, language)}</dt><dd>{value}</dd>" for name, value in facts)
    return f"<dl>{pairs}</dl>"


def _standing(standing: Standing, words: str) -> str:
    shape = f'<span aria-hidden="true">{texts.SHAPES[standing]}</span>'
    return f'<span class="{standing}">{shape} {esc(words)}</span>'


def _notice(kind: str, html: str) -> str:
    return f'<section class="{kind}"><p>{html}</p></section>'


def _request_path(request: OpenRequest) -> str:
    return f"/requests/{esc(request.jti)}"


def _t(words: Words, language: Language, **facts: object) -> str:
    return esc(words.say(language, **facts))
