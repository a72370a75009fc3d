"""Errors that mean "not now": nothing is wrong with the request, and it may work in a moment.

This is the one list of them. The pages answer 503, background tasks pause, `portal serve` and
`portal worker` try again, and commands end with one line.
"""

import asyncpg


class DatabaseBusy(Exception):
    """No connection came free within ACQUIRE_SECONDS, or none can be made; try again later."""


class DatabaseReadOnly(DatabaseBusy):
    """The database answers, but takes no changes: a standby, or one whose disk is full."""

    def __init__(self) -> None:
        super().__init__(
            "The database is read-only. It is a standby, or its administrator or a full disk"
            " has stopped changes"
        )


# The server has no room for a change, or has lost files. Reading may still work.
STARVED = (
    asyncpg.InsufficientResourcesError,  # class 53: disk, memory, connections
    asyncpg.PostgresSystemError,  # class 58: input and output
)
# The connection leads to a server that is going away, or that takes no changes.
LEADS_NOWHERE = (
    asyncpg.PostgresConnectionError,  # class 08; poolers use it for all that they refuse
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.TransactionTimeoutError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.DatabaseDroppedError,
    asyncpg.IdleSessionTimeoutError,
)
# What a server that is away, starting, full or not yet the primary answers to a new connection.
CANNOT_CONNECT = (
    OSError,
    DatabaseBusy,
    *STARVED,
    *LEADS_NOWHERE,
    asyncpg.TargetServerAttributeNotMatched,
)
# Nothing was changed, and the next try may do better.
NOT_NOW = (
    DatabaseBusy,
    TimeoutError,
    ConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    *STARVED,
    *LEADS_NOWHERE,
    asyncpg.OperatorInterventionError,  # class 57: also cancelled statements and time limits
    asyncpg.SerializationError,
    asyncpg.StatementCompletionUnknownError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.ObjectInUseError,
)


def is_read_only(connection: asyncpg.Connection) -> bool:
    """Return whether a new connection takes no changes, as the server said when it was made."""
    settings = connection.get_settings()
    return "on" in {
        getattr(settings, "default_transaction_read_only", "off"),
        getattr(settings, "in_hot_standby", "off"),
    }
