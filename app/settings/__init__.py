"""What the surroundings decide: read once from environment variables, never changed after."""

from app.settings.environment import HIGHEST_PORT, read_settings
from app.settings.values import LOOPBACK, Settings, SettingsError, SmtpServer

__all__ = ["HIGHEST_PORT", "LOOPBACK", "Settings", "SettingsError", "SmtpServer", "read_settings"]
