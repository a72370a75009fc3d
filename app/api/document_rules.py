"""The OpenAPI document: what Litestar reads off the handlers, made complete and readable."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme, Tag

from app.api.cursor_rules import MOST_LIMIT
from app.api.documented_rules import WORDS
from app.web.i18n import N_

VERSION = "1.0"
Document = dict[str, Any]
Options = Mapping[str, Mapping[str, Any]]
"""Name of an operation → what its handler says of itself."""

SUMMARY = f"""\
Work with one contract from another system. A call carries the token of a service account:
`Authorization: Bearer lp1_…`. An owner of the contract makes one in the portal (Members → Service
accounts).

Lists have pages of up to {MOST_LIMIT} rows; send `next` as `cursor` to get the next one. Changes
take an `Idempotency-Key`, so that you can send them again, and `dry_run=true`, which changes
nothing.
Errors are problems (RFC 9457) with a `code` that stays the same.

Within v1 fields and operations are added, never changed or removed. Ignore fields that you do not
know."""
TAGS = (
    Tag("contract", N_("The contract of the service account")),
    Tag("products", N_("Contracted products and their counts")),
    Tag("environments", N_("Environments")),
    Tag("allocations", N_("What an environment is allocated")),
    Tag("activations", N_("Request files and activation files")),
    Tag("resources", N_("Files to download")),
    Tag("members", N_("People of the contract")),
    Tag("quotes", N_("Quote requests")),
    Tag("history", N_("What was done")),
    Tag("vendor-companies", N_("Vendor: companies")),
    Tag("vendor-corporate-groups", N_("Vendor: corporate groups")),
    Tag("vendor-contracts", N_("Vendor: contracts")),
    Tag("vendor-entitlements", N_("Vendor: contracted products")),
    Tag("vendor-products", N_("Vendor: product catalogue")),
    Tag("vendor-users", N_("Vendor: people")),
    Tag("vendor-license-keys", N_("Vendor: license keys")),
    Tag("vendor-quotes", N_("Vendor: quote requests")),
    Tag("vendor-notices", N_("Vendor: notices")),
    Tag("vendor-resources", N_("Vendor: files")),
)
SUMMARIES = {
    "read_contract": N_("Read the contract and the service account that calls"),
    "list_products": N_("List the contracted products with their counts"),
    "list_environments": N_("List the environments in use, in the order of their sort keys"),
    "create_environment": N_("Create an environment"),
    "read_environment": N_("Read an environment, also a retired one"),
    "change_environment": N_("Change the facts of an environment"),
    "retire_environment": N_("Retire an environment and free its allocations"),
    "read_allocations": N_("Read what an environment is allocated, and the most it could have"),
    "set_allocations": N_("Set all quantities of an environment: all of them, or none"),
    "list_activations": N_("List the activations of an environment, newest first"),
    "answer_request": N_("Send a request file or return file, and get its activation"),
    "read_activation": N_("Read an activation"),
    "download_activation": N_("Download the activation file; older files then end"),
    "end_parallel_operation": N_("Note that the old system of a parallel operation has stopped"),
    "list_emergency_files": N_("List the emergency files of an environment and their use"),
    "create_emergency_file": N_("Create an emergency file of an environment"),
    "download_emergency_file": N_("Download an emergency file"),
    "list_resources": N_("List the files for the contract's products, newest first"),
    "download_sbom": N_("Download the SBOM of a file"),
    "download_signature": N_("Download the signed manifest of a file"),
    "download_resource": N_("Download a file, or with Range the part that is missing"),
    "list_members": N_("List the people of the contract, owners first"),
    "list_quote_requests": N_("List the quote requests, newest first"),
    "list_history": N_("List what was done in the contract, newest first"),
    "list_companies": N_("List the companies in the order of their readings"),
    "read_company": N_("Read a company"),
    "change_company": N_("Change a company"),
    "upsert_company": N_("Create or change the company with this external ID"),
    "list_corporate_groups": N_("List the corporate groups by name"),
    "create_corporate_group": N_("Create a corporate group"),
    "rename_corporate_group": N_("Rename a corporate group"),
    "list_contracts": N_("List the contracts by number"),
    "read_sold_contract": N_("Read a contract"),
    "amend_contract": N_("Amend a contract, with a reason"),
    "renew_contract": N_("Renew a contract and the products that end with it, with a reason"),
    "upsert_contract": N_("Create or amend the contract with this external ID"),
    "list_entitlements": N_("List the contracted products by contract"),
    "read_entitlement": N_("Read a contracted product"),
    "amend_entitlement": N_("Change quantity or term of a contracted product, with a reason"),
    "upsert_entitlement": N_("Add or amend the contracted product with this external ID"),
    "list_catalogue": N_("List the products of the catalogue by code"),
    "read_product": N_("Read a product of the catalogue"),
    "change_product": N_("Change a product of the catalogue"),
    "upsert_product": N_("Create or change the product with this external ID"),
    "list_users": N_("List the customers' people by user code"),
    "read_user": N_("Read a person's account"),
    "invite_owner": N_("Invite an owner to a contract that has no owner who can act"),
    "list_license_keys": N_("List the license keys, newest first"),
    "read_license_key": N_("Read a license key"),
    "revoke_license_key": N_("Revoke a license key that no one has redeemed"),
    "issue_license_keys": N_("Issue license keys"),
    "read_license_key_batch": N_("Read a batch of license keys"),
    "take_license_keys": N_("Take the license keys of a batch, once"),
    "list_quotes": N_("List the quote requests, those that wait first"),
    "read_quote": N_("Read a quote request"),
    "answer_quote": N_("Answer a quote request with a message and a PDF"),
    "apply_quote": N_("Apply a quote to its contract"),
    "list_notices": N_("List the notices, drafts first"),
    "read_notice": N_("Read a notice"),
    "draft_notice": N_("Write a draft of a notice"),
    "change_notice": N_("Change a notice that is not published"),
    "publish_notice": N_("Publish a notice, at once or at a time"),
    "list_offered_resources": N_("List the published files, newest first"),
    "read_offered_resource": N_("Read a published file"),
    "upload_resource": N_("Upload a file"),
    "publish_resource": N_("Publish an uploaded file"),
    "attach_sbom": N_("Attach an SBOM to a published file"),
}
CONFIG = OpenAPIConfig(
    title="License Portal API",
    version=VERSION,
    description=SUMMARY,
    tags=list(TAGS),
    operation_id_creator=lambda handler, method, parts: handler.handler_name,
    security=[{"token": []}],
    components=Components(
        security_schemes={
            "token": SecurityScheme(
                type="http", scheme="bearer", description="The token of a contract's account"
            ),
            "vendor_token": SecurityScheme(
                type="http", scheme="bearer", description="The token of a vendor's account"
            ),
        }
    ),
    render_plugins=(),
)
REF = "#/components/schemas/{name}"
PAGE = re.compile(r"Page_app\.api\.[\w.]*values\.([A-Za-z]+)_")


def finished(document: Document, options: Options) -> Document:
    """Return the document with what Litestar cannot read off the handlers."""
    schemas = document["components"]["schemas"]
    document["components"]["schemas"] = {_named(name): schema for name, schema in schemas.items()}
    bodies = [own["body"] for own in options.values() if "body" in own]
    _, taken = msgspec.json.schema_components(bodies, ref_template=REF)
    document["components"]["schemas"] |= taken
    for path in document["paths"].values():
        for operation in path.values():
            _finish(operation, options[operation["operationId"]])
    renamed: Document = _with_names(document)
    return renamed


def scopes(document: Document) -> frozenset[str]:
    """Return the scopes that the calls of the vendor take."""
    operations = (each for path in document["paths"].values() for each in path.values())
    return frozenset(each["x-required-scope"] for each in operations if "x-required-scope" in each)


def _named(name: str) -> str:
    return PAGE.sub(r"\1Page", name)


def _with_names(part: Any) -> Any:
    """Name pages by what is on them: Litestar names them by the module."""
    if isinstance(part, dict):
        return {key: _with_names(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_with_names(each) for each in part]
    return _named(part) if isinstance(part, str) else part


def _finish(operation: Document, options: Mapping[str, Any]) -> None:
    operation["summary"] = SUMMARIES[operation["operationId"]]
    operation.pop("description", None)
    if scope := options.get("scope"):
        operation["x-required-scope"] = scope.value
        operation["security"] = [{"vendor_token": [scope.value]}]
    else:
        operation["x-required-role"] = "operate" if options.get("operates") else "read"
    if options.get("public"):
        operation["security"] = []
    for parameter in operation.get("parameters", ()):
        _finish_parameter(parameter, upserts="upserts" in options)
    if takes := options.get("takes"):
        body = options.get("body")
        schema = {"$ref": REF.format(name=body.__name__)} if body else {"type": "string"}
        operation["requestBody"] = {"required": True, "content": {takes: {"schema": schema}}}
    _finish_responses(operation["responses"], options)


def _finish_parameter(parameter: Document, *, upserts: bool) -> None:
    schema, version = parameter["schema"], parameter["name"] == "If-Match"
    # No address and no header says null.
    for kind in schema.pop("oneOf", ()):
        schema |= {} if kind == {"type": "null"} else kind
    if version:
        # An empty one counts as none, which is answered 428.
        schema["minLength"] = 1
    if schema.get("default") == "":
        del schema["default"]
        # A call without it is answered 428, which says more than that a parameter is missing.
        parameter["required"] = version and not upserts


# What an answer is that no struct describes.
FILE = {"type": "string", "format": "binary"}
BODY = {"application/json": {"type": "object"}}


def _finish_responses(responses: Document, options: Mapping[str, Any]) -> None:
    for status, response in responses.items():
        if int(status) < 300:
            response["description"] = "Done" if int(status) == 200 else "Created"
            if gives := options.get("gives"):
                response["content"] = {gives: {"schema": BODY.get(gives, FILE)}}
    if options.get("upserts"):
        responses["201"] = {**responses["200"], "description": "Created"}
    if options.get("ranges"):
        _add_ranges(responses)


def _add_ranges(responses: Document) -> None:
    responses["206"] = {**responses["200"], "description": "The part that Range names"}
    for status, meaning in ((304, "Not changed"), (412, WORDS[412]), (416, "No such part")):
        responses[str(status)] = {"description": meaning}
