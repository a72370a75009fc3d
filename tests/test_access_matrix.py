"""Who gets what from every route: one table. A route that is not in it fails here."""

import re
from base64 import b64encode, urlsafe_b64encode
from datetime import timedelta
from html import escape
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest

from app import clock, domains
from app.accounts.factors.proof_services import encrypt_app_secret
from app.accounts.factors.tables import AuthenticatorApp, Passkey
from app.accounts.queries import find_credentials
from app.activation.emergencies.services import make_file
from app.activation.services import answer_requests
from app.activation.signing_keys.rotation_services import rotate_signing_key
from app.brand.services import read_brand
from app.contracts.rules import ServiceRole
from app.database import fetch, fetch_value, uuid7
from app.database.data_fields import NeverShown
from app.demo.world import PASSWORD
from app.encryption import read_secret
from app.main import make_litestar
from app.notices.services import compose_notice
from app.products.license_key_services import issue_license_keys
from app.products.rules import Term
from app.reminders.calendar_services import make_feed, take_address
from app.service_accounts.services import create_account, rotate_token
from app.single_sign_on.connection_services import save_connection, set_secret
from app.single_sign_on.delegation_services import delegate
from app.single_sign_on.values import ConnectionValues, VendorConnectionValues
from app.single_sign_on.vendor_services import save_vendor_connection
from app.webhooks.emission_services import send_test
from app.webhooks.secret_services import rotate_secret
from tests.activation.world import place, upload
from tests.conftest import Portal, Stage
from tests.mail.post import deliver, link
from tests.notices.steps import about, mail_all, publish
from tests.pages import elements
from tests.people.post import REGISTRATION, confirm, invite, link_to, membership_id
from tests.resources.files import PLATFORM, resource_id
from tests.service_accounts.steps import made_vendor_token
from tests.webhooks.steps import contract_id, made_endpoint

