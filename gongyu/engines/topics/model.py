"""The model: one regularised linear separator for each topic, solved in closed form.

Every phrase becomes a sparse unit vector x of weighted terms (inverse document frequency); the
separators W minimise |XW - Y|² + λ|W|² over the phrases (regularised least squares: Rifkin, Yeo,
Poggio, 'Regularized least-squares classification', 2003). The dual form needs one Cholesky
factorisation of a matrix as large as the number of phrases, and gives the same answer every time.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse

Floats = npt.NDArray[np.float64]
Bag = dict[str, float]
"""Term name → how much of it a text holds."""


@dataclass(frozen=True)
class Model:
    """columns: term → row of ``weights``. rarity: idf of each term. weights: terms × labels.

    unseen: the idf of a term that no phrase holds.
    """

    columns: dict[str, int]
    rarity: Floats
    weights: Floats
    unseen: float
    prior: Floats

    def vector(self, bag: Bag, ignore_unseen: float) -> tuple[npt.NDArray[np.int64], Floats]:
        """The known terms' rows and their values, scaled so that the whole text has length 1."""
        rows: list[int] = []
        values: list[float] = []
        square = 0.0
        for term, amount in bag.items():
            row = self.columns.get(term)
            if row is None:
                square += ignore_unseen * (amount * self.unseen) ** 2
                continue
            value = amount * self.rarity[row]
            square += value * value
            rows.append(row)
            values.append(value)
        scale = 1.0 / math.sqrt(square) if square > 0.0 else 0.0
        return np.array(rows, dtype=np.int64), np.array(values, dtype=np.float64) * scale


def fit(
    bags: Sequence[Bag], labels: Sequence[int], kinds: int, *, ridge: float, unseen: float
) -> Model:
    """Train on ``bags`` with ``labels`` in 0..kinds-1. ridge: λ > 0."""
    counts: Counter[str] = Counter()
    for bag in bags:
        counts.update(bag.keys())
    columns = {term: row for row, term in enumerate(counts)}
    total = len(bags)
    rarity = np.array([math.log((1 + total) / (1 + n)) + 1.0 for n in counts.values()])
    indptr = [0]
    indices: list[int] = []
    values: list[float] = []
    for bag in bags:
        weighted = [(columns[term], amount * rarity[columns[term]]) for term, amount in bag.items()]
        scale = 1.0 / (math.sqrt(sum(value * value for _, value in weighted)) or 1.0)
        indices.extend(row for row, _ in weighted)
        values.extend(value * scale for _, value in weighted)
        indptr.append(len(indices))
    matrix = sparse.csr_matrix(
        (np.array(values), np.array(indices), np.array(indptr)), shape=(total, len(columns))
    )
    targets = np.zeros((total, kinds))
    targets[np.arange(total), np.asarray(labels)] = 1.0
    prior = np.full(kinds, 1.0 / kinds)
    kernel = (matrix @ matrix.T).toarray()
    kernel[np.diag_indices(total)] += ridge
    dual = linalg.cho_solve(
        linalg.cho_factor(kernel, lower=True, overwrite_a=True, check_finite=False),
        targets - prior,
        check_finite=False,
    )
    weights = np.asarray(matrix.T @ dual)
    return Model(columns, rarity, weights, math.log(1 + total) + 1.0, prior)
