"""The model: one regularised linear separator for each topic, solved in closed form.

Every phrase becomes a sparse unit vector x of weighted terms (inverse document frequency); the
separators W minimise |XW - Y|² + λ|W|² over the phrases (regularised least squares: Rifkin, Yeo,
Poggio, 'Regularized least-squares classification', 2003). Solved in the dual form by a fixed number
of conjugate gradient steps (Hestenes, Stiefel 1952): the same answer every time.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

Floats = npt.NDArray[np.float32]
Bag = dict[str, float]
"""Term name → how much of it a text holds."""

STEPS = 12
"""Conjugate gradient steps. The folds' accuracy no longer changes from 6 on."""

DOUBT = 10.5
"""How many terms of the rarest kind every text asked about leaves unsaid: a word or two say little,
however clear they sound. A sentence of fifteen characters says about twice as much."""

_TINY = np.float32(1e-12)


@dataclass(frozen=True)
class Vector:
    """The known terms of a text: their names, rows in the model and values."""

    names: list[str]
    rows: list[int]
    values: Floats


@dataclass(frozen=True)
class Model:
    """rows: term → row of ``weights``. rarity: idf of each term. weights: terms × labels.

    doubt: square length of what a text leaves unsaid.
    """

    rows: Mapping[str, int]
    rarity: list[float]
    weights: Floats
    doubt: float

    def vector(self, bag: Bag) -> Vector:
        """The known terms of ``bag``, scaled so that with the doubt they have length 1."""
        names: list[str] = []
        rows: list[int] = []
        values: list[float] = []
        square = self.doubt
        for term, amount in bag.items():
            row = self.rows.get(term)
            if row is None:
                continue
            value = amount * self.rarity[row]
            square += value * value
            names.append(term)
            rows.append(row)
            values.append(value)
        return Vector(
            names, rows, np.array(values, dtype=np.float32) / np.float32(square**0.5 or 1.0)
        )

    def linear(self, vector: Vector) -> Floats:
        """What each label's separator says, about 0 (no) to 1 (yes)."""
        return np.asarray(vector.values @ self.weights[vector.rows], dtype=np.float32)


def fit(
    bags: Sequence[Bag],
    labels: Sequence[int],
    kinds: int,
    *,
    ridge: float,
    doubt: float = DOUBT,
) -> Model:
    """Train on ``bags`` with ``labels`` in 0..kinds-1. ridge: λ > 0. doubt: see ``DOUBT``."""
    rows: dict[str, int] = {}
    counts: list[int] = []
    columns: list[int] = []
    amounts: list[float] = []
    ends = [0]
    for bag in bags:
        for term, amount in bag.items():
            row = rows.get(term)
            if row is None:
                row = rows[term] = len(counts)
                counts.append(0)
            counts[row] += 1
            columns.append(row)
            amounts.append(amount)
        ends.append(len(columns))
    total = len(bags)
    rarity = np.log((1 + total) / (1 + np.array(counts, dtype=np.float64))) + 1.0
    places = np.array(columns, dtype=np.intp)
    values = np.array(amounts, dtype=np.float64) * rarity[places]
    sizes = np.diff(ends)
    squares = np.bincount(np.repeat(np.arange(total), sizes), values**2, minlength=total)
    lengths = np.sqrt(np.maximum(squares, 1e-12))
    scaled = (values / np.repeat(lengths, sizes)).astype(np.float32)
    matrix = sparse.csr_matrix((scaled, places, np.array(ends)), shape=(total, len(counts)))
    targets = np.full((total, kinds), -1.0 / kinds, dtype=np.float32)
    targets[np.arange(total), np.array(labels, dtype=np.intp)] += 1.0
    dual = _solve(matrix, targets, ridge)
    weights = np.ascontiguousarray(matrix.T @ dual, dtype=np.float32)
    rarest = math.log((1 + total) / 2) + 1.0
    return Model(rows, rarity.tolist(), weights, doubt * rarest**2)


def _solve(matrix: sparse.csr_matrix, targets: Floats, ridge: float) -> Floats:
    """(XXᵀ + λ) D = Y by conjugate gradients, all labels at once.

    λ keeps the system well conditioned: a dozen steps give the accuracy of a direct solution (the
    folds agree to three digits) in a twentieth of its time.
    """
    across = matrix.T.tocsr()
    dual = np.zeros_like(targets)
    residual = targets.copy()
    direction = residual.copy()
    squares = np.maximum((residual**2).sum(axis=0), _TINY)
    for _ in range(STEPS):
        image = matrix @ (across @ direction) + np.float32(ridge) * direction
        length = squares / np.maximum((direction * image).sum(axis=0), _TINY)
        dual += length * direction
        residual -= length * image
        next_squares = np.maximum((residual**2).sum(axis=0), _TINY)
        direction = residual + (next_squares / squares) * direction
        squares = next_squares
    return dual