# P  the page        F  the form again, with errors      D  a download or plain text
# G  goes on (303)   L  to the log-in page               T  to the terms of use
# N  not found, as if it did not exist                    R  refused, with the reason
#
# {mine} is D-1001, of which owner is an owner, member and english are members; {env} is one of its
# environments, {seq} the number of that one's activation. {theirs} is D-2001, which is outsider's,
# {their_env} its environment. {part} is D-1002, of which owner is a member only; {ended} is D-1003,
# which owner owns and which has ended. {confirmation}, {parked} and {session} are owner's own.
# {together} is that activation's batch, {emergency} an emergency file of that environment.
# {membership} is english's in D-1001, {invitation} an open one of D-1001; {link} is the token of
# another one, {registration} an account that is being made by it; {address} is the token of a link
# that confirms a new mail address of owner's.
# {quote} is the answered request for a quote of D-1001.
# {account} is a service account of D-1001, whose token owner has not seen yet; {vendor_account} is
# one of the vendor. {webhook} is one of D-1001 with a {delivery}, {vendor_webhook} and
# {vendor_delivery} are the vendor's.
# {factor} is the only second factor of owner, {app} an authenticator app that owner is setting up.
# {entitlement} and {group_company} are of D-1001, {format} is csv. Forms are sent empty.
# {calendar} is the file of owner's calendar; {notice} is about a product of D-1001, {other_notice}
# about one of D-1004; {unsubscription} is the token of the link in a notice's mail to english.
# Forms are sent empty.
# {entitlement} and {group_company} are of D-1001, {format} is csv, {topic} one of the
# guide. {calls} is a part of the API's reference for the vendor. Forms are sent empty.
TABLE = """
                                                        anonymous
                                                        | newcomer
                                                        | | outsider
                                                        | | | member
                                                        | | | | english
                                                        | | | | | owner
                                                        | | | | | | staff
                                                        | | | | | | | clerk
                                                        | | | | | | | | auditor
GET  /                                                  L T P P P P G G G
GET  /site-map                                          L T P P P P P P P
GET  /guide                                             L T P P P P P P P
GET  /guide/{topic}                                     L T P P P P P P P
GET  /guide/no-such-topic                               L T N N N N N N N
GET  /api                                               P P P P P P P P P
GET  /api/vendor                                        P P P P P P P P P
GET  /api/vendor/{calls}                                P P P P P P P P P
GET  /api/vendor/no-such-thing                          N N N N N N N N N
GET  /healthz                                           D D D D D D D D D
GET  /readyz                                            D D D D D D D D D
GET  /.well-known/jwks.json                             D D D D D D D D D
GET  /metrics                                           N N N N N N N N N
GET  /login                                             P G G G G G G G G
POST /login                                             F F F F F F F F F
GET  /login/single-sign-on/{company}                    L L L L L L L L L
POST /login/single-sign-on/{company}                    L G G G G G G G G
GET  /login/single-sign-on/{company}/callback           R R R R R R R R R
POST /login/single-sign-on/{company}/link               R R R R R R R R R
GET  /login/single-sign-on/staff                        L L L L L L L L L
POST /login/single-sign-on/staff                        L G G G G G G G G
GET  /login/single-sign-on/staff/callback               R R R R R R R R R
POST /login/single-sign-on/staff/link                   R R R R R R R R R
POST /login/single-sign-on/staff/back-channel-logout    R R R R R R R R R
POST /login/single-sign-on/{company}/back-channel-logout  R R R R R R R R R
POST /logout                                            L L L L L L L L L
POST /language                                          G G G G G G G G G
GET  /terms                                             L P P P P P P P P
POST /terms                                             L F G G G G G G G
GET  /password                                          L T G G G G G G G
POST /password                                          L T G G G G G G G
GET  /password/forgotten                                P P P P P P P P P
POST /password/forgotten                                F F F F F F F F F
GET  /password/forgotten/sent                           P P P P P P P P P
GET  /password/reset/{token}                            P P P P P P P P P
POST /password/reset/{token}                            F F F F F F F F F
GET  /password/reset/mangled                            N N N N N N N N N
POST /password/reset/mangled                            N N N N N N N N N
GET  /demo/mail                                         P P P P P P P P P
GET  /demo/mail/{mail}                                  P P P P P P P P P
GET  /demo/mail/{env}                                   N N N N N N N N N
GET  /profile                                           L T P P P P P P P
POST /profile                                           L T F F F F F F F
GET  /profile/email                                     L T P P P P P P P
POST /profile/email                                     L T F F F F F F F
POST /profile/email/cancellation                        L T N N N G N N N
GET  /profile/password                                  L T P P P P P P P
POST /profile/password                                  L T F F F F F F F
GET  /profile/sessions                                  L T P P P P P P P
POST /profile/sessions/{session}/end                    L T N N N G N N N
POST /profile/sessions/others/end                       L T G G G G G G G
GET  /profile/calendar                                  L T P P P P P P P
POST /profile/calendar                                  L T G G G G G G G
POST /profile/calendar/revocation                       L T N N N G N N N
GET  /calendar/{calendar}                               D D D D D D D D D
GET  /calendar/mangled.ics                              N N N N N N N N N
GET  /notices                                           L T P P P P P P P
POST /notices/read-marks                                L T G G G G G G G
GET  /notices/{notice}                                  L T N P P P N N N
GET  /notices/{other_notice}                            L T N N N N N N N
GET  /unsubscriptions/{unsubscription}                  P P P P P P P P P
POST /unsubscriptions/{unsubscription}                  F F F F F F F F F
GET  /unsubscriptions/mangled                           N N N N N N N N N
POST /unsubscriptions/mangled                           N N N N N N N N N
GET  /profile/data                                      L T D D D D D D D
GET  /profile/withdrawal                                L T P P P P P P P
POST /profile/withdrawal                                L T G F F G G F F
GET  /profile/withdrawal/reason                         L T G G G G G G G
POST /profile/withdrawal/{session}                      L T F F F F F F F
GET  /farewell                                          P G G G G G G G G
GET  /email-addresses/{address}                         P P P P P P P P P
GET  /email-addresses/mangled                           N N N N N N N N N
POST /email-addresses/mangled                           N N N N N N N N N
GET  /join/{link}                                       P P P P P P P P P
POST /join/{link}                                       F G G G G G G G G
POST /join/{link}/membership                            L T G G G G G G G
GET  /join/{link}/registrations/{registration}          P G G G G G G G G
GET  /join/{link}/registrations/{env}                   G G G G G G G G G
POST /join/{link}/registrations/{env}                   G G G G G G G G G
POST /join/{link}/registrations/{registration}          G G G G G G G G G
GET  /join/mangled                                      N N N N N N N N N
POST /join/mangled                                      N N N N N N N N N
POST /join/mangled/membership                           L T G G G G G G G
GET  /join/mangled/registrations/{registration}         G G G G G G G G G
GET  /login/second-factor                               L G G G G G G G G
POST /login/second-factor                               L G G G G G G G G
POST /login/second-factor/challenges                    N N N N N N N N N
GET  /profile/proof                                     L T P P P P P P P
POST /profile/proof                                     L T F F F F F F F
POST /profile/proof/challenges                          L T N N N D N N N
GET  /profile/second-factors                            L T P P P P P P P
GET  /profile/second-factors/authenticator-apps/{app}   L T N N N P N N N
POST /profile/second-factors/authenticator-apps/{app}   L T N N N F N N N
GET  /profile/second-factors/authenticator-apps/{app}/qr-code L T N N N D N N N
POST /profile/second-factors/authenticator-apps         L T G G G G G G G
GET  /profile/second-factors/passkeys/new               L T P P P P P P P
POST /profile/second-factors/passkeys/new               L T F F F F F F F
POST /profile/second-factors/passkeys/challenges        L T D D D D D D D
POST /email-addresses/{address}                         P P P P P P P P P
GET  /profile/second-factors/recovery-codes             L T G G G P G G G
POST /profile/second-factors/recovery-codes             L T G G G P G G G
GET  /profile/second-factors/{factor}/removal           L T N N N P N N N
POST /profile/second-factors/{factor}/removal           L T N N N F N N N
GET  /parked-forms/{parked}                             L T G G G P G G G
GET  /confirmations/{confirmation}                      L T N N N P N N N
POST /confirmations/{confirmation}                      L T N N N G N N N
GET  /contracts                                         L T P P P P P P P

GET  /contracts/{mine}                                  L T N P P P N N N
GET  /contracts/{mine}/members                          L T N P P P N N N
GET  /contracts/{mine}/members/{membership}             L T N N P P N N N
POST /contracts/{mine}/members/{membership}             L T N N G F N N N
POST /contracts/{mine}/members/{membership}/removal     L T N N G G N N N
GET  /contracts/{mine}/invitations/new                  L T N N N P N N N
POST /contracts/{mine}/invitations/new                  L T N N N F N N N
POST /contracts/{mine}/invitations/{invitation}/resending    L T N N N G N N N
POST /contracts/{mine}/invitations/{invitation}/cancellation L T N N N G N N N
GET  /contracts/{mine}/service-accounts                 L T N N N P N N N
GET  /contracts/{mine}/service-accounts/new             L T N N N P N N N
POST /contracts/{mine}/service-accounts/new             L T N N N F N N N
GET  /contracts/{mine}/service-accounts/{account}       L T N N N P N N N
GET  /contracts/{mine}/service-accounts/{env}           L T N N N N N N N
POST /contracts/{mine}/service-accounts/{account}/revocation L T N N N G N N N
GET  /contracts/{mine}/single-sign-on                   L T N N N P N N N
POST /contracts/{mine}/single-sign-on                   L T N N N F N N N
GET  /contracts/{mine}/single-sign-on/secret            L T N N N P N N N
POST /contracts/{mine}/single-sign-on/secret            L T N N N F N N N
POST /contracts/{mine}/single-sign-on/state             L T N N N G N N N
POST /contracts/{mine}/single-sign-on/exceptions        L T N N N G N N N
POST /contracts/{mine}/single-sign-on/domains/removal   L T N N N G N N N
GET  /contracts/{mine}/single-sign-on/default-contracts  L T N N N P N N N
POST /contracts/{mine}/single-sign-on/default-contracts  L T N N N G N N N
GET  /contracts/{mine}/single-sign-on/domains/dns       L T N N N P N N N
POST /contracts/{mine}/single-sign-on/domains/dns       L T N N N F N N N
POST /contracts/{mine}/single-sign-on/domains/dns/check    L T N N N N N N N
POST /contracts/{mine}/single-sign-on/domains/dns/removal  L T N N N N N N N
POST /contracts/{mine}/single-sign-on/test              L T N N N R N N N
GET  /contracts/{mine}/single-sign-on/provisioning      L T N N N P N N N
POST /contracts/{mine}/single-sign-on/provisioning/token       L T N N N G N N N
POST /contracts/{mine}/single-sign-on/provisioning/revocation  L T N N N G N N N
GET  /contracts/{mine}/service-accounts/{account}/rotation L T N N N P N N N
POST /contracts/{mine}/service-accounts/{account}/rotation L T N N N F N N N
GET  /contracts/{mine}/webhooks                          L T N N N P N N N
GET  /contracts/{mine}/webhooks/new                      L T N N N P N N N
POST /contracts/{mine}/webhooks/new                      L T N N N F N N N
GET  /contracts/{mine}/webhooks/{webhook}                L T N N N P N N N
GET  /contracts/{mine}/webhooks/{vendor_webhook}         L T N N N N N N N
GET  /contracts/{mine}/webhooks/{webhook}/change         L T N N N P N N N
POST /contracts/{mine}/webhooks/{webhook}/change         L T N N N F N N N
POST /contracts/{mine}/webhooks/{webhook}/test           L T N N N G N N N
POST /contracts/{mine}/webhooks/{webhook}/pause          L T N N N G N N N
POST /contracts/{mine}/webhooks/{webhook}/rotation       L T N N N G N N N
POST /contracts/{mine}/webhooks/{webhook}/removal        L T N N N G N N N
POST /contracts/{mine}/webhooks/{webhook}/no-such-step   L T N N N N N N N
POST /contracts/{mine}/webhooks/{webhook}/deliveries/{delivery}/resending L T N N N G N N N
POST /contracts/{mine}/webhooks/{webhook}/deliveries/{vendor_delivery}/resending L T N N N N N N N
GET  /contracts/{mine}/group-companies                  L T N P P P N N N
GET  /contracts/{mine}/group-companies/new              L T N N N P N N N
POST /contracts/{mine}/group-companies/new              L T N N N F N N N
POST /contracts/{mine}/group-companies/{group_company}/removal L T N N N G N N N
GET  /contracts/{mine}/products                         L T N P P P N N N
GET  /contracts/{mine}/products/{entitlement}           L T N P P P N N N
GET  /contracts/{mine}/other-products/new               L T N N N P N N N
POST /contracts/{mine}/other-products/new               L T N N N F N N N
GET  /contracts/{mine}/reports/position/pdf             L T N D D D N N N
GET  /contracts/{mine}/reports/products/{format}        L T N D D D N N N
GET  /contracts/{mine}/reports/allocations/{format}     L T N D D D N N N
GET  /contracts/{mine}/reports/activations/{format}     L T N N N D N N N
GET  /contracts/{mine}/activation-batches               L T N N N P N N N
POST /contracts/{mine}/activation-batches               L T N N N F N N N
POST /contracts/{mine}/activation-batches/choice        L T N N N F N N N
GET  /contracts/{mine}/activation-batches/{together}    L T N N N P N N N
GET  /contracts/{mine}/activation-batches/{together}/file  L T N N N D N N N
GET  /contracts/{theirs}/activation-batches             L T P N N N N N N
GET  /contracts/{theirs}/activation-batches/{together}     L T N N N N N N N
GET  /contracts/{theirs}/activation-batches/{together}/file L T N N N N N N N
GET  /contracts/{ended}/activation-batches              L T N N N N N N N
GET  /contracts/{mine}/allocation-sheet                 L T N N N P N N N
POST /contracts/{mine}/allocation-sheet                 L T N N N F N N N
POST /contracts/{mine}/allocation-sheet/grid            L T N N N F N N N
GET  /contracts/{mine}/allocation-sheet/template        L T N N N D N N N
GET  /contracts/{mine}/resources                        L T N P P P N N N
GET  /contracts/{mine}/resources/{resource}/file        L T N D D D N N N
GET  /contracts/{mine}/resources/{resource}/signature   L T N D D D N N N
GET  /contracts/{mine}/resources/{resource}/sbom        L T N P P P N N N
GET  /contracts/{mine}/resources/{resource}/sbom/file   L T N D D D N N N
GET  /contracts/{mine}/quote-requests                   L T N N N P N N N
GET  /contracts/{mine}/quote-requests/new               L T N N N P N N N
POST /contracts/{mine}/quote-requests/new               L T N N N G N N N
GET  /contracts/{mine}/quote-requests/new/addition      L T N N N P N N N
POST /contracts/{mine}/quote-requests/new/addition      L T N N N F N N N
GET  /contracts/{mine}/quote-requests/{quote}           L T N N N P N N N
GET  /contracts/{mine}/quote-requests/{quote}/pdf       L T N N N D N N N
GET  /contracts/{mine}/quote-requests/{quote}/answer    L T N N N D N N N
POST /contracts/{mine}/quote-requests/{quote}/withdrawal L T N N N G N N N
GET  /contracts/{mine}/history                          L T N N N P N N N
GET  /contracts/{mine}/history/export                   L T N N N D N N N
GET  /contracts/{mine}/environments                     L T N P P P N N N
GET  /contracts/{mine}/environments/new                 L T N N N P N N N
POST /contracts/{mine}/environments/new                 L T N N N F N N N
GET  /contracts/{mine}/environments/{env}               L T N N N P N N N
POST /contracts/{mine}/environments/{env}               L T N N N F N N N
POST /contracts/{mine}/environments/{env}/retirement    L T N N N G N N N
GET  /contracts/{mine}/environments/{env}/allocations   L T N N N P N N N
POST /contracts/{mine}/environments/{env}/allocations   L T N N N F N N N
GET  /contracts/{mine}/environments/{env}/allocations/other-products L T N N N P N N N
GET  /contracts/{mine}/environments/{env}/activations   L T N N N P N N N
POST /contracts/{mine}/environments/{env}/activations   L T N N N F N N N
GET  /contracts/{mine}/environments/{env}/activations/{seq} L T N N N P N N N
GET  /contracts/{mine}/environments/{env}/activations/{seq}/file L T N N N D N N N
GET  /contracts/{mine}/environments/{env}/emergency-files L T N N N P N N N
POST /contracts/{mine}/environments/{env}/emergency-files L T N N N F N N N
GET  /contracts/{mine}/environments/{env}/emergency-files/{emergency}/file L T N N N D N N N
GET  /contracts/{theirs}/environments/{their_env}/emergency-files L T P N N N N N N
GET  /contracts/{mine}/environments/{env}/activations/parallel L T N N N N N N N
POST /contracts/{mine}/environments/{env}/activations/parallel L T N N N N N N N
POST /contracts/{mine}/environments/{env}/activations/parallel/stop L T N N N G N N N
POST /contracts/{theirs}/environments/{env}/activations/parallel/stop L T N N N N N N N
GET  /contracts/{theirs}/environments/{env}/emergency-files/{emergency}/file L T N N N N N N N
GET  /contracts/{mine}/environments/{env}/activations/{seq}/codes L T N N N P N N N
GET  /contracts/{mine}/environments/{env}/activations/{seq}/codes/1 L T N N N D N N N
GET  /contracts/{mine}/environments/{env}/activations/{seq}/codes/999 L T N N N N N N N
GET  /contracts/{mine}/environments/{env}/activations/photos L T N N N P N N N
POST /contracts/{mine}/environments/{env}/activations/photos L T N N N F N N N

GET  /contracts/{theirs}                                L T P N N N N N N
GET  /contracts/{theirs}/members                        L T P N N N N N N
GET  /contracts/{theirs}/members/{membership}           L T N N N N N N N
POST /contracts/{theirs}/members/{membership}           L T N N N N N N N
POST /contracts/{theirs}/members/{membership}/removal   L T N N N N N N N
GET  /contracts/{theirs}/invitations/new                L T P N N N N N N
POST /contracts/{theirs}/invitations/new                L T F N N N N N N
POST /contracts/{theirs}/invitations/{invitation}/resending    L T N N N N N N N
POST /contracts/{theirs}/invitations/{invitation}/cancellation L T N N N N N N N
GET  /contracts/{theirs}/service-accounts               L T P N N N N N N
GET  /contracts/{theirs}/service-accounts/new           L T P N N N N N N
POST /contracts/{theirs}/service-accounts/new           L T F N N N N N N
GET  /contracts/{theirs}/service-accounts/{account}     L T N N N N N N N
POST /contracts/{theirs}/service-accounts/{account}/revocation L T N N N N N N N
GET  /contracts/{theirs}/service-accounts/{account}/rotation L T N N N N N N N
POST /contracts/{theirs}/service-accounts/{account}/rotation L T N N N N N N N
GET  /contracts/{theirs}/single-sign-on                 L T P N N N N N N
POST /contracts/{theirs}/single-sign-on                 L T N N N N N N N
GET  /contracts/{theirs}/single-sign-on/secret          L T N N N N N N N
POST /contracts/{theirs}/single-sign-on/test            L T N N N N N N N
GET  /contracts/{theirs}/single-sign-on/provisioning    L T N N N N N N N
POST /contracts/{theirs}/single-sign-on/provisioning/token     L T N N N N N N N
GET  /contracts/{theirs}/webhooks                        L T P N N N N N N
GET  /contracts/{theirs}/webhooks/new                    L T P N N N N N N
POST /contracts/{theirs}/webhooks/new                    L T F N N N N N N
GET  /contracts/{theirs}/webhooks/{webhook}              L T N N N N N N N
GET  /contracts/{theirs}/webhooks/{webhook}/change       L T N N N N N N N
POST /contracts/{theirs}/webhooks/{webhook}/change       L T N N N N N N N
POST /contracts/{theirs}/webhooks/{webhook}/removal      L T N N N N N N N
POST /contracts/{theirs}/webhooks/{webhook}/deliveries/{delivery}/resending L T N N N N N N N
GET  /contracts/{theirs}/group-companies                L T P N N N N N N
GET  /contracts/{theirs}/group-companies/new            L T P N N N N N N
POST /contracts/{theirs}/group-companies/new            L T F N N N N N N
POST /contracts/{theirs}/group-companies/{group_company}/removal L T N N N N N N N
GET  /contracts/{theirs}/products                       L T P N N N N N N
GET  /contracts/{theirs}/products/{entitlement}         L T N N N N N N N
GET  /contracts/{theirs}/other-products/new             L T P N N N N N N
POST /contracts/{theirs}/other-products/new             L T F N N N N N N
GET  /contracts/{theirs}/reports/products/{format}      L T D N N N N N N
GET  /contracts/{theirs}/reports/allocations/{format}   L T D N N N N N N
GET  /contracts/{theirs}/reports/activations/{format}   L T D N N N N N N
GET  /contracts/{theirs}/allocation-sheet               L T P N N N N N N
POST /contracts/{theirs}/allocation-sheet               L T F N N N N N N
POST /contracts/{theirs}/allocation-sheet/grid          L T F N N N N N N
GET  /contracts/{theirs}/allocation-sheet/template      L T D N N N N N N
GET  /contracts/{theirs}/resources                      L T P N N N N N N
GET  /contracts/{theirs}/resources/{resource}/file      L T D N N N N N N
GET  /contracts/{theirs}/resources/{resource}/signature L T D N N N N N N
GET  /contracts/{theirs}/resources/{resource}/sbom      L T P N N N N N N
GET  /contracts/{theirs}/resources/{resource}/sbom/file L T D N N N N N N
GET  /contracts/{theirs}/quote-requests                 L T P N N N N N N
GET  /contracts/{theirs}/quote-requests/new             L T P N N N N N N
POST /contracts/{theirs}/quote-requests/new             L T G N N N N N N
GET  /contracts/{theirs}/quote-requests/new/addition    L T P N N N N N N
POST /contracts/{theirs}/quote-requests/new/addition    L T F N N N N N N
GET  /contracts/{theirs}/quote-requests/{quote}         L T N N N N N N N
GET  /contracts/{theirs}/quote-requests/{quote}/answer  L T N N N N N N N
POST /contracts/{theirs}/quote-requests/{quote}/withdrawal L T N N N N N N N
GET  /contracts/{theirs}/history                        L T P N N N N N N
GET  /contracts/{theirs}/history/export                 L T D N N N N N N
GET  /contracts/{theirs}/environments                   L T P N N N N N N
GET  /contracts/{theirs}/environments/new               L T P N N N N N N
POST /contracts/{theirs}/environments/new               L T F N N N N N N
GET  /contracts/{theirs}/environments/{their_env}       L T P N N N N N N
POST /contracts/{theirs}/environments/{their_env}       L T F N N N N N N
POST /contracts/{theirs}/environments/{their_env}/retirement  L T G N N N N N N
GET  /contracts/{theirs}/environments/{their_env}/allocations L T P N N N N N N
POST /contracts/{theirs}/environments/{their_env}/allocations L T F N N N N N N
GET  /contracts/{theirs}/environments/{their_env}/allocations/other-products L T P N N N N N N
GET  /contracts/{theirs}/environments/{their_env}/activations L T P N N N N N N
POST /contracts/{theirs}/environments/{their_env}/activations L T F N N N N N N
GET  /contracts/{theirs}/environments/{their_env}/activations/photos L T P N N N N N N
POST /contracts/{theirs}/environments/{their_env}/activations/photos L T F N N N N N N

GET  /contracts/{mine}/environments/{their_env}             L T N N N N N N N
POST /contracts/{mine}/environments/{their_env}             L T N N N N N N N
POST /contracts/{mine}/environments/{their_env}/retirement  L T N N N N N N N
GET  /contracts/{mine}/environments/{their_env}/allocations L T N N N N N N N
POST /contracts/{mine}/environments/{their_env}/allocations L T N N N N N N N
GET  /contracts/{mine}/environments/{their_env}/allocations/other-products L T N N N N N N N
GET  /contracts/{mine}/environments/{their_env}/activations L T N N N N N N N
POST /contracts/{mine}/environments/{their_env}/activations L T N N N N N N N
GET  /contracts/{theirs}/environments/{env}/activations/{seq}      L T N N N N N N N
GET  /contracts/{theirs}/environments/{env}/activations/{seq}/file L T N N N N N N N
GET  /contracts/{mine}/environments/{env}/activations/999          L T N N N N N N N
GET  /contracts/{mine}/environments/{env}/activations/999/file     L T N N N N N N N
GET  /contracts/{mine}/environments/{their_env}/activations/photos L T N N N N N N N
POST /contracts/{mine}/environments/{their_env}/activations/photos L T N N N N N N N
GET  /contracts/{theirs}/environments/{env}/activations/{seq}/codes L T N N N N N N N
GET  /contracts/{theirs}/environments/{env}/activations/{seq}/codes/1 L T N N N N N N N
GET  /contracts/{mine}/environments/{env}/activations/999/codes    L T N N N N N N N

GET  /contracts/{part}                                  L T N N N P N N N
GET  /contracts/{part}/invitations/new                  L T N N N N N N N
GET  /contracts/{part}/quote-requests                   L T N N N N N N N
GET  /contracts/{part}/quote-requests/new               L T N N N N N N N
POST /contracts/{part}/quote-requests/new               L T N N N N N N N
GET  /contracts/{part}/history                          L T N N N N N N N
GET  /contracts/{part}/history/export                   L T N N N N N N N
GET  /contracts/{part}/environments                     L T N N N P N N N
GET  /contracts/{part}/allocation-sheet                 L T N N N N N N N
GET  /contracts/{part}/other-products/new               L T N N N N N N N
GET  /contracts/{part}/group-companies/new              L T N N N N N N N
GET  /contracts/{part}/reports/allocations/{format}     L T N N N D N N N
GET  /contracts/{part}/reports/activations/{format}     L T N N N N N N N
GET  /contracts/{part}/environments/new                 L T N N N N N N N
POST /contracts/{part}/environments/new                 L T N N N N N N N
GET  /contracts/{ended}                                 L T N N N P N N N
GET  /contracts/{ended}/resources/{resource}/file       L T N N N N N N N
GET  /contracts/{ended}/resources/{resource}/signature  L T N N N N N N N
GET  /contracts/{ended}/resources/{resource}/sbom       L T N N N N N N N
GET  /contracts/{ended}/invitations/new                 L T N N N N N N N
POST /contracts/{ended}/invitations/new                 L T N N N N N N N
GET  /contracts/{ended}/quote-requests                  L T N N N P N N N
GET  /contracts/{ended}/quote-requests/new              L T N N N P N N N
POST /contracts/{ended}/quote-requests/new              L T N N N G N N N
GET  /contracts/{ended}/history                         L T N N N P N N N
GET  /contracts/{ended}/history/export                  L T N N N D N N N
GET  /contracts/{ended}/environments                    L T N N N P N N N
GET  /contracts/{ended}/allocation-sheet                L T N N N N N N N
GET  /contracts/{ended}/other-products/new              L T N N N N N N N
POST /contracts/{ended}/other-products/new              L T N N N N N N N
GET  /contracts/{ended}/group-companies/new             L T N N N N N N N
GET  /contracts/{ended}/reports/activations/{format}    L T N N N D N N N
GET  /contracts/{ended}/environments/new                L T N N N N N N N
POST /contracts/{ended}/environments/new                L T N N N N N N N
GET  /contracts/D-9999                                  L T N N N N N N N
GET  /contracts/D-9999/environments/new                 L T N N N N N N N

GET  /staff                                             L N N N N N P P P
GET  /staff/search                                      L N N N N N P P P
POST /staff/session                                     L N N N N N G G G
GET  /staff/companies                                   L N N N N N P P P
GET  /staff/companies/new                               L N N N N N P P N
POST /staff/companies/new                               L N N N N N F F N
GET  /staff/companies/{company}                         L N N N N N P P P
POST /staff/companies/{company}                         L N N N N N F F N
GET  /staff/companies/{company}/single-sign-on          L N N N N N P N N
POST /staff/companies/{company}/single-sign-on          L N N N N N F N N
GET  /staff/companies/{company}/single-sign-on/domains/new  L N N N N N P N N
POST /staff/companies/{company}/single-sign-on/domains/new  L N N N N N F N N
GET  /staff/companies/{company}/single-sign-on/secret   L N N N N N P N N
POST /staff/companies/{company}/single-sign-on/secret   L N N N N N F N N
POST /staff/companies/{company}/single-sign-on/state    L N N N N N G N N
POST /staff/companies/{company}/single-sign-on/exceptions  L N N N N N G N N
POST /staff/companies/{company}/single-sign-on/domains/removal  L N N N N N G N N
GET  /staff/companies/{company}/single-sign-on/default-contracts  L N N N N N P N N
POST /staff/companies/{company}/single-sign-on/default-contracts  L N N N N N G N N
GET  /staff/single-sign-on                              L N N N N N P N N
POST /staff/single-sign-on                              L N N N N N F N N
GET  /staff/single-sign-on/domains/new                  L N N N N N P N N
POST /staff/single-sign-on/domains/new                  L N N N N N F N N
GET  /staff/single-sign-on/secret                       L N N N N N P N N
POST /staff/single-sign-on/secret                       L N N N N N F N N
POST /staff/single-sign-on/test                         L N N N N N R N N
POST /staff/single-sign-on/state                        L N N N N N G N N
POST /staff/single-sign-on/exceptions                   L N N N N N G N N
POST /staff/single-sign-on/domains/removal              L N N N N N G N N
GET  /staff/companies/{company}/single-sign-on/domains/dns  L N N N N N P N N
POST /staff/companies/{company}/single-sign-on/domains/dns  L N N N N N F N N
POST /staff/companies/{company}/single-sign-on/domains/dns/check  L N N N N N N N N
POST /staff/companies/{company}/single-sign-on/domains/dns/removal  L N N N N N N N N
POST /staff/companies/{company}/single-sign-on/delegation  L N N N N N G N N
GET  /staff/companies/{company}/single-sign-on/provisioning  L N N N N N P N N
POST /staff/companies/{company}/single-sign-on/provisioning/token  L N N N N N G N N
POST /staff/companies/{company}/single-sign-on/provisioning/revocation  L N N N N N G N N
GET  /staff/companies/{env}                             L N N N N N N N N
GET  /staff/corporate-groups                            L N N N N N P P P
GET  /staff/corporate-groups/new                        L N N N N N P P N
POST /staff/corporate-groups/new                        L N N N N N F F N
GET  /staff/corporate-groups/{group}                    L N N N N N P P N
POST /staff/corporate-groups/{group}                    L N N N N N F F N
GET  /staff/companies/{company}/contracts/new           L N N N N N P P N
POST /staff/companies/{company}/contracts/new           L N N N N N F F N
GET  /staff/contracts                                   L N N N N N P P P
GET  /staff/contracts/{mine}                            L N N N N N P P P
GET  /staff/contracts/D-9999                            L N N N N N N N N
GET  /staff/contracts/{mine}/amendment                  L N N N N N P P N
POST /staff/contracts/{mine}/amendment                  L N N N N N F F N
GET  /staff/contracts/{mine}/emergency-files            L N N N N N P P N
POST /staff/contracts/{mine}/emergency-files            L N N N N N F F N
GET  /staff/contracts/{mine}/renewal                    L N N N N N P P N
POST /staff/contracts/{mine}/renewal                    L N N N N N F F N
GET  /staff/contracts/{mine}/entitlements/new           L N N N N N P P N
POST /staff/contracts/{mine}/entitlements/new           L N N N N N F F N
GET  /staff/contracts/{mine}/entitlements/{entitlement} L N N N N N P P N
POST /staff/contracts/{mine}/entitlements/{entitlement} L N N N N N F F N
GET  /staff/contracts/{theirs}/entitlements/{entitlement} L N N N N N N N N
POST /staff/contracts/{theirs}/entitlements/{entitlement} L N N N N N N N N
GET  /staff/contracts/{mine}/access-review              L N N N N N P P P
GET  /staff/contracts/{mine}/access-review/export       L N N N N N D D D
GET  /staff/contracts/{mine}/position/pdf               L N N N N N D D D
GET  /staff/contracts/{mine}/owner                      L N N N N N P P N
POST /staff/contracts/{mine}/owner                      L N N N N N F F N
POST /staff/contracts/{mine}/invitations/{invitation}/resending      L N N N N N G G N
POST /staff/contracts/{mine}/invitations/{invitation}/cancellation   L N N N N N G G N
POST /staff/contracts/{theirs}/invitations/{invitation}/cancellation L N N N N N N N N
GET  /staff/products                                    L N N N N N P P P
GET  /staff/products/new                                L N N N N N P P N
POST /staff/products/new                                L N N N N N F F N
GET  /staff/products/{product}                          L N N N N N P P N
POST /staff/products/{product}                          L N N N N N F F N
GET  /staff/license-keys                                L N N N N N P P P
GET  /staff/license-keys/new                            L N N N N N P P N
POST /staff/license-keys/new                            L N N N N N F F N
POST /staff/license-keys/revocation                     L N N N N N F F N
GET  /staff/license-keys/{key}                          L N N N N N P P P
POST /staff/license-keys/{key}/revocation               L N N N N N G G N
POST /staff/license-keys/{used_key}/revocation          L N N N N N N N N
GET  /staff/license-keys/batches/{batch}                L N N N N N P P P
GET  /staff/license-keys/batches/{env}                  L N N N N N N N N
POST /staff/license-keys/batches/{batch}/export         L N N N N N D D N
GET  /staff/activations                                 L N N N N N P P P
GET  /staff/activations/{activation}                    L N N N N N P P P
GET  /staff/activations/{env}                           L N N N N N N N N
GET  /staff/activations/{activation}/further-move       L N N N N N P P N
POST /staff/activations/{activation}/further-move       L N N N N N F F N
GET  /staff/activations/{activation}/release            L N N N N N P P N
POST /staff/activations/{activation}/release            L N N N N N F F N
GET  /staff/keys                                        L N N N N N P P P
GET  /staff/keys/rotation                               L N N N N N P N N
POST /staff/keys/rotation                               L N N N N N G N N
POST /staff/keys/keysets                                L N N N N N F N N
GET  /staff/keys/keysets/{version}                      L N N N N N D N N
GET  /staff/keys/keysets/1                              L N N N N N N N N
GET  /staff/mail                                        L N N N N N P P P
POST /staff/mail/retry                                  L N N N N N F F N
GET  /staff/mail/{failed_mail}                          L N N N N N P P P
GET  /staff/mail/{env}                                  L N N N N N N N N
POST /staff/mail/{failed_mail}/retry                    L N N N N N G G N
POST /staff/mail/{failed_mail}/discard                  L N N N N N G G N
GET  /staff/audit                                       L N N N N N P P P
GET  /staff/audit/export/{format}                       L N N N N N D N N
GET  /staff/exports/contracts                           L N N N N N D N N
GET  /staff/audit/verification                          L N N N N N P N N
POST /staff/audit/verification                          L N N N N N G N N
GET  /staff/quotes                                      L N N N N N P P P
GET  /staff/quotes/{quote}                              L N N N N N P P P
GET  /staff/quotes/{quote}/pdf                          L N N N N N D D D
GET  /staff/quotes/Q-000000-XXXXX                       L N N N N N N N N
POST /staff/quotes/{quote}/review                       L N N N N N G G N
GET  /staff/quotes/{quote}/handler                      L N N N N N P P N
POST /staff/quotes/{quote}/handler                      L N N N N N F F N
GET  /staff/quotes/{quote}/answer                       L N N N N N P P N
POST /staff/quotes/{quote}/answer                       L N N N N N F F N
GET  /staff/quotes/{quote}/answer/file                  L N N N N N D D D
POST /staff/quotes/{quote}/conclusion                   L N N N N N G G N
GET  /staff/quotes/{quote}/application                  L N N N N N P P N
POST /staff/quotes/{quote}/application                  L N N N N N F F N
GET  /staff/notices                                     L N N N N N P P P
GET  /staff/notices/new                                 L N N N N N P P N
POST /staff/notices/new                                 L N N N N N F F N
GET  /staff/notices/{notice}                            L N N N N N P P P
GET  /staff/notices/{env}                               L N N N N N N N N
GET  /staff/notices/{draft_notice}/text                 L N N N N N P P N
POST /staff/notices/{draft_notice}/text                 L N N N N N F F N
GET  /staff/notices/{draft_notice}/publication          L N N N N N P P N
POST /staff/notices/{draft_notice}/publication          L N N N N N F F N
POST /staff/notices/{notice}/withdrawal                 L N N N N N G G N
GET  /staff/resources                                   L N N N N N P P P
GET  /staff/resources/{resource}                        L N N N N N P P P
GET  /staff/resources/{env}                             L N N N N N N N N
GET  /staff/resources/{resource}/products               L N N N N N P P N
POST /staff/resources/{resource}/products               L N N N N N F F N
GET  /staff/resources/{resource}/sbom                   L N N N N N P P P
POST /staff/resources/{resource}/sbom                   L N N N N N F F N
POST /staff/resources/{resource}/sbom/removal           L N N N N N G G N
POST /staff/resources/{resource}/withdrawal             L N N N N N G G N
GET  /staff/resources/uploads/new                       L N N N N N P P N
POST /staff/resources/uploads/new                       L N N N N N F F N
GET  /staff/resources/uploads/{upload}                  L N N N N N P P N
POST /staff/resources/uploads/{upload}                  L N N N N N F F N
POST /staff/resources/uploads/{upload}/discard          L N N N N N G G N
GET  /staff/terms                                       L N N N N N P P P
GET  /staff/terms/{terms}                               L N N N N N P P P
GET  /staff/terms/new                                   L N N N N N P N N
POST /staff/terms/new                                   L N N N N N F N N
GET  /brand/{brand_file}                                D D D D D D D D D
GET  /brand/mangled                                     N N N N N N N N N
GET  /staff/brand                                       L N N N N N P P P
POST /staff/brand                                       L N N N N N G N N
GET  /staff/brand/logo                                  L N N N N N P N N
POST /staff/brand/logo                                  L N N N N N F N N
POST /staff/brand/logo/removal                          L N N N N N G N N
GET  /staff/service-accounts                            L N N N N N P P P
GET  /staff/service-accounts/new                        L N N N N N P N N
POST /staff/service-accounts/new                        L N N N N N F N N
GET  /staff/service-accounts/{vendor_account}           L N N N N N P P P
GET  /staff/service-accounts/{account}                  L N N N N N N N N
POST /staff/service-accounts/{vendor_account}/revocation L N N N N N G N N
POST /staff/service-accounts/{account}/revocation       L N N N N N N N N
GET  /staff/service-accounts/{vendor_account}/rotation  L N N N N N P N N
POST /staff/service-accounts/{vendor_account}/rotation  L N N N N N F N N
GET  /contracts/{mine}/service-accounts/{vendor_account} L T N N N N N N N
GET  /staff/webhooks                                     L N N N N N P N N
GET  /staff/webhooks/new                                 L N N N N N P N N
POST /staff/webhooks/new                                 L N N N N N F N N
GET  /staff/webhooks/{vendor_webhook}                    L N N N N N P N N
GET  /staff/webhooks/{webhook}                           L N N N N N N N N
GET  /staff/webhooks/{vendor_webhook}/change             L N N N N N P N N
POST /staff/webhooks/{vendor_webhook}/change             L N N N N N F N N
POST /staff/webhooks/{vendor_webhook}/test               L N N N N N G N N
POST /staff/webhooks/{vendor_webhook}/pause              L N N N N N G N N
POST /staff/webhooks/{vendor_webhook}/rotation           L N N N N N G N N
POST /staff/webhooks/{vendor_webhook}/removal            L N N N N N G N N
POST /staff/webhooks/{vendor_webhook}/deliveries/{vendor_delivery}/resending L N N N N N G N N
GET  /staff/users                                       L N N N N N P P P
GET  /staff/users/{person}                              L N N N N N P P P
GET  /staff/users/{person}/{disabling}                  L N N N N N P P N
POST /staff/users/{person}/{disabling}                  L N N N N N F F N
POST /staff/users/{person}/no-such-help                 L N N N N N N N N
POST /staff/users/{colleague}/{disabling}               L N N N N N F N N
POST /staff/users/{colleague}/staff-role                L N N N N N F N N
POST /staff/users/{person}/staff-role                   L N N N N N N N N
GET  /staff/users/staff/new                             L N N N N N P N N
POST /staff/users/staff/new                             L N N N N N F N N
GET  /staff/imports                                     L N N N N N P P P
GET  /staff/imports/new                                 L N N N N N P P N
POST /staff/imports/new                                 L N N N N N F F N
GET  /staff/imports/template                            L N N N N N D D N
GET  /staff/imports/export                              L N N N N N D N N
GET  /staff/imports/{import}                            L N N N N N P P P
GET  /staff/imports/{import}/progress                   L N N N N N G G G
GET  /staff/imports/{import}/faults                     L N N N N N D D N
POST /staff/imports/{import}                            L N N N N N G G N
POST /staff/imports/{import}/discard                    L N N N N N G G N
GET  /staff/imports/{env}                               L N N N N N N N N
GET  /staff/no-such-page                                N N N N N N N N N
GET  /no-such-page                                      N N N N N N N N N
POST /no-such-page                                      N N N N N N N N N
"""
PEOPLE = (
    *("anonymous", "newcomer", "outsider", "member", "english"),
    *("owner", "staff", "clerk", "auditor"),
)
ROWS = [
    (match["method"], match["path"], dict(zip(PEOPLE, match["cells"].split(), strict=True)))
    for line in TABLE.splitlines()
    if (match := re.match(r"(?P<method>GET|POST) +(?P<path>\S+) +(?P<cells>.+)", line))
]
PAGES = {"P", "F", "N"}
SHORTEST_SECRET = 16
SECRETS = [
    f"{each.table}.{name}"
    for each in domains.data_fields()
    if isinstance(each, NeverShown)
    for name in each.columns.split()
]
CHANGING = [
    path
    for method, path, _ in ROWS
    if method == "POST" and path.startswith(("/c", "/staff/")) and path != "/staff/session"
]


