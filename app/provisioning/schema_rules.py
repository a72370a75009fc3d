"""What the portal says of itself in SCIM: features, types and schemas (RFC 7643, 5 to 7)."""

from typing import Any

from app.provisioning.person_rules import USER

SCHEMA = "urn:ietf:params:scim:schemas:core:2.0"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
USUAL_COUNT, MOST_COUNT = 100, 200


def _attribute(name: str, description: str, kind: str = "string", **members: Any) -> dict[str, Any]:
    usual = {
        "name": name,
        "type": kind,
        "multiValued": False,
        "description": description,
        "required": False,
        "mutability": "readWrite",
        "returned": "default",
        "uniqueness": "none",
    }
    exact = {"caseExact": False} if kind == "string" else {}
    return {**usual, **exact, **members}


NAME = [
    _attribute("formatted", "The whole name as it is displayed."),
    _attribute("familyName", "The family name."),
    _attribute("givenName", "The given name."),
]
EMAIL = [
    _attribute("value", "An email address. That of the account is in a domain of the connection."),
    _attribute("type", "What it is for.", canonicalValues=["work", "home", "other"]),
    _attribute("primary", "Whether it is the address of the account.", "boolean"),
]
USER_ATTRIBUTES = [
    _attribute(
        "userName",
        "The provider's unique name of the person. Without emails it is the address too.",
        required=True,
        uniqueness="server",
    ),
    _attribute("externalId", "The provider's own id of the person.", caseExact=True),
    _attribute("name", "The parts of the name.", "complex", subAttributes=NAME),
    _attribute("displayName", "The name of the person as people read it."),
    _attribute(
        "emails",
        "The email addresses: the primary one, or that of work, is the account's.",
        "complex",
        multiValued=True,
        subAttributes=EMAIL,
    ),
    _attribute("active", "Whether the person can sign in.", "boolean"),
]


def features(base: str) -> dict[str, Any]:
    """Return the ServiceProviderConfig.

    Args:
        base: the address that all others are below.
    """
    no = {"supported": False}
    return {
        "schemas": [f"{SCHEMA}:ServiceProviderConfig"],
        "patch": {"supported": True},
        "bulk": {**no, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": MOST_COUNT},
        "changePassword": no,
        "sort": no,
        "etag": {"supported": True},
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "Bearer token",
                "description": "The token of the connection, made in the portal.",
                "primary": True,
            }
        ],
        "meta": _meta("ServiceProviderConfig", f"{base}/ServiceProviderConfig"),
    }


def _meta(kind: str, location: str) -> dict[str, str]:
    return {"resourceType": kind, "location": location}


def resource_types(base: str) -> list[dict[str, Any]]:
    """Return the resource types: people only."""
    return [
        {
            "schemas": [f"{SCHEMA}:ResourceType"],
            "id": "User",
            "name": "User",
            "endpoint": "/Users",
            "description": "A person of the company",
            "schema": USER,
            "meta": _meta("ResourceType", f"{base}/ResourceTypes/User"),
        }
    ]


def schemas(base: str) -> list[dict[str, Any]]:
    """Return the schemas: attributes of people, as far as the portal keeps them."""
    return [
        {
            "schemas": [f"{SCHEMA}:Schema"],
            "id": USER,
            "name": "User",
            "description": "A person of the company",
            "attributes": USER_ATTRIBUTES,
            "meta": _meta("Schema", f"{base}/Schemas/{USER}"),
        }
    ]


def listed(found: list[dict[str, Any]], total: int, start: int = 1) -> dict[str, Any]:
    """Return resources as a list response."""
    return {
        "schemas": [LIST],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": len(found),
        "Resources": found,
    }
