"""What accounts know of higher domains: views, which those fill."""

from piccolo.columns import UUID, Boolean, Text
from piccolo.table import Table


class KnownWord(Table, tags=["view"]):
    """What accounts know of the catalogue: words that make a password easy to guess."""

    word = Text(primary_key=True)


class KnownSignInDomain(Table, tags=["view"]):
    """What accounts know of single sign-on: domains whose people a provider signs in."""

    domain = Text(primary_key=True)
    company = UUID()


class KnownSignInRule(Table, tags=["view"]):
    """Whom a company requires to sign in through its provider.

    Attributes:
        excepted: an owner who keeps the password, and has a second factor.
    """

    user = UUID(primary_key=True)
    company = UUID()
    excepted = Boolean()


class KnownCompanyOwner(Table, tags=["view"]):
    """The owners of a company's contracts, who get a mail when one of them signs in by password."""

    user = UUID(primary_key=True)
    company = UUID()
    company_name = Text()
    name = Text()
    email = Text()
    language = Text()