async def _things(portal: Portal) -> dict[str, object]:
    """What the names in the table's addresses stand for."""
    environments = {
        row["name"]: row["id"] for row in await fetch("select id, name from environment")
    }
    env, batch = environments["本番環境"], uuid7()
    here = await place(portal.settings, "本番環境")
    await answer_requests(
        portal.settings,
        here.contract,
        {env: upload()},
        here.actor,
        batch,
        parallel_days={},
        proved=True,
    )
    names: dict[str, object] = {
        "mine": "D-1001",
        "theirs": "D-2001",
        "part": "D-1002",
        "ended": "D-1003",
        "env": env,
        "together": batch,
        "their_env": environments["他社本番"],
        "seq": await fetch_value("select max(seq) from activation where environment = $1", env),
    }
    names["emergency"] = await make_file(portal.settings, here.contract, env, 1, here.actor)
    names["format"] = "csv"
    names["topic"] = "activation"
    names["calls"] = "companies"
    names["entitlement"] = await fetch_value(
        "select e.id from entitlement e join contract c on c.id = e.contract"
        " where c.number = 'D-1001' limit 1"
    )
    names["group_company"] = await fetch_value(
        "insert into group_company select gen_random_uuid(), c.id, p.id, now()"
        " from contract c, company p where c.number = 'D-1001'"
        " and p.name = 'サンプル物流株式会社' returning id"
    )
    names["resource"] = await resource_id(PLATFORM)
    names["quote"] = await fetch_value("select reference from quote_request")
    names["confirmation"] = await _proposal(portal)
    names["parked"] = await _parked(portal)
    names["mail"], names["token"] = await _reset(portal)
    owner = await fetch_value("select id from portal_user where code = 'owner'")
    names["factor"] = await _factor(owner)
    names["account"] = await _account(portal, owner)
    names["vendor_account"], _ = await made_vendor_token(portal, "crm", "console:see")
    names |= await _webhooks(portal, owner)
    names["brand_file"] = await _brand_file()
    await _single_sign_on(portal)
    names["app"] = await _app(portal, owner)
    return names | await _people(portal) | await _notices(portal, owner) | await _vendors(portal)


