"""Configuration of the helpdesk API, read from the environment."""

import os
import secrets
import tempfile
from pathlib import Path

# A random key is fine for development: everybody is logged out after a restart.
SECRET_KEY = os.environ.get("HELPDESK_SECRET_KEY") or secrets.token_hex(32)
RESET_KEY = os.environ.get("HELPDESK_RESET_KEY") or secrets.token_hex(64)
DEMO_PASSWORD = os.environ.get("HELPDESK_PASSWORD") or secrets.token_urlsafe(12)

DATA = Path(os.environ.get("HELPDESK_DATA") or Path(tempfile.gettempdir()) / "helpdesk")
DATA.mkdir(parents=True, exist_ok=True)
UPLOADS = DATA / "uploads"
UPLOADS.mkdir(exist_ok=True)
