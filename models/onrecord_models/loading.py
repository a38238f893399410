"""Finds, checks and loads models. A model is a folder:

    tokenizer.json, tokenizer_config.json
    embeddings.safetensors       word embeddings, frozen in training
    quotes/                      config.json, model.safetensors
    stance/, coreference/        config.json, model.safetensors: upper layers, or adapters on them, and heads over this
                                 folder's quote model
    manifest.json                data, seeds, scores and hashes of the trainings

Weights are stored in half precision and without the word embeddings. They become single precision here or, with
``as_stored``, stay where they lie in the file until ``encoder.ready`` makes of each what it is run in. A quote model
with adapters (its config's ``adapter_rank``) holds those and the heads; its encoder is the fetched one. A folder
without ``stance/`` or ``coreference/`` is used with that of a model of its size that comes with onrecord.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from onrecord_models.errors import WeightsError
from onrecord_models.fetching import SHA256, encoder_file, require_encoder

if TYPE_CHECKING:
    from torch import Tensor

    from onrecord_models.coreference_model import CoreferenceModel
    from onrecord_models.quote_model import QuoteModel
    from onrecord_models.stance.model import StanceModel
    from onrecord_models.transformer.tokenizer import FastTokenizer

WEIGHTS = Path(__file__).parent / "weights"
_PAIRS = "onrecord-stance"
"""The ``model_type`` of stance models that judge pairs of a target and a statement."""

_EMBEDDINGS = "encoder.embeddings.word_embeddings.weight"


def model_folder(name: str) -> Path:
    """The folder of the model called ``name``: one that comes with onrecord, or a path.

    Raises:
        WeightsError: there is none; the message says what was looked for and where.
    """
    shipped = sorted(path.name for path in WEIGHTS.iterdir() if path.is_dir()) if WEIGHTS.is_dir() else []
    folder = WEIGHTS / name if name in shipped else Path(name)
    if not (folder / "quotes" / "model.safetensors").is_file():
        if name in shipped or not folder.is_dir():
            advice = f"models that come with onrecord: {', '.join(shipped) or 'none, so reinstall it'}"
        else:
            advice = "a model folder has quotes/model.safetensors in it, as `onrecord train` writes it"
        raise WeightsError(f"model {name!r}: no quotes/model.safetensors in {folder}; {advice}")
    return folder


def load_quote_model(folder: Path, *, as_stored: bool = False) -> tuple[QuoteModel, FastTokenizer]:
    """The quote model of a model folder and its tokenizer.

    Raises:
        WeightsError: a file is missing, damaged, or does not fit its configuration.
    """
    from onrecord_models.quote_model import QuoteModel, QuoteModelConfig

    part = folder / "quotes"
    model = _build(QuoteModel, QuoteModelConfig, part)
    _load(model, part, as_stored)
    return model, load_tokenizer(folder)


def part_folder(folder: Path, part: str) -> Path:
    """The model folder whose ``stance`` or ``coreference`` model goes with this one: its own, or a shipped one.

    That is one whose encoder has the same size.

    Raises:
        WeightsError: there is none.
    """
    if (folder / part).is_dir():
        return folder
    size = _json(folder / "quotes" / "config.json").get("encoder", {}).get("hidden_size")
    for shipped in sorted(WEIGHTS.glob(f"*/{part}")):
        if _json(shipped / "config.json").get("encoder", {}).get("hidden_size") == size:
            return shipped.parent
    raise WeightsError(
        f"{folder}: no {part}/ in it, and none that comes with onrecord fits an encoder of size {size}; "
        f"train one with `onrecord train {part}` and put it in with `onrecord train add-{part}`"
    )


def load_coreference_model(folder: Path, quote_model: QuoteModel, *, as_stored: bool = False) -> CoreferenceModel:
    """The coreference model that goes with a model folder, over that folder's quote model.

    Raises:
        WeightsError: a file is missing, damaged, or does not fit its configuration.
    """
    from onrecord_models.coreference_model import CoreferenceConfig, CoreferenceModel

    part = part_folder(folder, "coreference") / "coreference"
    model: CoreferenceModel = _build(CoreferenceModel, CoreferenceConfig, part)
    _load_over(model, quote_model, part, as_stored)
    return model


def load_stance_model(folder: Path, quote_model: QuoteModel, *, as_stored: bool = False) -> StanceModel:
    """The stance model that goes with a model folder, over that folder's quote model.

    Raises:
        WeightsError: a file is missing, damaged, or does not fit its configuration.
    """
    from onrecord_models.stance.model import StanceConfig, StanceModel

    part = part_folder(folder, "stance") / "stance"
    if _json(part / "config.json").get("model_type") == _PAIRS:
        raise WeightsError(
            f"{part}: judges each statement by itself, which is no longer done; train another stance model with "
            "`onrecord train stance`, and put it in with `onrecord train add-stance`"
        )
    model: StanceModel = _build(StanceModel, StanceConfig, part)
    _load_over(model, quote_model, part, as_stored)
    return model


def lend_layers(model: Any, quote_model: QuoteModel) -> None:
    """Fills the layers of a model over ``quote_model`` with what they begin as, before anything was learned.

    Raises:
        WeightsError: they are adapted from the published encoder, and it was not fetched.
    """
    from onrecord_models.upper_layers import adapts_published, borrow, take_published

    if adapts_published(model, quote_model):
        take_published(model, _tensors(require_encoder(), as_stored=True))
    else:
        borrow(model, quote_model, trained=not model.config.adapter_rank)


def _load_over(model: Any, quote_model: QuoteModel, part: Path, as_stored: bool) -> None:
    """Fills a model that goes on from ``quote_model`` with the upper layers of that one and with what it learned."""
    import torch

    from onrecord_models.adapters import merge

    lend_layers(model, quote_model)
    learned = _tensors(part / "model.safetensors", as_stored)
    if learned.keys() != {name for name, parameter in model.named_parameters() if parameter.requires_grad}:
        raise WeightsError(
            f"{part / 'model.safetensors'}: weights do not fit config.json; both must come from one training run"
        )
    unused = {
        f"encoder.embeddings.{name}": torch.zeros(tensor.shape)
        for name, tensor in model.encoder.embeddings.state_dict().items()
    }
    _fill(model, model.state_dict() | unused | learned)
    if not as_stored:  # else `ready` does it, in the precision that is run
        merge(model.encoder)


def load_tokenizer(folder: Path) -> FastTokenizer:
    """The tokenizer of a model folder."""
    from onrecord_models.transformer.tokenizer import FastTokenizer

    path = folder / "tokenizer.json"
    if not path.is_file():
        raise WeightsError(f"{path}: missing; restore it, or reinstall onrecord if the model came with it")
    settings = _json(folder / "tokenizer_config.json")
    special = {name: value for name, value in settings.items() if name.endswith("_token") and isinstance(value, str)}
    try:
        return FastTokenizer(path, special)
    except Exception as error:  # the tokenizers library raises nothing more exact
        raise WeightsError(f"{path}: not a tokenizer ({error}); restore it, or reinstall onrecord") from error


def hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every weight file of a model folder, by relative path."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*.safetensors")):
        with path.open("rb") as stream:
            found[path.relative_to(folder).as_posix()] = hashlib.file_digest(stream, "sha256").hexdigest()
    return found


_NO_WEIGHTS = ("*.json", "*.txt", "*.model")
_CARRIED = {"manifest.json", "positions.json"}
"""Files that decide nothing of what a model finds."""


def settings_digest(folder: Path) -> str:
    """SHA-256 over all files besides the weights that decide what a folder's model finds: settings and tokenizer.

    That includes those of the parts that it borrows from other folders.
    """
    digest = hashlib.sha256()
    for owner in _owners(folder):
        for path in sorted(path for pattern in _NO_WEIGHTS for path in owner.rglob(pattern)):
            if path.name not in _CARRIED:
                digest.update(f"{path.relative_to(owner).as_posix()}\0".encode("utf-8", "surrogateescape"))
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _owners(folder: Path) -> list[Path]:
    """A model folder, and those that it borrows parts from."""
    owners = [folder]
    if not (folder / "quotes" / "config.json").is_file():  # another library's model
        return owners
    if names := _json(folder / "quotes" / "config.json").get("names_model"):
        owners.append(model_folder(names))
    for part in ("stance", "coreference"):
        with suppress(WeightsError):  # raised where the part is needed
            owners.append(part_folder(folder, part))
    return list(dict.fromkeys(owners))


def used_hashes(folder: Path) -> dict[str, str]:
    """The `hashes` of a model folder and of the weights that it reads from elsewhere."""
    found = hashes(folder)
    if _json(folder / "quotes" / "config.json").get("adapter_rank"):
        found["encoder"] = SHA256
    names = _json(folder / "quotes" / "config.json").get("names_model")
    if names:
        borrowed = hashes(model_folder(names) / "quotes")
        found |= {f"{names}/quotes/{path}": digest for path, digest in borrowed.items()}
    for part in ("stance", "coreference"):
        try:
            owner = part_folder(folder, part)
        except WeightsError:  # raised where the part is needed
            continue
        if owner != folder:
            found |= {f"{owner.name}/{part}/{path}": digest for path, digest in hashes(owner / part).items()}
    return found


def store(state: dict[str, Tensor], config: dict[str, Any], part: Path) -> None:
    """Writes one part of a model folder in half precision, and next to it the shared embeddings, unless they are there.

    Raises:
        WeightsError: the folder's embeddings differ from those of ``state``.
    """
    import torch

    halved = {name: tensor.to(torch.float16).contiguous() for name, tensor in state.items()}
    embeddings = halved.pop(_EMBEDDINGS, None)
    part.mkdir(parents=True, exist_ok=True)
    shared = part.parent / "embeddings.safetensors"
    if embeddings is None:
        pass
    elif not shared.exists():
        save_file({_EMBEDDINGS: embeddings}, shared)
    elif not torch.equal(load_file(shared)[_EMBEDDINGS], embeddings):
        raise WeightsError(
            f"{shared}: not the word embeddings that this model was trained with; train both from the same base"
        )
    save_file(halved, part / "model.safetensors")
    (part / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    for path in part.parent.rglob("*.safetensors"):
        path.chmod(0o644)  # safetensors makes them private, and a wheel would install them so


def _state(part: Path, as_stored: bool) -> dict[str, Tensor]:
    state = _tensors(part / "model.safetensors", as_stored)
    if _EMBEDDINGS not in state:
        state.update(_tensors(part.parent / "embeddings.safetensors", as_stored))
    return state


def _tensors(path: Path, as_stored: bool) -> dict[str, Tensor]:
    """The weights of a file, which must be numbers: with others, a model would find nothing and say nothing."""
    try:
        tensors = load_file(path)
    except (OSError, SafetensorError) as error:
        raise WeightsError(
            f"{path}: cannot be loaded ({error}); restore it, or reinstall onrecord if the model came with it"
        ) from error
    check_finite(tensors, path)
    return tensors if as_stored else {name: tensor.float() for name, tensor in tensors.items()}


def check_finite(tensors: Mapping[str, Tensor], path: Path) -> None:
    """Raises a WeightsError if a weight is infinite or not a number. A sum shows it, in a millisecond a file."""
    import torch

    for name, tensor in tensors.items():
        if tensor.is_floating_point() and not torch.isfinite(tensor.sum(dtype=torch.float32)):
            raise WeightsError(
                f"{path}: weights of {name} are not finite numbers; restore it, train it again, or reinstall onrecord "
                "if the model came with it"
            )


def _json(path: Path) -> dict[str, Any]:
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise WeightsError(f"{path}: cannot be read ({error}); restore it, or reinstall onrecord") from error
    if not isinstance(values, dict):
        raise WeightsError(f"{path}: expected a JSON object with the settings; restore it, or reinstall onrecord")
    return values


def _build(model: Any, config: Any, part: Path) -> Any:
    """A model to be filled: its weights are whatever was in memory."""
    from onrecord_models.encoder import Unfilled

    settings = _json(part / "config.json")
    try:
        with Unfilled():
            return model(config.from_dict(settings))
    except Exception as error:  # the libraries beneath raise types of their own
        fault = " ".join(str(error).split())
        raise WeightsError(
            f"{part / 'config.json'}: does not describe {part.name} ({fault}); restore it, or reinstall onrecord"
        ) from error


def _load(model: Any, part: Path, as_stored: bool) -> None:
    """Fills a model with its part's weights, over the fetched encoder where it has adapters on one."""
    if model.config.adapter_rank:
        _fill_adapted(model, part, as_stored)
    else:
        _fill(model, _state(part, as_stored))