async def _account(portal: Portal, owner: UUID) -> UUID:
    """A service account with a token that was rotated, so that every secret of it is there."""
    contract = await fetch_value("select id from contract where number = 'D-1001'")
    until = clock.now() + timedelta(days=30)
    made = {"contract": contract, "expires_at": until, "actor": owner}
    account = await create_account(portal.settings, name="ci", role=ServiceRole.OPERATE, **made)
    await rotate_token(portal.settings, account=account, revision=1, **made)
    # Its page shows the token to the person who made it; that is no leak.
    await fetch("update service_account set made_at = made_at - interval '1 hour'")
    return account


async def _single_sign_on(portal: Portal) -> None:
    """A connection of the company of D-1001 whose provider cannot be reached, with its secrets."""
    company = await fetch_value("select company from contract where number = 'D-1001'")
    staff = await fetch_value("select id from portal_user where code = 'staff'")
    values = ConnectionValues(issuer="https://provider.invalid", client_id="portal")
    await save_connection(company, values=values, revision=0, actor=staff)
    await set_secret(portal.settings, company, "a secret of the client", actor=staff)
    vendors = VendorConnectionValues(issuer="https://vendor.invalid", client_id="portal")
    await save_vendor_connection(values=vendors, revision=0, actor=staff)
    await set_secret(portal.settings, None, "another secret of the client", actor=staff)
    await delegate(company, allowed=True, actor=staff)
    await fetch(
        "insert into single_sign_on_attempt (id, connection, state_hash, next, created_at,"
        " expires_at) select gen_random_uuid(), id, sha256('an attempt'), '/', now(),"
        " now() + interval '1 hour' from single_sign_on_connection where company is not null"
    )
    await fetch(
        "update session set provider_exit = sha256('a way out'),"
        " provider_grant = sha256('a refresh token')"
    )


