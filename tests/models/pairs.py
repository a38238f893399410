"""What the tests of classifiers of text pairs share: a tiny encoder, its words, and questions in them."""

from __future__ import annotations

from onrecord_models.stance.classifier import StanceInput

ENCODER = {
    "model_type": "bert",
    "vocab_size": 60,
    "hidden_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 128,
}
WORDS = """the bill harbour mayor said called it a mistake triumph vote is on monday ada brandt we will close
: . , “ ” …""".split()  # noqa: SIM905
INPUTS = [
    StanceInput("the bill", "a mistake", "Ada Brandt called the bill a mistake.", "Ada Brandt"),
    StanceInput("the bill", "the vote is on Monday", "The mayor said the vote is on Monday.", "the mayor"),
    StanceInput("the harbour", "We will close it", "“We will close it,” said Brandt.", ""),
    StanceInput("the harbour", "a triumph"),
]
