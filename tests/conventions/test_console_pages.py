"""Pages of the console about one thing are made of cards, each with a title."""

import pytest
from jinja2 import nodes

from tests.conventions.test_templates import ALL, parsed

# Facts of a file that is about to be published stand inside its form; a decoded file's in a card.
ELSEWHERE = {
    *("staff/_decoded.html", "staff/import_upload.html", "staff/resource_publication.html"),
}


def facts(node: nodes.Node) -> int:
    """Count the lists of facts below a node."""
    return sum(text.data.count('class="facts"') for text in node.find_all(nodes.TemplateData))


@pytest.mark.parametrize("name", [name for name in ALL if name.startswith("staff/")])
def test_facts_of_the_console_stand_in_cards(name: str) -> None:
    tree = parsed(name)
    cards = [
        call
        for call in tree.find_all(nodes.CallBlock)
        if isinstance(call.call.node, nodes.Name) and call.call.node.name == "card"
    ]
    assert facts(tree) == sum(facts(card) for card in cards) or name in ELSEWHERE