async def _webhooks(portal: Portal, owner: UUID) -> dict[str, object]:
    """A webhook of the contract and one of the vendor, each with every secret and a delivery."""
    staff = await fetch_value("select id from portal_user where code = 'staff'")
    names: dict[str, object] = {}
    for name, number, actor in (("", "D-1001", owner), ("vendor_", None, staff)):
        endpoint = await made_endpoint(portal.settings, number=number)
        contract = await contract_id(number) if number else None
        whose: dict[str, Any] = {"contract": contract, "endpoint": endpoint, "actor": actor}
        await rotate_secret(portal.settings, revision=1, **whose)
        names[f"{name}webhook"] = endpoint
        names[f"{name}delivery"] = await send_test(portal.settings, **whose)
    # The page shows the secret to the person who made it; that is no leak.
    await fetch("update webhook_endpoint set secret_at = secret_at - interval '1 hour'")
    await fetch(
        "update webhook_delivery set state = 'failed', problem = 'status', status = 500,"
        " failures = 11, attempted_at = now(), settled_at = now()"
    )
    return names


async def _brand_file() -> str:
    """The style sheet of a brand with a colour."""
    await fetch("update brand set accent = '#0017c1'")
    return (await read_brand()).shown().style_name


async def _notices(portal: Portal, owner: UUID) -> dict[str, object]:
    """Notices, the link in the mail of one, and a calendar."""
    notice = await publish("ANALYTICS")
    await mail_all(portal.settings)
    mails = (await deliver(portal.settings)).values()
    [link] = [
        m["list-unsubscribe"] for m in mails if "english@" in m["to"] and m["list-unsubscribe"]
    ]
    await make_feed(portal.settings, owner, await _generation(owner))
    calendar = await take_address(portal.settings, owner)
    assert calendar is not None
    return {
        "notice": notice,
        "other_notice": await publish("MOBILE"),
        "unsubscription": link.strip("<>").rsplit("/", 1)[1],
        "calendar": calendar.rsplit("/", 1)[1],
    }


