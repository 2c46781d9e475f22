"""From figures to medians, ratios and a table."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass

from tests.load.bench_booking.rounds import BARE, REAL, Figures

MILLI = 1000
AIMS = {"portal / bare view": 0.60, "hot / spread": 0.90, "many / few": 0.85}


@dataclass(frozen=True)
class Key:
    """One cell of the measurement."""

    workers: int
    clients: int
    earlier: int
    shape: str
    kind: str


Measured = dict[Key, list[Figures]]


def median_of(rounds: list[Figures], pick: Callable[[Figures], float]) -> float:
    return statistics.median(pick(figures) for figures in rounds)


def percentile(rounds: list[Figures], part: float) -> float:
    """Of all requests of all rounds, in milliseconds."""
    latencies = sorted(one for figures in rounds for one in figures.latencies)
    return MILLI * latencies[min(len(latencies) - 1, int(part * len(latencies)))]


def table(measured: Measured) -> list[str]:
    """One line per cell, in Markdown."""
    lines = [
        "| workers | clients | earlier bookings | slot | | bookings/s | p50 / p95 / p99 ms "
        "| CPU ms per booking: server / database / client | load |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for key in sorted(measured, key=lambda key: (key.workers, key.clients, key.earlier, key.shape, key.kind)):
        rounds = measured[key]
        middle = " / ".join(f"{percentile(rounds, part):.0f}" for part in (0.5, 0.95, 0.99))
        picks = (lambda f: f.server_cpu, lambda f: f.database_cpu, lambda f: f.client_cpu)
        cpu = " / ".join(f"{MILLI * median_of(rounds, pick):.1f}" for pick in picks)
        lines.append(
            f"| {key.workers} | {key.clients} | {key.earlier:,} | {key.shape} | {key.kind} "
            f"| {median_of(rounds, lambda f: f.rate):.1f} | {middle} | {cpu} "
            f"| {median_of(rounds, lambda f: f.load):.1f} |"
        )
    return lines


def ratios(measured: Measured) -> list[str]:
    """The three ratios of the aims for each number of workers and clients."""
    lines = [
        "| workers | clients | ratio | where | bookings/s | aim | by processor time |",
        "|---|---|---|---|---|---|---|",
    ]
    cpu = {
        key: median_of(rounds, lambda f: f.server_cpu + f.database_cpu) for key, rounds in measured.items()
    }
    rates = {key: median_of(rounds, lambda f: f.rate) for key, rounds in measured.items()}
    few, many = min(key.earlier for key in rates), max(key.earlier for key in rates)
    for key, rate in sorted(rates.items(), key=lambda pair: str(pair[0])):
        if key.kind != REAL:
            continue
        others = {"portal / bare view": Key(key.workers, key.clients, key.earlier, key.shape, BARE)}
        if key.shape == "hot":
            others["hot / spread"] = Key(key.workers, key.clients, key.earlier, "spread", REAL)
        if key.earlier == many > few:
            others["many / few"] = Key(key.workers, key.clients, few, key.shape, REAL)
        for name, other in others.items():
            lines.append(_ratio(key, name, rate / rates[other], cpu[other], cpu[key]))
    return lines


def _ratio(key: Key, name: str, value: float, other_cpu: float, own_cpu: float) -> str:
    """The last column does not change when neighbours keep the processor busy."""
    verdict = "" if value >= AIMS[name] else " (missed)"
    by_cpu = f"{other_cpu / own_cpu:.2f}" if own_cpu else ""
    where = f"{key.shape}, {key.earlier:,} earlier"
    start = f"| {key.workers} | {key.clients} | {name} | {where} "
    return f"{start}| {value:.2f}{verdict} | {AIMS[name]:.2f} | {by_cpu} |"