def _fill_adapted(model: Any, part: Path, as_stored: bool) -> None:
    """Loads the fetched encoder and what was learned on it, and merges the two, unless that is left to ``ready``."""
    from onrecord_models.adapters import adapted_names, merge

    try:
        encoder = _tensors(require_encoder(), as_stored)
        missing, _ = model.encoder.load_state_dict(adapted_names(model.encoder, encoder), strict=False, assign=True)
    except (OSError, SafetensorError, RuntimeError) as error:
        raise WeightsError(f"{encoder_file()}: not the right encoder ({error}); run `onrecord fetch base`") from error
    learned = _tensors(part / "model.safetensors", as_stored)
    heads = {name for name in model.state_dict() if not name.startswith("encoder.")}
    if absent := (heads | {f"encoder.{name}" for name in missing}) - learned.keys():
        raise WeightsError(f"{part / 'model.safetensors'}: lacks {min(absent)}; both must come from one training run")
    try:
        _, unexpected = model.load_state_dict(learned, strict=False, assign=True)
    except RuntimeError as error:
        raise WeightsError(f"{part / 'model.safetensors'}: weights do not fit config.json ({error})") from error
    if unexpected:
        raise WeightsError(f"{part / 'model.safetensors'}: has {unexpected[0]}, which config.json does not describe")
    if not as_stored:
        merge(model.encoder)


def _fill(model: Any, state: dict[str, Tensor]) -> None:
    try:
        model.load_state_dict(state, assign=True)
    except RuntimeError as error:
        fault = str(error).splitlines()[1].strip() if "\n" in str(error) else str(error)
        raise WeightsError(
            f"{type(model).__name__}: weights do not fit config.json ({fault}); both must come from one training run"
        ) from error