async def _batch() -> UUID:
    """A batch of license keys that nobody took away yet."""
    product = await fetch_value("select id from product where code = 'CONNECTOR'")
    day = await fetch_value("select current_date")
    batch = await issue_license_keys(
        number=1, product=product, quantity=1, term=Term(day, day), actor=None
    )
    return batch.id


async def _vendors(portal: Portal) -> dict[str, object]:
    """What the staff console has pages for."""
    return {
        "company": await fetch_value("select company from contract where number = 'D-1001'"),
        "group": await fetch_value("select id from corporate_group"),
        "entitlement": await fetch_value(
            "select e.id from entitlement e join contract c on c.id = e.contract"
            " where c.number = 'D-1001' limit 1"
        ),
        "product": await fetch_value("select id from product limit 1"),
        "terms": await fetch_value("select id from terms_of_use"),
        "person": await fetch_value("select id from portal_user where code = 'english'"),
        "colleague": await fetch_value("select id from portal_user where code = 'auditor'"),
        "disabling": "disabling",
        "key": await fetch_value("select id from license_key where code like '%-FREE1-%'"),
        "used_key": await fetch_value("select id from license_key where code like '%-USED1-%'"),
        "batch": await _batch(),
        "activation": await fetch_value("select id from activation"),
        "version": await _unsigned_keyset(portal),
        "failed_mail": await _failed_mail(),
        "import": await _import(),
        "draft_notice": await compose_notice(await about("WORKFLOW"), actor=None),
        "upload": await fetch_value(
            "insert into resource_upload (id, storage_key, name, media_type, size, sha256,"
            " begun_at) values (gen_random_uuid(), 'resources/none', 'none.zip',"
            " 'application/zip', 4, repeat('a', 64), now()) returning id"
        ),
    }


