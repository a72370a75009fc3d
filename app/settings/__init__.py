"""What the surroundings decide: read once from environment variables, never changed after."""

from app.outgoing import HIGHEST_PORT
from app.settings.environment import read_settings
from app.settings.values import LOOPBACK, Settings, SettingsError, SmtpServer

__all__ = ["HIGHEST_PORT", "LOOPBACK", "Settings", "SettingsError", "SmtpServer", "read_settings"]
