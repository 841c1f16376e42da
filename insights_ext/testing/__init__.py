"""What tests need in place of a real model: a scripted OpenAI-compatible server on loopback."""

from .script import Received
from .scripted import ScriptedModel

__all__ = ["Received", "ScriptedModel"]