async def _import() -> UUID:
    """A file that was checked and waits to be imported."""
    id: UUID = await fetch_value(
        "insert into bulk_import (id, storage_key, name, size, sha256, language, state, reason,"
        " lines, added, wrong, begun_at, moved_at) values (gen_random_uuid(), 'imports/none',"
        " 'companies.csv', 4, repeat('a', 64), 'ja', 'checked', '', '{}', '{}', 0, now(), now())"
        " returning id"
    )
    return id


async def _unsigned_keyset(portal: Portal) -> int:
    """The version of a keyset that waits for its signature."""
    await rotate_signing_key(portal.settings)
    version: int = await fetch_value("select version from keyset where signed is null")
    return version


async def _failed_mail() -> UUID:
    """A mail that could be sent again."""
    id: UUID = await fetch_value(
        "insert into mail (id, template, state, reason, answer, failures, created_at, due_at,"
        " settled_at, content) values (gen_random_uuid(), 'invitation', 'failed', 'refused',"
        " '550', 1, now(), now(), now(), 'x') returning id"
    )
    return id


async def _factor(owner: UUID) -> UUID:
    passkey = Passkey(
        user=owner,
        credential_id=b"credential",
        public_key=b"key",
        sign_count=0,
        name="持ち主の鍵",
        created_at=clock.now(),
    )
    await Passkey.insert(passkey)
    return passkey.id


async def _generation(person: UUID) -> int:
    return int(
        await fetch_value("select credential_generation from portal_user where id = $1", person)
    )


async def _app(portal: Portal, owner: UUID) -> UUID:
    """A set-up under way; beginning anew replaces it, so that row of the table comes after."""
    app = AuthenticatorApp(
        user=owner,
        generation=await _generation(owner),
        encrypted_secret=encrypt_app_secret(
            read_secret(portal.settings.secret_file), owner, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
        ),
        last_step=0,
        created_at=clock.now(),
        expires_at=clock.now() + timedelta(hours=1),
    )
    await AuthenticatorApp.insert(app)
    return app.id


async def _proposal(portal: Portal) -> UUID:
    async with await portal.signed_in("owner") as owner:
        answer = await owner.post(
            "/contracts/D-1001/environments/new", data={"name": "確認待ち", "sort_key": "5"}
        )
    return UUID(answer.headers["location"].rsplit("/", 1)[1])


async def _parked(portal: Portal) -> UUID:
    async with await portal.signed_in("owner") as owner:
        await fetch("update session set expires_at = now() - interval '1 second'")
        await owner.post("/contracts/D-1001/environments/new", data={"name": "預けたもの"})
    id: UUID = await fetch_value("select id from parked_form")
    return id


async def _reset(portal: Portal) -> tuple[UUID, str]:
    """A mail with a link to set a password: its id, and the link's token."""
    async with portal.anonymous() as anonymous:
        await anonymous.post("/password/forgotten", data={"account": "english"})
    [(id, mail)] = (await deliver(portal.settings)).items()
    return id, link(mail).rsplit("/", 1)[1]


async def _people(portal: Portal) -> dict[str, object]:
    """Memberships, invitations, links and sessions."""
    async with await portal.signed_in("owner") as owner:
        await invite(owner, "open@example.com", "link@example.com")
        data = {"email": "owner@example.org", "password": PASSWORD}
        await confirm(owner, await owner.post("/profile/email", data=data))
    link_path = await link_to(portal, "link@example.com")
    async with portal.anonymous() as stranger:
        registration = await stranger.post(link_path, data=REGISTRATION)
    return {
        "membership": await membership_id("english"),
        "invitation": await fetch_value("select id from invitation where email like 'open%'"),
        "link": link_path.rsplit("/", 1)[1],
        "registration": registration.headers["location"].rsplit("/", 1)[1],
        "address": (await link_to(portal, "owner@example.org")).rsplit("/", 1)[1],
        "session": await fetch_value(
            'select s.id from session s join portal_user u on u.id = s."user"'
            " where u.code = 'owner' and s.expires_at > now()"
        ),
    }


async def _client(portal: Portal, who: str) -> httpx.AsyncClient:
    return portal.anonymous() if who == "anonymous" else await portal.signed_in(who)


def _class(answer: httpx.Response) -> str:
    if answer.status_code == 303:
        target = urlsplit(answer.headers["location"]).path
        return {"/login": "L", "/terms": "T"}.get(target, "G")
    if answer.status_code == 200:
        html = answer.headers["content-type"].startswith("text/html")
        return "P" if html else "D"
    refused = dict.fromkeys((400, 424), "R")
    return {404: "N", 422: "F", **refused}.get(answer.status_code, str(answer.status_code))


async def _secrets() -> dict[str, list[bytes]]:
    """What no page shows, as the domains declare it: column → its values, however written."""
    found = {}
    for column in SECRETS:
        table, name = column.split(".")
        rows = await fetch(f'select "{name}" as value from {table} where "{name}" is not null')
        # A test's own stand-in, such as b"x", would be found in any page.
        values = [row["value"] for row in rows if len(row["value"]) >= SHORTEST_SECRET]
        found[column] = [each for value in values for each in _written(value)]
    assert sum(map(bool, found.values())) > len(SECRETS) / 2, "most of them are there"
    return found


def _written(value: str | bytes) -> list[bytes]:
    if isinstance(value, str):
        return [value.encode(), escape(value).encode()]
    return [value, value.hex().encode(), b64encode(value), urlsafe_b64encode(value).rstrip(b"=")]


