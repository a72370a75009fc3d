"""Every list: one way to search, filter, sort and page by key.

A domain declares a `Listing` beside its reads. `Wanted.read` takes the address of a request,
`list_rows` answers it, and the macros of templates/layouts/_lists.html show the `Listed`.
"""
