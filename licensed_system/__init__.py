"""Reference client for a vendor's product: asks for, verifies and watches an offline activation.

Needs Python 3.11 and ``cryptography``, nothing of the portal. The file formats are described in
``docs/formats/activation-files.md``. A product that embeds the package calls :mod:`.system`.
"""
