"""Which model is asked, where it lives, with which key; and the LangChain object that speaks to it.

The endpoint is checked against what the administrator allows at every use. Keys come from the environment,
a secret file or the keyring, and are held by nothing of ours: neither traits nor logs nor errors know them.
"""

from __future__ import annotations

import fnmatch
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from ...errors import InvalidOption, ModelFailed, ModelKeyMissing, ModelNotAllowed, ModelUnknown
from ...settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

KEYRING_SERVICE = "insights_ext"
NO_KEY = "no-key-needed"
"""What an endpoint of one's own is sent where there is no key: the client insists on some."""

_HOMES = {
    "openai": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com",
    "mistralai": "https://api.mistral.ai/v1",
    "groq": "https://api.groq.com",
    "deepseek": "https://api.deepseek.com",
    "ollama": "http://127.0.0.1:11434",
}
_ADDRESSES = {
    "openai": ("OPENAI_BASE_URL", "OPENAI_API_BASE"),
    "azure_openai": ("AZURE_OPENAI_ENDPOINT",),
}
_KEYS = {
    "openai": ("OPENAI_API_KEY",),
    "azure_openai": ("AZURE_OPENAI_API_KEY", "OPENAI_API_KEY"),
    "google_genai": ("GOOGLE_API_KEY",),
    "mistralai": ("MISTRAL_API_KEY",),
}
_STRUCTURED_HOSTS = ("api.openai.com", ".openai.azure.com")


@dataclass(frozen=True)
class Endpoint:
    """A model and where it lives; `base_url` is empty where only the provider's package knows it."""

    provider: str
    model: str
    base_url: str

    @property
    def id(self) -> str:
        """``provider:name``, as in the setting."""
        return f"{self.provider}:{self.model}"

    @property
    def host(self) -> str:
        """Host and port, as in the address; the provider's name where it is unknown."""
        return urlsplit(self.base_url).netloc or self.provider


def endpoint(settings: Settings, model: str = "", base_url: str = "") -> Endpoint:
    """The endpoint that `settings` describe (or the one given), if it may be used.

    Raises `InvalidOption` without a model or with an address that is none, `ModelNotAllowed`.
    """
    written = model or settings.model
    if not written:
        raise InvalidOption(
            "No model is configured.", hint="Set c.Workspace.model, for example openai:gpt-5-mini."
        )
    provider, colon, name = written.partition(":")
    if not colon or not provider or not name:
        raise InvalidOption(f"The model {written!r} is not written as provider:name.")
    address = base_url or settings.model_base_url or _from_environment(_ADDRESSES.get(provider, ()))
    address = (address or _HOMES.get(provider, "")).rstrip("/")
    found = Endpoint(provider, name, address)
    _check_address(found)
    allowed = settings.allowed_models
    if allowed and not any(fnmatch.fnmatchcase(found.id, pattern) for pattern in allowed):
        raise ModelNotAllowed(f"The model {found.id} may not be used here.")
    if settings.allowed_base_urls and not any(
        _covers(pattern, found.base_url) for pattern in settings.allowed_base_urls
    ):
        raise ModelNotAllowed(f"The endpoint {found.host} may not be used here.")
    return found