async def _others(who: str) -> dict[str, list[bytes]]:
    """What a customer does not see: license keys, and addresses of people they share nothing with.

    The staff see addresses, and export keys.
    """
    if who in {"staff", "clerk", "auditor"}:
        return {}
    addresses = await fetch(
        "select email as value from portal_user where code <> $1 and id not in"
        ' (select theirs."user" from membership theirs'
        " join membership own on own.contract = theirs.contract"
        ' join portal_user u on u.id = own."user" where u.code = $1)',
        who,
    )
    keys = await fetch("select code as value from license_key")
    return {
        "portal_user.email": [row["value"].encode() for row in addresses],
        "license_key.code": [row["value"].encode() for row in keys],
    }


def _shown(withheld: dict[str, list[bytes]], pages: dict[str, bytes]) -> list[str]:
    """Where somebody sees what is withheld from them."""
    return [
        f"{place}: {column}"
        for column, values in withheld.items()
        for place, content in pages.items()
        if any(value in content for value in values)
    ]


def _offers_log_out(page: httpx.Response) -> bool:
    forms = [attrs for tag, attrs in elements(page.text) if tag == "form"]
    return any(attrs.get("action") == "/logout" and attrs["method"] == "post" for attrs in forms)


@pytest.mark.parametrize("who", PEOPLE)
async def test_everybody_gets_what_the_table_says(portal: Portal, who: str) -> None:
    things = await _things(portal)
    others, wrong, pages = await _others(who), [], {}
    for method, path, cells in ROWS:
        async with await _client(portal, who) as client:
            answer = await client.request(method, path.format(**things))
        # The demo shows everybody's mails to everybody; elsewhere there is no such page.
        if not path.startswith("/demo/"):
            pages[f"{method} {path}"] = answer.content
        expected = cells[who]
        if (found := _class(answer)) != expected:
            wrong.append(f"{method} {path}: {found} instead of {expected}")
        if who != "anonymous" and found in PAGES and not _offers_log_out(answer):
            wrong.append(f"{method} {path}: no way to log out")
    wrong += _shown(others | await _secrets(), pages)
    assert not wrong, "\n".join(wrong)


def test_every_route_is_in_the_table(stage: Stage) -> None:
    app = make_litestar(stage.settings, "postgresql://nobody@127.0.0.1/nothing")
    names = {"mine": "number", "env": "environment_id", "confirmation": "id", "parked": "id"}
    names |= {
        "together": "batch",
        "brand_file": "name",
        "mail": "id",
        "registration": "id",
        "link": "token",
        "address": "token",
        **dict.fromkeys(("vendor_account", "account"), "account_id"),
        "app": "app_id",
        "batch": "batch_id",
        **dict.fromkeys(("delivery", "vendor_delivery"), "delivery_id"),
        **dict.fromkeys(("webhook", "vendor_webhook"), "endpoint_id"),
        "entitlement": "entitlement_id",
        "factor": "factor_id",
        "emergency": "file_id",
        "group_company": "group_company_id",
        "disabling": "help",
        **dict.fromkeys(
            (
                "company",
                "group",
                "product",
                "terms",
                "person",
                "colleague",
                "key",
                "used_key",
                "activation",
                "failed_mail",
            ),
            "id",
        ),
        "import": "import_id",
        "invitation": "invitation_id",
        "membership": "membership_id",
        **dict.fromkeys(("calls", "calendar"), "name"),
        **dict.fromkeys(("notice", "draft_notice"), "notice_id"),
        "quote": "reference",
        "resource": "resource_id",
        "session": "session_id",
        "topic": "slug",
        "unsubscription": "token",
        "upload": "upload_id",
    }
    listed = {
        (method, re.sub(r"\{(\w+)\}", lambda m: f"{{{names.get(m[1], m[1])}}}", path))
        for method, path, _ in ROWS
    }
    routes = {
        (method, route.path_format)
        for route in app.routes
        for method in getattr(route, "methods", ())
        if method != "OPTIONS"
    }
    # Each list that can be exported has a row, each step of a webhook, and each QR code.
    listed.add(("GET", "/staff/exports/{name}"))
    codes = "/contracts/{number}/environments/{environment_id}/activations/{seq}/codes/{part}"
    listed.add(("GET", codes))
    listed |= {
        ("POST", f"{place}/webhooks/{{endpoint_id}}/{{step}}")
        for place in ("/contracts/{number}", "/staff")
    }
    assert routes
    assert not sorted(routes - listed), "a route that nobody has thought about"


async def _kept() -> dict[str, object]:
    """What must not change by a refused form: everything but sign-ins and their traces.

    The form itself is kept for somebody who has to accept the terms first.
    """
    traces = {"session", "device", "audit_event", "audit_unlinked", "portal_user", "migration"}
    traces |= {"parked_form"}
    tables = await fetch("select tablename from pg_tables where schemaname = 'public'")
    kept = {}
    for name in (row["tablename"] for row in tables):
        if name not in traces:
            kept[name] = await fetch_value(
                f"select md5(string_agg(t::text, '' order by t::text)) from \"{name}\" t"
            )
    return kept


@pytest.mark.parametrize("who", ["anonymous", "newcomer", "outsider", "member", "staff", "auditor"])
async def test_forms_of_those_who_may_not_change_nothing(portal: Portal, who: str) -> None:
    things = await _things(portal)
    entitlement = await fetch_value(
        "select e.id from entitlement e join contract c on c.id = e.contract"
        " where c.number = 'D-1001' order by e.id limit 1"
    )
    form = {"name": "奪う", "sort_key": "1", "version": "1", f"q-{entitlement}": "1"}
    before = await _kept()
    async with await _client(portal, who) as client:
        for path in CHANGING:
            own = {"outsider": "{theirs}", "staff": "/staff/"}.get(who)
            if own is not None and own in path:
                continue
            answer = await client.post(path.format(**things), data=form)
            assert _class(answer) in {"L", "T", "N"}, path
    assert await _kept() == before


@pytest.mark.parametrize("who", [who for who in PEOPLE if who not in {"anonymous", "newcomer"}])
async def test_every_link_and_button_that_a_person_sees_leads_somewhere(
    portal: Portal, who: str
) -> None:
    """A button that a person may not use is not shown."""
    vendor = who in {"staff", "clerk", "auditor"}
    # Home sends the staff on to their console.
    start = "/staff" if vendor else "/"
    seen, waiting, buttons = {"/", start}, [start], set[str]()
    async with await portal.signed_in(who) as client:
        while waiting:
            answer = await client.get(path := waiting.pop())
            assert answer.status_code == 200, f"{who} sees a link to {path}"
            if "content-disposition" in answer.headers:
                continue
            for tag, attributes in elements(answer.text):
                href, action = attributes.get("href") or "", attributes.get("action") or ""
                if tag == "a" and href.startswith("/"):
                    target = href.split("#")[0]
                    if target not in seen:
                        seen.add(target)
                        waiting.append(target)
                if tag == "form" and attributes.get("method") == "post":
                    buttons.add(action)
        for action in sorted(buttons - {"/logout"}):
            answer = await client.post(action)
            assert answer.status_code in {303, 422}, f"{who} sees a button for {action}"
    own = {action for action in buttons if "/members/" in action}
    changing = {action for action in buttons - own if action.startswith("/contracts")}
    assert bool(changing) == (who in {"owner", "outsider"}), "only owners see buttons that change"
    assert bool(own) == (who in {"member", "english", "owner", "outsider"})
    vendors = {action for action in buttons if action.startswith("/staff/")}
    console = vendors | {path for path in seen if path.startswith("/staff")}
    assert bool(console) == vendor, "customers see nothing of the console"
    assert bool(vendors - {"/staff/session"}) == (who in {"staff", "clerk"}), "a viewer looks only"
    work = "/staff/contracts" if vendor else "/contracts"
    assert seen >= {"/", work, "/site-map", "/guide", "/profile", "/terms"}


async def test_a_disabled_account_has_no_way_in(portal: Portal) -> None:
    async with await portal.signed_in("owner") as owner:
        await fetch("update portal_user set disabled_at = now() where code = 'owner'")
        assert _class(await owner.get("/")) == "L"
    assert await find_credentials("owner") is None
