"""Pages and fragments from Jinja templates: one template, one main block, both forms."""

import re
from urllib.parse import parse_qsl, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes, select_autoescape
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import Template, TemplateModule
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer
from litestar import Response
from litestar.status_codes import HTTP_200_OK
from markupsafe import Markup, escape

from app import clock, days
from app.shipped import shipped, shipped_version
from app.web import i18n
from app.web.brand import Shown
from app.web.requests import PageRequest, is_fragment
from app.web.responses import PageResponse
from app.web.scope_keys import DONE, UNREAD
from app.web.statics import first_rules, picture_size, static_size, static_url

# Kana, and the characters that Japanese is written with.
KANA_KANJI = "[\u3040-\u30ff\u3400-\u9fff\uff66-\uff9d]"
# Words of these, with what stands between them, and numbers as parts of them. A row of digits is
# only tried from its first one, since a long one would take long.
DIGIT = "[0-9０-９]"
JAPANESE = re.compile(
    f"(?<!{DIGIT}){DIGIT}*{KANA_KANJI}(?:[^A-Za-z“”]*{KANA_KANJI})?[0-9０-９。）」]*"
)
TEMPLATES = shipped("templates")
# Macros that nearly every page uses; none has to import them.
EVERYWHERE = {
    "layouts/_heads.html": ("crumbs", "page_head", "error_summary"),
    "layouts/_pieces.html": ("icon", "stepper", "next_step"),
}


class _Translator(NodeTransformer):
    """Puts the text in the place of `_("…")`: an environment speaks one language.

    What is to be filled in is left to each request; what counts, `ngettext`, as a whole.
    """

    def __init__(self, code: str, *, markup: bool) -> None:
        self.translations, self.kind = i18n.translations[code], Markup if markup else str

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        """Translate a call that has a message."""
        self.generic_visit(node)
        match node:
            case nodes.Call(node=nodes.Name(name="_"), args=[nodes.Const(value=str(message))]):
                return self._filled(node, self.translations.gettext(message))
            case nodes.Call(
                node=nodes.Name(name="pgettext"),
                args=[nodes.Const(value=str(context)), nodes.Const(value=str(message))],
            ):
                return self._filled(node, str(self.translations.pgettext(context, message)))
        return node

    def _filled(self, call: nodes.Call, text: str) -> nodes.Expr:
        """Return the text, with the values of a call in it."""
        if not call.kwargs:
            return nodes.Const(self.kind(text) % {}, lineno=call.lineno)
        values = [
            nodes.Pair(nodes.Const(each.key), each.value, lineno=call.lineno)
            for each in call.kwargs
        ]
        whole = nodes.Const(self.kind(text), lineno=call.lineno)
        return nodes.Mod(whole, nodes.Dict(values), lineno=call.lineno)


class _Generator(CodeGenerator):
    """Compiles templates whose texts are translated once, not at each request."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        """Translate what is settled, then compile."""
        code, escapes = self.environment.globals["language"], self.environment.autoescape
        assert isinstance(code, str) and callable(escapes)
        _Translator(code, markup=escapes(self.name)).visit(node)
        super().visit_Template(node, frame)


class _Template(Template):
    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        """The macros of a template that another one imports: made once.

        Jinja compares globals at each import to see whether it may; here all templates of an
        environment have the same ones.
        """
        return super()._get_default_module()


class _Environment(Environment):
    code_generator_class = _Generator
    template_class = _Template


def _environment(code: str) -> Environment:
    environment = _Environment(
        loader=FileSystemLoader(TEMPLATES),
        # Everything but the plain text of mails.
        autoescape=select_autoescape(disabled_extensions=("txt",), default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        auto_reload=False,
    )
    # The extension adds this method when it is loaded, so types know nothing of it.
    environment.install_gettext_translations(  # type: ignore[attr-defined]
        i18n.translations[code], newstyle=True
    )
    environment.filters.update(
        number=i18n.number,
        day=i18n.day,
        last_day=days.last_day_before,
        day_of=i18n.day_of,
        moment=i18n.moment,
        instant=i18n.instant,
        zone_name=i18n.zone_name,
        file_size=i18n.file_size,
        lines=lines,
        named=_named,
    )
    environment.globals.update(
        static=static_url,
        static_size=static_size,
        picture_size=picture_size,
        first_rules=Markup(first_rules.decode()),  # noqa: S704 - our own file
        settled=i18n.gettext,
        brand=Shown(code),
        fragment_url=fragment_url,
        version=shipped_version(),
        today=_today,
        unread=0,
        language=code,
        other_language="en" if code == "ja" else "ja",
    )
    for template, names in EVERYWHERE.items():
        macros = environment.get_template(template).module
        environment.globals.update({name: getattr(macros, name) for name in names})
    return environment


def _today() -> str:
    """Return the day on which a page was made, which it says on paper."""
    return i18n.day(clock.today(days.JAPAN))


def lines(text: str) -> Markup:
    """Return a text of several lines, with its breaks."""
    return Markup("<br>").join(text.split("\n"))


def _named(name: str) -> str:
    """Return a name that somebody gave, or a text with names, whose Japanese is marked as such.

    A screen reader cannot say it on an English page otherwise. Latin names are read in either
    language.
    """
    marked_already = isinstance(name, Markup) and "<" in name
    if i18n.language.get() == "ja" or marked_already or not JAPANESE.search(name):
        return name
    marked = JAPANESE.sub(r'<span lang="ja">\g<0></span>', str(escape(name)))
    return Markup(marked)  # noqa: S704 - escaped above


def fragment_url(url: str) -> str:
    """The address of a page's main block alone; the browser caches it separately."""
    return f"{url}{'&' if '?' in url else '?'}fragment=1"


environments = {code: _environment(code) for code in i18n.LANGUAGES}


def canonical_url(request: PageRequest) -> str:
    """Path and query of the page that a fragment belongs to."""
    query = request.scope["query_string"].decode("latin-1")
    pairs = (
        [p for p in parse_qsl(query, keep_blank_values=True) if p[0] != "fragment"] if query else []
    )
    return path_of(request) + (f"?{urlencode(pairs)}" if pairs else "")


def path_of(request: PageRequest) -> str:
    """The path of the address; Litestar's URL is slow to make, and needed for odd paths alone."""
    path: str = request.scope["path"]
    plain = not path.startswith("//") and "?" not in path and "#" not in path
    return path if plain else request.url.path


def render(template: str, /, **context: object) -> str:
    """A template in the language of the request."""
    return environments[i18n.language.get()].get_template(template).render(**context)


def page(
    request: PageRequest,
    template: str,
    /,
    *,
    status: int = HTTP_200_OK,
    headers: dict[str, str] | None = None,
    **context: object,
) -> Response[str]:
    """Answer with a page, or with its main block alone where htmx asks for it.

    Args:
        request: the request; its user and `DONE` show in the layout.
        template: file below templates/ that extends the layout.
        status: HTTP status.
        headers: further response headers.
        context: what the template needs.
    """
    fragment = is_fragment(request.scope)
    url = canonical_url(request)
    answer = dict(headers or {})
    if fragment and request.method == "GET" and status == HTTP_200_OK:
        answer["HX-Push-Url"] = url
    body = render(
        template,
        fragment=fragment,
        url=url,
        path=path_of(request),
        viewer=request.user,
        done=DONE.read(request.scope),
        unread=UNREAD.read(request.scope),
        **context,
    )
    return PageResponse(body, status, answer)