def _check_address(found: Endpoint) -> None:
    if not found.base_url:
        return
    try:
        parts = urlsplit(found.base_url)
        parts.port  # noqa: B018  (raises on a port that is none)
    except ValueError:
        raise InvalidOption("model_base_url is no address.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidOption("model_base_url must begin with http:// or https:// and name a host.")
    if parts.username or parts.password or "\\" in found.base_url:
        raise InvalidOption("model_base_url must not hold a user or a password.")


def _covers(pattern: str, address: str) -> bool:
    """Whether an allowed pattern covers an address: scheme, host with port, and path each by itself.

    A star never reaches from the host into the path, so that ``https://*.example.org/*`` is no way to
    ``https://evil.test/.example.org/``.
    """
    if not address:
        return pattern == "*"
    if "://" not in pattern:
        return pattern == "*"
    want, have = urlsplit(pattern), urlsplit(address)
    return (
        want.scheme == have.scheme
        and fnmatch.fnmatchcase(_place(have), _place(want))
        and fnmatch.fnmatchcase(f"{have.path.rstrip('/')}/", want.path if want.path.strip("/") else "*")
    )


def _place(parts: SplitResult) -> str:
    default = {"https": ":443", "http": ":80"}.get(parts.scheme, "")
    return parts.netloc.lower().removesuffix(default)


# Keys -------------------------------------------------------------------------------------------------


def key(found: Endpoint) -> str:
    """The key for an endpoint; raises `ModelKeyMissing`.

    Looked for in ``INSIGHTS_MODEL_KEY``, the file that ``INSIGHTS_MODEL_KEY_FILE`` names, the provider's
    own variable, and the keyring (service ``insights_ext``, user the provider's name).
    """
    own = _KEYS.get(found.provider, (f"{found.provider.upper()}_API_KEY",))
    value = (
        _from_environment(("INSIGHTS_MODEL_KEY",))
        or _from_file()
        or _from_environment(own)
        or _from_keyring(found.provider)
    )
    if value:
        return value
    if found.base_url and found.base_url != _HOMES.get(found.provider):
        return NO_KEY
    if found.provider == "ollama":
        return NO_KEY
    raise ModelKeyMissing(
        f"There is no key for {found.id}.",
        hint=f"Set {own[0]} or INSIGHTS_MODEL_KEY in the environment, or store it in the keyring.",
    )


def _from_environment(names: tuple[str, ...]) -> str:
    return next((text for name in names if (text := os.environ.get(name, "").strip())), "")


def _from_file() -> str:
    path = os.environ.get("INSIGHTS_MODEL_KEY_FILE", "")
    if not path:
        return ""
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise ModelKeyMissing(
            "The file that INSIGHTS_MODEL_KEY_FILE names cannot be read.", hint="Check its path and rights."
        ) from None


def _from_keyring(provider: str) -> str:
    try:
        import keyring
    except ImportError:
        return ""
    try:
        return keyring.get_password(KEYRING_SERVICE, provider) or ""
    except Exception:  # a locked or missing keyring is no key
        return ""


# LangChain --------------------------------------------------------------------------------------------


def structured(settings: Settings, found: Endpoint) -> str:
    """How a reply in JSON is asked for: ``none``, ``json`` or ``schema``."""
    if settings.model_structured != "auto":
        return str(settings.model_structured)
    host = urlsplit(found.base_url).hostname or ""
    known = any(host == name or (name[0] == "." and host.endswith(name)) for name in _STRUCTURED_HOSTS)
    return "schema" if known else "none"


def chat_model(settings: Settings, found: Endpoint, http_client: Any) -> BaseChatModel:
    """The LangChain chat model of an endpoint; `http_client` is OpenAI's kind of asynchronous client.

    Raises `ModelKeyMissing`, `ModelUnknown` where the provider's package is not installed, `ModelFailed`.
    """
    from langchain.chat_models import init_chat_model

    given: dict[str, Any] = {"max_retries": 0, "timeout": settings.model_timeout_s, "cache": False}
    if settings.model_temperature is not None:
        given["temperature"] = settings.model_temperature
    if found.provider in ("openai", "azure_openai"):
        given |= _of_openai(settings, found, http_client)
    else:
        given["max_tokens"] = settings.model_max_tokens
        if found.base_url and found.base_url != _HOMES.get(found.provider):
            given["base_url"] = found.base_url
        secret = key(found)
        if secret != NO_KEY:
            given["api_key"] = secret
    try:
        made: BaseChatModel = init_chat_model(found.model, model_provider=found.provider, **given)
    except ImportError:
        package = f"langchain-{found.provider.replace('_', '-')}"
        raise ModelUnknown(
            f"The package for the provider {found.provider} is not installed.",
            hint=f"Install it, for example: pip install {package}.",
        ) from None
    except ValueError:
        raise ModelUnknown(f"The provider {found.provider} is not known.") from None
    except Exception as error:
        raise ModelFailed(f"The model {found.id} could not be set up ({type(error).__name__}).") from None
    address = getattr(made, "openai_api_base", None) or found.base_url
    if found.provider == "openai" and address != found.base_url:
        # LangSmith's gateway, for one, takes the place of the address by a variable of the environment.
        raise ModelNotAllowed("Something in the environment sends the model's calls elsewhere.")
    return made


def _of_openai(settings: Settings, found: Endpoint, http_client: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "api_key": key(found),
        "http_async_client": http_client,
        # Plain chat completions: an endpoint of one's own rarely has the Responses API.
        "use_responses_api": False,
        "openai_proxy": None,
    }
    if structured(settings, found) == "none":
        # Older servers know max_tokens, not max_completion_tokens, and no stream_options.
        given |= {"stream_usage": False, "extra_body": {"max_tokens": settings.model_max_tokens}}
    else:
        given |= {"stream_usage": True, "max_completion_tokens": settings.model_max_tokens}
    if found.provider == "azure_openai":
        given |= {
            "azure_endpoint": found.base_url,
            "azure_deployment": found.model,
            "api_version": os.environ.get("OPENAI_API_VERSION") or "2024-10-21",
        }
    else:
        given["base_url"] = found.base_url
    return given
